package gate

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/sha3"

	"strongroom/internal/approval"
	"strongroom/internal/chain"
	"strongroom/internal/chain/evm"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/foreign/web3file"
	"strongroom/internal/policy"
	"strongroom/internal/secret"
)

const evmID = "evm"

// keyHouse is a house whose listeners "clef" and "clef-ui" have a key store with three
// accounts: the byte of each private key is their number.
type keyHouse struct {
	*house
	store    KeyStore
	accounts [4][20]byte // from 1 on
	ledger   *ledger
}

func newKeyHouse(t testing.TB, rules []policy.Rule) *keyHouse {
	t.Helper()
	h := &keyHouse{store: clefStore(t, "clef", "clef-ui"), ledger: &ledger{}}
	h.store.Path, h.store.Light, h.store.KeepOpen = filepath.Join(t.TempDir(), "keystore"), true, time.Minute
	h.house = newHouse(t, rules, withClef(h.store), func(cfg *Config) {
		cfg.Chains = append(cfg.Chains, evm.New(chain.Network{ID: evmID, Symbol: "ETH"}, evm.Params{ChainID: 1}))
	})
	if err := os.MkdirAll(h.store.Path, 0o700); err != nil {
		t.Fatal(err)
	}
	for n := 1; n < len(h.accounts); n++ {
		address, err := h.wallets.KeyFileAddress("clef", key32(byte(n)))
		if err != nil {
			t.Fatal(err)
		}
		data, err := web3file.Encrypt(key32(byte(n)), password("pw"), address, web3file.Params{N: 2, P: 1}, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(h.store.Path, web3file.FileName(address, time.Unix(int64(n), 0))), data, 0o600); err != nil {
			t.Fatal(err)
		}
		h.accounts[n] = address
	}
	return h
}

func key32(n byte) secret.Bytes { return secret.New(bytes.Repeat([]byte{n}, 32)) }

// approves makes the approver of a listener give an answer.
func (h *keyHouse) approves(a approval.Answer) {
	a.By = "ui"
	h.approvers["clef"] = h.ledger.answers(a, nil)
}

// message asks for a signature of a text.
func (h *keyHouse) message(account [20]byte, unlock func(context.Context, KeyFile) (secret.Bytes, error)) error {
	out, err := h.Sign(context.Background(), caller("clef"), SignRequest{
		KeyFiles: true, Chain: evmID, Unlock: unlock,
		Request: chain.Request{Form: evm.FormMessage, Payload: []byte("hello"), Context: account[:]},
	})
	if err != nil {
		return err
	}
	d := sha3.NewLegacyKeccak256()
	d.Write([]byte("\x19Ethereum Signed Message:\n5hello"))
	public, err := curve.Recover(curve.ECDSASecp256k1, d.Sum(nil), out.Signature)
	if err != nil {
		return err
	}
	if signer, err := hexaccount.AddressOf(public); err != nil || signer != account {
		h.t.Errorf("the signature is of %x, want %x; %v", signer, account, err)
	}
	return nil
}

