package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// limitOfThree lets three transactions through for each nonce, which OnApprovedTx counts.
const limitOfThree = `
function count(nonce) { var n = storage.get("count" + parseInt(nonce, 16)); return n === "" ? 0 : parseInt(n, 10) }
function ApproveTx(r) { return count(r.transaction.nonce) < 3 ? "Approve" : "Reject" }
function OnApprovedTx(r) { storage.put("count" + parseInt(r.tx.nonce, 16), String(count(r.tx.nonce) + 1)) }
function ApproveListing(r) { return "Approve" }
`

// TestClefLimitUnderFire: 24 requests at once against a limit of 3, again and again.
func TestClefLimitUnderFire(t *testing.T) {
	t.Parallel()
	const rounds, together, most = 100, 24, 3
	s := attested(t, limitOfThree).unattended()
	c := crowd(t, together)
	for round := range rounds {
		signed, refused := s.volley(c, round, together)
		if signed != most || refused != together-most {
			t.Fatalf("round %d: %d signed, %d refused", round, signed, refused)
		}
	}
	s.ends()
	stored := s.stored()
	for round := range rounds {
		if n := stored[fmt.Sprint("count", round)]; n != strconv.Itoa(most) {
			t.Errorf("round %d counted %s", round, n)
		}
	}
	if said := s.journaled("sign"); said["allow"] != rounds*most || said["deny not-approved"] != rounds*(together-most) || len(said) != 2 {
		t.Errorf("journaled: %v", said)
	}
}

// volley sends transactions with one nonce at the same time, and counts what comes back.
// Every refusal has to be a denial.
func (s *signer) volley(c *http.Client, nonce, n int) (signed, refused int) {
	s.t.Helper()
	var mu sync.Mutex
	var work sync.WaitGroup
	different := map[string]bool{}
	for i := range n {
		work.Go(func() {
			a, err := s.through(c, "account_signTransaction", pay(nonce, i))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				s.t.Error(err)
			case a.raw() != "":
				different[a.raw()] = true
			case a.message() == "request denied":
				refused++
			default:
				s.t.Errorf("%s %q", a.Result, a.message())
			}
		})
	}
	work.Wait()
	return len(different), refused
}

// hostileRules do to the signer what a rule file can do, by the nonce of the transaction.
const hostileRules = `
function ApproveTx(r) {
  switch (parseInt(r.transaction.nonce, 16)) {
  case 1: for (;;) { }
  case 2: for (var a = []; ; ) a.push(new Array(1e5).fill(a.length));
  case 3: for (var s = "x"; ; ) s += s;
  case 4: return (function f() { return f() })();
  case 5: return /^(a+)+(?!b)\1$/.test("a".repeat(50) + "b") ? "Approve" : "Approve";
  case 6: return new Uint8Array(2 ** 32).length ? "Approve" : "Approve";
  case 7: throw { toString: function () { throw "Approve" } };
  case 8: return { toString: function () { for (;;) { } } };
  case 9: for (var i = 0; i < 1e4; i++) storage.put("k" + i, "v".repeat(1e4)); return "Approve";
  case 10: try { storage.put("k".repeat(1e5), "v") } catch (e) { } return "Approve";
  case 11: for (;;) console.log("x".repeat(1e4));
  case 12: for (;;) storage.get("count");
  case 13: return new Proxy({}, { get: function () { throw 1 } });
  case 14: return [["Approve"], []];
  case 15: return "\u0041pprove\u0000";
  case 16: return JSON.parse("[".repeat(1e6));
  case 17: return Array(1e9).join("Approve");

  case 20: // what the next calls must not see
    Object.prototype.toString = String.prototype.toString = Array.prototype.toString = function () { return "Approve" };
    Object.defineProperty(Object.prototype, "nonce", { get: function () { return "0x0" } });
    String.prototype.valueOf = Array.prototype.join = function () { return "Approve" };
    JSON.parse = parseInt = function () { return 0 };
    storage.get = function () { return "" }; storage.put = function () { return null };
    ApproveTx = OnApprovedTx = ApproveListing = function () { return "Approve" };
    this.ApproveTx = globalThis.ApproveTx; planted = true;
    return "Reject";
  case 21: return typeof planted === "undefined" && ({}).nonce === undefined && String({}) === "[object Object]" ? "Reject" : "Approve";

  case 30: case 31: case 32: case 33: return "Approve";
  case 40: return "Approve";
  }
}
function OnApprovedTx(r) {
  switch (parseInt(r.tx.nonce, 16)) {
  case 30: for (;;) { }
  case 31: throw new Error("no note of it");
  case 32: for (var a = []; ; ) a.push(new Array(1e5).fill(a.length));
  case 33: storage.put("k".repeat(1e5), r.raw);
  }
  storage.put("noted", storage.get("noted") + parseInt(r.tx.nonce, 16) + " ");
}
`

