package rules

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/approval"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/policy/clefjs"
)

// TestMain is the process of a rule file when the tests' own program is started as one.
func TestMain(m *testing.M) {
	if os.Args[0] == clefjs.WorkerName {
		os.Exit(clefjs.Worker(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// store is a storage in memory that can be made to fail.
type store struct {
	mu       sync.Mutex
	entries  map[string]string
	commits  int
	readErr  error
	writeErr error
}

func (s *store) Get(key string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.entries[key], s.readErr
}

func (s *store) Commit(_ context.Context, changes []gate.Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writeErr != nil {
		return s.writeErr
	}
	s.commits++
	for _, c := range changes {
		if s.entries[c.Key] = c.Value; c.Value == "" {
			delete(s.entries, c.Key)
		}
	}
	return nil
}

func (s *store) all() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.entries)
}

// person is the next approver.
type person struct {
	answer approval.Answer
	err    error
	asked  atomic.Int32
}

func (p *person) Approve(context.Context, *approval.Question) (approval.Answer, error) {
	p.asked.Add(1)
	return p.answer, p.err
}

// set is a rule file, its storage, and whoever comes next.
type set struct {
	*Rules
	store *store
	next  *person
}

// start makes a set whose next approver denies.
func start(t testing.TB, source string, change ...func(*Config)) set {
	t.Helper()
	s := set{store: &store{entries: map[string]string{}}, next: &person{answer: approval.Answer{By: "person"}}}
	s.Rules = startWith(t, source, s.store, append([]func(*Config){func(c *Config) { c.Next = s.next }}, change...)...)
	return s
}

func startWith(t testing.TB, source string, storage Storage, change ...func(*Config)) *Rules {
	t.Helper()
	engine, err := clefjs.Start(context.Background(), clefjs.Config{Source: []byte(source), Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	cfg := Config{Engine: engine, Storage: storage, Log: slog.New(slog.DiscardHandler)}
	for _, c := range change {
		c(&cfg)
	}
	r, err := New(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// without has nobody decide where the rules do not.
func without(c *Config) { c.Next = nil }

// signed is a transaction of the recordings (rules/tx-approve) as the chain finishes it.
const signed = "f86180018252089407a565b7ed7d7a678680a4c162885bedbb695fe00180820a95a0ad105ca0d5ac14f4ce1148d6fc289a4ea6b49da154e5e4b64f388b36c6736e06a0061f0914ee78654c6347a74301a5871023e5303f60b9e51c51d0b41ce4f08184"

func result(t testing.TB) []byte { return unhex(t, "0x"+signed) }

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const plainTx = `{"from":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826","to":"0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0","gas":"0x5208","gasPrice":"0x1","value":"0x1","nonce":"0x0"}`

func transaction(t testing.TB, text string) *wire.SendTxArgs {
	t.Helper()
	tx, err := wire.ParseTransaction([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

func askTx(t testing.TB) *approval.Question {
	return &approval.Question{Operation: "sign", Subject: wire.AskTx(&wire.TxRequest{Transaction: transaction(t, plainTx)})}
}

// approve asks and wants no error.
func (s set) approve(t testing.TB, q *approval.Question) approval.Answer {
	t.Helper()
	a, err := s.Approve(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// decides asks about a transaction and settles an approval with its result.
func (s set) decides(t testing.TB, want approval.Verdict, by string) {
	t.Helper()
	a := s.approve(t, askTx(t))
	if a.Verdict != want || a.By != by {
		t.Errorf("%v by %q, want %v by %q", a.Verdict, a.By, want, by)
	}
	if a.Verdict == approval.Approve && a.Settle != nil {
		if err := a.Settle(context.Background(), result(t)); err != nil {
			t.Error(err)
		}
	}
}

const limitOfThree = `
function count() { var n = storage.get("count"); return n === "" ? 0 : parseInt(n, 10) }
function ApproveTx(r) { return count() < 3 ? "Approve" : "Reject" }
function OnApprovedTx(r) { storage.put("count", count() + 1); storage.put("last", r.raw) }`

func TestLimit(t *testing.T) {
	s := start(t, limitOfThree)
	for range 3 {
		s.decides(t, approval.Approve, By)
	}
	s.decides(t, approval.Deny, By)
	if got := s.store.all(); got["count"] != "3" || got["last"] != "0x"+signed {
		t.Errorf("stored %v", got)
	}
	if n := s.next.asked.Load(); n != 0 {
		t.Errorf("the next one was asked %d times", n)
	}
}

func TestWithoutDecision(t *testing.T) {
	modes := `
var mode = storage.get("mode");
if (mode === "at the top") throw new Error("x");
function ApproveTx() {
  switch (mode) {
  case "nothing": return;
  case "exception": throw new Error("x");
  case "misspelled": return "approve";
  case "line feed": return "Approve\n";
  case "true": return true;
  case "memory": return new Uint8Array(2 ** 32).length + "Approve";
  case "bad key": storage.put("k".repeat(1e4), "v"); return "Approve";
  case "bad key, tried": try { storage.put("k".repeat(1e4), "v") } finally { return "Approve" }
  }
  return "Approve";
}`
	files := map[string]string{"no function": `function approveTx() { return "Approve" }`}
	for _, mode := range []string{
		"nothing", "exception", "misspelled", "line feed", "true", "memory", "bad key", "bad key, tried", "at the top",
	} {
		files[mode] = modes
	}
	s := map[string]set{modes: start(t, modes), files["no function"]: start(t, files["no function"])}
	lonely := map[string]set{modes: start(t, modes, without), files["no function"]: start(t, files["no function"], without)}
	s[modes].decides(t, approval.Approve, By) // in no mode
	for mode, file := range files {
		t.Run(mode, func(t *testing.T) {
			s := s[file]
			s.store.entries["mode"] = mode
			s.next.answer = approval.Answer{By: "person"}
			s.decides(t, approval.Deny, "person")
			s.next.answer = approval.Answer{Verdict: approval.Approve, By: "person"}
			s.decides(t, approval.Approve, "person")
			if got := s.store.all(); len(got) != 1 {
				t.Errorf("stored %v", got)
			}
			lonely[file].store.entries["mode"] = mode
			lonely[file].decides(t, approval.Deny, By)
		})
	}
}

func TestStorageThatFails(t *testing.T) {
	full := fault.Storage.New("no space left on device")
	t.Run("read", func(t *testing.T) {
		s := start(t, limitOfThree)
		s.store.readErr = full
		s.decides(t, approval.Deny, "person")
	})
	t.Run("write before the decision", func(t *testing.T) {
		s := start(t, `function ApproveTx() { storage.put("a", "b"); return "Approve" }
function ApproveSignData() { storage.put("a", "b"); return "Reject" }`)
		s.store.writeErr = full
		s.decides(t, approval.Deny, "person")
		asked := s.next.asked.Load()
		a := s.approve(t, &approval.Question{Subject: wire.AskData(&wire.SignDataRequest{})})
		if a.Verdict != approval.Deny || a.By != By || s.next.asked.Load() != asked {
			t.Errorf("a rejection that could not be noted: %+v", a)
		}
	})
	t.Run("write after the signature", func(t *testing.T) {
		s := start(t, limitOfThree)
		for range 5 { // whatever is tried, nothing gets out, and nothing is counted
			a := s.approve(t, askTx(t))
			s.store.writeErr = full
			if err := a.Settle(context.Background(), result(t)); !fault.Is(err, fault.Denied) || !errors.Is(err, full) {
				t.Error(err)
			}
			s.store.writeErr = nil
		}
		if got := s.store.all(); len(got) != 0 {
			t.Errorf("stored %v", got)
		}
		s.decides(t, approval.Approve, By)
	})
}

func TestOnApprovedTxThatFails(t *testing.T) {
	for name, source := range map[string]string{
		"exception": `function OnApprovedTx() { storage.put("a", "b"); throw new Error("x") }`,
		"memory":    `function OnApprovedTx() { return new Uint8Array(2 ** 32).length }`,
		"replaced":  `function OnApprovedTx() { } if (storage.get("on")) { OnApprovedTx = undefined }`,
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, source+`; function ApproveTx() { return "Approve" }`)
			s.store.entries["on"] = "1"
			a := s.approve(t, askTx(t))
			if err := a.Settle(context.Background(), result(t)); !fault.Is(err, fault.Denied) {
				t.Error(err)
			}
			if got := s.store.all(); len(got) != 1 {
				t.Errorf("stored %v", got)
			}
			a = s.approve(t, askTx(t)) // the turn is free again
			if err := a.Settle(context.Background(), nil); err != nil {
				t.Error(err)
			}
		})
	}
}

// The turn is kept from the decision to the end of OnApprovedTx, and no longer.
func TestTurns(t *testing.T) {
	s := start(t, limitOfThree)
	a := s.approve(t, askTx(t))
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if b, err := s.Approve(ctx, askTx(t)); !fault.Is(err, fault.Canceled) || b.Verdict != approval.Deny {
		t.Errorf("a decision beside another one: %+v %v", b, err)
	}
	if err := a.Settle(context.Background(), nil); err != nil { // the signature came to nothing
		t.Error(err)
	}
	if got := s.store.all(); len(got) != 0 {
		t.Errorf("stored %v", got)
	}
	s.decides(t, approval.Approve, By)

	stateless := start(t, `function ApproveTx() { return "Approve" } function ApproveListing() { return "Approve" }`)
	for range 3 { // nothing to wait for
		if a := stateless.approve(t, askTx(t)); a.Verdict != approval.Approve || a.Settle != nil {
			t.Errorf("%+v", a)
		}
	}
}

// A person does not hold up the rules, and what a person approves is counted.
func TestPersonApproves(t *testing.T) {
	s := start(t, `
function ApproveTx(r) { return storage.get("mode") }
function OnApprovedTx(r) {
  if (storage.get("mode") === "break") throw new Error("x");
  storage.put("seen", storage.get("seen") + r.tx.nonce) }`)
	var settled []string
	s.next.answer = approval.Answer{Verdict: approval.Approve, By: "person", Settle: func(_ context.Context, result []byte) error {
		settled = append(settled, fmt.Sprint(result != nil))
		return nil
	}}
	first, second := s.approve(t, askTx(t)), s.approve(t, askTx(t)) // both undecided, none waits
	s.store.entries["mode"] = "Approve"
	third := s.approve(t, askTx(t))
	for i, a := range []approval.Answer{third, first, second} {
		r := result(t)
		if i == 2 {
			r = nil // it came to nothing
		}
		if err := a.Settle(context.Background(), r); err != nil {
			t.Error(err)
		}
	}
	if got := s.store.all()["seen"]; got != "0x00x0" {
		t.Errorf("seen %q", got)
	}
	s.store.entries["mode"] = "break"
	if err := s.approve(t, askTx(t)).Settle(context.Background(), result(t)); !fault.Is(err, fault.Denied) {
		t.Error(err)
	}
	if got := fmt.Sprint(settled); got != "[true false false]" {
		t.Errorf("the next approver was told of %s", got)
	}
	s.next.err = fault.Denied.New("no")
	if _, err := s.Approve(context.Background(), askTx(t)); !errors.Is(err, s.next.err) {
		t.Error(err)
	}
}

func TestOtherQuestions(t *testing.T) {
	s := start(t, `function ApproveTx() { return "Approve" } function ApproveNewAccount() { return "Approve" }
function ApproveSignData(r) { return r.content_type === "text/plain" ? "Approve" : "Reject" }`)
	for name, subject := range map[string]any{
		"a new account": wire.AskNewAccount(&wire.NewAccountRequest{}), "a pairing": wire.AskPairing(&wire.PairingRequest{}),
		"nothing": nil, "another API's": "a text", "no subject": (*wire.Subject)(nil),
	} {
		asked := s.next.asked.Load()
		if a := s.approve(t, &approval.Question{Subject: subject}); a.Verdict != approval.Deny || s.next.asked.Load() != asked+1 {
			t.Errorf("%s: %+v", name, a)
		}
	}
	for contentType, want := range map[string]approval.Verdict{"text/plain": approval.Approve, "data/typed": approval.Deny} {
		a := s.approve(t, &approval.Question{Subject: wire.AskData(&wire.SignDataRequest{ContentType: contentType})})
		if a.Verdict != want || a.By != By || a.Settle != nil {
			t.Errorf("%s: %+v", contentType, a)
		}
	}
	raw := &wire.TxRequest{Transaction: transaction(t, plainTx), Raw: wire.Data{1}}
	if a := s.approve(t, &approval.Question{Subject: wire.AskTx(raw)}); a.Verdict != approval.Approve {
		t.Errorf("a raw transaction: %+v", a)
	}
}

func TestPairedOnly(t *testing.T) {
	s := start(t, `function ApproveTx() { return "Approve" }`, func(c *Config) { c.PairedOnly = true })
	for identity, by := range map[string]string{"": "person", "token": "person", "unpaired:x": "person", "paired:treasury bot": By} {
		q := askTx(t)
		q.Asker.Identity = identity
		if a := s.approve(t, q); a.By != by {
			t.Errorf("%q: by %s", identity, a.By)
		}
	}
}

func TestBulk(t *testing.T) {
	s := start(t, `function ApproveBulkTx(r) { return r.transactions.length === 2 && storage.get("seen") === "" ? "Approve" : "Reject" }
function OnApprovedTx(r) { if (storage.get("seen") === storage.get("most")) throw new Error("x"); storage.put("seen", storage.get("seen") + "1") }`)
	second := transaction(t, plainTx)
	second.Nonce = 1
	request, err := wire.NewBulkRequest([]*wire.SendTxArgs{transaction(t, plainTx), second}, make([]wire.CallInfo, 2), wire.Meta{})
	if err != nil {
		t.Fatal(err)
	}
	results := rlp.AppendList(nil, rlp.AppendBytes(rlp.AppendBytes(nil, result(t)), result(t)))
	s.store.entries["most"] = "1"
	for most, want := range map[string]string{"1": "", "9": "11"} { // all or none
		s.store.entries["most"] = most
		delete(s.store.entries, "seen")
		a := s.approve(t, &approval.Question{Subject: wire.AskBulk(request)})
		if a.Verdict != approval.Approve {
			t.Fatalf("%+v", a)
		}
		if err := a.Settle(context.Background(), results); (err == nil) != (want != "") {
			t.Error(err)
		}
		if got := s.store.all()["seen"]; got != want {
			t.Errorf("seen %q, want %q", got, want)
		}
	}
}

func TestListing(t *testing.T) {
	s := start(t, `
function ApproveListing(r) {
  var last = r.accounts[r.accounts.length - 1];
  storage.put("last", JSON.stringify(last) + Object.keys(r) + r.meta.remote);
  return "Approve";
}`)
	var accounts []approval.Account
	for i := range 100 {
		accounts = append(accounts, approval.Account{Address: [20]byte{19: byte(i)}, Path: fmt.Sprintf("/keys/%d", i)})
	}
	for n, want := range map[int]string{
		1:   `{"address":"0x0000000000000000000000000000000000000000","url":"keystore:///keys/0"}accounts,meta1.2.3.4:5`,
		100: `{"address":"0x0000000000000000000000000000000000000063","url":"keystore:///keys/99"}accounts,meta1.2.3.4:5`,
	} {
		for range 2 {
			q := &approval.Question{
				Accounts: append([]approval.Account(nil), accounts[:n]...),
				Subject:  wire.AskListing(&wire.ListRequest{Meta: wire.Meta{Remote: "1.2.3.4:5"}}),
			}
			a := s.approve(t, q)
			if a.Verdict != approval.Approve || len(a.Accounts) != n || a.Accounts[n-1] != accounts[n-1].Address {
				t.Errorf("%d: %v, %d accounts", n, a.Verdict, len(a.Accounts))
			}
			if got := s.store.all()["last"]; got != want {
				t.Errorf("%d: %s", n, got)
			}
		}
	}
}

func TestStartup(t *testing.T) {
	info := wire.StartupInfo{HTTP: "http://127.0.0.1:8550/"}
	s := start(t, `function OnSignerStartup(r) { storage.put("startup", JSON.stringify(r.info)); if (storage.get("x")) throw new Error("x") }`)
	s.Startup(context.Background(), info)
	const want = `{"extapi_http":"http://127.0.0.1:8550/","extapi_ipc":"n/a","extapi_version":"6.1.0","intapi_version":"7.0.1"}`
	if got := s.store.all()["startup"]; got != want {
		t.Errorf("stored %s", got)
	}
	s.store.entries["x"] = "1"
	s.Startup(context.Background(), wire.StartupInfo{}) // throws, and is logged
	if got := s.store.all()["startup"]; got != want {
		t.Errorf("stored %s", got)
	}
	deaf := start(t, `function ApproveTx() { }`)
	deaf.Startup(context.Background(), info)
	if deaf.store.commits != 0 {
		t.Error("something was stored by nobody")
	}
}

func TestPartsThatAreMissing(t *testing.T) {
	if _, err := New(context.Background(), Config{}); !fault.Is(err, fault.Internal) {
		t.Error(err)
	}
}
