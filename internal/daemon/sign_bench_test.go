package daemon

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"strongroom/internal/api/kmd"
	"strongroom/internal/chain/algorand"
	"strongroom/internal/codec/msgpack"
	"strongroom/internal/config"
	"strongroom/internal/seal/sealtest"
	"strongroom/internal/server"
)

const benchToken = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// openBenchDoor opens a whole core behind a kmd door, with one wallet of one key,
// and gives the body of a request that signs a payment.
func openBenchDoor(b *testing.B) (*kmd.Door, []byte) {
	b.Helper()
	dir, err := OpenDirectory(b.TempDir(), false, true)
	if err != nil {
		b.Fatal(err)
	}
	settings, err := config.Profile("kmd")
	if err != nil {
		b.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	core, err := OpenCore(b.Context(), dir, CoreConfig{
		Settings: settings, Sealing: Sealing{Limits: sealtest.Limits(), Profile: sealtest.Profile()}, Log: log, Now: time.Now,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := core.Close(context.Background()); err != nil {
			b.Error(err)
		}
		_ = dir.Close()
	})
	door, err := kmd.NewDoor(kmd.DoorConfig{
		Token: benchToken, SessionLifetime: time.Hour, Listener: kmd.ListenerName, Now: time.Now, Rand: rand.Reader, Logger: log,
	}, core.Gate)
	if err != nil {
		b.Fatal(err)
	}
	var wallet struct{ Wallet struct{ ID string } }
	post(b, door, "/v1/wallet", map[string]any{"wallet_name": "w", "wallet_password": "p", "wallet_driver_name": "sqlite"}, &wallet)
	var opened struct {
		Handle string `json:"wallet_handle_token"`
	}
	post(b, door, "/v1/wallet/init", map[string]any{"wallet_id": wallet.Wallet.ID, "wallet_password": "p"}, &opened)
	var key struct{ Address string }
	post(b, door, "/v1/key", map[string]any{"wallet_handle_token": opened.Handle}, &key)
	body, err := json.Marshal(map[string]any{"wallet_handle_token": opened.Handle, "wallet_password": "p", "transaction": benchPayment(b, key.Address)})
	if err != nil {
		b.Fatal(err)
	}
	return door, body
}

func benchPayment(b *testing.B, account string) []byte {
	a, err := algorand.ParseAddress(account)
	if err != nil {
		b.Fatal(err)
	}
	p := msgpack.AppendMapHeader(nil, 9)
	text := func(name string) { p = msgpack.AppendText(p, name) }
	number := func(name string, n uint64) { text(name); p = msgpack.AppendUint(p, n) }
	number("amt", 1)
	number("fee", 1000)
	number("fv", 1)
	text("gen")
	text("bench-v1")
	text("gh")
	p = msgpack.AppendBinary(p, bytes.Repeat([]byte{1}, 32))
	number("lv", 1000)
	text("rcv")
	p = msgpack.AppendBinary(p, a[:])
	text("snd")
	p = msgpack.AppendBinary(p, a[:])
	text("type")
	text("pay")
	return p
}

func post(b *testing.B, h http.Handler, path string, fields, out any) {
	b.Helper()
	body, err := json.Marshal(fields)
	if err != nil {
		b.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	r.Header.Set("X-KMD-API-Token", benchToken)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if err := json.Unmarshal(w.Body.Bytes(), out); w.Code != http.StatusOK || err != nil {
		b.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
}

// discard is an answer that nobody reads.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(status int)      { d.status = status }

// BenchmarkSign is a signature from the door inwards: everything but net/http.
func BenchmarkSign(b *testing.B) {
	door, body := openBenchDoor(b)
	r := httptest.NewRequest(http.MethodPost, "/v1/transaction/sign", nil)
	r.Header.Set("X-KMD-API-Token", benchToken)
	w := &discard{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		door.ServeHTTP(w, r)
		if w.status != http.StatusOK {
			b.Fatal(w.status)
		}
	}
}

// BenchmarkSignHTTP is the whole of it over loopback, the client included.
func BenchmarkSignHTTP(b *testing.B) {
	door, body := openBenchDoor(b)
	settings, err := config.Profile("kmd")
	if err != nil {
		b.Fatal(err)
	}
	l, ok := settings.Listener(kmd.ListenerName)
	if !ok {
		b.Fatal("no listener")
	}
	web, err := server.New(server.Config{Handler: door, Limits: limitsOf(l.Limits), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	listener, err := server.Listen(b.Context(), "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(listener) }()
	b.Cleanup(func() {
		if err := web.Shutdown(context.Background()); err != nil {
			b.Error(err)
		}
		<-ended
	})
	request := fmt.Appendf(nil, "POST /v1/transaction/sign HTTP/1.1\r\nHost: x\r\nX-KMD-API-Token: %s\r\nContent-Length: %d\r\n\r\n%s", benchToken, len(body), body)
	b.ReportAllocs()
	b.SetParallelism(4)
	b.RunParallel(func(pb *testing.PB) {
		c, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			b.Error(err)
			return
		}
		defer c.Close()
		in := bufio.NewReader(c)
		for pb.Next() {
			if _, err := c.Write(request); err != nil {
				b.Error(err)
				return
			}
			if err := readSigned(in); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// readSigned skips one answer with a signature.
func readSigned(in *bufio.Reader) error {
	length := -1
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if _, err := fmt.Sscanf(string(line), "Content-Length: %d", &length); err != nil && strings.HasPrefix(string(line), "Content-Length") {
			return err
		}
		if len(line) == 2 {
			_, err := in.Discard(length)
			return err
		}
	}
}
