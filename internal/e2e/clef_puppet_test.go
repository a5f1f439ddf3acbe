package e2e

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// uiMessage is what the signer says to its UI.
type uiMessage struct {
	ID     jsontext.Value   `json:"id"`
	Method string           `json:"method"`
	Params []jsontext.Value `json:"params"`

	text []byte
}

// puppet is a signer whose UI program the test plays.
type puppet struct {
	*signer
	out  *os.File    // what the signer writes to
	deaf atomic.Bool // nothing is read any more

	mu       sync.Mutex
	messages []uiMessage
	answers  map[string]string // result by method, given at once; others wait for the test
}

// textAnswer is an answer to ui_onInputRequired.
func textAnswer(text string) string { return fmt.Sprintf(`{"text":%q}`, text) }

// puppet starts a signer with a UI that gives the master password and answers nothing else.
func (p *place) puppet(flags ...string) *puppet {
	p.t.Helper()
	u := p.puppetWith(flags...)
	u.told("ui_onInputRequired")
	u.told("ui_onSignerStartup")
	u.answer("ui_onInputRequired", "")
	return u
}

// puppetWithoutSeed starts one on a directory without a master seed.
func (p *place) puppetWithoutSeed(flags ...string) *puppet {
	p.t.Helper()
	u := p.puppetWith(flags...)
	u.told("ui_onSignerStartup")
	return u
}

func (p *place) puppetWith(flags ...string) *puppet {
	p.t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		p.t.Fatal(err)
	}
	u := &puppet{out: r, answers: map[string]string{"ui_onInputRequired": textAnswer(fixtureMaster)}}
	u.signer = p.startTo(w, append([]string{"--stdio-ui"}, flags...)...)
	_ = w.Close()
	p.t.Cleanup(func() { _ = r.Close() })
	go u.listen()
	return u
}

func (u *puppet) listen() {
	in := bufio.NewReader(u.out)
	for !u.deaf.Load() {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var m uiMessage
		if err := json.Unmarshal(line, &m); err != nil {
			u.t.Errorf("%q: %v", line, err)
			return
		}
		m.text = line
		u.mu.Lock()
		u.messages = append(u.messages, m)
		result := u.answers[m.Method]
		u.mu.Unlock()
		if result != "" && m.ID != nil {
			u.says(m.ID, result)
		}
	}
}

// answer sets what is answered to a method at once from now on; "" is nothing.
func (u *puppet) answer(method, result string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.answers[method] = result
}

// says answers a request; the UI may be gone by then.
func (u *puppet) says(id jsontext.Value, result string) {
	_, _ = io.WriteString(u.stdin, fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"result":%s}`+"\n", id, result))
}

// asked is the messages so far of a method.
func (u *puppet) asked(method string) []uiMessage {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(u.messages), func(m uiMessage) bool { return m.Method != method })
}

// told waits until there was one message more of a method than the test has taken, and
// takes it.
func (u *puppet) told(method string) (m uiMessage) {
	u.t.Helper()
	await(u.t, "the UI to be told "+method, func() bool {
		select {
		case <-u.ended:
			u.t.Fatalf("clef ended: %s", u.stderr.from(0))
		default:
		}
		u.mu.Lock()
		defer u.mu.Unlock()
		at := slices.IndexFunc(u.messages, func(m uiMessage) bool { return m.Method == method })
		if at < 0 {
			return false
		}
		m = u.messages[at]
		u.messages = slices.Delete(u.messages, at, at+1)
		return true
	})
	return m
}

// approval is the answer that approves a request as it is.
func (m *uiMessage) approval() string {
	var param map[string]jsontext.Value
	if len(m.Params) == 1 && json.Unmarshal(m.Params[0], &param) == nil && param["transaction"] != nil {
		return fmt.Sprintf(`{"approved":true,"transaction":%s}`, param["transaction"])
	}
	return `{"approved":true}`
}

// calling makes a call beside the test.
func (s *signer) calling(method string, params ...any) <-chan string {
	out := make(chan string, 1)
	go func() {
		text, err := s.post(callText(method, params...))
		if err != nil {
			out <- err.Error()
			return
		}
		out <- string(text)
	}()
	return out
}

// signedIn tells whether a reply or log holds a signed transaction or a signature.
func signedIn(text string) bool {
	return strings.Contains(text, `"raw"`) || strings.Contains(text, `"result":"0x`)
}
