package jsonrpc_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/server/jsonrpc"
)

// gated is a method that says that it runs, then waits for a value of leave or the end
// of its context.
type gated struct {
	running chan struct{}
	leave   chan struct{}
	ended   chan error
}

func newGated() *gated {
	return &gated{make(chan struct{}, 100), make(chan struct{}), make(chan error, 100)}
}

func (g *gated) method(name string) jsonrpc.Method {
	return method(name, 0, 1, func(ctx context.Context, c *jsonrpc.Call) (jsonrpc.Result, error) {
		g.running <- struct{}{}
		select {
		case <-g.leave:
			return jsonrpc.Result(c.Arg(0)), nil
		case <-ctx.Done():
			g.ended <- ctx.Err()
			return nil, fault.Canceled.New("the caller is gone")
		}
	})
}

func TestStreamRunsSideBySide(t *testing.T) {
	g := newGated()
	c := dial(t, serveIPC(t, service(t, nil, g.method("account_waits"))))
	c.send(`{"jsonrpc":"2.0","id":1,"method":"account_waits"}{"jsonrpc":"2.0","id":2,"method":"account_version"}`)
	if got := string(c.line()); got != `{"jsonrpc":"2.0","id":2,"result":"6.1.0"}` {
		t.Errorf("got %s", got)
	}
	close(g.leave)
	if got := string(c.line()); got != `{"jsonrpc":"2.0","id":1,"result":null}` {
		t.Errorf("got %s", got)
	}
}

// TestStreamBounds: no more than the configured number of calls (4) is at work, and the
// others wait their turn.
func TestStreamBounds(t *testing.T) {
	g := newGated()
	c := dial(t, serveIPC(t, service(t, nil, g.method("account_waits"))))
	for i := range 10 {
		c.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"account_waits"}`, i))
	}
	for range 4 {
		<-g.running
	}
	for done := range 10 {
		if n := len(g.running); n > 0 {
			t.Fatalf("%d more calls are at work", n)
		}
		g.leave <- struct{}{}
		c.line()
		if done < 6 {
			<-g.running
		}
	}
}

func TestStreamEndEndsCalls(t *testing.T) {
	for name, leave := range map[string]func(*client){
		"closes":                func(c *client) { c.Close() },
		"closes its end":        func(c *client) { _ = c.Conn.(*net.UnixConn).CloseWrite() },
		"closes within a value": func(c *client) { c.send(`{"json`); c.Close() },
		"sends no json":         func(c *client) { c.send(`}`) },
		"sends a duplicate":     func(c *client) { c.send(`{"id":1,"id":1}`) },
		"sends far too much":    func(c *client) { _, _ = io.WriteString(c, strings.Repeat("[", 2<<20)) },
		"has more calls waiting": func(c *client) {
			c.send(strings.Repeat(`{"jsonrpc":"2.0","id":9,"method":"account_waits"}`, 20))
			c.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGated()
			c := dial(t, serveIPC(t, service(t, nil, g.method("account_waits"))))
			c.send(`{"jsonrpc":"2.0","id":1,"method":"account_waits"}`)
			<-g.running
			leave(c)
			if err := <-g.ended; err != context.Canceled {
				t.Errorf("the context ended with %v", err)
			}
		})
	}
}

