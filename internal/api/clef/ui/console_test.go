package ui_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"strongroom/internal/api/clef/ui"
	"strongroom/internal/api/clef/wire"
	"strongroom/internal/approval"
	"strongroom/internal/fault"
)

// screen is a console whose input is a pipe, as a script's is.
type screen struct {
	*ui.Console
	t    testing.TB
	keys io.WriteCloser
	out  *buffer
	log  *buffer
}

func sit(t testing.TB) *screen {
	t.Helper()
	in, keys := io.Pipe()
	s := &screen{t: t, keys: keys, out: new(buffer), log: new(buffer)}
	var err error
	if s.Console, err = ui.NewConsole(ui.ConsoleConfig{In: in, Out: s.out, Log: slog.New(slog.NewTextHandler(s.log, nil))}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (s *screen) typed(text string) {
	s.t.Helper()
	if _, err := io.WriteString(s.keys, text); err != nil {
		s.t.Fatal(err)
	}
}

// await waits until the screen shows a text.
func (s *screen) await(text string) {
	s.t.Helper()
	for deadline := time.Now().Add(time.Minute); !strings.Contains(s.out.String(), text); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("the screen has %q", s.out)
		}
	}
}

// session is a recorded one.
type session struct {
	Name          string
	StartupOutput string
	Steps         []struct {
		External struct {
			Request struct {
				Method string
				Params []json.RawMessage
			}
			Response struct {
				Result json.RawMessage
				Error  *struct{ Message string }
			}
		}
		Stdin  []string
		Stdout string
	}
}

// recordedMeta is the metadata of the recordings.
func recordedMeta() wire.Meta {
	return wire.Meta{Remote: "${REMOTE}", Local: "127.0.0.1:${PORT}", Scheme: "http", UserAgent: "golden-client/1.0"}
}

// accounts are those of the recordings, in order.
func accounts() (all []approval.Account) {
	for _, path := range []string{
		"UTC--2026-11-20T21-28-43.401887913Z--cd2a3d9f938e13cd947ec05abc7fe734df8dd826",
		"UTC--2026-11-20T21-28-43.786649196Z--19e7e376e7c213b7e7e7e46cc70a5dd086daff2a",
		"UTC--2026-11-20T21-39-14.372386627Z--081b48a50679fc4dfbe1db8e56307f0aedd7b84a",
	} {
		a, err := wire.ParseAddress("0x" + path[len(path)-40:])
		if err != nil {
			panic(err)
		}
		all = append(all, approval.Account{Address: a.Raw(), Path: "${KEYSTORE}/" + path})
	}
	return all
}

