package server

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"strongroom/internal/fault"
)

// Large bodies share what room there is, and small ones always have some.
func TestBodiesTogether(t *testing.T) {
	t.Parallel()
	const large, most = 256 << 10, 4
	limits := testLimits()
	limits.MaxBody = 2 * large
	goOn, began := make(chan struct{}), make(chan struct{}, 100)
	r := start(t, "127.0.0.1:0", Config{Limits: limits, MaxBodies: most * (2*large + 1), Handler: http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := ReadBody(q, 2*large)
		if err != nil {
			if !fault.Is(err, fault.Busy) && !fault.Is(err, fault.Canceled) {
				t.Error(err)
			}
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		if q.URL.Path == "/wait" {
			began <- struct{}{}
			<-goOn
		}
		fmt.Fprint(w, len(body))
	})})
	send := func(path string, length int) net.Conn {
		t.Helper()
		c := r.dial(t)
		go func() { _, _ = io.WriteString(c, post(path, length)) }()
		return c
	}
	is := func(c net.Conn, status int, text string) {
		t.Helper()
		resp := answer(t, c)
		b, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != status || string(b) != text {
			t.Errorf("status %d: %.100s, want %d %s", resp.StatusCode, b, status, text)
		}
		_ = c.Close()
	}
	var held []net.Conn
	for range most {
		held = append(held, send("/wait", large+large/2))
		<-began
	}
	is(send("/", large), http.StatusServiceUnavailable, "")
	is(send("/", firstBuffer/2), http.StatusOK, fmt.Sprint(firstBuffer/2))
	close(goOn)
	for _, c := range held {
		is(c, http.StatusOK, fmt.Sprint(large+large/2))
	}
	for range 3 * most { // all of it was given back
		is(send("/", 2*large), http.StatusOK, fmt.Sprint(2*large))
	}
	// Also by clients that announce much, send some, and go away.
	for range 3 * most {
		c := r.dial(t)
		_, _ = io.WriteString(c, strings.TrimSuffix(post("/", 2*large), "b"))
		_ = c.Close()
	}
	for deadline := time.Now().Add(20 * time.Second); ; { // as soon as they are missed
		resp := answer(t, send("/", 2*large))
		if resp.StatusCode == http.StatusOK {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("status %d", resp.StatusCode)
		}
	}
}
