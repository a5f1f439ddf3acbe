package jsonrpc_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"strongroom/internal/server/jsonrpc"
)

const versionCall = `{"jsonrpc":"2.0","id":1,"method":"account_version"}`

// BenchmarkHandler is one call without the network, with all that HTTP handlers are
// given made before.
func BenchmarkHandler(b *testing.B) {
	s := service(b, func(c *jsonrpc.Config) { c.Deadline = time.Minute })
	h := s.Handler(jsonrpc.HTTPConfig{})
	r := httptest.NewRequest("POST", "/", nil)
	r.Host = "127.0.0.1"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept-Encoding", "gzip")
	w := &discard{header: http.Header{}}
	body := strings.NewReader("")
	b.ReportAllocs()
	for b.Loop() {
		body.Reset(versionCall)
		r.Body, r.ContentLength = io.NopCloser(body), int64(len(versionCall))
		clear(w.header)
		h.ServeHTTP(w, r)
	}
	if w.n == 0 {
		b.Fatal("nothing was answered")
	}
}

type discard struct {
	header http.Header
	n      int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(int)             {}
func (d *discard) Write(b []byte) (int, error) { d.n += len(b); return len(b), nil }

// BenchmarkHTTP is a round trip over a kept connection; BenchmarkHTTPBare the same of a
// handler that does nothing but read and answer.
func BenchmarkHTTP(b *testing.B) {
	roundTrips(b, serveHTTP(b, service(b, func(c *jsonrpc.Config) { c.Deadline = time.Minute })))
}

func BenchmarkHTTPBare(b *testing.B) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"jsonrpc":"2.0","id":1,"result":"6.1.0"}`+"\n")
	}))
	defer s.Close()
	roundTrips(b, s.URL)
}

func roundTrips(b *testing.B, url string) {
	b.ReportAllocs()
	for b.Loop() {
		answer, err := http.Post(url, "application/json", strings.NewReader(versionCall))
		if err != nil {
			b.Fatal(err)
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || !bytes.Contains(text, []byte("6.1.0")) {
			b.Fatalf("%s, %v", text, err)
		}
	}
}

// BenchmarkIPC is a round trip over a unix socket.
func BenchmarkIPC(b *testing.B) {
	c := dial(b, serveIPC(b, service(b, nil)))
	b.ReportAllocs()
	for b.Loop() {
		c.send(versionCall)
		c.line()
	}
}

// BenchmarkPeer is a call of ours that a program at the other end answers at once.
func BenchmarkPeer(b *testing.B) {
	p, o, _ := startPeer(b)
	go func() {
		for {
			line, err := o.out.ReadBytes('\n')
			if err != nil {
				return
			}
			id, _, _ := bytes.Cut(line[len(`{"jsonrpc":"2.0","id":`):], []byte(","))
			if _, err := o.in.Write([]byte(`{"jsonrpc":"2.0","id":` + string(id) + `,"result":{"approved":true}}`)); err != nil {
				return
			}
		}
	}()
	b.ReportAllocs()
	for b.Loop() {
		if got := <-call(b.Context(), p, "ui_approveTx", `{}`); got != `{"approved":true}` {
			b.Fatal(got)
		}
	}
}

// BenchmarkLargeCall is a call with half a megabyte of parameters.
func BenchmarkLargeCall(b *testing.B) {
	s := service(b, func(c *jsonrpc.Config) { c.Log = slog.New(slog.DiscardHandler) }, method("account_big", 1, 1, func(context.Context, *jsonrpc.Call) (jsonrpc.Result, error) {
		return nil, nil
	}))
	body := `{"jsonrpc":"2.0","id":1,"method":"account_big","params":["0x` + strings.Repeat("ab", 256<<10) + `"]}`
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		post(b, s, body)
	}
}
