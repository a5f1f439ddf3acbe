package e2e

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// postText is a request as it goes over the wire.
func postText(body string, headers ...string) string {
	return "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + strings.Join(append(headers, ""), "\r\n") +
		fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
}

// dial connects to an entrance: "http" or "ipc".
func (s *signer) dial(entrance string) net.Conn {
	s.t.Helper()
	network, address := "tcp", "127.0.0.1:"+s.port
	if entrance == "ipc" {
		network, address = "unix", s.socket()
	}
	c, err := net.Dial(network, address)
	if err != nil {
		s.t.Fatalf("the signer lets nobody in any more: %v", err)
	}
	s.t.Cleanup(func() { _ = c.Close() })
	return c
}

// TestClefLostCallers: a request that waits dies with its caller, however the caller
// hides that, and an approval that comes then does nothing.
func TestClefLostCallers(t *testing.T) {
	t.Parallel()
	u := clefPlace(t, true).puppet("--auditlog", "${DIR}/audit.log")
	call := callText("account_signTransaction", pay(1, 1))
	data := callText("account_signData", "text/plain", accountA, "0x00")
	for _, c := range []struct{ name, entrance, text, method string }{
		{"plain", "http", postText(call), "ui_approveTx"},
		{"data", "http", postText(data), "ui_approveSignData"},
		{"listing", "http", postText(callText("account_list")), "ui_approveListing"},
		{"new account", "http", postText(callText("account_new")), "ui_approveNewAccount"},
		{"batch", "http", postText("[" + call + "," + call + "]"), "ui_approveTx"},
		{"notification", "http", postText(strings.Replace(call, `"id":1,`, "", 1)), "ui_approveTx"},
		{"closing", "http", postText(call, "Connection: close"), "ui_approveTx"},
		{"pipelined", "http", postText(call) + postText(call), "ui_approveTx"},
		{"a byte more", "http", postText(call) + "P", "ui_approveTx"},
		{"much pipelined", "http", strings.Repeat(postText(call), 100), "ui_approveTx"},
		{"garbage behind", "http", postText(call) + strings.Repeat("x", 1<<20), "ui_approveTx"},
		{"plain", "ipc", call, "ui_approveTx"},
		{"data", "ipc", data, "ui_approveSignData"},
		{"batch", "ipc", "[" + call + "," + call + "]", "ui_approveTx"},
		{"garbage behind", "ipc", call + strings.Repeat(" ", 1<<20) + "x", "ui_approveTx"},
		{"many", "ipc", strings.Repeat(call, 50), "ui_approveTx"},
		{"very many", "ipc", strings.Repeat(callText("account_signTransaction", pay(1, 1)), 2000), "ui_approveTx"},
	} {
		t.Run(c.entrance+" "+c.name, func(t *testing.T) {
			u.t = t
			conn := u.dial(c.entrance)
			go func() { _, _ = io.WriteString(conn, c.text) }() // as far as it is taken
			asked := u.told(c.method)
			_ = conn.Close()
			u.toldOver("its caller is gone")
			u.says(asked.ID, asked.approval())
			for _, a := range u.asked(c.method) {
				u.says(a.ID, a.approval())
			}
			u.calmDown()
		})
	}
	u.t = t
	u.ends()
	if said := u.journaled("sign"); said["allow"] != 0 {
		t.Errorf("journaled: %v", said)
	}
	for _, line := range strings.Split(string(u.file("audit.log")), "\n") {
		if strings.Contains(line, "type=response") && !strings.Contains(line, "error=") {
			t.Errorf("Clef's log tells of a result: %s", line)
		}
	}
}

// toldOver waits until the UI is told that a request is over, and why.
func (u *puppet) toldOver(why string) {
	u.t.Helper()
	for {
		over := string(u.told("ui_showError").Params[0])
		if strings.Contains(over, "A request is over ("+why+")") {
			return
		}
		if strings.Contains(over, "A request is over") {
			u.t.Errorf("the UI is told %s", over)
			return
		}
	}
}

// calmDown waits until the signer has read what the UI said so far, which a call of the
// UI shows, and forgets what it was told.
func (u *puppet) calmDown() {
	u.t.Helper()
	if _, err := io.WriteString(u.stdin, `{"jsonrpc":"2.0","id":"calm","method":"clef_chainId"}`+"\n"); err != nil {
		u.t.Fatal(err)
	}
	u.told("") // the reply
	if told := u.asked("ui_onApprovedTx"); len(told) > 0 {
		u.t.Errorf("the UI is told of a signature: %s", told[0].Params)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.messages = nil
}

// file is the text of a file in the place.
func (p *place) file(name string) string {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}
