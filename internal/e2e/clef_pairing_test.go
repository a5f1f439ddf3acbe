package e2e

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"
)

// TestClefPairedRequests: a request of a paired caller is good once, as it was signed,
// and for nobody else; and what others may do is what the owner says.
func TestClefPairedRequests(t *testing.T) {
	t.Parallel()
	const own = `function who(r) { return r.meta.caller === "a friend" ? "Approve" : "Reject" }
function ApproveTx(r) { return who(r) } function ApproveListing(r) { return who(r) } function ApproveSignData(r) { return who(r) }`
	u := attested(t, own).puppet("--rules", "${RULES}")
	friend := u.pair("a friend")
	c := crowd(t, 24)
	list := func(param map[string]any) answerOf {
		t.Helper()
		a, err := u.through(c, "account_pairCall", param)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if a := list(friend.signs(`{"method":"account_list"}`)); a.Error != nil {
		t.Errorf("a paired caller: %q", a.message())
	}
	u.mustRefuse("request denied", "account_list")

	// The same request 24 times at once.
	again := friend.signs(`{"method":"account_list"}`)
	var mu sync.Mutex
	said := map[int]int{}
	var work sync.WaitGroup
	for range 24 {
		work.Go(func() {
			a, err := u.through(c, "account_pairCall", again)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				t.Error(err)
			case a.Error == nil:
				said[0]++
			default:
				said[a.Error.Code]++
			}
		})
	}
	work.Wait()
	if said[0] != 1 || said[-32012] != 23 {
		t.Errorf("the same request 24 times: %v", said)
	}

	stranger := *friend
	_, stranger.key, _ = ed25519.GenerateKey(rand.Reader)
	good := func() map[string]any { return friend.signs(`{"method":"account_list"}`) }
	for name, change := range map[string]func(m map[string]any){
		"another request":   func(m map[string]any) { m["request"] = `{"method":"account_list" }` },
		"another number":    func(m map[string]any) { m["number"] = fmt.Sprintf("0x%x", friend.number+5) },
		"another session":   func(m map[string]any) { m["session"] = "0x" + strings.Repeat("00", 16) },
		"another signature": func(m map[string]any) { m["signature"] = "0x" + strings.Repeat("00", 64) },
		"a stranger's":      func(m map[string]any) { m["signature"] = stranger.signs(m["request"].(string))["signature"] },
		"a stranger":        func(m map[string]any) { m["key"] = fmt.Sprintf("0x%x", stranger.key.Public()) },
		"no signature":      func(m map[string]any) { m["signature"] = "0x" },
		"a short key":       func(m map[string]any) { m["key"] = m["key"].(string)[:64] },
		"the neutral key":   func(m map[string]any) { m["key"] = "0x01" + strings.Repeat("00", 31) },
		"one member more":   func(m map[string]any) { m["caller"] = "a friend" },
	} {
		m := good()
		change(m)
		if a := list(m); a.Error == nil || revealed(string(a.Result)) {
			t.Errorf("%s: %s", name, a.Result)
		}
	}
	// Signed, but nothing that may be asked for in this way.
	for _, request := range []string{
		``, `null`, `[]`, `"account_list"`, `{}`, `{"method":"account_list","method":"account_list"}`, `{"method":"account_list","caller":"x"}`, `{"method":"rpc_modules"}`,
		`{"method":"clef_export","params":["` + accountA + `"]}`, `{"method":"account_pairSession"}`, `{"method":"account_pairCall","params":[{}]}`, `{"method":"account_list"}{}`,
		`[{"method":"account_list"}]`, `{"method":["account_list"]}`, `{"method":"account_list","params":{}}`, `{"method":"account_list","params":[1]}`, `{"method":"account_LIST"}`,
		strings.Repeat("[", 100_000), `{"method":"account_list","params":` + strings.Repeat("[", 100_000) + `}`,
	} {
		if a := list(friend.signs(request)); a.Error == nil {
			t.Errorf("%.100s: %s", request, a.Result)
		}
	}
	// A number that is far ahead leaves the ones behind it for nobody.
	friend.number += 5000
	if a := list(good()); a.Error != nil {
		t.Errorf("far ahead: %q", a.message())
	}
	friend.number -= 2000
	if a := list(good()); a.Error == nil || a.Error.Code != -32012 {
		t.Errorf("far behind: %s %q", a.Result, a.message())
	}
	friend.number += 2000
	u.ends()

	// Another run has another session, and --unpaired refuse keeps all others out.
	u = u.puppet("--rules", "${RULES}", "--unpaired", "refuse")
	a := list(good())
	if a.Error == nil || a.Error.Code != -32011 {
		t.Errorf("the session before: %s %q", a.Result, a.message())
	}
	var session struct {
		Session dehexed `json:"session"`
	}
	result, failure := u.call("account_pairSession")
	if err := json.Unmarshal(result, &session); err != nil || bytes.Equal(session.Session, friend.session) {
		t.Errorf("%s %q", result, failure)
	}
	friend.session, friend.number = session.Session, 0
	if a := list(good()); a.Error != nil {
		t.Errorf("in the new session: %q", a.message())
	}
	for _, method := range []string{"account_list", "account_new", "account_signTransaction", "account_signData", "account_ecRecover"} {
		params := []any{"text/plain", accountA, "0x00"}
		switch method {
		case "account_signTransaction":
			params = []any{pay(1, 1)}
		case "account_ecRecover":
			params = []any{"0x00", "0x00"}
		case "account_list", "account_new":
			params = nil
		}
		u.mustRefuse("only paired callers are served", method, params...)
	}
	if n := len(u.asked("ui_approveListing")); n != 0 {
		t.Errorf("the UI was asked %d times", n)
	}
	if removed := u.asks("clef_removeCaller", fmt.Sprintf("0x%x", friend.key.Public())); removed.Error != nil {
		t.Errorf("clef_removeCaller: %q", removed.message())
	}
	if a := list(good()); a.Error == nil || a.Error.Code != -32010 {
		t.Errorf("a caller that was removed: %s %q", a.Result, a.message())
	}
	u.ends()
}

