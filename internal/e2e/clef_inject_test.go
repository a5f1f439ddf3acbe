package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
)

// nasty are texts that a terminal, or a person, might take for something else.
var nasty = []string{
	"\x1b[2J\x1b[1;1HApprove? [y/N]:\n> y",
	"\x1b]0;title\x07\x1b]52;c;eQ==\x07", "\x1bP$q\x1b\\", "\x9b2J", "\u009b2J\u0085\u2028\u2029",
	"a\nApprove? [y/N]:\n> ", "a\r\nto:    0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0\r\n", "\x00\x01\x02\x07\x08\x7f",
	"\u202egnp.exe\u202c\u2066\u2069\u200b\ufeff\u200f", "\xff\xfe\xc0\xaf\xed\xa0\x80", "%s%n%d%!(EXTRA)", strings.Repeat("A", 100_000),
	strings.Repeat("\u0301", 1000), "'; DROP TABLE--", "\\u001b[31m", "${jndi:x}", "\U000e0041\U000e0042",
}

// nastyCalls are requests that have such a text wherever a caller can put one.
func nastyCalls(text string) (calls []string) {
	quoted, err := json.Marshal(text)
	if err != nil { // invalid UTF-8, as it comes
		quoted = []byte(`"` + text + `"`)
	}
	q := string(quoted)
	hex := fmt.Sprintf(`"0x%x"`, text)
	tx := `{"from":"` + accountA + `","to":"0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0","gas":"0x5208","gasPrice":"0x1","value":"0x1","nonce":"0x0"%s}`
	typed := `{"types":{"EIP712Domain":[{"name":"name","type":"string"}],"Mail":[{"name":"contents","type":"string"},{"name":"all","type":"string[]"}]},` +
		`"primaryType":"Mail","domain":{"name":%s},"message":{"contents":%s,"all":[%s,%s]}}`
	for _, c := range [][2]string{
		{`"account_signData"`, `["text/plain","` + accountA + `",` + hex + `]`},
		{`"account_signData"`, `[` + q + `,"` + accountA + `",` + hex + `]`},
		{`"account_signData"`, `["text/plain",` + q + `,` + hex + `]`},
		{`"account_signData"`, `["data/validator","` + accountA + `",{"address":"` + accountA + `","message":` + hex + `}]`},
		{`"account_signData"`, `["data/validator","` + accountA + `",{"address":` + q + `,"message":` + q + `}]`},
		{`"account_signTypedData"`, `["` + accountA + `",` + fmt.Sprintf(typed, q, q, q, q) + `]`},
		{`"account_signTypedData"`, `["` + accountA + `",` + strings.NewReplacer("Mail", strings.Trim(q, `"`), "contents", strings.Trim(q, `"`)).Replace(fmt.Sprintf(typed, q, q, q, q)) + `]`},
		{`"account_signTransaction"`, `[` + fmt.Sprintf(tx, `,"data":`+hex) + `]`},
		{`"account_signTransaction"`, `[` + fmt.Sprintf(tx, `,"data":"0x11223344"`) + `,` + q + `]`},
		{`"account_signTransaction"`, `[` + fmt.Sprintf(tx, `,`+q+`:1`) + `]`},
		{`"account_signTransaction"`, `[` + strings.Replace(fmt.Sprintf(tx, ``), `"`+accountA+`"`, q, 1) + `]`},
		{`"account_signGnosisSafeTx"`, `["` + accountA + `",{"safe":` + q + `,"to":` + q + `},` + q + `]`},
		{`"account_ecRecover"`, `[` + hex + `,` + q + `]`},
		{`"account_pairStart"`, `[{"name":` + q + `,"key":` + hex + `,"commitment":` + q + `}]`},
		{q, `[` + q + `]`},
		{`"account_new"`, `[]`},
	} {
		calls = append(calls, `{"jsonrpc":"2.0","id":`+q+`,"method":`+c[0]+`,"params":`+c[1]+`}`)
	}
	return calls
}