// TestClefHostileRules: whatever a rule file does, it decides nothing by it, the next
// decision is not touched by it, and the signer lives.
func TestClefHostileRules(t *testing.T) {
	t.Parallel()
	p := attested(t, hostileRules)
	p.environment = []string{"STRONGROOM_LISTENER_CLEF_CLEF_RULE_TIMEOUT=200ms"}
	s := p.unattended()
	c := crowd(t, 4)
	for _, nonce := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 20, 21, 21, 21, 30, 31, 32, 33} {
		a, err := s.through(c, "account_signTransaction", pay(nonce, 1))
		if err != nil || a.raw() != "" || !strings.HasPrefix(a.message(), "request denied") {
			t.Errorf("nonce %d: %v %s %q", nonce, err, a.Result, a.message())
		}
		await(t, "the rules to decide again", func() bool {
			a, err := s.through(c, "account_signTransaction", pay(40, nonce))
			return err == nil && a.raw() != ""
		})
	}
	s.ends()
	noted := strings.Fields(s.stored()["noted"])
	if n := len(noted); n < 25 || strings.Count(strings.Join(noted, ""), "40") != n {
		t.Errorf("noted: %q", noted)
	}
	if said := s.journaled("sign"); said["allow"] != len(noted)+4 {
		t.Errorf("%d noted, journaled: %v", len(noted), said)
	}
}