// A whole signature by the accounts of a folder: with the stored password, with one that
// is asked for, and not at all.
func TestSignWithKeyStore(t *testing.T) {
	h := newKeyHouse(t, everything())
	h.unlockClef(caller("clef-ui"))
	if err := h.SetCredential(t.Context(), caller("clef-ui"), h.accounts[1], password("pw")); err != nil {
		t.Fatal(err)
	}
	if err := h.SetCredential(t.Context(), caller("clef-ui"), h.accounts[2], password("wrong")); err != nil {
		t.Fatal(err)
	}
	asked := 0
	ask := func(_ context.Context, account KeyFile) (secret.Bytes, error) {
		asked++
		if account.Address != h.accounts[3] || filepath.Dir(account.Path) != h.store.Path {
			t.Errorf("asked for %+v", account)
		}
		return password("pw"), nil
	}
	for range 3 {
		if err := h.message(h.accounts[1], ask); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.message(h.accounts[2], ask); !fault.Is(err, fault.WrongPassword) || fault.Text(err) != "could not decrypt key with given password" {
		t.Errorf("a wrong stored password: %v", err)
	}
	wantKind(t, h.message(h.accounts[3], nil), fault.Locked)
	for range 2 { // the rules allow it, so that one password serves for a while
		if err := h.message(h.accounts[3], ask); err != nil || asked != 1 {
			t.Errorf("asked %d times, %v", asked, err)
		}
	}
	records := h.since(func() { wantKind(t, h.message([20]byte{1}, ask), fault.UnknownKey) })
	if len(records) != 1 || records[0].Error != "unknown-key" || records[0].Wallet == "" {
		t.Errorf("journaled %+v", records)
	}
}

// Whoever approves a request is asked for the password each time, unless it is stored;
// what rules approve is asked for once.
func TestPasswordsOfApprovedRequests(t *testing.T) {
	for by, want := range map[string]int{"ui": 3, approval.ByRules: 1} {
		h := newKeyHouse(t, []policy.Rule{rule("ask", policy.Ask, func(r *policy.Rule) { r.Wallets = []string{"keystore"} })})
		h.approvers["clef"] = h.ledger.answers(approval.Answer{Verdict: approval.Approve, By: by}, nil)
		asked := 0
		for range 3 {
			err := h.message(h.accounts[1], func(context.Context, KeyFile) (secret.Bytes, error) { asked++; return password("pw"), nil })
			if err != nil {
				t.Fatal(err)
			}
		}
		if asked != want {
			t.Errorf("approved by %s: asked for the password %d times, want %d", by, asked, want)
		}
	}
}

// revealed are the numbers of the accounts that a listing reveals.
func (h *keyHouse) revealed(l Listing) (numbers []int) {
	for _, address := range l.Revealed {
		numbers = append(numbers, slices.Index(h.accounts[:], address))
	}
	return numbers
}

func TestListKeyFiles(t *testing.T) {
	accountRule := func(name string, v policy.Verdict, h *keyHouse, n int) policy.Rule {
		return rule(name, v, func(r *policy.Rule) {
			r.Operations, r.Wallets, r.Keys = []string{"key.list"}, []string{"keystore"}, []string{hexaccount.Checksummed(h.accounts[n])}
		})
	}
	known := newKeyHouse(t, everything()) // its accounts are those of the others
	all := []int{1, 2, 3}
	for _, test := range []struct {
		name     string
		rules    []policy.Rule
		answer   *approval.Answer // nil: nobody may be asked
		accounts []int            // that are shown to whoever is asked
		revealed []int
		kind     fault.Kind // 0 for none: Internal is no answer
	}{
		{"all allowed", everything(), nil, nil, all, 0},
		{"all asked", asking(ListKeys)[2:], &approval.Answer{Verdict: approval.Approve, Accounts: [][20]byte{known.accounts[3], known.accounts[1]}}, all, []int{3, 1}, 0},
		{"all asked, none revealed", asking(ListKeys)[2:], &approval.Answer{Verdict: approval.Approve}, all, nil, 0},
		{"all asked, denied", asking(ListKeys)[2:], &approval.Answer{}, all, nil, fault.Denied},
		{"nothing allowed", []policy.Rule{accountRule("other", policy.Allow, known, 0)}, nil, nil, nil, fault.Denied},
		{"one allowed", []policy.Rule{accountRule("one", policy.Allow, known, 2)}, nil, nil, []int{2}, 0},
		{"one denied", append(everything(), accountRule("one", policy.Deny, known, 2)), nil, nil, []int{1, 3}, 0},
		{"one allowed, one asked", []policy.Rule{accountRule("one", policy.Allow, known, 2), accountRule("two", policy.Ask, known, 3)},
			&approval.Answer{Verdict: approval.Approve, Accounts: [][20]byte{known.accounts[3]}}, []int{2, 3}, []int{3}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			rules := slices.Clone(test.rules)
			for i := range rules {
				rules[i].Listeners = []string{"clef"}
			}
			h := newKeyHouse(t, rules)
			if test.answer != nil {
				h.approves(*test.answer)
			}
			l, err := h.ListKeyFiles(t.Context(), caller("clef"), "subject")
			if test.kind != 0 {
				wantKind(t, err, test.kind)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := h.revealed(l); !slices.Equal(got, test.revealed) || l.Asked != (test.answer != nil) || l.Revision == 0 {
				t.Errorf("revealed are %v, asked %v, revision %d; want %v", got, l.Asked, l.Revision, test.revealed)
			}
			if test.answer == nil {
				h.ledger.check(t, 0)
				return
			}
			q := h.ledger.questions[0]
			var shown []int
			for _, a := range q.Accounts {
				shown = append(shown, slices.Index(h.accounts[:], a.Address))
			}
			if !slices.Equal(shown, test.accounts) || q.Subject != "subject" || q.Operation != "key.list" || q.Wallet != "keystore" {
				t.Errorf("asked with %v: %+v", shown, q)
			}
		})
	}
}

func TestNewKeyFile(t *testing.T) {
	rules := func(v policy.Verdict) []policy.Rule {
		return []policy.Rule{rule("new", v, func(r *policy.Rule) { r.Operations, r.Wallets = []string{"key.generate"}, []string{"keystore"} })}
	}
	t.Run("made", func(t *testing.T) {
		h := newKeyHouse(t, rules(policy.Ask))
		h.approves(approval.Answer{Verdict: approval.Approve})
		asked := 0
		var made KeyFile
		var err error
		records := h.since(func() {
			made, err = h.NewKeyFile(t.Context(), caller("clef"), "subject", func(context.Context) (secret.Bytes, error) {
				if asked++; len(h.ledger.questions) != 1 {
					t.Error("the password was asked for before the approval")
				}
				return password("long-enough-1"), nil
			})
		})
		if err != nil || asked != 1 {
			t.Fatalf("%+v, asked %d times, %v", made, asked, err)
		}
		h.ledger.check(t, 1, hexaccount.Checksummed(made.Address))
		if len(records) != 1 || records[0].Key != hexaccount.Checksummed(made.Address) || records[0].Verdict != "allow" || records[0].Detail != "approved by ui" {
			t.Errorf("journaled %+v", records)
		}
		if list, _, err := h.wallets.KeyFiles("clef"); err != nil || len(list) != 4 || !slices.Contains(list, made) {
			t.Errorf("listed are %+v, %v", list, err)
		}
	})
	for name, test := range map[string]struct {
		rules    []policy.Rule
		password func(context.Context) (secret.Bytes, error)
		kind     fault.Kind
		text     string
	}{
		"denied": {rules(policy.Deny), func(context.Context) (secret.Bytes, error) {
			t.Error("the password was asked for")
			return secret.Bytes{}, nil
		}, fault.Denied, `not allowed: rule "new" denies it`},
		"a short password": {rules(policy.Allow), func(context.Context) (secret.Bytes, error) { return password("short"), nil },
			fault.Invalid, "password too short (<10 characters)"},
		"no password": {rules(policy.Allow), func(context.Context) (secret.Bytes, error) {
			return secret.Bytes{}, fault.Denied.New("account creation failed")
		}, fault.Denied, "account creation failed"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newKeyHouse(t, test.rules)
			var err error
			records := h.since(func() { _, err = h.NewKeyFile(t.Context(), caller("clef"), nil, test.password) })
			if !fault.Is(err, test.kind) || fault.Text(err) != test.text {
				t.Errorf("error %v", err)
			}
			if len(records) != 1 || records[0].Verdict != "deny" {
				t.Errorf("journaled %+v", records)
			}
			if list, _, err := h.wallets.KeyFiles("clef"); err != nil || len(list) != 3 {
				t.Errorf("listed are %+v, %v", list, err)
			}
		})
	}
}

