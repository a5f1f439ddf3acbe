package jsonrpc_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"strongroom/internal/server/jsonrpc"
)

const golden = "../../../testdata/golden/clef/"

// exchange is one recorded exchange over HTTP or IPC.
type exchange struct {
	Name     string
	External struct {
		HTTP *struct {
			Method, Path, RawBody string
			Headers               map[string]*string
			BodySpec              *struct {
				Prefix, Suffix string
				Repeat         []any
				Batch          *struct {
					Count, FirstID int
					Method         string
				}
			}
		}
		Transport       string
		Request         json.RawMessage
		Status          int
		ResponseHeaders map[string]string
		Response        json.RawMessage
	}
	PeerDefect string
}

func recordings(t testing.TB, group string) []exchange {
	t.Helper()
	data, err := os.ReadFile(golden + group + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Transcripts []exchange }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return file.Transcripts
}

var accounts = jsonrpc.Result(`["0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826","0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a","0x081b48a50679fc4dfbe1db8e56307f0aedd7b84a"]`)

// signature is what the recorded text signs to.
const signature = "0xe1ffe99aa71b20a5a9bfe344aa88d410141149c2be44ab8ff3e4fa4cdc1e90dc41ad65439332078f28538cd371b4bf9b216af7478cff49abda5ce04a3d603c6a1b"

// fakes are methods that answer as the recorded signer did.
func fakes(t testing.TB) []jsonrpc.Method {
	modules, err := jsonrpc.Modules(map[string]string{"account": "1.0", "rpc": "1.0"})
	if err != nil {
		t.Fatal(err)
	}
	fixed := func(r jsonrpc.Result) func(context.Context, *jsonrpc.Call) (jsonrpc.Result, error) {
		return func(context.Context, *jsonrpc.Call) (jsonrpc.Result, error) { return r, nil }
	}
	return []jsonrpc.Method{
		modules,
		{Name: "account_version", Run: fixed(jsonrpc.Text("6.1.0"))},
		{Name: "account_list", Run: fixed(accounts)},
		{Name: "account_signData", MinArgs: 3, MaxArgs: 3, Run: fixed(jsonrpc.Text(signature))},
	}
}

