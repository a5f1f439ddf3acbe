package server

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"strongroom/internal/fault"
)

func testLimits() Limits {
	return Limits{
		MaxBody: 1 << 20, MaxHeader: 8 << 10, MaxConnections: 100,
		HeaderTimeout: time.Minute, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: time.Minute,
	}
}

// running is a server under test.
type running struct {
	*Server
	address string // as Dial takes it
	log     *syncBuffer
	served  chan error
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func start(t testing.TB, address string, c Config) *running {
	t.Helper()
	log := new(syncBuffer)
	c.Log = slog.New(slog.NewTextHandler(log, nil))
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	l, err := Listen(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	r := &running{Server: s, address: l.Addr().String(), log: log, served: make(chan error, 1)}
	if strings.HasPrefix(address, unixPrefix) {
		r.address = address
	}
	go func() { r.served <- s.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = s.Shutdown(ctx)
		if err := <-r.served; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return r
}

// dial opens a raw connection whose reads cannot hang a test.
func (r *running) dial(t testing.TB) net.Conn {
	t.Helper()
	c, err := Dial(context.Background(), r.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

// ask sends text and reads one answer.
func ask(t testing.TB, c net.Conn, text string) *http.Response {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	return answer(t, c)
}

func answer(t testing.TB, c net.Conn) *http.Response {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp
}

func text(t testing.TB, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// echo answers with the body, and with 413 or 400 where there is none to be had.
func echo(limit int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := ReadBody(r, limit)
		switch {
		case fault.Is(err, fault.TooLarge):
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		case err != nil:
			w.WriteHeader(http.StatusBadRequest)
		default:
			_, _ = w.Write(body)
		}
	})
}

func closedByServer(t *testing.T, c net.Conn) {
	t.Helper()
	if _, err := io.Copy(io.Discard, c); err != nil {
		if ne, ok := err.(net.Error); ok && ne.Timeout() {
			t.Fatal("the server keeps the connection open")
		}
	}
}

func TestPeerOverUnix(t *testing.T) {
	path := filepath.Join(shortDir(t), "a.sock")
	var numbers atomic.Uint64
	numbers.Store(41)
	r := start(t, "unix:"+path, Config{Limits: testLimits(), Numbers: &numbers, OwnerOnly: true, Handler: http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "%+v", PeerOf(r.Context())) })})
	pid := int64(os.Getpid())
	if runtime.GOOS != "linux" && runtime.GOOS != "darwin" {
		pid = -1
	}
	for number := uint64(42); number < 44; number++ {
		want := fmt.Sprintf("%+v", Peer{Conn: number, Address: path, UID: int64(os.Getuid()), PID: pid})
		c := r.dial(t)
		for range 2 {
			if got := text(t, ask(t, c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")); got != want {
				t.Errorf("peer is %s, want %s", got, want)
			}
		}
	}
}

func TestPeerOverTCPIsUnknownAndNeverTheOwner(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := PeerOf(r.Context())
		fmt.Fprintf(w, "%d %d %s", p.UID, p.PID, p.Address)
	})
	c := start(t, "127.0.0.1:0", Config{Limits: testLimits(), Handler: handler}).dial(t)
	if got := text(t, ask(t, c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")); got != "-1 -1 "+c.LocalAddr().String() {
		t.Errorf("peer is %s", got)
	}
	r := start(t, "127.0.0.1:0", Config{Limits: testLimits(), Handler: handler, OwnerOnly: true})
	closedByServer(t, r.dial(t))
	if !strings.Contains(r.log.String(), "another user") {
		t.Errorf("log: %s", r.log)
	}
	if p := PeerOf(context.Background()); p.UID != -1 {
		t.Errorf("a request from nowhere has uid %d", p.UID)
	}
}

func TestBodies(t *testing.T) {
	const limit = 100_000
	limits := testLimits()
	limits.MaxBody = limit
	r := start(t, "127.0.0.1:0", Config{Limits: limits, Handler: echo(limit)})
	chunked := func(n int) string {
		return fmt.Sprintf("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", n, strings.Repeat("a", n))
	}
	plain := func(n int) string {
		return fmt.Sprintf("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", n, strings.Repeat("a", n))
	}
	for _, tt := range []struct {
		name, request string
		status, size  int
	}{
		{"none", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 200, 0},
		{"empty", plain(0), 200, 0},
		{"small", plain(10), 200, 10},
		{"larger than the first buffer", plain(firstBuffer + 1), 200, firstBuffer + 1},
		{"at the bound", plain(limit), 200, limit},
		{"chunked", chunked(70_000), 200, 70_000},
		{"chunked at the bound", chunked(limit), 200, limit},
		{"over the bound, announced", fmt.Sprintf("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", limit+1), 413, 0},
		{"absurd length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000000000000000\r\n\r\n", 413, 0},
		{"over the bound, chunked", chunked(limit + 1), 413, 0},
		{"bad chunk", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := r.dial(t)
			resp := ask(t, c, tt.request)
			if got := len(text(t, resp)); resp.StatusCode != tt.status || got != tt.size {
				t.Fatalf("status %d with %d bytes, want %d with %d", resp.StatusCode, got, tt.status, tt.size)
			}
			if resp.StatusCode == 413 {
				if !resp.Close {
					t.Error("the connection is not announced to be closed")
				}
				closedByServer(t, c)
			}
		})
	}
}

