package bench

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestClefRequests: what is measured is what a client sends, and each payment is another.
func TestClefRequests(t *testing.T) {
	c := &child{address: "127.0.0.1:8550"}
	seen := map[string]bool{}
	for _, raw := range append(c.clefPayments(3), c.clefListing()) {
		var call struct {
			Method string
			Params []map[string]string
		}
		head, body, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
		if !ok || !bytes.HasPrefix(head, []byte(http.MethodPost+" / HTTP/1.1")) || bytes.Count(head, []byte("Content-Type:")) != 1 {
			t.Fatalf("no request: %s", head)
		}
		if err := json.Unmarshal(body, &call); err != nil {
			t.Fatal(err)
		}
		seen[string(body)] = true
		if call.Method == "account_signTransaction" && (call.Params[0]["from"] != clefAccount || call.Params[0]["to"] != clefReceiver) {
			t.Errorf("%+v", call)
		}
	}
	if len(seen) != 4 {
		t.Errorf("%d different requests, want 4", len(seen))
	}
	if !strings.Contains(plainRules, strings.ToLower(clefReceiver)) {
		t.Error("the rules reject what is measured")
	}
}

// TestClefFigures: only signatures are compared with the bare one, and the rule file's part
// is known once both were measured.
func TestClefFigures(t *testing.T) {
	r := &ClefReport{Reference: ClefReference{Signature: 20}, Listed: 5000, Starts: []ClefStart{{Files: 3, Milliseconds: 75}}}
	r.add(Figure{Operation: "account_signTransaction", Clients: 1, CPU: 220, Rate: 4000}, byRules)
	if _, known := r.ruleCost(); known {
		t.Error("the rule file's part is known from one figure")
	}
	r.add(Figure{Operation: "account_signTransaction", Clients: 1, CPU: 100}, byPolicy)
	r.add(Figure{Operation: "account_list", Clients: 1, CPU: 3000}, byRules)
	if !near(r.Figures[0].Ratio, 11) || r.Figures[2].Ratio != 0 {
		t.Errorf("%+v", r.Figures)
	}
	if cost, known := r.ruleCost(); !known || !near(cost, 120) {
		t.Errorf("%v %v", cost, known)
	}
	var b strings.Builder
	(&Report{Clef: r}).Text(&b)
	for _, want := range []string{"220.0    4000      11.0", "account_list, 5000 accounts", "part of a signature: 120.0 µs", "3           75"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, b.String())
		}
	}
}

// TestClefResult: a refusal must not be measured as a signature.
func TestClefResult(t *testing.T) {
	conn := answering(t, `{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"request denied"}}`)
	if _, err := clefResult(conn, []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")); err == nil || !strings.Contains(err.Error(), "request denied") {
		t.Errorf("%v", err)
	}
	conn = answering(t, `{"jsonrpc":"2.0","id":1,"result":[]}`)
	if _, err := clefResult(conn, []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
		t.Error(err)
	}
}

// answering is a connection to a server that gives one answer.
func answering(t *testing.T, body string) *Conn {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
	t.Cleanup(server.Close)
	conn, err := dial(t.Context(), server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}
