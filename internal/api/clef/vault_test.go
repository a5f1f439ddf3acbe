package clef

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/policy/clefjs"
	"strongroom/internal/secret"
)

// fakeVault is a gate with a master seed and what it protects.
type fakeVault struct {
	Gate
	password string
	config   map[string]string
	storage  error // of RuleStorage, until it is accepted
	opened   bool
}

func (v *fakeVault) OpenClef(_ context.Context, _ gate.Caller, password secret.Bytes) error {
	if string(password.Expose()) != v.password {
		return fault.WrongPassword.New("wrong password")
	}
	v.opened = true
	return nil
}

func (v *fakeVault) ClefConfig(_ context.Context, _ gate.Caller, key string) (string, error) {
	if !v.opened {
		return "", fault.Locked.New("the master seed is not open")
	}
	return v.config[key], nil
}

func (v *fakeVault) RuleStorage(context.Context, gate.Caller) (*gate.RuleStorage, error) {
	return nil, v.storage
}

func (v *fakeVault) AcceptRuleStorage(context.Context, gate.Caller) error {
	v.storage = nil
	return nil
}

// opening is a start with a seed, a rule file and everything in order, and what it logs.
func opening(t *testing.T) (*Opening, *fakeVault, *strings.Builder) {
	t.Helper()
	dir := t.TempDir()
	rules := []byte("function ApproveTx(r){}\n")
	sum := sha256.Sum256(rules)
	v := &fakeVault{password: "pw", config: map[string]string{RulesKey: hex.EncodeToString(sum[:])}}
	o := &Opening{
		Gate: v, Caller: uiCaller(), Seed: filepath.Join(dir, seedName), Rules: filepath.Join(dir, "rules.js"),
		Password:   func(context.Context) (secret.Bytes, error) { return secret.Copy([]byte("pw")), nil },
		StartRules: func(context.Context, []byte, func(string)) (*clefjs.Engine, error) { return nil, nil },
		Program:    true, From: func() string { return "somewhere" },
	}
	if err := os.WriteFile(o.Seed, []byte("{}"), 0o400); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(o.Rules, rules, 0o600); err != nil {
		t.Fatal(err)
	}
	log := &strings.Builder{}
	o.Log = newLog(log, slog.LevelInfo)
	return o, v, log
}

// What is wrong at the start stops it, unless the fall-back is asked for: then it is a
// warning in the peer's words.
func TestOpening(t *testing.T) {
	for _, tt := range []struct {
		name    string
		change  func(*testing.T, *Opening, *fakeVault)
		kind    fault.Kind
		text    string // of the error without the fall-back; "" for none
		warning string // with it
		vault   bool   // is open with it
	}{
		{"in order", func(*testing.T, *Opening, *fakeVault) {}, 0, "", "INFO [MM-DD|HH:MM:SS.mmm] Rule engine configured", true},
		{"no seed and no rules", func(t *testing.T, o *Opening, _ *fakeVault) {
			remove(t, o.Seed)
			o.Rules = ""
		}, 0, "", "Failed to open master, rules disabled    err=\"failed stat on ", false},
		{"no seed that was named", func(t *testing.T, o *Opening, _ *fakeVault) {
			remove(t, o.Seed)
			o.Rules, o.Needed = "", true
		}, fault.UnknownWallet, "failed stat on ", "Failed to open master, rules disabled    err=\"failed stat on ", false},
		{"no seed for rules", func(t *testing.T, o *Opening, _ *fakeVault) { remove(t, o.Seed) }, fault.UnknownWallet, "failed stat on ",
			"Failed to open master, rules disabled    err=\"failed stat on ", false},
		{"wrong password", func(_ *testing.T, _ *Opening, v *fakeVault) { v.password = "other" }, fault.WrongPassword,
			"failed to decrypt the master seed of clef", "Failed to open master, rules disabled    err=\"failed to decrypt the master seed of clef\"", false},
		{"wrong password without rules", func(_ *testing.T, o *Opening, v *fakeVault) { v.password, o.Rules = "other", "" }, fault.WrongPassword,
			"failed to decrypt the master seed of clef", "Failed to open master", false},
		{"no password", func(_ *testing.T, o *Opening, _ *fakeVault) {
			o.Password = func(context.Context) (secret.Bytes, error) { return secret.Bytes{}, fault.Denied.New("cancelled") }
		}, fault.Denied, "cancelled", "Failed to open master, rules disabled    err=cancelled", false},
		{"seed for others", func(t *testing.T, o *Opening, _ *fakeVault) { mode(t, o.Seed, 0o440) }, fault.Invalid,
			"has insecure file permissions (-r--r-----)", "has insecure file permissions (-r--r-----)", false},
		{"seed that can be written", func(t *testing.T, o *Opening, _ *fakeVault) { mode(t, o.Seed, 0o600) }, fault.Invalid,
			"has insecure file permissions (-rw-------)", "has insecure file permissions (-rw-------)", false},
		{"no rule file", func(t *testing.T, o *Opening, _ *fakeVault) { remove(t, o.Rules) }, fault.Invalid, "could not load rules: open ",
			"Could not load rules, disabling          file=", true},
		{"another rule file", func(_ *testing.T, _ *Opening, v *fakeVault) { v.config[RulesKey] = "abc" }, fault.Denied,
			"is not attested: its hash is ", "Rule hash not attested, disabling        hash=", true},
		{"upper case", func(_ *testing.T, _ *Opening, v *fakeVault) { v.config[RulesKey] = strings.ToUpper(v.config[RulesKey]) }, fault.Denied,
			"is not attested: its hash is ", "Rule hash not attested, disabling        hash=", true},
		{"no attestation", func(_ *testing.T, _ *Opening, v *fakeVault) { delete(v.config, RulesKey) }, fault.Denied,
			"the attested one is none", "Key does not exist                       key=ruleset_sha256", true},
		{"old storage", func(_ *testing.T, _ *Opening, v *fakeVault) { v.storage = fault.Conflict.New("older") }, fault.Conflict,
			"older", "Could not start rules, disabling", true},
		{"a rule file that does not compile", func(_ *testing.T, o *Opening, _ *fakeVault) {
			o.StartRules = func(context.Context, []byte, func(string)) (*clefjs.Engine, error) {
				return nil, fault.Invalid.New("line 1")
			}
		}, fault.Invalid, "line 1", "Could not start rules, disabling", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, v, _ := opening(t)
			tt.change(t, o, v)
			opened, err := o.Open(t.Context())
			if tt.text == "" && err != nil || tt.text != "" && (!fault.Is(err, tt.kind) || !strings.Contains(fault.Text(err), tt.text)) {
				t.Errorf("without the fall-back: %v, want %q", err, tt.text)
			}
			if tt.text != "" && !strings.Contains(fault.Hint(err), "--manual-fallback") {
				t.Errorf("the hint is %q", fault.Hint(err))
			}
			if err == nil && opened.Vault != tt.vault {
				t.Errorf("the vault is open: %v", opened.Vault)
			}

			o, v, log := opening(t)
			tt.change(t, o, v)
			o.Fallback = true
			opened, err = o.Open(t.Context())
			if err != nil || opened.Vault != tt.vault || !strings.Contains(maskTimes(log.String()), tt.warning) {
				t.Errorf("with the fall-back: %v, vault %v, log %q", err, opened.Vault, log)
			}
		})
	}
}

