package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

// exchange writes bytes as a client would who does not care for HTTP, and reads what
// comes back until the connection ends.
func (s *signer) exchange(request string) string {
	s.t.Helper()
	c := s.dial("http")
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		s.t.Fatal(err)
	}
	go func() { _, _ = io.WriteString(c, request) }() // as far as it is taken
	b, err := io.ReadAll(c)
	if err, ok := err.(net.Error); ok && err.Timeout() {
		s.t.Errorf("neither an answer nor an end to %.100q", request)
	}
	return string(b)
}

const listingRules = `function ApproveListing(r) { return "Approve" }`

// revealed tells whether accounts show in an answer.
func revealed(answer string) bool { return strings.Contains(strings.ToLower(answer), "cd2a3d9f") }

// TestClefRebinding plays web pages that have a name of their own point to this machine,
// and pages that make a browser send what needs no leave.
func TestClefRebinding(t *testing.T) {
	t.Parallel()
	p := attested(t, listingRules)
	p.environment = []string{"STRONGROOM_LISTENER_CLEF_LIMITS_READ_TIMEOUT=500ms"} // for what is announced and never sent
	s := p.unattended()
	list := callText("account_list")
	request := func(target string, headers ...string) string {
		return "POST " + target + " HTTP/1.1\r\n" + strings.Join(headers, "\r\n") + fmt.Sprintf("\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", len(list), list)
	}
	const isJSON = "Content-Type: application/json"
	for _, host := range []string{"localhost", "LocalHost:" + s.port, "localhost:1", "127.0.0.1", "127.0.0.1:" + s.port, "[::1]:80", "[::1]", "192.168.1.1"} {
		if answer := s.exchange(request("/", "Host: "+host, isJSON)); !strings.HasPrefix(answer, "HTTP/1.1 200 ") || !revealed(answer) {
			t.Errorf("Host %q: %s", host, answer)
		}
	}
	for _, r := range []string{
		request("/", "Host: evil.example", isJSON), request("/", "Host: evil.example:"+s.port, isJSON), request("/", "Host: localhost.evil.example", isJSON),
		request("/", "Host: 127.0.0.1.evil.example", isJSON), request("/", "Host: evil.example@localhost", isJSON), request("/", "Host: localhost@evil.example", isJSON),
		request("/", "Host: localhost/evil", isJSON), request("/", "Host: localhost,evil.example", isJSON), request("/", "Host: localhost.", isJSON),
		request("/", "Host: *", isJSON), request("/", "Host: null", isJSON), request("/", "Host: 127.1", isJSON), request("/", "Host: 2130706433", isJSON),
		request("/", "Host: 0x7f000001", isJSON), request("/", "Host: [::1].evil.example", isJSON), request("/", "Host: 127.0.0.1evil", isJSON),
		request("/", "Host: xn--localhost-", isJSON), request("/", "Host: ⓛocalhost", isJSON),
		request("/", "Host: localhost", "Host: evil.example", isJSON), request("/", "Host: evil.example", "Host: localhost", isJSON),
		request("/", "Host : localhost", isJSON), request("/", " Host: localhost", isJSON), request("/", isJSON),
		request("http://evil.example/", "Host: localhost", isJSON), request("//evil.example/", "Host: evil.example", isJSON),
		request("/", "X-Forwarded-Host: localhost", "Host: evil.example", isJSON),
		// What a page may send anywhere without asking.
		request("/", "Host: localhost"), request("/", "Host: localhost", "Content-Type: text/plain"), request("/", "Host: localhost", "Content-Type: "),
		request("/", "Host: localhost", "Content-Type: application/x-www-form-urlencoded"), request("/", "Host: localhost", "Content-Type: multipart/form-data; boundary=x"),
		request("/", "Host: localhost", "Content-Type: text/plain; charset=application/json"), request("/", "Host: localhost", "Content-Type: text/plain,application/json"),
		request("/", "Host: localhost", "Content-Type: text/plain;application/json"), request("/", "Host: localhost", "Content-Type: application/json,text/plain"),
		request("/", "Host: localhost", "Content-Type: text/plain", isJSON), request("/", "Host: localhost", "Content-Type: application/jsonp"),
		strings.Replace(request("/", "Host: localhost", isJSON), "POST", "GET", 1), strings.Replace(request("/", "Host: localhost", isJSON), "POST", "HEAD", 1),
		strings.Replace(request("/", "Host: localhost", isJSON), "POST", "PUT", 1), strings.Replace(request("/", "Host: localhost", isJSON), "POST", "OPTIONS", 1),
		strings.Replace(request("/", "Host: localhost", isJSON), "POST", "TRACE", 1), strings.Replace(request("/", "Host: localhost", isJSON), "POST", "CONNECT", 1),
		strings.Replace(request("/", "Host: localhost", isJSON), "POST", "post", 1),
		request("/", "Host: localhost", isJSON, "Transfer-Encoding: chunked"), request("/", "Host: localhost", isJSON, "Content-Length: 5"),
		"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n" + list,
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\x16\x03\x01\x00\x05hello", list, "\r\n\r\n\r\n\r\n",
	} {
		if !strings.Contains(r, "Connection:") {
			c := s.dial("http")
			_, _ = io.WriteString(c, r)
			_ = c.(*net.TCPConn).CloseWrite()
			b, _ := io.ReadAll(c)
			if revealed(string(b)) {
				t.Errorf("%q: %s", r, b)
			}
			continue
		}
		answer := s.exchange(strings.Replace(r, "Connection: Upgrade", "Connection: Upgrade, close", 1))
		if revealed(answer) || strings.Contains(answer, "Access-Control") || strings.HasPrefix(answer, "HTTP/1.1 101") {
			t.Errorf("%q: %s", r, answer)
		}
	}
	s.mustList()
	s.ends()
}

