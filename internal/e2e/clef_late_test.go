package e2e

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/go-json-experiment/json"
)

// timedOut is what a caller is told whose request nobody answered.
const timedOut = `{"jsonrpc":"2.0","id":1,"error":{"code":-32002,"message":"request timed out"}}`

// deniedReply is what a caller is told whose request was denied.
const deniedReply = `{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"request denied"}}`

// replyIs compares a reply with the one that has to come.
func (s *signer) replyIs(got <-chan string, want string) {
	s.t.Helper()
	if text := strings.TrimSpace(<-got); text != want {
		s.t.Errorf("the reply is %.300s, want %s", text, want)
	}
}

// TestClefLateAnswers: a request that nobody answered in time is dead, whatever is
// answered later.
func TestClefLateAnswers(t *testing.T) {
	t.Parallel()
	u := clefPlace(t, true).puppet("--approval-timeout", "1s", "--auditlog", "${DIR}/audit.log")
	calls := map[string]<-chan string{
		"ui_approveTx":         u.calling("account_signTransaction", pay(1, 1)),
		"ui_approveSignData":   u.calling("account_signData", "text/plain", accountA, "0x00"),
		"ui_approveListing":    u.calling("account_list"),
		"ui_approveNewAccount": u.calling("account_new"),
		// Approved at once; its password comes too late.
		"ui_onInputRequired": u.calling("account_signTransaction", payOf(accountC, 2, 1)),
	}
	var late []uiMessage
	for method := range calls {
		switch method {
		case "ui_onInputRequired":
		case "ui_approveTx":
			for range 2 {
				if m := u.told(method); strings.Contains(string(m.Params[0]), accountC) {
					u.says(m.ID, m.approval())
				} else {
					late = append(late, m)
				}
			}
		default:
			late = append(late, u.told(method))
		}
	}
	password := u.told("ui_onInputRequired")
	for method, reply := range calls {
		if text := strings.TrimSpace(<-reply); text != timedOut {
			t.Errorf("%s: the reply is %.200s", method, text)
		}
	}
	for _, m := range late {
		u.says(m.ID, m.approval())
		u.says(m.ID, `{"accounts":[{"address":"`+accountA+`","url":""}]}`)
	}
	u.says(password.ID, textAnswer(fixturePasswordC))
	u.calmDown()

	// The signer goes on.
	reply := u.calling("account_signTransaction", pay(3, 1))
	m := u.told("ui_approveTx")
	u.says(m.ID, m.approval())
	if text := <-reply; !signedIn(text) {
		t.Errorf("afterwards: %s", text)
	}
	u.told("ui_onApprovedTx")
	u.ends()
	if said := u.journaled("sign"); said["allow"] != 1 || said["deny approval-timeout"] != 2 || said["deny denied"] != 1 || len(said) != 3 {
		t.Errorf("journaled: %v", said)
	}
	if said := u.journaled("key.generate"); said["allow"] != 0 {
		t.Errorf("journaled: %v", said)
	}
	if n := strings.Count(u.file("audit.log"), "data="); n == 0 {
		t.Error("Clef's log is empty")
	}
	if files, err := os.ReadDir(u.names["${KEYSTORE}"]); err != nil || len(files) != 3 {
		t.Errorf("%d key files, %v", len(files), err)
	}
}