// friend is a caller that was paired.
type friend struct {
	key              ed25519.PrivateKey
	pairing, session []byte
	number           uint64
}

type dehexed []byte

func (d *dehexed) UnmarshalText(text []byte) (err error) {
	*d, err = hex.DecodeString(strings.TrimPrefix(string(text), "0x"))
	return err
}

// pair pairs a caller as docs/clef-extensions.md has it; the UI approves.
func (u *puppet) pair(name string) *friend {
	u.t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		u.t.Fatal(err)
	}
	nonce := sha256.Sum256(private)
	commitment := sha256.Sum256(slices.Concat([]byte("strongroom clef pairing commitment v1\n"), public, nonce[:], []byte(name)))
	var begun struct{ Handshake, Nonce string }
	result, failure := u.call("account_pairStart", map[string]any{"name": name, "key": fmt.Sprintf("0x%x", public), "commitment": fmt.Sprintf("0x%x", commitment)})
	if err := json.Unmarshal(result, &begun, json.MatchCaseInsensitiveNames(true)); err != nil {
		u.t.Fatal(err, failure)
	}
	finished := u.calling("account_pairFinish", map[string]any{"handshake": begun.Handshake, "nonce": fmt.Sprintf("0x%x", nonce)})
	m := u.told("ui_approvePairing")
	u.says(m.ID, m.approval())
	var a answerOf
	var done struct{ Pairing, Session dehexed }
	if err := json.Unmarshal([]byte(<-finished), &a); err != nil {
		u.t.Fatal(err)
	}
	if err := json.Unmarshal(a.Result, &done, json.MatchCaseInsensitiveNames(true)); err != nil {
		u.t.Fatal(err, a.message())
	}
	return &friend{key: private, pairing: done.Pairing, session: done.Session}
}

// signs is the parameter of account_pairCall for a request.
func (f *friend) signs(request string) map[string]any {
	f.number++
	text := slices.Concat([]byte("strongroom clef request v1\n"), f.pairing, f.session, binary.BigEndian.AppendUint64(nil, f.number), []byte(request))
	return map[string]any{
		"key": fmt.Sprintf("0x%x", f.key.Public()), "session": fmt.Sprintf("0x%x", f.session), "number": fmt.Sprintf("0x%x", f.number),
		"request": request, "signature": fmt.Sprintf("0x%x", ed25519.Sign(f.key, text)),
	}
}
