package ui_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"strongroom/internal/api/clef/ui"
	"strongroom/internal/api/clef/wire"
	"strongroom/internal/approval"
	"strongroom/internal/fault"
	"strongroom/internal/server/jsonrpc"
)

// program is a UI program at the other end of the channel: it answers by answer, whose
// text has one %s for the id, and keeps what it was sent.
type program struct {
	t      testing.TB
	answer func(method string) string
	toUs   io.WriteCloser
	from   io.ReadCloser

	mu   sync.Mutex
	sent []string
}

// buffer is a log that can be read while it is written.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *buffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *buffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start begins a conversation with a program. answer "" answers nothing.
func start(t testing.TB, noChange bool, answer func(method string) string) (*ui.Stdio, *program, *buffer) {
	t.Helper()
	fromUI, toUs := io.Pipe()
	from, toUI := io.Pipe()
	log := new(buffer)
	u, err := ui.StartStdio(ui.StdioConfig{
		In: fromUI, Out: toUI, NoChange: noChange, ChainID: func() uint64 { return 1337 }, Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, answer: answer, toUs: toUs, from: from}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.run()
	}()
	t.Cleanup(func() {
		if err := u.Close(); err != nil {
			t.Error(err)
		}
		<-ended
	})
	return u, p, log
}

// run answers until the channel is closed.
func (p *program) run() {
	lines := bufio.NewScanner(p.from)
	lines.Buffer(nil, 32<<20)
	for lines.Scan() {
		p.mu.Lock()
		p.sent = append(p.sent, lines.Text())
		p.mu.Unlock()
		var m struct {
			ID     json.RawMessage
			Method string
		}
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			p.t.Errorf("%v: %s", err, lines.Text())
		}
		if m.ID == nil {
			continue
		}
		if text := p.answer(m.Method); text != "" {
			if _, err := fmt.Fprintf(p.toUs, text+"\n", m.ID); err != nil {
				return
			}
		}
	}
}

// saw gives what the program was sent so far.
func (p *program) saw() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.sent)
}

// always answers every call with one result.
func always(result string) func(string) string {
	return func(string) string { return `{"jsonrpc":"2.0","id":%s,"result":` + result + `}` }
}

func meta() wire.Meta {
	return wire.Meta{Remote: "127.0.0.1:52360", Local: "127.0.0.1:8550", Scheme: "http", UserAgent: "golden-client/1.0"}
}

const txText = `{"from":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826","to":"0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0","gas":"0x5208","gasPrice":"0x3b9aca00","value":"0xde0b6b3a7640000","nonce":"0x7"%s}`