// TestClefOddAnswers: only one answer counts, the first that is one.
func TestClefOddAnswers(t *testing.T) {
	t.Parallel()
	u := clefPlace(t, true).puppet()
	sign := func() (<-chan string, uiMessage) {
		reply := u.calling("account_signTransaction", pay(1, 1))
		return reply, u.told("ui_approveTx")
	}
	raw := func(format string, args ...any) {
		t.Helper()
		if _, err := fmt.Fprintf(u.stdin, format+"\n", args...); err != nil {
			t.Fatal(err)
		}
	}

	// To nobody: none of these is the id that was asked with.
	reply, m := sign()
	for _, id := range []string{
		`"` + string(m.ID) + `"`, string(m.ID) + ".0", string(m.ID) + "e0", "-" + string(m.ID), "99999", "null", "0", "18446744073709551616",
		"[" + string(m.ID) + "]", `{"id":` + string(m.ID) + "}", "true", "1e400", `""`, strings.Repeat("9", 5000),
	} {
		raw(`{"jsonrpc":"2.0","id":%s,"result":%s}`, id, m.approval())
	}
	raw(`{"jsonrpc":"2.0","result":%s}`, m.approval())
	raw(`[{"jsonrpc":"2.0","id":%s,"result":%s}]`, m.ID, m.approval())
	raw(`a line that is no json {"jsonrpc":"2.0","id":%s,"result":%s}`, m.ID, m.approval())
	raw(`{"jsonrpc":"2.0","id":"calm","method":"clef_chainId"}`)
	await(t, "the signer to have read it all", func() bool {
		for _, r := range u.asked("") {
			if string(r.ID) == `"calm"` {
				return true
			}
		}
		return false
	})
	select {
	case text := <-reply:
		t.Fatalf("an answer to nobody counts: %s", text)
	default:
	}
	u.says(m.ID, `{"approved":false}`)
	u.says(m.ID, m.approval()) // too late
	u.replyIs(reply, deniedReply)

	// Of the right id, but no approvals.
	for _, answer := range []string{
		`"result":null`, `"result":{}`, `"result":[]`, `"result":true`, `"result":"approved"`, `"result":{"approved":1}`, `"result":{"approved":"true"}`,
		`"result":{"approved":null}`, `"result":{"approved":[true]}`, `"result":{"Approved":true}`, `"result":{"approved":true}`, `"result":{"approved":true,"transaction":null}`,
		`"result":{"approved":true,"transaction":{}}`, `"result":{"approved":true,"transaction":[]}`,
		`"error":{"code":-32000,"message":"no"},"result":` + m.approval(), `"error":{},"result":` + m.approval(), `"error":"no"`, `"result":` + m.approval() + `,"error":false`,
	} {
		reply, again := sign()
		raw(`{"jsonrpc":"2.0","id":%s,%s}`, again.ID, answer)
		u.says(again.ID, again.approval()) // the second does not count
		if text := <-reply; signedIn(text) {
			t.Errorf("%s approves: %s", answer, text)
		}
	}
	u.calmDown()

	// Approved twice, and denied afterwards.
	reply, m = sign()
	u.says(m.ID, m.approval())
	u.says(m.ID, m.approval())
	u.says(m.ID, `{"approved":false}`)
	if text := <-reply; !signedIn(text) {
		t.Errorf("an approval: %s", text)
	}
	u.told("ui_onApprovedTx")
	u.calmDown()
	u.ends()
	if said := u.journaled("sign"); said["allow"] != 1 {
		t.Errorf("journaled: %v", said)
	}
}

// TestClefDyingUI: whatever becomes of the UI, what waits for it is denied, the signer
// goes on, and rules decide.
func TestClefDyingUI(t *testing.T) {
	garbage := func(text string) func(u *puppet) {
		return func(u *puppet) { _, _ = io.WriteString(u.stdin, text) }
	}
	for name, die := range map[string]func(u *puppet){
		"closes its output":  func(u *puppet) { _ = u.stdin.Close() },
		"closes its input":   func(u *puppet) { _ = u.out.Close() },
		"dies":               func(u *puppet) { _ = u.out.Close(); _ = u.stdin.Close() },
		"broken json":        garbage(`{"jsonrpc":"2.0","id":1,]` + "\n"),
		"duplicate names":    garbage(`{"jsonrpc":"2.0","id":7,"id":8,"result":{"approved":true}}` + "\n"),
		"a huge message":     garbage(`{"jsonrpc":"2.0","id":1,"result":"` + strings.Repeat("x", 17<<20)),
		"dies in an answer":  func(u *puppet) { garbage(`{"jsonrpc":"2.0","id":2,"result":{"appro`)(u); _ = u.stdin.Close() },
		"a deep message":     garbage(`{"jsonrpc":"2.0","id":1,"result":` + strings.Repeat("[", 1<<19) + strings.Repeat("]", 1<<19) + "}\n"),
		"an answer, and end": func(u *puppet) { u.says([]byte("2"), `{"approved":false}`); _ = u.stdin.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := attested(t, limitOfThree+"function ApproveSignData(r) { }").puppet("--rules", "${RULES}")
			var waiting []<-chan string
			for range 5 {
				waiting = append(waiting, u.calling("account_signData", "text/plain", accountA, "0x00"))
				u.told("ui_approveSignData")
			}
			waiting = append(waiting, u.calling("account_signTransaction", payOf(accountC, 2, 1)))
			u.told("ui_onInputRequired")
			die(u)
			if name == "closes its input" { // which shows when something is written next
				waiting = append(waiting, u.calling("account_new"))
			}
			for i, reply := range waiting {
				want := deniedReply
				if i == 5 { // the peer's text where there is no password
					want = strings.Replace(deniedReply, "request denied", "internal error", 1)
				}
				u.replyIs(reply, want)
			}
			u.awaitOutput(&u.stderr, 0, "The UI is gone")
			u.mustSign(pay(1, 1))
			if _, failure := u.call("account_list"); failure != "" {
				t.Errorf("a listing that rules approve: %q", failure)
			}
			u.mustRefuse("request denied", "account_new")
			u.mustRefuse("request denied", "account_signData", "text/plain", accountA, "0x00")
			u.ends()
			if said := u.journaled("sign"); said["allow"] != 1 {
				t.Errorf("journaled: %v", said)
			}
		})
	}
}

