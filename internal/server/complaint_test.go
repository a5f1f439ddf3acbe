package server

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// TestComplaints: what net/http refuses by itself is answered in the protocol's
// words, and nothing else is touched.
func TestComplaints(t *testing.T) {
	r := start(t, "127.0.0.1:0", Config{Limits: testLimits(), Handler: echo(1000), Complain: func(status int, text string) []byte {
		if status == 431 {
			return nil
		}
		return fmt.Appendf(nil, "HTTP/1.1 %d No\r\nConnection: close\r\n\r\n%s|", status, text)
	}})
	for name, c := range map[string]struct{ request, want string }{
		"target":        {"POST x HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 400 No\r\nConnection: close\r\n\r\n|"},
		"no host":       {"POST / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 No\r\nConnection: close\r\n\r\nmissing required Host header|"},
		"encoding":      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: x\r\n\r\n", "HTTP/1.1 501 No\r\nConnection: close\r\n\r\n|"},
		"large header":  {"POST / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 20<<10), ""},
		"no complaint":  {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", "ok"},
		"looks like it": {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 21\r\nConnection: close\r\n\r\nHTTP/1.1 400 Bad\r\n\r\nx", "HTTP/1.1 400 Bad\r\n\r\nx"},
	} {
		t.Run(name, func(t *testing.T) {
			conn := r.dial(t)
			if _, err := io.WriteString(conn, c.request); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(conn)
			if !strings.HasSuffix(string(got), c.want) || c.want == "" && len(got) > 0 {
				t.Errorf("got %q (%v), want %q", got, err, c.want)
			}
		})
	}
}