func service(t testing.TB, change func(*jsonrpc.Config), more ...jsonrpc.Method) *jsonrpc.Service {
	t.Helper()
	c := jsonrpc.Config{Methods: append(fakes(t), more...), Log: slog.New(slog.DiscardHandler), Now: time.Now}
	if change != nil {
		change(&c)
	}
	s, err := jsonrpc.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// better lists the recordings in which we answer otherwise on purpose, with the body.
var better = map[string]string{
	"http/host-uppercase-localhost": `{"jsonrpc":"2.0","id":1,"result":"6.1.0"}` + "\n", // names of hosts have no case
}

func TestRecordedHTTP(t *testing.T) {
	h := service(t, nil).Handler(jsonrpc.HTTPConfig{Hosts: jsonrpc.NewHosts([]string{"localhost"})})
	played := 0
	for _, e := range recordings(t, "15-http-jsonrpc") {
		t.Run(e.Name, func(t *testing.T) {
			status, header, body := play(t, h, e)
			if want, ok := better[e.Name]; ok {
				if e.PeerDefect == "" || body != want || status != 200 {
					t.Errorf("got %d %q, want %q", status, body, want)
				}
				return
			}
			if status != e.External.Status {
				t.Errorf("status %d, want %d", status, e.External.Status)
			}
			for name, want := range e.External.ResponseHeaders {
				if got := header.Get(name); got != want {
					t.Errorf("header %s is %q, want %q", name, got, want)
				}
			}
			var text string
			if json.Unmarshal(e.External.Response, &text) == nil {
				if body != text {
					t.Errorf("got %q, want %q", body, text)
				}
				return
			}
			if !strings.HasSuffix(body, "\n") {
				t.Error("the reply does not end with a newline")
			}
			sameJSON(t, []byte(body), e.External.Response)
		})
		played++
	}
	if played != 45 {
		t.Errorf("played %d recordings, want 45", played)
	}
}

// play sends a recorded request and gives the answer, decompressed.
func play(t *testing.T, h http.Handler, e exchange) (int, http.Header, string) {
	t.Helper()
	rec := e.External.HTTP
	body := rec.RawBody
	if spec := rec.BodySpec; spec != nil && spec.Batch != nil {
		var calls []string
		for i := range spec.Batch.Count {
			calls = append(calls, fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q}`, spec.Batch.FirstID+i, spec.Batch.Method))
		}
		body = "[" + strings.Join(calls, ",") + "]"
	} else if spec != nil {
		body = spec.Prefix + strings.Repeat(spec.Repeat[0].(string), int(spec.Repeat[1].(float64))) + spec.Suffix
	}
	r := httptest.NewRequest(rec.Method, rec.Path, strings.NewReader(body))
	r.Host = "127.0.0.1:8550"
	r.Header.Set("Content-Type", "application/json")
	for name, value := range rec.Headers {
		switch {
		case value == nil:
			r.Header.Del(name)
		case name == "Host":
			r.Host = *value
		default:
			r.Header.Set(name, *value)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	out := w.Body.Bytes()
	if w.Header().Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		if out, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	return w.Code, w.Header(), string(out)
}

func sameJSON(t *testing.T, got, want []byte) {
	t.Helper()
	var g, w any
	if err := json.Unmarshal(got, &g); err != nil {
		t.Fatalf("%v: %s", err, got)
	}
	if err := json.Unmarshal(want, &w); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(g, w) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRecordedIPC(t *testing.T) {
	path := serveIPC(t, service(t, nil))
	played := 0
	for _, e := range recordings(t, "16-ipc") {
		t.Run(e.Name, func(t *testing.T) {
			var requests, responses []json.RawMessage
			if err := json.Unmarshal(e.External.Request, &requests); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(e.External.Response, &responses); err != nil {
				t.Fatal(err)
			}
			conn := dial(t, path)
			for _, r := range requests {
				if _, err := conn.Write(r); err != nil {
					t.Fatal(err)
				}
			}
			got := map[string]json.RawMessage{}
			for range responses {
				line := conn.line()
				got[idOf(t, line)] = line
			}
			for _, want := range responses {
				sameJSON(t, got[idOf(t, want)], want)
			}
		})
		played++
	}
	if played != 7 {
		t.Errorf("played %d recordings, want 7", played)
	}
}

// idOf tells replies apart: the id, or that of the first in a batch.
func idOf(t *testing.T, reply []byte) string {
	t.Helper()
	type head struct{ ID json.RawMessage }
	var list []head
	if json.Unmarshal(reply, &list) == nil {
		return string(list[0].ID)
	}
	var one head
	if err := json.Unmarshal(reply, &one); err != nil {
		t.Fatalf("%v: %s", err, reply)
	}
	return string(one.ID)
}

// serveIPC serves on a fresh socket until the test ends and gives its path.
func serveIPC(t testing.TB, s *jsonrpc.Service) string {
	t.Helper()
	ipc, err := jsonrpc.NewIPC(jsonrpc.IPCConfig{
		Service: s, MaxConnections: 4, Log: slog.New(slog.DiscardHandler),
		Stream: jsonrpc.StreamConfig{MaxMessage: 1 << 20, MaxRunning: 4, WriteTimeout: 10 * time.Second},
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "clef", "clef.ipc")
	l, err := jsonrpc.ListenIPC(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- ipc.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := ipc.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return path
}

// client is the caller's end of a socket.
type client struct {
	net.Conn
	t   testing.TB
	buf bytes.Buffer
}

func dial(t testing.TB, path string) *client {
	t.Helper()
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return &client{Conn: conn, t: t}
}

func (c *client) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		c.t.Fatal(err)
	}
}

// line is the next reply, without its newline.
func (c *client) line() []byte {
	c.t.Helper()
	for {
		if i := bytes.IndexByte(c.buf.Bytes(), '\n'); i >= 0 {
			return bytes.Clone(bytes.TrimSuffix(c.buf.Next(i+1), []byte("\n")))
		}
		var b [4096]byte
		n, err := c.Read(b[:])
		c.buf.Write(b[:n])
		if err != nil {
			c.t.Fatalf("%v after %q", err, c.buf.String())
		}
	}
}

// end wants nothing more to come.
func (c *client) end() {
	c.t.Helper()
	rest, err := io.ReadAll(c)
	if rest = append(c.buf.Bytes(), rest...); err != nil || len(rest) > 0 {
		c.t.Errorf("got %q, %v, want the end of the stream", rest, err)
	}
}