// A handler that reads the body by itself meets the bound as well.
func TestBodyBoundWithoutHelper(t *testing.T) {
	limits := testLimits()
	limits.MaxBody = 10
	r := start(t, "127.0.0.1:0", Config{Limits: limits, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%d %v", len(b), fault.KindOf(err))
	})})
	if got := text(t, ask(t, r.dial(t), "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n01234567890")); got != "10 too-large" {
		t.Error(got)
	}
}

func TestOutgrownBuffersAreWiped(t *testing.T) {
	var seen [][]byte
	r := &spy{source: strings.NewReader(strings.Repeat("s", 5000)), seen: &seen}
	body, err := readAll(r, -1, 1<<20, anyRoom)
	if err != nil || len(body) != 5000 {
		t.Fatalf("%d bytes, %v", len(body), err)
	}
	outgrown := 0
	for _, b := range seen {
		inside := false
		for i := range body {
			inside = inside || &b[0] == &body[i]
		}
		if inside {
			continue
		}
		outgrown++
		if bytes.ContainsRune(b, 's') {
			t.Fatal("an outgrown buffer still holds the body")
		}
	}
	if outgrown == 0 {
		t.Fatal("the buffer never grew: the test proves nothing")
	}
	seen = nil
	r = &spy{source: strings.NewReader(strings.Repeat("s", 5000)), seen: &seen}
	if _, err := readAll(r, -1, 4000, anyRoom); !fault.Is(err, fault.TooLarge) {
		t.Fatal(err)
	}
	for _, b := range seen {
		if bytes.ContainsRune(b, 's') {
			t.Fatal("a refused body was not wiped")
		}
	}
}

// spy remembers where it was asked to read to.
type spy struct {
	source io.Reader
	seen   *[][]byte
}

func (s *spy) Read(b []byte) (int, error) {
	n, err := s.source.Read(b)
	if n > 0 {
		*s.seen = append(*s.seen, b[:n])
	}
	return n, err
}

func TestHugeHeader(t *testing.T) {
	r := start(t, "127.0.0.1:0", Config{Limits: testLimits(), Handler: echo(10)})
	resp := ask(t, r.dial(t), "GET / HTTP/1.1\r\nHost: x\r\nX: "+strings.Repeat("a", 64<<10)+"\r\n\r\n")
	if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d", resp.StatusCode)
	}
}