// TestClefRuleStorageIsSetBack: what the rules have counted can not be taken back from
// outside, neither while the signer runs nor before it starts.
func TestClefRuleStorageIsSetBack(t *testing.T) {
	t.Parallel()
	p := attested(t, limitOfThree)
	storage := filepath.Join(p.vaultDir(), "jsstorage.json")
	read := func() []byte {
		t.Helper()
		b, err := os.ReadFile(storage)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	write := func(b []byte) {
		t.Helper()
		if err := os.WriteFile(storage, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := p.unattended()
	c := crowd(t, 4)
	s.mustSign(pay(1, 1))
	old := read()
	s.mustSign(pay(1, 2))

	newest := read()
	for name, change := range map[string]func(){
		"an older one":     func() { write(old) },
		"none":             func() { _ = os.Remove(storage) },
		"empty":            func() { write(nil) },
		"no entries":       func() { write([]byte("{}")) },
		"one entry":        func() { write([]byte(`{"count1":{"iv":"AAAAAAAAAAAAAAAA","c":"AAAAAAAAAAAAAAAAAAAAAAAA"}}`)) },
		"a folder":         func() { _ = os.Remove(storage); _ = os.Mkdir(storage, 0o700) },
		"a link":           func() { _ = os.Remove(storage); _ = os.Symlink("/dev/null", storage) },
		"other bytes":      func() { write(bytes.Repeat([]byte("x"), len(newest))) },
		"the same renamed": func() { write(old); _ = os.Rename(storage, storage+"2"); _ = os.Rename(storage+"2", storage) },
	} {
		change()
		for i := range 4 {
			if a, err := s.through(c, "account_signTransaction", pay(1, 3+i)); err != nil || a.raw() != "" || a.Error == nil {
				t.Errorf("%s: %v %s", name, err, a.Result)
			}
		}
		_ = os.Remove(storage)
		write(newest)
	}
	s.ends()

	refused := func(name, why string) {
		t.Helper()
		stdout, stderr, status := p.run(fixtureMaster+"\n", append(p.clefFlags("0"), "--rules", "${RULES}")...)
		if status != 1 || !strings.Contains(stderr, why) {
			t.Errorf("%s: status %d\n%s%s", name, status, stdout, stderr)
		}
	}
	write(old)
	refused("an older one", "the rule storage is older than the journal knows, or was changed by another program")
	write([]byte("{}"))
	refused("no entries", "the rule storage is older than the journal knows, or was changed by another program")
	_ = os.Remove(storage)
	refused("none", "the rule storage is older than the journal knows, or was changed by another program")
	write([]byte("{"))
	refused("broken", "jsstorage.json")

	write(old)
	s = p.unattended("--accept-rule-storage") // which had counted one
	if n, _ := s.volley(crowd(t, 8), 1, 8); n != 2 {
		t.Errorf("%d signatures after an older storage was accepted", n)
	}
	s.ends()
	write(old)
	refused("after it was accepted once", "the rule storage is older than the journal knows")
}

// TestClefSlowRules: 200 requests at once before a rule file that takes its time. As
// many as may wait get their turn, the others are told so at once, and nobody is
// forgotten.
func TestClefSlowRules(t *testing.T) {
	t.Parallel()
	const together, waiting = 200, 64
	s := attested(t, strings.Replace(limitOfThree, "function ApproveTx(r) {", "function ApproveTx(r) { for (var t = Date.now(); Date.now() - t < 5;);", 1)).unattended()
	c := crowd(t, together)
	s.mustSign(pay(2, 1))
	var mu sync.Mutex
	var work sync.WaitGroup
	said := map[string]int{}
	for i := range together {
		work.Go(func() {
			a, err := s.through(c, "account_signTransaction", pay(1, i))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				t.Error(err)
			case a.raw() != "":
				said["signed"]++
			default:
				said[a.message()]++
			}
		})
	}
	work.Go(func() { // others are not held up
		for range 20 {
			if result, failure := s.call("account_version"); string(result) != `"6.1.0"` {
				t.Errorf("account_version: %s %q", result, failure)
			}
		}
	})
	work.Wait()
	if said["signed"] != 3 || said["request denied"] < waiting-3 || said["signed"]+said["request denied"]+said[tooManyOfCaller] != together {
		t.Errorf("said: %v", said)
	}
	s.ends()
}

// TestClefPasswordHoldsUpNobody: while somebody is asked for the password of an account
// that rules approved, others are decided, and counted before it.
func TestClefPasswordHoldsUpNobody(t *testing.T) {
	t.Parallel()
	u := attested(t, limitOfThree).puppet("--rules", "${RULES}")
	late, inTime := u.calling("account_signTransaction", payOf(accountC, 1, 1)), u.calling("account_signTransaction", payOf(accountC, 2, 1))
	asked := []uiMessage{u.told("ui_onInputRequired"), u.told("ui_onInputRequired")}
	if n, _ := u.volley(crowd(t, 8), 1, 8); n != 3 {
		t.Errorf("%d signatures beside a prompt", n)
	}
	for _, m := range asked {
		u.says(m.ID, textAnswer(fixturePasswordC))
	}
	u.replyIs(late, deniedReply)
	if text := <-inTime; !signedIn(text) {
		t.Errorf("within its limit: %s", text)
	}
	u.ends()
	if stored := u.stored(); stored["count1"] != "3" || stored["count2"] != "1" {
		t.Errorf("counted: %v", stored)
	}
}

// TestClefLimitThroughAllDoors: it is one limit, whichever way requests come, and whoever
// goes away meanwhile.
func TestClefLimitThroughAllDoors(t *testing.T) {
	t.Parallel()
	const rounds, most = 20, 3
	s := attested(t, limitOfThree+`function ApproveBulkTx(r) { return count(r.transactions[0].transaction.nonce) < 3 ? "Approve" : "Reject" }`).unattended("--bulk")
	c := crowd(t, 24)
	for round := range rounds {
		var mu sync.Mutex
		var work sync.WaitGroup
		got := map[string]bool{}
		note := func(text []byte) {
			mu.Lock()
			defer mu.Unlock()
			for _, m := range anyRaw.FindAllSubmatch(text, -1) {
				got[string(m[1])] = true
			}
		}
		call := func(value int) string { return callText("account_signTransaction", pay(round, value)) }
		for i := range 6 {
			work.Go(func() {
				if text, err := s.post(call(i)); err == nil {
					note(text)
				}
			})
			work.Go(func() { // asks, and does not wait
				conn := s.dial([]string{"http", "ipc"}[i%2])
				_, _ = io.WriteString(conn, map[bool]string{true: postText(call(100 + i)), false: call(100 + i)}[i%2 == 0])
				_ = conn.Close()
			})
		}
		work.Go(func() {
			batch := "[" + call(200) + "," + call(201) + "," + call(202) + "]"
			if text, err := s.post(batch); err == nil {
				note(text)
			}
		})
		work.Go(func() {
			conn := s.dial("ipc")
			_, _ = io.WriteString(conn, call(300)+call(301)+call(302)+"["+call(303)+","+call(304)+"]")
			in := bufio.NewReader(conn)
			for range 4 {
				line, err := in.ReadBytes('\n')
				if err != nil {
					t.Error(err)
					return
				}
				note(line)
			}
		})
		work.Wait()
		if a, err := s.through(c, "account_signTransaction", pay(round, 400)); err != nil || a.raw() != "" && len(got) == most {
			t.Errorf("round %d: one more: %v %s", round, err, a.Result)
		} else if a.raw() != "" {
			got[a.raw()] = true
		}
		if len(got) > most {
			t.Fatalf("round %d: %d signatures", round, len(got))
		}
		await(t, "the count to be full", func() bool { // those who left may have been first
			a, err := s.through(c, "account_signTransaction", pay(round, 500))
			return err == nil && a.raw() == ""
		})
	}
	// In bulk each of the transactions counts, and a nonce that is full spoils it for all.
	bulk := func(nonce int) answerOf {
		a, err := s.through(c, "account_bulkSignTransactions", []any{pay(nonce, 1), pay(nonce+1, 1)})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if a := bulk(rounds - 1); a.message() != "request denied" {
		t.Errorf("in bulk beyond the limit: %s %q", a.Result, a.message())
	}
	if a := bulk(1000); a.Error != nil {
		t.Errorf("in bulk: %q", a.message())
	}
	s.ends()
	stored := s.stored()
	for round := range rounds {
		if n := stored[fmt.Sprint("count", round)]; n != strconv.Itoa(most) {
			t.Errorf("round %d counted %s", round, n)
		}
	}
	if stored["count1000"] != "1" || stored["count1001"] != "1" {
		t.Errorf("counted in bulk: %s and %s", stored["count1000"], stored["count1001"])
	}
}

var anyRaw = regexp.MustCompile(`"raw":"(0x[0-9a-f]+)"`)