// TestClefConsoleInjection: nothing that a caller sends ends a signer that was started
// with echo PASSWORD | clef, and nothing of it reaches a terminal but text.
func TestClefConsoleInjection(t *testing.T) {
	t.Parallel()
	s := clefPlace(t, true).start("--auditlog", "${DIR}/audit.log", "--bulk")
	s.types(fixtureMaster)
	_ = s.stdin.Close()
	s.awaitServing(&s.stdout)
	c := crowd(t, 1)
	c.Timeout = time.Minute
	ipc := s.dial("ipc")
	replies := bufio.NewReader(ipc)
	for _, text := range nasty {
		for _, call := range nastyCalls(text) {
			r, err := http.NewRequest(http.MethodPost, "http://127.0.0.1:"+s.port, strings.NewReader(call))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			// Go's client sends no control bytes in headers, nor would our server take them.
			header := strings.Map(func(c rune) rune {
				if c < ' ' || c == 0x7f {
					return -1
				}
				return c
			}, text[:min(len(text), 30_000)])
			r.Header.Set("User-Agent", header)
			r.Header.Set("Origin", header)
			resp, err := c.Do(r)
			if err != nil {
				t.Fatalf("%.300s: %v", call, err)
			}
			body, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if err != nil || resp.StatusCode != http.StatusOK || signedIn(string(body)) || !strings.Contains(string(body), `"error"`) {
				t.Errorf("%.300s: status %d, %.300s, %v", call, resp.StatusCode, body, err)
			}
			if !utf8.Valid(body) {
				t.Errorf("%.300s: the reply is no UTF-8: %.300q", call, body)
			}
			if !utf8.ValidString(call) {
				continue // ends a stream
			}
			if _, err := io.WriteString(ipc, call); err != nil {
				t.Fatal(err)
			}
			if line, err := replies.ReadString('\n'); err != nil || signedIn(line) || !strings.Contains(line, `"error"`) {
				t.Errorf("%.300s: over ipc %.300s, %v", call, line, err)
			}
		}
	}
	// Header bytes that Go's client does not send.
	for _, value := range []string{"\x1b[2J", "\x07", "a\rb", "\x00", "\x9b31m\xff"} {
		conn := s.dial("http")
		_, _ = io.WriteString(conn, postText(callText("account_list"), "User-Agent: "+value, "Origin: "+value, "Connection: close"))
		_, _ = io.ReadAll(conn)
	}
	if result, failure := s.call("account_version"); string(result) != `"6.1.0"` {
		t.Errorf("afterwards: %s %q", result, failure)
	}
	_ = ipc.Close()
	s.ends()

	shown := s.stdout.from(0)
	plainText(t, "the console", shown)
	plainText(t, "standard error", s.stderr.from(0))
	plainText(t, "Clef's log", s.file("audit.log"))
	asked := strings.Count(shown, "nobody is at the console, whose input has ended: request denied")
	if n := strings.Count(shown, "\nApprove? [y/N]:\n"); asked < 50 || n != asked {
		t.Errorf("%d requests were shown, and %d look like one", asked, n)
	}
	for line := range strings.Lines(shown) {
		if strings.HasPrefix(line, "to:  ") && !strings.Contains(line, "0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0") {
			t.Errorf("a forged line: %q", line)
		}
		if len(line) > 128<<10 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
}

// plainText wants nothing in a text that a terminal acts upon, or that makes text look
// like another one.
func plainText(t *testing.T, where, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		for _, c := range strings.TrimSuffix(line, "\n") {
			switch {
			case c == '\t':
			case unicode.IsControl(c), unicode.Is(unicode.Bidi_Control, c), unicode.Is(unicode.Zl, c), unicode.Is(unicode.Zp, c):
				t.Errorf("%s has %U: %.200q", where, c, line)
				return
			}
		}
		if !utf8.ValidString(line) {
			t.Errorf("%s is no UTF-8: %.200q", where, line)
			return
		}
	}
}
