package gate

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"strongroom/internal/approval"
	"strongroom/internal/audit"
	"strongroom/internal/chain"
	"strongroom/internal/chain/algorand"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/policy"
	"strongroom/internal/seal/sealtest"
	"strongroom/internal/secret"
	"strongroom/internal/store"
	"strongroom/internal/store/sqlite"
)

// everything are the rules that allow all operations and effects to all listeners.
func everything() []policy.Rule {
	any := []string{"*"}
	return []policy.Rule{{Name: "all", Verdict: policy.Allow, Listeners: any, Operations: any, Wallets: any, Keys: any, Effects: any}}
}

// house is a whole gate on a real store and journal, with cheap derivations and a
// chain of its own beside Algorand.
type house struct {
	*Gate
	t       testing.TB
	journal *audit.Journal
	store   *fallible
	arena   *secret.Arena
	chain   *fakeChain
	folder  string // of kmd wallet files
	clef    string // the Clef directory of the listener "tested"

	approvers map[string]approval.Approver // by listener; to be filled before anything is asked
}

// fallible is a store whose changes can be made to fail.
type fallible struct {
	store.Store
	fail bool
}

func (f *fallible) Apply(ctx context.Context, changes ...store.Change) error {
	if f.fail {
		return fault.Storage.Wrap(errors.New("no space left"), "the store refuses")
	}
	return f.Store.Apply(ctx, changes...)
}

func newHouse(t testing.TB, rules []policy.Rule, change ...func(*Config)) *house {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	h := &house{t: t, chain: &fakeChain{}, folder: t.TempDir(), clef: filepath.Join(t.TempDir(), "clef"), approvers: make(map[string]approval.Approver)}
	db, err := sqlite.Open(t.Context(), sqlite.Config{Dir: t.TempDir()})
	must(err)
	h.store = &fallible{Store: db}
	h.journal, _, err = audit.Open(audit.Config{Dir: t.TempDir(), StoreID: db.ID(), Durability: audit.Written, Now: time.Now})
	must(err)
	h.arena, err = secret.NewArena(1 << 20)
	must(err)
	p, err := policy.New(rules, Operations())
	must(err)
	cfg := Config{
		Store: h.store, Journal: h.journal, Policy: p, Chains: []chain.Chain{algorand.New(), h.chain}, Arena: h.arena,
		Sealer: sealtest.New(t), Rand: rand.Reader, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Derivations: 2, DerivationQueue: 64, KmdFolders: []string{h.folder}, Private: t.TempDir(),
		Desk: newDesk(time.Minute), Approvers: h.approvers,
		KeyStores: []KeyStore{{Listener: "tested", Name: "keystore", Seed: filepath.Join(h.clef, "masterseed.json"), ConfigDir: h.clef}},
	}
	for _, f := range change {
		f(&cfg)
	}
	h.Gate, err = New(t.Context(), cfg)
	must(err)
	t.Cleanup(func() {
		h.cfg.Desk.Close()
		if err := errors.Join(h.Close(), h.journal.Close(), db.Close(), h.arena.Close()); err != nil {
			t.Error(err)
		}
	})
	return h
}

// newDesk makes a desk on which questions may wait this long.
func newDesk(timeout time.Duration) *approval.Desk {
	return approval.New(approval.Config{Timeout: timeout, MaxPending: 8, MaxPerCaller: 4, Now: time.Now})
}

// caller is somebody at a door.
func caller(listener string) Caller {
	return Caller{Listener: listener, Protocol: "test", Address: "127.0.0.1:1234", UID: 7, Identity: "token", Conn: 1}
}

func password(text string) secret.Bytes { return secret.Copy([]byte(text)) }

// wallet makes a wallet with the password "pw".
func (h *house) wallet(c Caller, name string) Wallet {
	h.t.Helper()
	w, err := h.CreateWallet(context.Background(), c, NewWallet{Name: name, Password: password("pw")})
	if err != nil {
		h.t.Fatal(err)
	}
	return w
}

// open unlocks a wallet for an hour; the session asks for the password again.
func (h *house) open(c Caller, id WalletID) SessionID {
	h.t.Helper()
	s, err := h.Unlock(context.Background(), c, Unlock{Wallet: id, Password: password("pw"), Lifetime: time.Hour, Reauthenticate: true})
	if err != nil {
		h.t.Fatal(err)
	}
	return s.ID
}

func (h *house) key(c Caller, s SessionID) Key {
	h.t.Helper()
	k, err := h.GenerateKey(context.Background(), c, s)
	if err != nil {
		h.t.Fatal(err)
	}
	return k
}