// transaction is the usual one, with more members.
func transaction(t testing.TB, more string) *wire.SendTxArgs {
	t.Helper()
	tx, err := wire.ParseTransaction([]byte(fmt.Sprintf(txText, more)))
	if err == nil {
		err = tx.Complete()
	}
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

var (
	first  = [20]byte{0xcd, 0x2a, 1}
	second = [20]byte{0x19, 0xe7, 2}
)

// question is one of each kind.
func question(t testing.TB, kind wire.Kind) *approval.Question {
	t.Helper()
	q := &approval.Question{Operation: "sign", Until: time.Now().Add(time.Minute)}
	switch kind {
	case wire.KindTx:
		q.Subject = wire.AskTx(&wire.TxRequest{Transaction: transaction(t, ""), Meta: meta()})
	case wire.KindRaw:
		q.Subject = wire.AskTx(&wire.TxRequest{Transaction: transaction(t, ""), Meta: meta(), Raw: wire.Data{1}})
	case wire.KindData:
		q.Subject = wire.AskData(&wire.SignDataRequest{ContentType: "text/plain", RawData: []byte("x"), Hash: make([]byte, 32), Meta: meta()})
	case wire.KindListing:
		q.Operation, q.Subject = "key.list", wire.AskListing(&wire.ListRequest{Meta: meta()})
		q.Accounts = []approval.Account{{Address: first, Path: "/ks/a"}, {Address: second, Path: "/ks/b"}}
	case wire.KindNewAccount:
		q.Operation, q.Subject = "key.generate", wire.AskNewAccount(&wire.NewAccountRequest{Meta: meta()})
	case wire.KindBulk:
		r, err := wire.NewBulkRequest([]*wire.SendTxArgs{transaction(t, ""), transaction(t, "")}, make([]wire.CallInfo, 2), meta())
		if err != nil {
			t.Fatal(err)
		}
		q.Subject = wire.AskBulk(r)
	case wire.KindPairing:
		q.Subject = wire.AskPairing(&wire.PairingRequest{Name: "bot", Code: "123456", Meta: meta()})
	}
	return q
}

func TestStdioAsks(t *testing.T) {
	for kind, want := range map[wire.Kind]string{
		wire.KindTx: `{"jsonrpc":"2.0","id":1,"method":"ui_approveTx","params":[{"transaction":{"from":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826",` +
			`"to":"0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0","gas":"0x5208","gasPrice":"0x3b9aca00","maxFeePerGas":null,"maxPriorityFeePerGas":null,` +
			`"value":"0xde0b6b3a7640000","nonce":"0x7"},"call_info":null,"meta":{"remote":"127.0.0.1:52360","local":"127.0.0.1:8550","scheme":"http",` +
			`"User-Agent":"golden-client/1.0","Origin":""}}]}`,
		wire.KindListing: `{"jsonrpc":"2.0","id":1,"method":"ui_approveListing","params":[{"accounts":[{"address":"0xcd2a010000000000000000000000000000000000",` +
			`"url":"keystore:///ks/a"},{"address":"0x19e7020000000000000000000000000000000000","url":"keystore:///ks/b"}],` +
			`"meta":{"remote":"127.0.0.1:52360","local":"127.0.0.1:8550","scheme":"http","User-Agent":"golden-client/1.0","Origin":""}}]}`,
		wire.KindNewAccount: `{"jsonrpc":"2.0","id":1,"method":"ui_approveNewAccount","params":[{"meta":{"remote":"127.0.0.1:52360","local":"127.0.0.1:8550",` +
			`"scheme":"http","User-Agent":"golden-client/1.0","Origin":""}}]}`,
	} {
		u, p, _ := start(t, false, always("{}"))
		if a, err := u.Approve(t.Context(), question(t, kind)); a.Verdict != approval.Deny {
			t.Errorf("an answer that says nothing: %v, %v", a, err)
		}
		if got := p.saw(); len(got) != 1 || got[0] != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

// TestStdioAnswers: what approves, what denies, and what callers are told.
func TestStdioAnswers(t *testing.T) {
	same := fmt.Sprintf(txText, "")
	lower := strings.ReplaceAll(same, "0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0", "0x07a565b7ed7d7a678680a4c162885bedbb695fe0")
	other := strings.ReplaceAll(same, `"0x7"`, `"0x8"`)
	chain := fmt.Sprintf(txText, `,"accessList":[],"chainId":"0x1"`)
	const yes, changed, no = "yes", "changed", "request denied"
	for _, test := range []struct {
		name     string
		kind     wire.Kind
		noChange bool
		answer   string // result
		want     string // yes, changed, no: no error; else the text of the error
	}{
		{"as it is", wire.KindTx, false, `{"transaction":` + same + `,"approved":true}`, yes},
		{"denied", wire.KindTx, false, `{"transaction":` + same + `,"approved":false}`, no},
		{"changed", wire.KindTx, false, `{"transaction":` + other + `,"approved":true}`, changed},
		{"denied and changed", wire.KindTx, false, `{"transaction":` + other + `,"approved":false}`, no},
		{"without a transaction", wire.KindTx, false, `{"approved":true}`, "unknown account"},
		{"null transaction", wire.KindTx, false, `{"approved":true,"transaction":null}`, "unknown account"},
		{"spelled otherwise", wire.KindTx, false, `{"transaction":` + lower + `,"approved":true}`, yes},
		{"input for data", wire.KindTx, false, `{"transaction":` + fmt.Sprintf(txText, `,"input":"0x"`) + `,"approved":true}`, yes},
		{"other chain", wire.KindTx, false, `{"transaction":` + chain + `,"approved":true}`, "invalid chain id for signer: have 1 want 1337"},
		{"unknown member", wire.KindTx, false, `{"transaction":` + fmt.Sprintf(txText, `,"x":1`) + `,"approved":true}`, "*unknown field"},
		{"approved is text", wire.KindTx, false, `{"transaction":` + same + `,"approved":"true"}`, "*cannot unmarshal"},
		{"approved is 1", wire.KindTx, false, `{"transaction":` + same + `,"approved":1}`, "*cannot unmarshal"},
		{"null", wire.KindTx, false, `null`, no},
		{"true", wire.KindTx, false, `true`, "*cannot unmarshal"},
		{"list", wire.KindTx, false, `[{"approved":true}]`, "*cannot unmarshal"},

		{"no change: as it is", wire.KindTx, true, `{"transaction":` + same + `,"approved":true}`, yes},
		{"no change: left out", wire.KindTx, true, `{"approved":true}`, yes},
		{"no change: changed", wire.KindTx, true, `{"transaction":` + other + `,"approved":true}`, "the UI may not change requests"},
		{"no change: chain id", wire.KindTx, true, `{"transaction":` + chain + `,"approved":true}`, "the UI may not change requests"},
		{"no change: access list", wire.KindTx, true, `{"transaction":` + fmt.Sprintf(txText, `,"accessList":[]`) + `,"approved":true}`, "the UI may not change requests"},
		{"no change: data", wire.KindTx, true, `{"transaction":` + fmt.Sprintf(txText, `,"data":"0x00"`) + `,"approved":true}`, "the UI may not change requests"},
		{"no change: authorization", wire.KindTx, true, `{"transaction":` + fmt.Sprintf(txText, `,"authorizationList":[{"chainId":"0x1","address":"0x07a565b7ed7d7a678680a4c162885bedbb695fe0","nonce":"0x0","yParity":"0x0","r":"0x1","s":"0x1"}]`) + `,"approved":true}`, "the UI may not change requests"},
		{"no change: denied", wire.KindTx, true, `{"transaction":` + other + `,"approved":false}`, no},

		{"raw: as it is", wire.KindRaw, false, `{"transaction":` + same + `,"approved":true}`, yes},
		{"raw: left out", wire.KindRaw, false, `{"approved":true}`, yes},
		{"raw: changed", wire.KindRaw, false, `{"transaction":` + other + `,"approved":true}`, "a raw transaction cannot be changed"},

		{"data", wire.KindData, false, `{"approved":true}`, yes},
		{"data denied", wire.KindData, false, `{"approved":false}`, no},
		{"data empty", wire.KindData, false, `{}`, no},
		{"data, another case", wire.KindData, false, `{"Approved":true}`, no},
		{"new account", wire.KindNewAccount, false, `{"approved":true}`, yes},
		{"bulk", wire.KindBulk, false, `{"approved":true}`, yes},
		{"bulk denied", wire.KindBulk, false, `{"approved":null}`, no},
		{"pairing", wire.KindPairing, false, `{"approved":true}`, yes},

		{"listing denied", wire.KindListing, false, `{"accounts":null}`, no},
		{"listing without accounts", wire.KindListing, false, `{}`, no},
		{"listing of the wrong form", wire.KindListing, false, `"yes"`, "json: cannot unmarshal string into Go value of type core.ListResponse"},
		{"listing approved", wire.KindListing, false, `{"approved":true}`, no},
	} {
		t.Run(test.name, func(t *testing.T) {
			u, _, _ := start(t, test.noChange, always(test.answer))
			q := question(t, test.kind)
			a, err := u.Approve(t.Context(), q)
			got := no
			switch {
			case err != nil:
				got = fault.Text(err)
			case a.Verdict == approval.Approve && a.Changed != nil:
				got = changed
			case a.Verdict == approval.Approve:
				got = yes
			}
			if text, ok := strings.CutPrefix(test.want, "*"); ok && !strings.Contains(got, text) || !ok && got != test.want {
				t.Errorf("got %q, want %q (%v)", got, test.want, err)
			}
			if a.By != "ui" {
				t.Errorf("decided by %q", a.By)
			}
			if (got == yes || got == changed) != (a.Verdict == approval.Approve) {
				t.Errorf("verdict %v", a.Verdict)
			}
			if s := q.Subject.(*wire.Subject); got == changed && (s.Approved() == s.Tx().Transaction || s.Approved().Nonce != 8) {
				t.Error("the changed transaction is not kept")
			}
		})
	}
}

func TestStdioListing(t *testing.T) {
	const a, b, foreign = `{"address":"0xcd2a010000000000000000000000000000000000"}`, `{"address":"0x19e7020000000000000000000000000000000000","url":"keystore:///ks/b"}`, `{"address":"0x1111111111111111111111111111111111111111"}`
	for _, test := range []struct {
		answer   string
		noChange bool
		want     [][20]byte
		text     string
	}{
		{a + "," + b, false, [][20]byte{first, second}, ""},
		{b, false, [][20]byte{second}, ""},
		{b + "," + a, false, [][20]byte{second, first}, ""},
		{foreign, false, [][20]byte{{0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11}}, ""},
		{"", false, [][20]byte{}, ""},
		{a + "," + b, true, [][20]byte{first, second}, ""},
		{"", true, [][20]byte{}, ""},
		{b, true, nil, "the UI may not change requests"},
		{b + "," + a, true, nil, "the UI may not change requests"},
		{a + "," + foreign, true, nil, "the UI may not change requests"},
		{a + "," + b + "," + foreign, true, nil, "the UI may not change requests"},
		{`{"address":"0xcd2a010000000000000000000000000000000000","url":""}`, false, nil, "protocol scheme missing"},
	} {
		u, _, log := start(t, test.noChange, always(`{"accounts":[`+test.answer+`]}`))
		got, err := u.Approve(t.Context(), question(t, wire.KindListing))
		switch {
		case test.text != "":
			if err == nil || fault.Text(err) != test.text || got.Verdict != approval.Deny {
				t.Errorf("%s: got %v, %v", test.answer, got, err)
			}
			if test.noChange && !strings.Contains(log.String(), "changed a listing") {
				t.Errorf("not logged: %s", log)
			}
		case err != nil || got.Verdict != approval.Approve || !slices.Equal(got.Accounts, test.want) || got.Accounts == nil:
			t.Errorf("%s: got %v, %v", test.answer, got, err)
		}
	}
}

// TestStdioErrors: the UI's own errors are the caller's, with code, message and data.
func TestStdioErrors(t *testing.T) {
	u, _, _ := start(t, false, func(string) string {
		return `{"jsonrpc":"2.0","id":%s,"error":{"code":-31999,"message":"ui says no","data":{"why":"test"}}}`
	})
	for kind := wire.KindTx; kind <= wire.KindPairing; kind++ {
		a, err := u.Approve(t.Context(), question(t, kind))
		e, ok := errors.AsType[*jsonrpc.Error](err)
		if !ok || e.Code != -31999 || e.Message != "ui says no" || string(e.Data) != `{"why":"test"}` || a.Verdict != approval.Deny {
			t.Errorf("kind %d: %v, %v", kind, a, err)
		}
	}
	if _, err := u.AskPassword(t.Context(), "T", "P"); err == nil {
		t.Error("an error is a password")
	}
	long := strings.Repeat("x", 5000)
	u, _, _ = start(t, false, func(string) string { return `{"jsonrpc":"2.0","id":%s,"error":{"code":1,"message":"` + long + `"}}` })
	if _, err := u.Approve(t.Context(), question(t, wire.KindTx)); err == nil || len(err.Error()) > 100 {
		t.Errorf("a long message is passed on: %.200v", err)
	}
}

func TestStdioPassword(t *testing.T) {
	u, p, log := start(t, false, always(`{"text":"canary \u0041\"ü"}`))
	got, err := u.AskPassword(t.Context(), "Master Password", "Please enter the password to decrypt the master seed")
	if err != nil {
		t.Fatal(err)
	}
	defer got.Wipe()
	if string(got.Expose()) != `canary A"ü` {
		t.Errorf("got %q", got.Expose())
	}
	want := `{"jsonrpc":"2.0","id":1,"method":"ui_onInputRequired","params":[{"title":"Master Password","prompt":"Please enter the password to decrypt the master seed","isPassword":true}]}`
	if saw := p.saw(); len(saw) != 1 || saw[0] != want {
		t.Errorf("got %q", saw)
	}
	if strings.Contains(log.String(), "canary") {
		t.Error("the password is in the log")
	}
	for _, answer := range []string{`{"text":5}`, `"canary"`, `["canary"]`} {
		u, _, log := start(t, false, always(answer))
		if got, err := u.AskPassword(t.Context(), "", ""); err == nil || !got.IsEmpty() || strings.Contains(err.Error()+log.String(), "canary") {
			t.Errorf("%s: %v", answer, err)
		}
	}
}

func TestStdioTells(t *testing.T) {
	u, p, _ := start(t, false, always(`{}`))
	u.OnStartup(wire.StartupInfo{HTTP: "http://127.0.0.1:8550/"})
	u.ShowInfo("hello")
	u.ShowError("oh \"no\"\n")
	u.OnApprovedTx(&wire.TxResult{Raw: wire.Data{1, 2}, Tx: []byte(`{"type":"0x0"}`)})
	if _, err := u.Approve(t.Context(), question(t, wire.KindData)); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`{"jsonrpc":"2.0","method":"ui_onSignerStartup","params":[{"info":{"extapi_http":"http://127.0.0.1:8550/","extapi_ipc":"n/a","extapi_version":"6.1.0","intapi_version":"7.0.1"}}]}`,
		`{"jsonrpc":"2.0","method":"ui_showInfo","params":[{"text":"hello"}]}`,
		`{"jsonrpc":"2.0","method":"ui_showError","params":[{"text":"oh \"no\"\n"}]}`,
		`{"jsonrpc":"2.0","method":"ui_onApprovedTx","params":[{"raw":"0x0102","tx":{"type":"0x0"}}]}`,
	}
	saw := p.saw()
	if len(saw) != 5 || !slices.Equal(saw[:4], want) || !strings.HasPrefix(saw[4], `{"jsonrpc":"2.0","id":5,`) {
		t.Errorf("got %q", saw)
	}
}

// TestStdioGone: a UI that dies denies what waits, all of it, and what comes.
func TestStdioGone(t *testing.T) {
	asked := make(chan struct{}, 10)
	u, p, log := start(t, false, func(string) string {
		asked <- struct{}{}
		return ""
	})
	denied := make(chan error, 10)
	for range 5 {
		go func() {
			a, err := u.Approve(context.Background(), question(t, wire.KindTx))
			if a.Verdict != approval.Deny {
				err = nil
			}
			denied <- err
		}()
	}
	for range 5 {
		<-asked
	}
	p.toUs.Close()
	for range 5 {
		if err := <-denied; !fault.Is(err, fault.Denied) || fault.Text(err) != "request denied" {
			t.Errorf("got %v", err)
		}
	}
	<-u.Done()
	if _, err := u.Approve(t.Context(), question(t, wire.KindTx)); !fault.Is(err, fault.Denied) || fault.Text(err) != "request denied" {
		t.Errorf("afterwards: %v", err)
	}
	if n := strings.Count(log.String(), "the UI is gone: request denied"); n != 6 {
		t.Errorf("%d lines in the log: %s", n, log)
	}
}

// TestStdioQuestionDies: when a question is over, so is waiting, and the UI is told.
func TestStdioQuestionDies(t *testing.T) {
	asked := make(chan struct{}, 1)
	u, p, _ := start(t, false, func(method string) string {
		if method == "ui_approveTx" {
			asked <- struct{}{}
			return ""
		}
		return `{"jsonrpc":"2.0","id":%s,"result":{"approved":true}}`
	})
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		<-asked
		cancel(approval.ErrTimeout)
	}()
	if a, err := u.Approve(ctx, question(t, wire.KindTx)); a.Verdict != approval.Deny || err == nil {
		t.Errorf("got %v, %v", a, err)
	}
	// An answer that comes now does nothing, and the next question has its own.
	if _, err := io.WriteString(p.toUs, `{"jsonrpc":"2.0","id":1,"result":{"approved":true}}`); err != nil {
		t.Fatal(err)
	}
	if a, err := u.Approve(t.Context(), question(t, wire.KindData)); a.Verdict != approval.Approve || err != nil {
		t.Errorf("got %v, %v", a, err)
	}
	if saw := p.saw(); len(saw) != 3 || !strings.Contains(saw[1], "ui_showError") || !strings.Contains(saw[1], "request timed out") {
		t.Errorf("got %q", saw)
	}
}

func TestStdioNoChangeOffersNothing(t *testing.T) {
	for _, noChange := range []bool{false, true} {
		s, err := jsonrpc.New(jsonrpc.Config{Log: slog.New(slog.DiscardHandler), Now: time.Now, Methods: []jsonrpc.Method{{
			Name: "clef_listAccounts", Run: func(context.Context, *jsonrpc.Call) (jsonrpc.Result, error) { return jsonrpc.Text("called"), nil },
		}}})
		if err != nil {
			t.Fatal(err)
		}
		fromUI, toUs := io.Pipe()
		from, toUI := io.Pipe()
		u, err := ui.StartStdio(ui.StdioConfig{In: fromUI, Out: toUI, NoChange: noChange, ChainID: func() uint64 { return 1 }, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		u.Offer(s)
		if _, err := io.WriteString(toUs, `{"jsonrpc":"2.0","id":1001,"method":"clef_listAccounts","params":[]}`); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(from).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if called := strings.Contains(line, "called"); called == noChange {
			t.Errorf("no change %t: %s", noChange, line)
		}
		from.Close()
		if err := u.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestForeignQuestions: what is no subject of Clef's is denied.
func TestForeignQuestions(t *testing.T) {
	u, p, _ := start(t, false, always(`{"approved":true}`))
	c, err := ui.NewConsole(ui.ConsoleConfig{In: strings.NewReader("y\ny\ny\n"), Out: io.Discard, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	for _, subject := range []any{nil, "text", (*wire.Subject)(nil)} {
		for _, by := range []approval.Approver{u, c} {
			if a, err := by.Approve(t.Context(), &approval.Question{Operation: "wallet.unlock", Subject: subject}); a.Verdict != approval.Deny || !fault.Is(err, fault.Denied) {
				t.Errorf("%T, %v: %v, %v", by, subject, a, err)
			}
		}
	}
	if saw := p.saw(); len(saw) != 0 {
		t.Errorf("the UI was asked %q", saw)
	}
}

// FuzzAnswers: whatever a UI answers, it approves only with a true member "approved", or a
// list of accounts, and never changes what may not be changed.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		`{"approved":true}`, `{"approved":true,"approved":false}`, `{"accounts":[{"address":"0xcd2a010000000000000000000000000000000000","url":"keystore:///ks/a"}]}`,
		`{"transaction":` + fmt.Sprintf(txText, "") + `,"approved":true}`, `{"transaction":` + fmt.Sprintf(txText, `,"data":"0x01"`) + `,"approved":true}`,
		`null`, `{"text":"pw"}`, `{"accounts":null}`, "{\"approved\":tru",
	} {
		for kind := wire.KindTx; kind <= wire.KindPairing; kind++ {
			f.Add([]byte(seed), byte(kind), true)
		}
	}
	f.Fuzz(func(t *testing.T, answer []byte, kind byte, noChange bool) {
		k := wire.KindTx + wire.Kind(kind)%wire.KindPairing
		in := bytes.NewReader(append(append([]byte(`{"jsonrpc":"2.0","id":1,"result":`), answer...), '}'))
		asked := make(chan struct{})
		u, err := ui.StartStdio(ui.StdioConfig{
			In: &after{asked, in}, Out: &noted{asked: asked}, NoChange: noChange, ChainID: func() uint64 { return 1337 }, Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer u.Close()
		a, err := u.Approve(t.Context(), question(t, k))
		if a.Verdict != approval.Approve {
			return
		}
		if err != nil || noChange && a.Changed != nil || k != wire.KindTx && a.Changed != nil {
			t.Fatalf("%s: %+v, %v", answer, a, err)
		}
		var said struct {
			Approved bool              `json:"approved"`
			Accounts []json.RawMessage `json:"accounts"`
		}
		if err := json.Unmarshal(answer, &said); err != nil || k != wire.KindListing && !said.Approved || k == wire.KindListing && said.Accounts == nil {
			t.Fatalf("%q approves: %v", answer, err)
		}
	})
}

// after reads nothing before something was asked.
type after struct {
	asked chan struct{}
	io.Reader
}

func (a *after) Read(b []byte) (int, error) {
	<-a.asked
	return a.Reader.Read(b)
}

// noted notes the first write.
type noted struct {
	asked chan struct{}
	once  sync.Once
}

func (w *noted) Write(b []byte) (int, error) {
	w.once.Do(func() { close(w.asked) })
	return len(b), nil
}