// Imports and exports leave one record each, which names the account, and none of what
// was imported.
func TestImportAndExportKeyFiles(t *testing.T) {
	h := newKeyHouse(t, everything())
	c := caller("clef-ui")
	one := func(what string, op Operation, verdict, failure string, f func() error) {
		t.Helper()
		var err error
		records := h.since(func() { err = f() })
		if (err == nil) != (failure == "") || len(records) != 1 || records[0].Operation != string(op) || records[0].Verdict != verdict || records[0].Error != failure {
			t.Errorf("%s: %v; journaled %+v", what, err, records)
		}
		if failure == "" && !strings.HasPrefix(records[0].Key, "0x") {
			t.Errorf("%s: journaled %+v", what, records)
		}
	}
	var made KeyFile
	one("import", ImportKey, "allow", "", func() (err error) {
		made, err = h.ImportKeyFile(t.Context(), c, key32(9), password("long-enough-1"))
		return err
	})
	one("again", ImportKey, "deny", "key-exists", func() error {
		_, err := h.ImportKeyFile(t.Context(), c, key32(9), password("long-enough-1"))
		return err
	})
	one("no key", ImportKey, "deny", "invalid", func() error {
		_, err := h.ImportKeyFile(t.Context(), c, key32(0), password("long-enough-1"))
		return err
	})
	var file []byte
	one("export", ExportKey, "allow", "", func() (err error) {
		file, err = h.ExportKeyJSON(t.Context(), c, made.Address)
		return err
	})
	if onDisk, err := os.ReadFile(made.Path); err != nil || !bytes.Equal(file, onDisk) {
		t.Errorf("exported %s, %v", file, err)
	}
	if err := os.Remove(made.Path); err != nil {
		t.Fatal(err)
	}
	if _, err := h.ExportKeyJSON(t.Context(), c, made.Address); !fault.Is(err, fault.UnknownKey) || fault.Text(err) != "unknown account" {
		t.Errorf("a removed account: %v", err)
	}
	one("wrong password", ImportKey, "deny", "wrong-password", func() error {
		_, err := h.ImportKeyJSON(t.Context(), c, file, password("wrong"), password("long-enough-2"))
		return err
	})
	one("import of a file", ImportKey, "allow", "", func() error {
		again, err := h.ImportKeyJSON(t.Context(), c, file, password("long-enough-1"), password("long-enough-2"))
		if again.Address != made.Address {
			t.Errorf("imported %+v", again)
		}
		return err
	})
	for _, canary := range []string{"long-enough", strings.Repeat("09", 32), "\t\t\t\t"} {
		if bytes.Contains(h.journalBytes(), []byte(canary)) {
			t.Errorf("the journal holds %q", canary)
		}
	}
}