// Clients that say nothing, too little or too slowly are let go by a deadline.
func TestSlowClients(t *testing.T) {
	limits := testLimits()
	limits.HeaderTimeout, limits.ReadTimeout, limits.IdleTimeout = 50*time.Millisecond, 100*time.Millisecond, 50*time.Millisecond
	r := start(t, "127.0.0.1:0", Config{Limits: limits, Handler: echo(1000)})
	for _, tt := range []struct{ name, sends string }{
		{"half-open", ""},
		{"unfinished header", "GET / HTTP/1.1\r\nHost: x\r\nX-A"},
		{"unfinished body", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc"},
		{"idle after a request", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := r.dial(t)
			if _, err := io.WriteString(c, tt.sends); err != nil {
				t.Fatal(err)
			}
			closedByServer(t, c)
		})
	}
}

// The time for sending a request must not cut a handler that takes longer.
func TestHandlerMayOutliveTheReadTimeout(t *testing.T) {
	limits := testLimits()
	limits.HeaderTimeout, limits.ReadTimeout = 30*time.Millisecond, 30*time.Millisecond
	r := start(t, "127.0.0.1:0", Config{Limits: limits, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := ReadBody(r, 10); err != nil {
			t.Error(err)
		}
		select {
		case <-r.Context().Done():
			w.WriteHeader(http.StatusTeapot)
		case <-time.After(200 * time.Millisecond):
		}
	})})
	if resp := ask(t, r.dial(t), "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"); resp.StatusCode != 200 {
		t.Errorf("status %d: the request was cancelled", resp.StatusCode)
	}
}

func TestThousandConnections(t *testing.T) {
	limits := testLimits()
	limits.MaxConnections = 50
	var now, most atomic.Int64
	r := start(t, "127.0.0.1:0", Config{Limits: limits, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for {
			old := most.Load()
			if n <= old || most.CompareAndSwap(old, n) {
				break
			}
		}
		_, _ = io.WriteString(w, "ok")
	})})
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second}
	var wg sync.WaitGroup
	var good atomic.Int64
	for range 1000 {
		wg.Go(func() {
			resp, err := client.Get("http://" + r.address)
			if err != nil {
				t.Error(err)
				return
			}
			if b, err := io.ReadAll(resp.Body); err == nil && string(b) == "ok" {
				good.Add(1)
			}
			_ = resp.Body.Close()
		})
	}
	wg.Wait()
	if good.Load() != 1000 || most.Load() > 50 {
		t.Errorf("%d of 1000 served, %d at the same time", good.Load(), most.Load())
	}
}