// TestClefDeafUI: a UI that reads nothing any more keeps nobody waiting beyond the
// time-out, and rules decide beside it.
func TestClefDeafUI(t *testing.T) {
	t.Parallel()
	s := attested(t, limitOfThree+"function ApproveSignData(r) { }").puppet("--rules", "${RULES}", "--approval-timeout", "1s")
	s.deaf.Store(true)
	data := "0x" + strings.Repeat("ab", 20_000)
	var waiting []<-chan string
	for range 60 {
		waiting = append(waiting, s.calling("account_signData", "text/plain", accountA, data))
	}
	if _, failure := s.call("account_list"); failure != "" {
		t.Errorf("a listing that rules approve: %q", failure)
	}
	for _, reply := range waiting {
		s.replyIs(reply, timedOut)
	}
	s.mustSign(pay(1, 1))
	s.ends()
}

// TestClefEndsWhileSomebodyIsAsked: SIGTERM, and an orderly end of the process, whatever
// is under way.
func TestClefEndsWhileSomebodyIsAsked(t *testing.T) {
	t.Parallel()
	p := clefPlace(t, true)
	// A key whose derivation takes long enough to be met by a signal.
	if err := os.RemoveAll(p.names["${KEYSTORE}"]); err != nil {
		t.Fatal(err)
	}
	copyFiles(t, filepath.Join(p.names["${FIXTURE}"], "keystore-std"), p.names["${KEYSTORE}"])
	light, err := filepath.Glob(filepath.Join(p.names["${FIXTURE}"], "keystore", "*081b48a5*"))
	if err != nil || len(light) != 1 {
		t.Fatal(light, err)
	}
	text, err := os.ReadFile(light[0])
	if err == nil {
		err = os.WriteFile(filepath.Join(p.names["${KEYSTORE}"], "c"), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	u := p.puppet()
	asked := u.calling("account_signData", "text/plain", accountA, "0x00")
	u.told("ui_approveSignData")
	needsPassword := u.calling("account_signTransaction", payOf(accountC, 1, 1))
	m := u.told("ui_approveTx")
	u.says(m.ID, m.approval())
	u.told("ui_onInputRequired")
	signs := u.calling("account_signTransaction", pay(1, 1))
	m = u.told("ui_approveTx")
	u.says(m.ID, m.approval())
	u.calmDown()
	if status := u.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("status %d: %s", status, u.stderr.from(0))
	}
	if exists(u.socket()) {
		t.Error("the socket is left")
	}
	u.replyIs(asked, strings.Replace(deniedReply, "request denied", "the daemon stops", 1))
	if text := <-needsPassword; signedIn(text) || !strings.Contains(text, `"error"`) {
		t.Errorf("the request that waited for a password got %s", text)
	}
	var a answerOf
	text2 := <-signs
	if err := json.Unmarshal([]byte(text2), &a); err != nil || a.raw() == "" && a.message() == "" {
		t.Errorf("the request that was being signed got %q", text2)
	}
	got := 0
	if a.raw() != "" {
		got = 1
	}
	if said := u.journaled("sign"); said["allow"] != got {
		t.Errorf("%d signatures, journaled: %v", got, said)
	}
	u.notCrashed()
	u.verify()
}