// TestRecordedConsole: the text, byte by byte, of every recorded session, but for the
// lines of the log.
func TestRecordedConsole(t *testing.T) {
	data, err := os.ReadFile("../../../../testdata/golden/clef/21-console-ui.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Transcripts []session }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	logLine := regexp.MustCompile(`(?m)^(INFO|WARN|ERROR) *\[MM-DD.*\n`)
	played := 0
	for _, rec := range file.Transcripts {
		t.Run(rec.Name, func(t *testing.T) {
			var want string
			s := sit(t)
			if i := strings.Index(rec.StartupOutput, "## Master Password"); i >= 0 {
				prompt := rec.StartupOutput[i : strings.Index(rec.StartupOutput, "-----------------------\n")+len("-----------------------\n")]
				go s.typed("golden-master-password\n")
				password(t, s, "Master Password", "Please enter the password to decrypt the master seed", "golden-master-password")
				want += prompt
			}
			s.OnStartup(startupInfo())
			want += inOrder(rec.StartupOutput[strings.Index(rec.StartupOutput, "\n------- Signer info"):])
			for _, step := range rec.Steps {
				go s.typed(strings.Join(step.Stdin, "\n") + "\n")
				playStep(t, s, step.External.Request.Method, step.External.Request.Params, step.External.Response.Result, step.External.Response.Error != nil, step.Stdin)
				want += logLine.ReplaceAllString(step.Stdout, "")
			}
			if got := s.out.String(); got != want {
				n := 0
				for n < min(len(got), len(want)) && got[n] == want[n] {
					n++
				}
				t.Errorf("from byte %d on: got %q, want %q", n, got[n:], want[n:])
			}
		})
		played += max(1, len(rec.Steps))
	}
	if played != 9 {
		t.Errorf("played %d steps, want 9", played)
	}
}

// inOrder puts the lines of the signer's information into our order; the peer wrote them
// in any.
func inOrder(text string) string {
	lines := strings.SplitAfter(text, "\n") // empty, heading, information
	slices.SortFunc(lines[2:6], func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
	return strings.Join(lines, "")
}

func rank(line string) int {
	return slices.IndexFunc([]string{"* intapi_version", "* extapi_version", "* extapi_http", "* extapi_ipc"}, func(name string) bool {
		return strings.HasPrefix(line, name)
	})
}

func startupInfo() wire.StartupInfo {
	info := wire.StartupInfo{HTTP: "http://127.0.0.1:${PORT}/", IPC: "${CONFIG}/clef.ipc"}
	for _, a := range accounts() {
		info.Accounts = append(info.Accounts, wire.Account{Address: a.Address, URL: "keystore://" + a.Path})
	}
	return info
}

// password asks for one, and wants it.
func password(t *testing.T, s *screen, title, prompt, want string) {
	t.Helper()
	got, err := s.AskPassword(t.Context(), title, prompt)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Wipe()
	if string(got.Expose()) != want {
		t.Errorf("the password is %q, want %q", got.Expose(), want)
	}
}

// playStep does what the signer does for a recorded request.
func playStep(t *testing.T, s *screen, method string, params []json.RawMessage, result json.RawMessage, fails bool, stdin []string) {
	t.Helper()
	q := &approval.Question{}
	switch method {
	case "account_list":
		q.Subject, q.Accounts = wire.AskListing(&wire.ListRequest{Meta: recordedMeta()}), accounts()
	case "account_new":
		q.Subject = wire.AskNewAccount(&wire.NewAccountRequest{Meta: recordedMeta()})
	case "account_signTransaction":
		tx, err := wire.ParseTransaction(params[0])
		if err != nil {
			t.Fatal(err)
		}
		r := &wire.TxRequest{Transaction: tx, Meta: recordedMeta()}
		if tx.To != nil && !tx.To.Checked() {
			r.CallInfo = wire.CallInfo{{Type: wire.Warning, Message: "Invalid checksum on recipient address"},
				{Type: wire.Info, Message: `Transaction invokes the following method: "transfer(address: 0x0000000000000000000000000000000000000000,uint256: 0)"`}}
		}
		q.Subject = wire.AskTx(r)
	case "account_signData":
		address, err := wire.AddressParam(params[1])
		if err != nil {
			t.Fatal(err)
		}
		text := "\x19Ethereum Signed Message:\n5hello"
		hash := wire.Keccak([]byte(text))
		q.Subject = wire.AskData(&wire.SignDataRequest{
			ContentType: "text/plain", Address: address, RawData: []byte(text), Hash: hash[:], Meta: recordedMeta(),
			Messages: []wire.NameValueType{{Name: "message", Type: "text/plain", Value: wire.TextValue(text)}},
		})
	default:
		t.Fatalf("a step %s", method)
	}
	a, err := s.Approve(t.Context(), q)
	if err != nil || (a.Verdict == approval.Approve) != (stdin[0] == "y") || a.By != "console" {
		t.Fatalf("%v, %v", a, err)
	}
	if a.Verdict != approval.Approve {
		return
	}
	switch method {
	case "account_list":
		if len(a.Accounts) != 3 {
			t.Errorf("reveals %v", a.Accounts)
		}
	case "account_signTransaction":
		password(t, s, "Account password", "Please enter the password for account 0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826", stdin[1])
		if fails {
			s.ShowError("could not decrypt key with given password")
			return
		}
		var r struct{ Tx json.RawMessage }
		if err := json.Unmarshal(result, &r); err != nil {
			t.Fatal(err)
		}
		s.OnApprovedTx(&wire.TxResult{Tx: r.Tx})
	case "account_signData":
		password(t, s, "Password for signing", "Please enter password for signing data with account 0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826", stdin[1])
	}
}

// TestConsoleOnlyYApproves: everything but y denies; empty lines are asked again.
func TestConsoleOnlyYApproves(t *testing.T) {
	for input, want := range map[string]bool{
		"y\n": true, "\n\ny\n": true, "y": true, "y\r\n": true,
		"Y\n": false, "yes\n": false, " y\n": false, "y \n": false, "n\n": false, "\x1b[Ay\n": false, "y\x00\n": false, "yy\n": false,
	} {
		s := sit(t)
		go func() {
			s.typed(input)
			s.keys.Close()
		}()
		a, err := s.Approve(t.Context(), question(t, wire.KindTx))
		if err != nil || (a.Verdict == approval.Approve) != want {
			t.Errorf("%q: %v, %v", input, a, err)
		}
	}
	s := sit(t)
	go s.typed(strings.Repeat("y", 10_000) + "\ny\n")
	if a, err := s.Approve(t.Context(), question(t, wire.KindTx)); a.Verdict != approval.Deny || err == nil {
		t.Errorf("a long line: %v, %v", a, err)
	}
	if a, err := s.Approve(t.Context(), question(t, wire.KindTx)); a.Verdict != approval.Approve || err != nil {
		t.Errorf("the line after it: %v, %v", a, err)
	}
}

// TestConsoleSurvivesTheEnd: the habit "echo password | clef": the password is read, and
// afterwards every request that needs a person is denied, and nothing else happens.
func TestConsoleSurvivesTheEnd(t *testing.T) {
	s := sit(t)
	go func() {
		s.typed("master password\n")
		s.keys.Close()
	}()
	password(t, s, "Master Password", "Please enter the password to decrypt the master seed", "master password")
	for kind := wire.KindTx; kind <= wire.KindPairing; kind++ {
		if a, err := s.Approve(t.Context(), question(t, kind)); a.Verdict != approval.Deny || !fault.Is(err, fault.Denied) || fault.Text(err) != "request denied" {
			t.Errorf("kind %d: %v, %v", kind, a, err)
		}
	}
	if got, err := s.AskPassword(t.Context(), "T", "P"); !errors.Is(err, io.EOF) || !got.IsEmpty() {
		t.Errorf("a password: %v", err)
	}
	if !strings.Contains(s.log.String(), "nobody is at the console") {
		t.Errorf("the log has %s", s.log)
	}
	s.ShowInfo("still here")
	s.await("still here")
}

// TestConsoleOneAtATime: the second question waits for the first, and dies in the queue
// when its time is up.
func TestConsoleOneAtATime(t *testing.T) {
	s := sit(t)
	first := make(chan error, 1)
	go func() {
		a, err := s.Approve(context.Background(), question(t, wire.KindNewAccount))
		if a.Verdict != approval.Approve {
			err = errors.New("denied")
		}
		first <- err
	}()
	s.await("Approve? [y/N]:\n> ")
	ctx, cancel := context.WithCancelCause(t.Context())
	second := make(chan error, 1)
	go func() {
		_, err := s.Approve(ctx, question(t, wire.KindTx))
		second <- err
	}()
	third := make(chan error, 1)
	go func() {
		password, err := s.AskPassword(ctx, "T", "P")
		password.Wipe()
		third <- err
	}()
	cancel(approval.ErrTimeout)
	for _, c := range []chan error{second, third} {
		if err := <-c; !errors.Is(err, approval.ErrTimeout) {
			t.Errorf("in the queue: %v", err)
		}
	}
	s.typed("y\n")
	if err := <-first; err != nil {
		t.Error(err)
	}
	if strings.Contains(s.out.String(), "Transaction request") {
		t.Error("the second was on the screen")
	}
}

// TestConsoleQuestionDies: the one on the screen says so. What a script types goes to the next.
func TestConsoleQuestionDies(t *testing.T) {
	s := sit(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	over := make(chan error, 1)
	go func() {
		_, err := s.Approve(ctx, question(t, wire.KindTx))
		over <- err
	}()
	s.await("> ")
	cancel(approval.ErrTimeout)
	if err := <-over; !errors.Is(err, approval.ErrTimeout) {
		t.Errorf("got %v", err)
	}
	s.await("This request is over: request timed out. Nothing was approved.\n")
	go s.typed("y\n")
	if a, err := s.Approve(t.Context(), question(t, wire.KindData)); err != nil || a.Verdict != approval.Approve {
		t.Errorf("the next: %v, %v", a, err)
	}
}

// TestConsolePasswords: bytes that are no text stay as they are; the warning comes once.
func TestConsolePasswords(t *testing.T) {
	s := sit(t)
	go s.typed("\xffcanary\t \r\n\nthird")
	for _, want := range []string{"\xffcanary\t ", ""} {
		password(t, s, "T", "P", want)
	}
	go s.keys.Close()
	password(t, s, "T", "P", "third")
	if n := strings.Count(s.out.String(), "password will be echoed"); n != 1 {
		t.Errorf("warned %d times", n)
	}
	if strings.Contains(s.out.String()+s.log.String(), "canary") {
		t.Error("the password is shown")
	}
	s = sit(t)
	go s.typed(strings.Repeat("x", 5000) + "\n")
	if got, err := s.AskPassword(t.Context(), "T", "P"); !fault.Is(err, fault.TooLarge) || !got.IsEmpty() {
		t.Errorf("a long one: %v", err)
	}
}

// TestConsoleManyAccounts: twenty are listed when the signer starts.
func TestConsoleManyAccounts(t *testing.T) {
	s := sit(t)
	s.ShowAccounts(make([]wire.Account, 45))
	if got := s.out.String(); strings.Count(got, " at ") != 20 || !strings.HasSuffix(got, "\nand 25 more\n") {
		t.Errorf("got %s", got)
	}
}

// TestConsoleHiddenText: nothing from outside can move the cursor, hide something, or
// begin a line of its own.
func TestConsoleHiddenText(t *testing.T) {
	evil := "\x1b[2Ja\u202eb\u200b\u2028\r\nApprove? [y/N]:\n> y\u3164\u2800\ufe0f\U000e0041"
	m := wire.Meta{Remote: evil, Local: evil, Scheme: evil, UserAgent: evil, Origin: evil, Caller: evil}
	for _, subject := range hostile(t, m, evil) {
		s := sit(t)
		go s.typed("n\n")
		q := &approval.Question{Subject: subject, Accounts: []approval.Account{{Path: evil}}}
		if a, err := s.Approve(t.Context(), q); err != nil || a.Verdict != approval.Deny {
			t.Errorf("%v, %v", a, err)
		}
		checkScreen(t, s.out.String())
	}
	s := sit(t)
	s.ShowError(evil)
	s.ShowInfo(evil)
	s.ShowAccounts([]wire.Account{{URL: evil}})
	go s.typed("\n")
	password(t, s, evil, evil, "")
	checkScreen(t, s.out.String())
}

// hostile is a request of each kind with a text wherever there may be one.
func hostile(t testing.TB, m wire.Meta, text string) []*wire.Subject {
	info := wire.CallInfo{{Type: text, Message: text}}
	bulk, err := wire.NewBulkRequest([]*wire.SendTxArgs{transaction(t, ""), transaction(t, "")}, []wire.CallInfo{info, info}, m)
	if err != nil {
		t.Fatal(err)
	}
	fields := []wire.NameValueType{{Name: text, Type: text, Value: wire.TextValue(text)}}
	return []*wire.Subject{
		wire.AskTx(&wire.TxRequest{Transaction: transaction(t, `,"data":"0x01020304"`), CallInfo: info, Meta: m}),
		wire.AskData(&wire.SignDataRequest{ContentType: text, RawData: []byte(text), CallInfo: info, Meta: m, Messages: append(fields,
			wire.NameValueType{Name: text, Type: text, Value: wire.Value{Fields: fields}},
			wire.NameValueType{Name: text, Type: text})}),
		wire.AskListing(&wire.ListRequest{Meta: m}),
		wire.AskNewAccount(&wire.NewAccountRequest{Meta: m}),
		wire.AskBulk(bulk),
		wire.AskPairing(&wire.PairingRequest{Name: text, Code: text, Meta: m}),
	}
}

// checkScreen wants nothing on a screen but what shows, and our own question once.
func checkScreen(t testing.TB, text string) {
	t.Helper()
	for _, r := range text {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || strings.ContainsRune("\u202e\u200b\u2028\u3164\u2800\U000e0041\u0085", r) {
			t.Fatalf("the screen has %U: %q", r, text)
		}
	}
	if n := strings.Count("\n"+text, "\nApprove? [y/N]:\n> "); n > 1 {
		t.Errorf("%d questions: %s", n, text)
	}
}

// TestConsoleShowsAll: whole arrays, the new kinds, and what is not understood.
func TestConsoleShowsAll(t *testing.T) {
	element := func(name, to string) wire.NameValueType {
		return wire.NameValueType{Name: name, Type: "Payment", Value: wire.Value{Fields: []wire.NameValueType{{Name: "to", Type: "address", Value: wire.TextValue(to)}}}}
	}
	elements := []wire.NameValueType{element("[0]", "0x01"), element("[1]", "0x02")}
	m := meta()
	m.Caller = "treasury bot"
	for _, test := range []struct {
		subject *wire.Subject
		want    []string
	}{
		{wire.AskData(&wire.SignDataRequest{Meta: m, Hash: make([]byte, 32), CallInfo: wire.CallInfo{{Type: "WARNING", Message: "one\ntwo"}}, Messages: []wire.NameValueType{
			{Name: "Bulk", Type: "primary type", Value: wire.Value{Fields: []wire.NameValueType{{Name: "list", Type: "Payment[]", Value: wire.Value{Fields: elements}}}}}}}),
			[]string{
				strings.ReplaceAll("messages:\n..Bulk [primary type]:\n....list [Payment[]]:\n......[0] [Payment]:\n........to [address]: \"0x01\"\n......[1] [Payment]:\n........to [address]: \"0x02\"\n", ".", "\u00a0"),
				"  * WARNING : one\n      two\n", "\tPaired caller: \"treasury bot\"\n", "Account:  0x [chksum INVALID]\n",
			}},
		{wire.AskTx(&wire.TxRequest{Meta: m, Raw: wire.Data{1}, Transaction: transaction(t, "")}), []string{"came in binary"}},
		{wire.AskTx(&wire.TxRequest{Meta: m, Transaction: transaction(t, `,"maxFeePerGas":"0x2","maxPriorityFeePerGas":"0x1","authorizationList":[{"chainId":"0x0",`+
			`"address":"0x07a565b7ed7d7a678680a4c162885bedbb695fe0","nonce":"0x5","yParity":"0x0","r":"0x1","s":"0x1"}]`)}),
			[]string{"maxFeePerGas:          2 wei\n", "WARNING: authorization 0 lets code run as another account: that of 0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0, on chain 0 (0: all), nonce 5\n"}},
		{wire.AskTx(&wire.TxRequest{Meta: m, Transaction: transaction(t, `,"data":"0x`+strings.Repeat("ab", 5000)+`"`)}),
			[]string{"abab... (5000 bytes in all, of which keccak-256 is 0x"}},
		{wire.AskTx(&wire.TxRequest{Meta: m, Transaction: transaction(t, `,"maxFeePerBlobGas":"0x7","maxFeePerGas":"0x2","blobVersionedHashes":["0x01`+strings.Repeat("00", 31)+`"]`)}),
			[]string{"maxFeePerBlobGas:  7 wei\n", "blob 0:   0x0100"}},
		{question(t, wire.KindBulk).Subject.(*wire.Subject),
			[]string{"2 transactions to 1 recipients", "value of all:       2000000000000000000 wei", "fees of all:        at most 42000000000000 wei", "Transaction 2 of 2\n"}},
		{question(t, wire.KindPairing).Subject.(*wire.Subject), []string{"code:     123456\n", "name:     \"bot\"\n"}},
	} {
		s := sit(t)
		go s.typed("n\n")
		if a, err := s.Approve(t.Context(), &approval.Question{Subject: test.subject}); err != nil || a.Verdict != approval.Deny {
			t.Errorf("%v, %v", a, err)
		}
		for _, want := range test.want {
			if !strings.Contains(s.out.String(), want) {
				t.Errorf("the screen lacks %q:\n%s", want, s.out)
			}
		}
	}
}

// TestConsoleRefusesWhatIsTooLong: nobody approves what cannot be looked at.
func TestConsoleRefusesWhatIsTooLong(t *testing.T) {
	deep := wire.NameValueType{Name: "x", Type: "y", Value: wire.TextValue("z")}
	for range 100 {
		deep = wire.NameValueType{Name: "x", Type: "y", Value: wire.Value{Fields: []wire.NameValueType{deep}}}
	}
	for name, messages := range map[string][]wire.NameValueType{
		"long": {{Name: "message", Type: "string", Value: wire.TextValue(strings.Repeat("x", 300_000))}},
		"many": make([]wire.NameValueType, 100_000),
		"deep": {deep},
	} {
		s := sit(t)
		a, err := s.Approve(t.Context(), &approval.Question{Subject: wire.AskData(&wire.SignDataRequest{Messages: messages})})
		if a.Verdict != approval.Deny || !fault.Is(err, fault.Denied) || s.out.String() != "" {
			t.Errorf("%s: %v, %v, %.100q", name, a, err, s.out)
		}
	}
}

// FuzzShow: whatever text comes, the screen shows it as text.
func FuzzShow(f *testing.F) {
	for _, seed := range []string{"", "text", "\x1b[31m", "a\nApprove? [y/N]:\n> ", "\u202e", "\xff\xfe", "\u2028\u0085\ufeff", "👍🏽"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1000 {
			return
		}
		m := wire.Meta{Remote: text, Local: text, Scheme: text, UserAgent: text, Origin: text, Caller: text}
		for _, subject := range hostile(t, m, text) {
			var out strings.Builder
			c, err := ui.NewConsole(ui.ConsoleConfig{In: strings.NewReader("n\n"), Out: &out, Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			q := &approval.Question{Subject: subject, Accounts: []approval.Account{{Path: text}}}
			if a, err := c.Approve(t.Context(), q); err != nil || a.Verdict != approval.Deny {
				t.Fatalf("%v, %v", a, err)
			}
			checkScreen(t, out.String())
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
