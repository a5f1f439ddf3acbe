package jsonrpc_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"strongroom/internal/server"
	"strongroom/internal/server/jsonrpc"
)

func TestHosts(t *testing.T) {
	named := jsonrpc.NewHosts([]string{"localhost", " Signer.Example ", ""})
	all := jsonrpc.NewHosts([]string{"*"})
	none := new(jsonrpc.Hosts)
	for _, test := range []struct {
		host                     string
		byName, byStar, byNobody bool
	}{
		{"localhost", true, true, false},
		{"LocalHost:8550", true, true, false},
		{"signer.example:1", true, true, false},
		{"evil.example", false, true, false},
		{"localhost.evil.example", false, true, false},
		{"127.0.0.1", true, true, true},
		{"10.1.2.3:99", true, true, true},
		{"[::1]:8550", true, true, true},
		{"[::1]", true, true, true},
		{"", true, true, true},
		{"127.0.0.1.evil.example", false, true, false},
		{"0x7f000001", false, true, false},
		{"2130706433", false, true, false},
		{"::1:2:evil", false, true, false},
		{"localhost:1:2", false, true, false},
	} {
		if got := [3]bool{named.Admits(test.host), all.Admits(test.host), none.Admits(test.host)}; got != [3]bool{test.byName, test.byStar, test.byNobody} {
			t.Errorf("%q: admitted by names, star, nobody: %v", test.host, got)
		}
	}
}

func TestHTTPRefusals(t *testing.T) {
	h := service(t, nil).Handler(jsonrpc.HTTPConfig{MaxBody: 64})
	call := `{"jsonrpc":"2.0","id":1,"method":"account_version"}`
	for name, test := range map[string]struct {
		method, path, host, contentType, body string
		length                                int64
		status                                int
		want                                  string
	}{
		"get with a body":          {"GET", "/", "127.0.0.1", "application/json", call, 51, 405, "method not allowed\n"},
		"patch":                    {"PATCH", "/", "127.0.0.1", "application/json", call, 51, 405, "method not allowed\n"},
		"patch of text":            {"PATCH", "/", "127.0.0.1", "text/plain", call, 51, 415, "invalid content type, only application/json is supported\n"},
		"health at a foreign name": {"GET", "/", "evil.example", "", "", 0, 403, "invalid host specified\n"},
		"length over the bound":    {"POST", "/", "127.0.0.1", "application/json", strings.Repeat(" ", 65), 65, 413, "content length too large (65>64)\n"},
		"no length, too long":      {"POST", "/", "127.0.0.1", "application/json", strings.Repeat(" ", 65), -1, 413, "content length too large (>64)\n"},
		"no length":                {"POST", "/", "127.0.0.1", "application/json", call, -1, 200, `{"jsonrpc":"2.0","id":1,"result":"6.1.0"}` + "\n"},
		"broken content type":      {"POST", "/", "127.0.0.1", "application/json; =", call, 51, 415, "invalid content type, only application/json is supported\n"},
		"content type in capitals": {"POST", "/", "127.0.0.1", "Application/JSON;charset=UTF-8", call, 51, 200, `{"jsonrpc":"2.0","id":1,"result":"6.1.0"}` + "\n"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(test.method, test.path, strings.NewReader(test.body))
			r.Host, r.ContentLength = test.host, test.length
			r.Header.Set("Content-Type", test.contentType)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != test.status || w.Body.String() != test.want {
				t.Errorf("got %d %q, want %d %q", w.Code, w.Body, test.status, test.want)
			}
			if w.Code != 200 && w.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Error("browsers may guess what the refusal is")
			}
		})
	}
}