// TestClefHostileJSON: malformed, oversized and ambiguous requests are refused, all of
// them, and the signer is unharmed.
func TestClefHostileJSON(t *testing.T) {
	t.Parallel()
	s := attested(t, limitOfThree).unattended()
	tx := func(member string) string {
		return `{"jsonrpc":"2.0","id":1,"method":"account_signTransaction","params":[{"from":"` + accountA +
			`","to":"0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0","gas":"0x5208","gasPrice":"0x1","value":"0x1","nonce":"0x0"` + member + `}]}`
	}
	typed := func(value string) string {
		return `{"jsonrpc":"2.0","id":1,"method":"account_signTypedData","params":["` + accountA + `",` + value + `]}`
	}
	const huge = 3 << 20
	if text, err := s.post(tx("")); err != nil || !signedIn(string(text)) {
		t.Fatalf("the request as it should be: %s %v", text, err)
	}
	refused := []string{
		tx(`,"value":"0x2"`), tx(`,"VALUE":"0x2"`), tx(`,"to":null`), tx(`,"__proto__":{"value":"0x2"}`), tx(`,"constructor":1`), tx(`,"type":"0x2"`), tx(`,"":1`),
		tx(`,"data":"0x1","input":"0x2"`), tx(`,"data":"0x01","input":"0x0101"`), tx(`,"chainId":"0x1"`), tx(`,"chainId":1337`), tx(`,"chainId":"1337"`), tx(`,"chainId":"0x0539"`),
		tx(`,"maxFeePerGas":"0x` + strings.Repeat("f", 65) + `"`), tx(`,"nonce":"0x10000000000000000"`), tx(`,"gas":1e400`), tx(`,"data":"0x` + strings.Repeat("0", huge) + `1"`),
		tx(`,"accessList":[` + strings.Repeat(`{"address":"`+accountA+`","storageKeys":[]},`, 1000) + `{}]`), tx(`,"blobs":["0x"]`), tx(`,"authorizationList":[]`),
		tx(`,"accessList":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000)),
		strings.Replace(tx(""), `"id":1`, `"id":1,"id":2`, 1), strings.Replace(tx(""), `"method"`, `"method":"account_version","method"`, 1),
		strings.Replace(tx(""), `"id":1`, `"params":[],"id":1`, 1), strings.Replace(tx(""), `"2.0"`, `2.0`, 1), strings.Replace(tx(""), `"params":[`, `"params":[null,`, 1),
		strings.Replace(tx(""), `"id":1`, `"id":{"a":1}`, 1), strings.Replace(tx(""), `"id":1`, `"id":[1]`, 1),
		strings.Replace(tx(""), "signTransaction", "signTransaction\\u0000", 1), strings.Replace(tx(""), "account_", "ACCOUNT_", 1),
		strings.Replace(tx(""), `"value":"0x1"`, `"value":"0x1`+"\xff"+`"`, 1), strings.Replace(tx(""), `"value":"0x1"`, `"value":"0x1\ud800"`, 1),
		"\ufeff" + tx(""), "\xff\xfe" + tx(""), "'" + tx("") + "'", "//\n" + tx(""), "NaN", "", " ", "null", "0", `""`, "[]", "{}", "[[]]", "[[[" + tx("") + "]]]", "{" + tx("") + "}",
		strings.Repeat("[", huge), strings.Repeat(`{"a":`, huge/5), `{"jsonrpc":"2.0","id":1,"method":"account_list","params":` + strings.Repeat("[", huge) + strings.Repeat("]", huge/2) + "}",
		`{"jsonrpc":"2.0","id":` + strings.Repeat("9", huge) + `,"method":"account_signTransaction"}`, `{"jsonrpc":"2.0","id":1,"method":"` + strings.Repeat("a", huge) + `"}`,
		typed(`"{}"`), typed(`{}`), typed(`null`), typed(`{"types":{"__proto__":[{"name":"__proto__","type":"string"}]},"primaryType":"__proto__","domain":{"name":"x"},"message":{"__proto__":"x"}}`),
		typed(`{"types":{"EIP712Domain":[],"A":[{"name":"a","type":"A[]"}]},"primaryType":"A","domain":{"name":"x"},"message":{"a":` + strings.Repeat(`[{"a":`, 3000) + "[]" + strings.Repeat(`}]`, 3000) + `}}`),
		typed(`{"types":{"EIP712Domain":[{"name":"name","type":"string"}],"A":[{"name":"a","type":"uint256` + strings.Repeat("[]", 5000) + `"}]},"primaryType":"A","domain":{"name":"x"},"message":{"a":[]}}`),
		typed(`{"types":{"EIP712Domain":[{"name":"name","type":"string"}],"A":[{"name":"a","type":"uint256"}]},"primaryType":"A","domain":{"name":"x"},"message":{"a":1` + strings.Repeat("0", 100_000) + `}}`),
		typed(`{"types":{"EIP712Domain":[{"name":"name","type":"string"}],"A":[{"name":"a","type":"uint256"}]},"primaryType":"A","domain":{"name":"x"},"message":{"a":1e` + strings.Repeat("9", 1000) + `}}`),
		typed(`{"types":{"EIP712Domain":[{"name":"name","type":"string"}],"A":[{"name":"a","type":"uint256"}]},"primaryType":"A","domain":{"name":"x"},"message":{"a":1,"a":2}}`),
	}
	for _, body := range refused {
		text, err := s.post(body)
		if err != nil || signedIn(string(text)) || revealed(string(text)) || len(text) > 2<<20+huge {
			t.Errorf("%.200q: %d bytes: %.200s %v", body, len(text), text, err)
		}
		var a answerOf
		if strings.TrimSpace(body) == "" { // nothing to answer
			continue
		}
		text = bytes.TrimRight(bytes.TrimLeft(text, "["), "]\n") // a batch of one
		if err := json.Unmarshal(text, &a); err != nil || a.Error == nil {
			t.Errorf("%.200q: %.200s %v", body, text, err)
		}
	}
	for _, c := range []struct{ request, status string }{
		{"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 5242881\r\n\r\n", "413 "},
		{"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999999999\r\n\r\n", "413 "},
		{"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: -1\r\n\r\n", "400 "},
		{"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("100000\r\n"+strings.Repeat(" ", 1<<20)+"\r\n", 6) + "0\r\n\r\n", "413 "},
		{"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", "400 "},
		{"POST / HTTP/1.1\r\nHost: localhost\r\n" + strings.Repeat("X: "+strings.Repeat("y", 1000)+"\r\n", 200) + "\r\n", "431 "},
		{"POST /" + strings.Repeat("a", 200_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n", "431 "},
	} {
		if answer := s.exchange(c.request); !strings.HasPrefix(answer, "HTTP/1.1 "+c.status) {
			t.Errorf("%.150q: %.200s", c.request, answer)
		}
	}
	// Over IPC each of them is answered, or ends its connection.
	for _, body := range refused {
		c := s.dial("ipc")
		go func() { _, _ = io.WriteString(c, body); _ = c.(*net.UnixConn).CloseWrite() }()
		if b, err := io.ReadAll(c); signedIn(string(b)) || revealed(string(b)) {
			t.Errorf("over ipc, %.200q: %.200s %v", body, b, err)
		}
		_ = c.Close()
	}
	s.mustSign(pay(0, 7))
	s.ends()
	// On a stream, what follows garbage can be a request of its own, which its caller does
	// not wait for. More than the limit must never be signed.
	if n := s.stored()["count0"]; n != "2" && n != "3" {
		t.Errorf("%s signatures were made", n)
	}
}

// TestClefSlowCallers: who sends slowly, or nothing, is sent away in time, and keeps
// nobody out.
func TestClefSlowCallers(t *testing.T) {
	t.Parallel()
	p := attested(t, listingRules)
	p.environment = []string{
		"STRONGROOM_LISTENER_CLEF_LIMITS_HEADER_TIMEOUT=200ms", "STRONGROOM_LISTENER_CLEF_LIMITS_READ_TIMEOUT=400ms",
		"STRONGROOM_LISTENER_CLEF_LIMITS_MAX_CONNECTIONS=40",
	}
	s := p.unattended()
	list := callText("account_list")
	for name, begin := range map[string]string{
		"nothing": "", "half a line": "POST", "half a header": "POST / HTTP/1.1\r\nHost: localhost\r\nX: ", "no body": strings.TrimSuffix(postText(list), list),
		"half a body": strings.TrimSuffix(postText(list), list[20:]),
	} {
		var work sync.WaitGroup
		for range 60 {
			work.Go(func() {
				c, err := net.Dial("tcp", "127.0.0.1:"+s.port)
				if err != nil {
					t.Error(err)
					return
				}
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(time.Minute))
				_, _ = io.WriteString(c, begin)
				if b, err := io.ReadAll(c); revealed(string(b)) || os.IsTimeout(err) {
					t.Errorf("%s: %.100s %v", name, b, err)
				}
			})
		}
		s.mustList()
		work.Wait()
	}
	// IPC has no deadlines, as at the peer; its callers are our own user's.
	for range 39 {
		c := s.dial("ipc")
		_, _ = io.WriteString(c, list[:30])
	}
	c := s.dial("ipc")
	_, _ = io.WriteString(c, list)
	if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !revealed(line) {
		t.Errorf("over ipc: %q %v", line, err)
	}
	s.mustList()
	s.ends()
}

// TestClefSocket: the socket and its directory are ours alone, and a signer takes
// neither the place of another one's socket nor of anything else.
func TestClefSocket(t *testing.T) {
	t.Parallel()
	p := attested(t, listingRules)
	dir := filepath.Join(p.dir, "run", "clef")
	s := p.unattended("--ipcpath", dir)
	path := filepath.Join(dir, "clef.ipc")
	for name, want := range map[string]os.FileMode{path: os.ModeSocket | 0o600, dir: os.ModeDir | 0o751, filepath.Dir(dir): os.ModeDir | 0o751} {
		// A strict umask takes away more.
		if info, err := os.Lstat(name); err != nil || info.Mode()&^want != 0 || info.Mode().Type() != want.Type() {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
	other := clefPlace(t, false)
	if _, stderr, status := other.run("", append(other.clefFlags("0"), "--ipcpath", dir)...); status != 1 || !strings.Contains(stderr, "another process listens on") {
		t.Errorf("another one's socket: status %d %s", status, stderr)
	}
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, callText("account_list"))
	if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !revealed(line) {
		t.Errorf("%q %v", line, err)
	}
	link := filepath.Join(other.dir, "linked")
	if err := os.Mkdir(link, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, filepath.Join(link, "clef.ipc")); err != nil {
		t.Fatal(err)
	}
	if _, stderr, status := other.run("", append(other.clefFlags("0"), "--ipcpath", link)...); status != 1 || stderr == "" {
		t.Errorf("a link to a socket: status %d %s", status, stderr)
	}
	s.mustList()
	if !exists(path) {
		t.Error("the socket is gone")
	}
	s.ends()
	if exists(path) {
		t.Error("the socket is left")
	}
}