// The owner is told what to do, for the way in which the signer was started.
func TestOpeningAdvice(t *testing.T) {
	for _, tt := range []struct {
		name    string
		change  func(*testing.T, *Opening, *fakeVault)
		want    string // of the program
		without string // of strongroom run
	}{
		{"no seed", func(t *testing.T, o *Opening, _ *fakeVault) { remove(t, o.Seed) },
			"make a master seed: clef init; or start with --manual-fallback to go on without rules and stored passwords", "make a master seed: clef init"},
		{"no seed in another directory", func(t *testing.T, o *Opening, _ *fakeVault) {
			remove(t, o.Seed)
			o.Directory = "--configdir /c"
		}, "make a master seed: clef --configdir /c init; or start with --manual-fallback to go on without rules and stored passwords", "make a master seed: clef --configdir /c init"},
		{"no seed that was named", func(t *testing.T, o *Opening, _ *fakeVault) {
			remove(t, o.Seed)
			o.Needed = true
		}, "see whether the path of the master seed is right; or start with --manual-fallback to go on without rules and stored passwords",
			"see whether the path of the master seed is right"},
		{"wrong password", func(_ *testing.T, _ *Opening, v *fakeVault) { v.password = "other" },
			"the password came from somewhere; or start with --manual-fallback to go on without rules and stored passwords", "the password came from somewhere"},
		{"another rule file", func(_ *testing.T, o *Opening, v *fakeVault) {
			o.Directory, v.config[RulesKey] = "--configdir /c --signersecret /s", "abc"
		}, "read it, then: clef --configdir /c --signersecret /s attest 9163b932749e0108834c313c6480db01cc7953405c6d2a8ef18d5720980c6ee2; or start with --manual-fallback to go on without rules",
			"read it, then: clef --configdir /c --signersecret /s attest 9163b932749e0108834c313c6480db01cc7953405c6d2a8ef18d5720980c6ee2"},
		{"old storage", func(_ *testing.T, _ *Opening, v *fakeVault) {
			v.storage = fault.Conflict.New("older").WithHint("put it back")
		},
			"put it back; or accept the one that is there, as after restoring a backup, which may set back what the rules have counted: " +
				"start once with --accept-rule-storage; or start with --manual-fallback to go on without rules",
			"put it back; or accept the one that is there, as after restoring a backup, which may set back what the rules have counted: " +
				"start once with accept-rule-storage = true in [listener.clef]"},
	} {
		for program, want := range map[bool]string{true: tt.want, false: tt.without} {
			o, v, _ := opening(t)
			tt.change(t, o, v)
			o.Program = program
			if _, err := o.Open(t.Context()); fault.Hint(err) != want {
				t.Errorf("%s: the hint is %q, want %q", tt.name, fault.Hint(err), want)
			}
		}
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func mode(t *testing.T, path string, m os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, m); err != nil {
		t.Fatal(err)
	}
}

// The owner can accept a storage that is older than the journal knows, and says so.
func TestAcceptStorage(t *testing.T) {
	o, v, _ := opening(t)
	v.storage, o.AcceptStorage = fault.Conflict.New("older"), true
	if _, err := o.Open(t.Context()); err != nil {
		t.Error(err)
	}
}

// A start that is told to stop while it waits for the password does not go on without it.
func TestOpeningStops(t *testing.T) {
	o, _, _ := opening(t)
	ctx, cancel := context.WithCancel(t.Context())
	o.Fallback = true
	o.Password = func(context.Context) (secret.Bytes, error) {
		cancel()
		return secret.Bytes{}, fault.Canceled.New("stopped")
	}
	if _, err := o.Open(ctx); !fault.Is(err, fault.Canceled) {
		t.Errorf("got %v", err)
	}
}