// TestStreamHalfClose: who has closed its own end only still gets replies.
func TestStreamHalfClose(t *testing.T) {
	c := dial(t, serveIPC(t, service(t, nil)))
	c.send(`{"jsonrpc":"2.0","id":1,"method":"account_version"}`)
	if err := c.Conn.(*net.UnixConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if got := string(c.line()); got != `{"jsonrpc":"2.0","id":1,"result":"6.1.0"}` {
		t.Errorf("got %s", got)
	}
	c.end()
}

func TestStreamRefusals(t *testing.T) {
	for text, want := range map[string]string{
		`{"jsonrpc":"2.0","id":1,"id":1}`: `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}`,
		`{"jsonrpc" "2.0"}`:               `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}`,
		`hello `:                          `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}`,
		`]`:                               `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}`,
		strings.Repeat("[", 1<<20+1):      `{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"message too large"}}`,
	} {
		c := dial(t, serveIPC(t, service(t, nil)))
		c.send(text)
		if got := string(c.line()); got != want {
			t.Errorf("%.40q: got %s", text, got)
		}
		c.end()
	}
	c := dial(t, serveIPC(t, service(t, nil)))
	c.send("5 \"x\"null[]\n{\"jsonrpc\":\"2.0\",\"method\":\"account_version\"}")
	want := []string{
		`{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"empty batch"}}`,
		`{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"invalid request"}}`,
		`{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"invalid request"}}`,
		`{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"invalid request"}}`,
	}
	var got []string
	for range want {
		got = append(got, string(c.line()))
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestIPCMeta(t *testing.T) {
	metas := make(chan jsonrpc.Meta, 2)
	path := serveIPC(t, service(t, nil, method("account_who", 0, 0, func(_ context.Context, c *jsonrpc.Call) (jsonrpc.Result, error) {
		metas <- *c.Meta
		return nil, nil
	})))
	for i := range uint64(2) {
		c := dial(t, path)
		c.send(`{"jsonrpc":"2.0","id":1,"method":"account_who"}`)
		c.line()
		got := <-metas
		if got.Remote != "NA" || got.Local != "NA" || got.Scheme != "ipc" || got.UserAgent != "" || got.Origin != "" || got.Headers != nil ||
			got.UID != int64(os.Getuid()) || got.Conn != i+1 {
			t.Errorf("got %+v", got)
		}
	}
}

func TestIPCSocket(t *testing.T) {
	path := serveIPC(t, service(t, nil))
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 || info.Mode().Type() != os.ModeSocket {
		t.Errorf("the socket is %v, %v", info.Mode(), err)
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || info.Mode().Perm() != 0o751 {
		t.Errorf("its directory is %v, %v", info.Mode(), err)
	}
	if _, err := jsonrpc.ListenIPC(t.Context(), path); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second listener gets %v", err)
	}
	stale := filepath.Join(t.TempDir(), "stale.ipc")
	l, err := net.Listen("unix", stale)
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
	again, err := jsonrpc.ListenIPC(t.Context(), stale)
	if err != nil {
		t.Fatalf("a stale socket: %v", err)
	}
	again.Close()
	if _, err := os.Stat(stale); !os.IsNotExist(err) {
		t.Errorf("the socket is still there: %v", err)
	}
	if _, err := jsonrpc.ListenIPC(t.Context(), "relative/clef.ipc"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a relative path: %v", err)
	}
}

// TestIPCShutdown: what is at work is finished, or cut when the time is up.
func TestIPCShutdown(t *testing.T) {
	for _, finishes := range []bool{true, false} {
		g := newGated()
		ipc, err := jsonrpc.NewIPC(jsonrpc.IPCConfig{
			Service: service(t, nil, g.method("account_waits")), MaxConnections: 2, Log: slog.New(slog.DiscardHandler),
			Stream: jsonrpc.StreamConfig{MaxMessage: 1 << 20, MaxRunning: 2},
		})
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "clef.ipc")
		l, err := jsonrpc.ListenIPC(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		served := make(chan error, 1)
		go func() { served <- ipc.Serve(l) }()
		busy, idle := dial(t, path), dial(t, path)
		busy.send(`{"jsonrpc":"2.0","id":1,"method":"account_waits","params":["x"]}`)
		<-g.running
		idle.send(versionCall)
		idle.line() // it was accepted
		ctx, cancel := context.WithCancel(t.Context())
		down := make(chan error, 1)
		go func() { down <- ipc.Shutdown(ctx) }()
		idle.end() // a connection with nothing at work ends at once
		if finishes {
			close(g.leave)
			if got := string(busy.line()); got != `{"jsonrpc":"2.0","id":1,"result":"x"}` {
				t.Errorf("got %s", got)
			}
		} else {
			cancel()
			<-g.ended
		}
		if err := <-down; (err == nil) != finishes || err != nil && !fault.Is(err, fault.Canceled) {
			t.Errorf("shutdown: %v", err)
		}
		cancel()
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("the socket is still there: %v", err)
		}
		if err := ipc.Serve(l); finishes && !fault.Is(err, fault.Conflict) {
			t.Errorf("served twice: %v", err)
		}
	}
}

// TestIPCManyConnections: connections over the bound wait, and the bound holds.
func TestIPCManyConnections(t *testing.T) {
	g := newGated()
	path := serveIPC(t, service(t, nil, g.method("account_waits")))
	var all []*client
	for range 8 {
		c := dial(t, path)
		c.send(`{"jsonrpc":"2.0","id":1,"method":"account_waits"}`)
		all = append(all, c)
	}
	for range 4 {
		<-g.running
	}
	select {
	case <-g.running:
		t.Error("a fifth connection is served")
	case <-time.After(20 * time.Millisecond):
	}
	close(g.leave)
	for _, c := range all {
		c.line()
		c.Close()
	}
	if n := len(g.running); n != 4 {
		t.Errorf("%d more calls ran, want 4", n)
	}
}

// TestStreamSlowReader: who does not read its replies is cut.
func TestStreamSlowReader(t *testing.T) {
	here, there := net.Pipe()
	defer here.Close()
	s := service(t, nil)
	ended := make(chan error, 1)
	go func() {
		ended <- s.ServeStream(context.Background(), there, &jsonrpc.Meta{}, jsonrpc.StreamConfig{MaxMessage: 1 << 10, MaxRunning: 1, WriteTimeout: time.Millisecond})
	}()
	if _, err := io.WriteString(here, `{"jsonrpc":"2.0","id":1,"method":"account_version"}`); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestStreamEndsWithContext(t *testing.T) {
	g := newGated()
	here, there := net.Pipe()
	defer here.Close()
	s := service(t, nil, g.method("account_waits"))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- s.ServeStream(ctx, there, &jsonrpc.Meta{}, jsonrpc.StreamConfig{MaxMessage: 1 << 10, MaxRunning: 1})
	}()
	if _, err := io.WriteString(here, `{"jsonrpc":"2.0","id":1,"method":"account_waits"}`); err != nil {
		t.Fatal(err)
	}
	<-g.running
	cancel()
	if err := <-g.ended; err != context.Canceled {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := s.ServeStream(t.Context(), there, &jsonrpc.Meta{}, jsonrpc.StreamConfig{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("without bounds: %v", err)
	}
}

// FuzzEnvelope: whatever comes, the reply is JSON with the right members, and the same over
// both transports; only listed methods run, with as many arguments as they take.
func FuzzEnvelope(f *testing.F) {
	for _, e := range recordings(f, "15-http-jsonrpc") {
		if e.External.HTTP != nil && e.External.HTTP.RawBody != "" {
			f.Add([]byte(e.External.HTTP.RawBody))
		}
	}
	f.Add([]byte(`{"jsonrpc":"2.0","id":1,"method":"account_two","params":[1,{"a":[]}]}`))
	f.Add([]byte(`[{"jsonrpc":"2.0","id":1,"method":"account_two","params":[1,2,3]},{"id":[]}]`))
	var ran atomic.Int32
	s := service(f, nil, method("account_two", 1, 2, func(_ context.Context, c *jsonrpc.Call) (jsonrpc.Result, error) {
		ran.Add(1)
		if len(c.Args) < 1 || len(c.Args) > 2 || c.Params.Kind() != '[' {
			panic("counted wrong")
		}
		for _, a := range c.Args {
			if !a.IsValid() {
				panic("an argument is not valid")
			}
		}
		return jsonrpc.Result(c.Args[0]), nil
	}))
	f.Fuzz(func(t *testing.T, body []byte) {
		got := post(t, s, string(body))
		if strings.Contains(got, "method handler crashed") {
			t.Fatal(got)
		}
		checkReply(t, got)
	})
}