// since gives what the journal took up while f ran.
func (h *house) since(f func()) []audit.Record {
	h.t.Helper()
	before := h.journal.Head().Sequence
	f()
	added := int(h.journal.Head().Sequence - before)
	if added == 0 {
		return nil
	}
	records, err := audit.Tail(h.journal.Dir(), added)
	if err != nil || len(records) != added {
		h.t.Fatalf("%d of %d new records, %v", len(records), added, err)
	}
	return records
}

// journalBytes is the journal as it lies on disk.
func (h *house) journalBytes() (all []byte) {
	h.t.Helper()
	entries, err := os.ReadDir(h.journal.Dir())
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(h.journal.Dir(), e.Name()))
		if err != nil {
			h.t.Fatal(err)
		}
		all = append(all, b...)
	}
	return all
}

// removeFolder takes the folder of kmd wallet files away.
func (h *house) removeFolder() {
	h.t.Helper()
	if err := os.RemoveAll(h.folder); err != nil {
		h.t.Fatal(err)
	}
}

// signed reports whether the vault has made a signature since the last tidying.
func (h *house) signed() bool { return h.vault.Unclean() }

func wantKind(t testing.TB, err error, kind fault.Kind) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Fatalf("got error %v of kind %s, want kind %s", err, fault.KindOf(err), kind)
	}
}

// fakeChain signs the payload as it is, with the keys in the context, 32 bytes each.
// Effects are the kinds that stand in the form.
type fakeChain struct {
	finished int
	fail     error
}

const fakeID = "fake"

func (*fakeChain) ID() string                 { return fakeID }
func (*fakeChain) Algorithm() curve.Algorithm { return curve.Ed25519 }

func (*fakeChain) Address(k curve.PublicKey) (string, error) { return "fake-" + k.String(), nil }

func (f *fakeChain) Decode(req chain.Request) (*chain.Intent, error) {
	if len(req.Payload) == 0 {
		return nil, fault.InvalidPayload.New("nothing to sign")
	}
	intent := &chain.Intent{Chain: fakeID, Form: req.Form}
	if kind, ok := chain.ParseEffectKind(req.Form); ok {
		intent.Effects = []chain.Effect{{Kind: kind, Detail: "fake"}}
	}
	for i := 0; i+32 <= len(req.Context); i += 32 {
		key, err := curve.NewPublicKey(curve.Ed25519, req.Context[i:i+32])
		if err != nil {
			return nil, err
		}
		message := append([]byte{byte(i / 32)}, req.Payload...)
		intent.Tasks = append(intent.Tasks, chain.Task{Key: key, Scheme: curve.PureEdDSA, Message: message})
	}
	intent.Finish = func(signatures [][]byte) ([]byte, error) {
		f.finished++
		return bytes.Join(signatures, nil), f.fail
	}
	return intent, nil
}

// fakeRequest asks for signatures of "payload" with all keys.
func fakeRequest(s SessionID, kind chain.EffectKind, keys ...curve.PublicKey) SignRequest {
	req := SignRequest{Session: s, Password: password("pw"), Chain: fakeID}
	req.Request = chain.Request{Form: kind.String(), Payload: []byte("payload")}
	for _, k := range keys {
		req.Request.Context = k.AppendTo(req.Request.Context)
	}
	return req
}

// payment is a canonical Algorand payment of the key's own account.
func payment(from curve.PublicKey, note string) []byte {
	b := []byte{0x80 | 9}
	text := func(s string) { b = append(append(b, 0xa0|byte(len(s))), s...) }
	number := func(n uint16) { b = binary.BigEndian.AppendUint16(append(b, 0xcd), n) }
	blob := func(v []byte) { b = append(append(b, 0xc4, byte(len(v))), v...) }
	text("amt")
	number(5000)
	text("fee")
	number(1000)
	text("fv")
	number(300)
	text("gh")
	blob(bytes.Repeat([]byte{0x11}, 32))
	text("lv")
	number(1300)
	text("note")
	blob([]byte(note))
	text("rcv")
	blob(bytes.Repeat([]byte{0x22}, 32))
	text("snd")
	blob(from.Bytes())
	text("type")
	text("pay")
	return b
}

func paymentRequest(s SessionID, from curve.PublicKey) SignRequest {
	return SignRequest{Session: s, Password: password("pw"), Chain: algorand.ID,
		Request: chain.Request{Form: algorand.FormTransaction, Payload: payment(from, "note")}}
}

// checkPayment verifies a signature over a payment.
func (h *house) checkPayment(out Signed, from curve.PublicKey) {
	h.t.Helper()
	if !ed25519.Verify(from.Bytes(), append([]byte("TX"), payment(from, "note")...), out.Signature) {
		h.t.Error("the signature is wrong")
	}
	if !bytes.Contains(out.Result, out.Signature) || !bytes.Contains(out.Result, payment(from, "note")) {
		h.t.Error("the result is not the signed transaction")
	}
}
