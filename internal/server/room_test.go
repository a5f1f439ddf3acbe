package server

import (
	"io"
	"net"
	"net/http"
	"testing"
)

// Connections that are only kept make room for others; those with a request at work do not.
func TestIdleConnectionsMakeRoom(t *testing.T) {
	t.Parallel()
	const places = 5
	limits := testLimits()
	limits.MaxConnections = places
	goOn, began := make(chan struct{}), make(chan struct{}, places)
	r := start(t, "127.0.0.1:0", Config{Limits: limits, Handler: http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		if q.URL.Path == "/wait" {
			began <- struct{}{}
			<-goOn
		}
	})})
	const get, wait = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n"
	var busy, kept []net.Conn
	for range places - 1 {
		c := r.dial(t)
		if _, err := io.WriteString(c, wait); err != nil {
			t.Fatal(err)
		}
		<-began
		busy = append(busy, c)
	}
	for range 3 * places { // one place for all of these
		c := r.dial(t)
		if resp := ask(t, c, get); resp.StatusCode != http.StatusOK {
			t.Fatalf("status %d", resp.StatusCode)
		}
		kept = append(kept, c)
	}
	for _, c := range kept[:len(kept)-1] { // for the last one nobody waited
		if n, err := io.Copy(io.Discard, c); n != 0 || err != nil {
			t.Errorf("a connection that was kept: %d bytes, %v", n, err)
		}
	}
	close(goOn)
	for _, c := range busy {
		if resp := answer(t, c); resp.StatusCode != http.StatusOK {
			t.Errorf("status %d", resp.StatusCode)
		}
	}
}