// A key that the rules keep out does not come in by a file that names another.
func TestImportRulesHoldForTheKey(t *testing.T) {
	h := newKeyHouse(t, everything())
	denied, err := h.wallets.KeyFileAddress("clef", key32(9))
	if err != nil {
		t.Fatal(err)
	}
	rules := append(everything(), rule("denied", policy.Deny, func(r *policy.Rule) { r.Keys = []string{hexaccount.Checksummed(denied)} }))
	h = newKeyHouse(t, rules)
	file, err := web3file.Encrypt(key32(9), password("old"), [20]byte{1}, web3file.Params{N: 2, P: 1}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.ImportKeyJSON(t.Context(), caller("clef"), file, password("old"), password("long-enough-1"))
	wantKind(t, err, fault.Denied)
	_, err = h.ImportKeyFile(t.Context(), caller("clef"), key32(9), password("long-enough-1"))
	wantKind(t, err, fault.Denied)
	if list, _, err := h.wallets.KeyFiles("clef"); err != nil || len(list) != 3 {
		t.Errorf("listed are %+v, %v", list, err)
	}
}

// Other listeners have no key store, and one without a folder has no accounts.
func TestWithoutKeyStore(t *testing.T) {
	h := newKeyHouse(t, everything())
	ctx, none := t.Context(), func(context.Context) (secret.Bytes, error) { return secret.Bytes{}, errors.New("asked") }
	calls := func(c Caller) map[string]error {
		errs := make(map[string]error)
		_, errs["list"] = h.ListKeyFiles(ctx, c, nil)
		_, errs["new"] = h.NewKeyFile(ctx, c, nil, none)
		_, errs["import"] = h.ImportKeyFile(ctx, c, key32(1), password("long-enough-1"))
		_, errs["json"] = h.ImportKeyJSON(ctx, c, []byte("{}"), password("x"), password("long-enough-1"))
		_, errs["export"] = h.ExportKeyJSON(ctx, c, h.accounts[1])
		return errs
	}
	for what, err := range calls(caller("kmd")) {
		if !fault.Is(err, fault.Unsupported) {
			t.Errorf("%s: %v", what, err)
		}
	}
	wantKind(t, h.OpenClef(ctx, caller("kmd"), password(masterPassword)), fault.Unsupported)
	wantKind(t, h.SetClefConfig(ctx, caller("kmd"), "a", "b"), fault.Unsupported)
	wantKind(t, h.SetCredential(ctx, caller("kmd"), h.accounts[1], password("x")), fault.Unsupported)
	wantKind(t, h.CreateClefSeed(ctx, caller("kmd"), password("long-enough-1")), fault.Unsupported)
	_, err := h.ClefConfig(ctx, caller("kmd"), "a")
	wantKind(t, err, fault.Unsupported)
	_, err = h.RuleStorage(ctx, caller("kmd"))
	wantKind(t, err, fault.Unsupported)

	h.house = newHouse(t, everything(), withClef(clefStore(t, "clef", "")))
	for what, err := range calls(caller("clef")) {
		if !fault.Is(err, fault.Unsupported) || fault.Text(err) != "password based accounts not supported" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestOpenClef(t *testing.T) {
	h := newKeyHouse(t, everything())
	c := caller("clef-ui")
	_, err := h.ClefConfig(t.Context(), c, "ruleset_sha256")
	wantKind(t, err, fault.Locked)
	_, err = h.RuleStorage(t.Context(), c)
	wantKind(t, err, fault.Locked)
	records := h.since(func() {
		wantKind(t, h.OpenClef(t.Context(), c, password("wrong")), fault.WrongPassword)
		h.unlockClef(c)
	})
	if len(records) != 2 || records[0].Error != "wrong-password" || records[1].Verdict != "allow" || records[1].Detail != "master seed" || records[1].Operation != "wallet.unlock" {
		t.Errorf("journaled %+v", records)
	}
	records = h.since(func() {
		if err := h.SetClefConfig(t.Context(), c, "ruleset_sha256", "00ff"); err != nil {
			t.Fatal(err)
		}
		if value, err := h.ClefConfig(t.Context(), c, "ruleset_sha256"); err != nil || value != "00ff" {
			t.Errorf("%q, %v", value, err)
		}
		if all, err := h.ClefConfigs(t.Context(), c, "ruleset_"); err != nil || len(all) != 1 || all["ruleset_sha256"] != "00ff" {
			t.Errorf("%v, %v", all, err)
		}
		if none, err := h.ClefConfigs(t.Context(), c, "caller:"); err != nil || len(none) != 0 {
			t.Errorf("%v, %v", none, err)
		}
	})
	if len(records) != 1 || records[0].Operation != "rules.attest" || records[0].Detail != "ruleset_sha256=00ff" {
		t.Errorf("journaled %+v", records)
	}
	// It may be opened again, under a storage that is in use.
	before, err := h.RuleStorage(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	h.unlockClef(c)
	if s, err := h.RuleStorage(t.Context(), c); err != nil || s.put("k", "v") != nil {
		t.Errorf("the storage of now: %v", err)
	}
	if value, err := before.Get("k"); err != nil || value != "v" {
		t.Errorf("the storage of before: %q, %v", value, err)
	}
	wantKind(t, h.CreateClefSeed(t.Context(), c, password("short")), fault.Invalid)
	wantKind(t, h.CreateClefSeed(t.Context(), c, password("long-enough-1")), fault.WalletExists)
}

// What cannot be journaled does not open.
func TestOpenClefNeedsTheJournal(t *testing.T) {
	h := newKeyHouse(t, everything())
	used := h.arena.InUse()
	if err := h.journal.Close(); err != nil {
		t.Fatal(err)
	}
	if err := h.OpenClef(t.Context(), caller("clef"), password(masterPassword)); err == nil {
		t.Error("opened")
	}
	if _, err := h.wallets.ClefConfig("clef", "x"); !fault.Is(err, fault.Locked) || h.arena.InUse() != used {
		t.Errorf("the vault is open: %v, %d bytes in use", err, h.arena.InUse()-used)
	}
}

// Once it is agreed what is signed, an approval that changes it is refused, not passed
// over.
func TestChangeThatComesTooLate(t *testing.T) {
	h := newKeyHouse(t, everything())
	other := chain.Request{Form: evm.FormMessage, Payload: []byte("other"), Context: h.accounts[1][:]}
	h.approves(approval.Answer{Verdict: approval.Approve, Changed: &other})
	err := h.message(h.accounts[1], func(context.Context, KeyFile) (secret.Bytes, error) {
		h.cfg.Policy = must(t)(policy.New([]policy.Rule{rule("ask", policy.Ask, func(*policy.Rule) {})}, Operations()))
		return password("pw"), nil
	})
	wantKind(t, err, fault.Unsupported)
	h.ledger.check(t, 1, "nothing")
}