// The connection over the bound waits, and is served once there is a place.
func TestConnectionCap(t *testing.T) {
	limits := testLimits()
	limits.MaxConnections = 1
	r := start(t, "127.0.0.1:0", Config{Limits: limits, Handler: echo(10)})
	first := r.dial(t)
	if _, err := io.WriteString(first, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na"); err != nil {
		t.Fatal(err)
	}
	second := r.dial(t)
	if _, err := io.WriteString(second, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	// The first one still has the only place.
	if resp := ask(t, first, "b"); resp.StatusCode != 200 {
		t.Errorf("status %d", resp.StatusCode)
	}
	_ = first.Close()
	if resp := answer(t, second); resp.StatusCode != 200 {
		t.Errorf("status %d", resp.StatusCode)
	}
}

func TestShutdownFinishesRequests(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	limits := testLimits()
	limits.MaxConnections = 3
	r := start(t, "127.0.0.1:0", Config{Limits: limits, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-release
		_, _ = io.WriteString(w, "done")
	})})
	r.dial(t) // says nothing, and must not delay the end
	busy := r.dial(t)
	if _, err := io.WriteString(busy, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- r.Shutdown(context.Background()) }()
	<-r.door.closed
	select {
	case err := <-stopped:
		t.Fatalf("ended with a request under way: %v", err)
	default:
	}
	close(release)
	if got := text(t, answer(t, busy)); got != "done" {
		t.Errorf("the request under way got %q", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if c, err := Dial(t.Context(), r.address); err == nil {
		_ = c.Close()
		t.Error("still listening")
	}
}

func TestShutdownWhileAPlaceIsWaitedFor(t *testing.T) {
	limits := testLimits()
	limits.MaxConnections = 1
	r := start(t, "127.0.0.1:0", Config{Limits: limits, Handler: echo(10)})
	ask(t, r.dial(t), "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if err := r.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestShutdownCutsWhatDoesNotEnd(t *testing.T) {
	entered, left := make(chan struct{}), make(chan struct{})
	r := start(t, "127.0.0.1:0", Config{Limits: testLimits(), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
		close(left)
	})})
	if _, err := io.WriteString(r.dial(t), "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-entered
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := r.Shutdown(ctx); !fault.Is(err, fault.Canceled) {
		t.Errorf("got %v", err)
	}
	select {
	case <-left:
	default:
		t.Error("Shutdown returned while a handler was running")
	}
}

func TestPanics(t *testing.T) {
	r := start(t, "127.0.0.1:0", Config{Limits: testLimits(), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/early":
			panic("canary-password")
		case "/late":
			_, _ = io.WriteString(w, strings.Repeat("x", 10_000))
			var none []int
			_ = none[len(r.URL.Path)]
		}
	})})
	resp := ask(t, r.dial(t), "GET /early HTTP/1.1\r\nHost: x\r\n\r\n")
	if resp.StatusCode != 500 || text(t, resp) != "" || resp.Header.Get("Content-Type") != "" {
		t.Errorf("status %d, header %v", resp.StatusCode, resp.Header)
	}
	c := r.dial(t)
	if _, err := io.WriteString(c, "GET /late HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	late, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err == nil {
		if _, err := io.ReadAll(late.Body); err == nil {
			t.Error("half an answer looks like a whole one")
		}
	}
	if resp := ask(t, r.dial(t), "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); resp.StatusCode != 200 {
		t.Errorf("after the panics: status %d", resp.StatusCode)
	}
	log := r.log.String()
	if !strings.Contains(log, "value of type string") || !strings.Contains(log, "index out of range") || strings.Contains(log, "canary-password") {
		t.Errorf("log: %s", log)
	}
}

func TestNoHTTP2(t *testing.T) {
	r := start(t, "127.0.0.1:0", Config{Limits: testLimits(), Handler: echo(10)})
	c := r.dial(t)
	if _, err := io.WriteString(c, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "HTTP/1.1 505 ") {
		t.Errorf("answer %q, %v", line, err)
	}
}

func TestNewRefusesMissingLimits(t *testing.T) {
	good := Config{Limits: testLimits(), Handler: echo(1), Log: slog.New(slog.DiscardHandler)}
	if _, err := New(good); err != nil {
		t.Fatal(err)
	}
	for i := range 7 {
		c := good
		fields := []func(){
			func() { c.Limits.MaxBody = 0 }, func() { c.Limits.MaxHeader = 0 }, func() { c.Limits.MaxConnections = 0 },
			func() { c.Limits.HeaderTimeout = 0 }, func() { c.Limits.ReadTimeout = 0 }, func() { c.Limits.WriteTimeout = 0 },
			func() { c.Limits.IdleTimeout = 0 },
		}
		fields[i]()
		if _, err := New(c); !fault.Is(err, fault.Invalid) {
			t.Errorf("limit %d may be zero", i)
		}
	}
}

// FuzzReadBody feeds arbitrary bytes as a request; whatever comes back is bounded.
func FuzzReadBody(f *testing.F) {
	f.Add([]byte("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"))
	f.Add([]byte("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"))
	f.Add([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(data)))
		if err != nil {
			return
		}
		body, err := ReadBody(r, 16)
		if len(body) > 16 || (err != nil && body != nil) {
			t.Errorf("%d bytes, %v", len(body), err)
		}
		if err != nil && !fault.Is(err, fault.TooLarge) && !fault.Is(err, fault.Canceled) && !fault.Is(err, fault.Invalid) {
			t.Errorf("unexpected kind: %v", err)
		}
	})
}
