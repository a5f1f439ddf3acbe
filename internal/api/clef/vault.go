package clef

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"os"

	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/policy/clefjs"
	"strongroom/internal/secret"
)

// RulesKey is the entry of the vault's config.json that holds the SHA-256 of the rule
// file that is to be used, in lower-case hex.
const RulesKey = "ruleset_sha256"

// maxRules bounds a rule file, in bytes.
const maxRules = 4 << 20

// Opening is the start of a signer behind its door: the master seed, and the rule file,
// which needs it (§3, steps 4 and 5).
type Opening struct {
	Gate   Vault
	Caller gate.Caller // as whom: the UI
	Seed   string      // file of the master seed
	Needed bool        // it has to be there although no rules need it
	Rules  string      // the rule file, "" for none
	// Program tells that the program clef starts, whose options can ask for the next two.
	Program bool
	// Directory is what a command of clef has to be told so that it works on the same
	// directory: options, "" for none.
	Directory string
	// Fallback goes on without rules and stored passwords where something is wrong, as
	// the peer does.
	Fallback bool
	// AcceptStorage takes the rule storage as it is, although it is older than the
	// journal knows it to have been.
	AcceptStorage bool
	// Password gives the master password. It is called only if there is a seed.
	Password func(context.Context) (secret.Bytes, error)
	// From says where the password came from, once Password gave one; nil if that is not
	// known.
	From func() string
	// StartRules starts the processes that evaluate the rule file.
	StartRules func(ctx context.Context, source []byte, print func(line string)) (*clefjs.Engine, error)
	Print      func(line string)
	Log        *slog.Logger
}

// Opened is what came of an [Opening].
type Opened struct {
	Vault   bool           // the master seed is open
	Engine  *clefjs.Engine // of the rule file; nil without
	Storage *gate.RuleStorage
}

// Close ends the processes of the rule file.
func (o *Opened) Close() error {
	if o.Engine == nil {
		return nil
	}
	return o.Engine.Close()
}

// Open does it. Its errors are for the owner; in fall-back they are warnings.
func (o *Opening) Open(ctx context.Context) (opened Opened, err error) {
	err = o.openSeed(ctx)
	switch {
	case ctx.Err() != nil:
		return opened, fault.Canceled.Wrap(ctx.Err(), "stopped while starting")
	case err != nil && (o.Fallback || o.Rules == "" && !o.Needed && fault.Is(err, fault.UnknownWallet)):
		o.Log.Warn("Failed to open master, rules disabled", "err", errText(err))
		return opened, nil
	case err != nil:
		return opened, o.orFallback(err, "without rules and stored passwords")
	}
	opened.Vault = true
	if o.Rules == "" {
		return opened, nil
	}
	if opened.Engine, opened.Storage, err = o.openRules(ctx); err != nil && !o.Fallback {
		return opened, o.orFallback(err, "without rules")
	}
	return opened, nil
}

// orFallback adds how the start goes on in spite of an error, if the owner wants that.
func (o *Opening) orFallback(err error, without string) error {
	if !o.Program {
		return err
	}
	return withHint(err, "start with --"+optManualFallback+" to go on "+without)
}

// withHint adds what to do next to what the error knows of that.
func withHint(err error, hint string) error {
	if known := fault.Hint(err); known != "" {
		hint = known + "; or " + hint
	}
	if e, classified := errors.AsType[*fault.Error](err); classified {
		return e.WithHint("%s", hint)
	}
	return fault.Invalid.New("%s", errText(err)).WithHint("%s", hint)
}

func (o *Opening) openSeed(ctx context.Context) error {
	if err := checkSeedFile(o.Seed); fault.Is(err, fault.UnknownWallet) && o.Needed {
		return withHint(err, "see whether the path of the master seed is right")
	} else if fault.Is(err, fault.UnknownWallet) {
		return withHint(err, "make a master seed: "+o.command("init"))
	} else if err != nil {
		return err
	}
	password, err := o.Password(ctx)
	if err != nil {
		return err
	}
	defer password.Wipe()
	err = seedFault(o.Gate.OpenClef(ctx, o.Caller, password))
	if fault.Is(err, fault.WrongPassword) && o.From != nil {
		return withHint(err, "the password came from "+o.From())
	}
	return err
}

// command is a command of clef that works on the same directory.
func (o *Opening) command(words string) string {
	if o.Directory == "" {
		return "clef " + words
	}
	return "clef " + o.Directory + " " + words
}

// openRules reads the rule file, looks whether it is the one that was attested, and
// starts it. Why it does not is logged where the signer goes on without.
func (o *Opening) openRules(ctx context.Context) (*clefjs.Engine, *gate.RuleStorage, error) {
	source, err := readRules(o.Rules)
	if err != nil {
		if o.Fallback {
			o.Log.Warn("Could not load rules, disabling", "file", o.Rules, "err", errText(err))
		}
		return nil, nil, fault.Invalid.New("could not load rules: %s", errText(err))
	}
	if err := o.checkAttested(ctx, source); err != nil {
		return nil, nil, err
	}
	storage, err := o.openStorage(ctx)
	var engine *clefjs.Engine
	if err == nil {
		engine, err = o.StartRules(ctx, source, o.Print)
	}
	if err != nil {
		if o.Fallback {
			o.Log.Warn("Could not start rules, disabling", "file", o.Rules, "err", errText(err))
		}
		return nil, nil, err
	}
	o.Log.Info("Rule engine configured", "file", o.Rules)
	return engine, storage, nil
}

// checkAttested compares the hash of the rule file with the attested one.
func (o *Opening) checkAttested(ctx context.Context, source []byte) error {
	sum := sha256.Sum256(source)
	hash := hex.EncodeToString(sum[:])
	attested, err := o.Gate.ClefConfig(ctx, o.Caller, RulesKey)
	if err != nil {
		if o.Fallback {
			o.Log.Warn("Could not read the attestation, disabling rules", "err", errText(err))
		}
		return err
	}
	if attested == hash {
		return nil
	}
	if o.Fallback {
		if attested == "" {
			o.Log.Warn("Key does not exist", "key", RulesKey)
		}
		o.Log.Warn("Rule hash not attested, disabling", "hash", hash, "attested", attested)
	}
	if attested == "" {
		attested = "none"
	}
	return fault.Denied.New("the rule file %s is not attested: its hash is %s, the attested one is %s", o.Rules, hash, attested).
		WithHint("read it, then: %s", o.command("attest "+hash))
}

// openStorage opens what the rule file stores.
func (o *Opening) openStorage(ctx context.Context) (*gate.RuleStorage, error) {
	if o.AcceptStorage {
		if err := o.Gate.AcceptRuleStorage(ctx, o.Caller); err != nil {
			return nil, err
		}
	}
	storage, err := o.Gate.RuleStorage(ctx, o.Caller)
	if fault.Is(err, fault.Conflict) {
		how := "start once with accept-rule-storage = true in [listener.clef]"
		if o.Program {
			how = "start once with --" + optAcceptStorage
		}
		return nil, withHint(err, "accept the one that is there, as after restoring a backup, which may set back what the rules have counted: "+how)
	}
	return storage, err
}

// readRules reads a rule file.
func readRules(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, plain(err)
	}
	defer f.Close()
	source, err := io.ReadAll(io.LimitReader(f, maxRules+1))
	if err != nil {
		return nil, plain(err)
	}
	if len(source) > maxRules {
		return nil, fault.TooLarge.New("%s has more than %d bytes", path, maxRules)
	}
	return source, nil
}