// TestGzip: small bodies and large ones come out as they went in.
func TestGzip(t *testing.T) {
	s := service(t, nil, method("account_text", 1, 1, func(_ context.Context, c *jsonrpc.Call) (jsonrpc.Result, error) {
		n, err := strconv.Atoi(string(c.Args[0]))
		return jsonrpc.Text(strings.Repeat("ab", n)), err
	}))
	h := s.Handler(jsonrpc.HTTPConfig{})
	for _, test := range []struct {
		accept string
		packed bool
	}{{"gzip", true}, {"br, GZIP ;q=0.5", true}, {"gzip;q=0", false}, {"gzip;q=x", false}, {"identity", false}, {"", false}, {"x-gzip", false}} {
		for _, n := range []int{0, 1, 600, 700, 50_000} {
			r := httptest.NewRequest("POST", "/", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"account_text","params":[`+strconv.Itoa(n)+`]}`))
			r.Host = "127.0.0.1"
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Accept-Encoding", test.accept)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			body := w.Body.Bytes()
			if packed := w.Header().Get("Content-Encoding") == "gzip"; packed != test.packed {
				t.Errorf("%q: compressed is %t", test.accept, packed)
			} else if packed {
				body = unzip(t, body)
				if n == 50_000 && w.Body.Len() > 5000 {
					t.Errorf("a large reply has %d bytes", w.Body.Len())
				}
			}
			if want := `{"jsonrpc":"2.0","id":1,"result":"` + strings.Repeat("ab", n) + "\"}\n"; string(body) != want {
				t.Errorf("%q, %d: got %.100q", test.accept, n, body)
			}
			if length := w.Header().Get("Content-Length"); length != strconv.Itoa(w.Body.Len()) {
				t.Errorf("length %s of %d", length, w.Body.Len())
			}
		}
	}
}

func unzip(t *testing.T, b []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestMetaOverHTTP(t *testing.T) {
	var got jsonrpc.Meta
	s := service(t, nil, method("account_who", 0, 0, func(_ context.Context, c *jsonrpc.Call) (jsonrpc.Result, error) {
		got = *c.Meta
		return nil, nil
	}))
	url := serveHTTP(t, s)
	r, err := http.NewRequest("POST", url, strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"account_who"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Content-Type": {"application/json"}, "Origin": {"https://dapp.example"}, "User-Agent": {`weird "agent"`}, "X-Mine": {"1"}}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if got.Local != strings.TrimPrefix(url, "http://") || got.Scheme != "http" || got.UserAgent != `weird "agent"` || got.Origin != "https://dapp.example" ||
		!strings.HasPrefix(got.Remote, "127.0.0.1:") || got.UID != -1 || got.PID != -1 || got.Conn == 0 || got.Headers.Get("X-Mine") != "1" {
		t.Errorf("got %+v", got)
	}
}

// TestDisconnectEndsCall: over a real connection, the loss of the caller ends what its
// call waits for.
func TestDisconnectEndsCall(t *testing.T) {
	at, over := make(chan struct{}), make(chan struct{})
	s := service(t, nil, method("account_waits", 0, 0, func(ctx context.Context, _ *jsonrpc.Call) (jsonrpc.Result, error) {
		close(at)
		<-ctx.Done()
		close(over)
		return nil, ctx.Err()
	}))
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, "POST", serveHTTP(t, s), strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"account_waits"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	go func() {
		<-at
		cancel()
	}()
	if _, err := http.DefaultClient.Do(r); err == nil {
		t.Error("there was an answer")
	}
	<-over
}

// serveHTTP serves on a port of this machine until the test ends.
func serveHTTP(t testing.TB, s *jsonrpc.Service) (url string) {
	t.Helper()
	srv, err := server.New(server.Config{
		Handler: s.Handler(jsonrpc.HTTPConfig{}), Log: slog.New(slog.DiscardHandler),
		Limits: server.Limits{
			MaxBody: jsonrpc.DefaultMaxBody, MaxHeader: 1 << 16, MaxConnections: 16,
			HeaderTimeout: time.Minute, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: time.Minute,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	l, err := server.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := srv.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return "http://" + l.Addr().String()
}
