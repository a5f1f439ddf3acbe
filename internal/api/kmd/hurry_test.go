package kmd

import (
	"bufio"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"strongroom/internal/server"
)

// deadlined is an answer that remembers how long it may take.
type deadlined struct {
	*httptest.ResponseRecorder
	deadline time.Time
	late     bool // something was written before there was a deadline
}

func (d *deadlined) SetWriteDeadline(t time.Time) error { d.deadline = t; return nil }

func (d *deadlined) WriteHeader(status int) {
	d.late = d.late || d.deadline.IsZero()
	d.ResponseRecorder.WriteHeader(status)
}

func (d *deadlined) Write(b []byte) (int, error) {
	d.late = d.late || d.deadline.IsZero()
	return d.ResponseRecorder.Write(b)
}

// Whoever has not shown the token gets half a minute to read an answer; whoever has
// may wait for a password derivation as long as the server allows.
func TestStrangersMustReadTheirAnswers(t *testing.T) {
	b := newBench(t, nil)
	for _, c := range []struct{ method, path string }{
		{"GET", "/swagger.json"}, {"GET", "/versions"}, {"OPTIONS", "/v1/wallets"}, {"GET", "/v1/nope"},
		{"GET", "/nope"}, {"GET", "/v1//wallets"}, {"GET", "/v1/wallets"}, {"POST", "/v1/wallet/init"},
	} {
		w := &deadlined{ResponseRecorder: httptest.NewRecorder()}
		before := time.Now()
		b.ServeHTTP(w, httptest.NewRequest(c.method, c.path, strings.NewReader("{}")))
		if w.late || w.deadline.Before(before) || w.deadline.After(time.Now().Add(strangerPatience)) {
			t.Errorf("%s %s: written before its deadline was set (%t), or with the deadline %v", c.method, c.path, w.late, w.deadline)
		}
	}
	w := &deadlined{ResponseRecorder: httptest.NewRecorder()}
	r := httptest.NewRequest("GET", "/v1/wallets", nil)
	r.Header.Set("X-KMD-API-Token", testToken)
	if b.ServeHTTP(w, r); w.Code != http.StatusOK || !w.deadline.IsZero() {
		t.Errorf("with the token: status %d, deadline %v", w.Code, w.deadline)
	}
}

// watched tells of the deadlines that a connection is given.
type watched struct {
	net.Conn
	deadlines chan time.Time
}

func (c watched) SetWriteDeadline(t time.Time) error {
	select {
	case c.deadlines <- t:
	default:
	}
	return c.Conn.SetWriteDeadline(t)
}

type watchedListener struct {
	net.Listener
	deadlines chan time.Time
}

func (l watchedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return watched{c, l.deadlines}, err
}

// The deadline reaches the connection through everything that a server puts around
// an answer.
func TestHurryReachesTheConnection(t *testing.T) {
	b := newBench(t, nil)
	web, err := server.New(server.Config{Handler: b, Log: slog.New(slog.DiscardHandler), Limits: server.Limits{
		MaxBody: 1 << 20, MaxHeader: 64 << 10, MaxConnections: 4,
		HeaderTimeout: time.Hour, ReadTimeout: time.Hour, WriteTimeout: time.Hour, IdleTimeout: time.Hour,
	}})
	if err != nil {
		t.Fatal(err)
	}
	inner, err := server.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := watchedListener{inner, make(chan time.Time, 100)}
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(l) }()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte("GET /swagger.json HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if err := web.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	close(l.deadlines)
	short := false
	for deadline := range l.deadlines {
		short = short || !deadline.IsZero() && deadline.Before(time.Now().Add(strangerPatience))
	}
	if !short {
		t.Error("the connection was never given a short deadline")
	}
}
