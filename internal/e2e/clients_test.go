package e2e

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

// TestSlowClients has many clients trickle their headers.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	k := startKmdWith(t, newDir(t, "main"), []string{"STRONGROOM_LISTENER_KMD_LIMITS_HEADER_TIMEOUT=500ms"})
	var work sync.WaitGroup
	for range 100 {
		work.Go(func() {
			c, err := net.Dial("tcp", strings.TrimPrefix(k.URL, "http://"))
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			_ = c.SetDeadline(time.Now().Add(time.Minute))
			var trickle sync.WaitGroup
			defer trickle.Wait()
			trickle.Go(func() {
				_, err := io.WriteString(c, "GET /versions HTTP/1.1\r\nHost: kmd\r\nX-Slow: ")
				for err == nil {
					time.Sleep(50 * time.Millisecond)
					_, err = c.Write([]byte("x"))
				}
			})
			// Cut, with or without an answer to that effect.
			if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
				t.Error("a client may trickle for ever")
			}
			_ = c.Close()
		})
	}
	for range 50 {
		k.must("GET", "/versions", object{})
	}
	work.Wait()
	k.must("GET", "/v1/wallets", object{})
}

// TestIdleConnections has a thousand clients connect and say nothing.
func TestIdleConnections(t *testing.T) {
	t.Parallel()
	k := startKmd(t, newDir(t, "main"))
	for range 1000 {
		c, err := net.Dial("tcp", strings.TrimPrefix(k.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	k.client.Transport.(*http.Transport).DisableKeepAlives = true
	id := k.wallet("w", "pw")
	for range 20 {
		k.open(id, "pw")
	}
}

// TestLargeRequests sends what is just within the bounds, and just beyond.
func TestLargeRequests(t *testing.T) {
	t.Parallel()
	const limit = 4 << 20
	k := startKmd(t, newDir(t, "main"))
	for _, test := range []struct {
		name    string
		size    int
		chunked bool
		header  int
		status  int
	}{
		{name: "at the limit", size: limit, status: 400},
		{name: "beyond it", size: limit + 1, status: 413},
		{name: "at the limit, of unknown length", size: limit, chunked: true, status: 400},
		{name: "beyond it, of unknown length", size: limit + 1, chunked: true, status: 413},
		{name: "far beyond it", size: 64 << 20, status: 413},
		{name: "header at the limit", header: 60 << 10, size: 100, status: 400},
		{name: "header beyond it", header: 80 << 10, size: 100, status: 431},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := []byte(`{"wallet_id": "00000000000000000000000000000000"}`)
			body = append(body, bytes.Repeat([]byte(" "), test.size-len(body))...)
			var from io.Reader = bytes.NewReader(body)
			if test.chunked {
				from = bufio.NewReader(from) // hides the length
			}
			req, err := http.NewRequest("POST", k.URL+"/v1/wallet/init", from)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("X-KMD-API-Token", k.Token)
			req.Header.Set("X-Pad", strings.Repeat("x", test.header))
			resp, err := k.client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			answer, err := io.ReadAll(resp.Body)
			if err != nil || resp.StatusCode != test.status {
				t.Fatalf("status %d, want %d: %q, %v", resp.StatusCode, test.status, answer, err)
			}
			if test.status == 431 { // refused before any protocol is spoken
				return
			}
			var envelope struct {
				Error   bool   `json:"error"`
				Message string `json:"message"`
			}
			if err := json.Unmarshal(answer, &envelope); err != nil || !envelope.Error || envelope.Message == "" || resp.Header.Get("Content-Type") != "application/json" {
				t.Errorf("%q: %v", answer, err)
			}
		})
	}
	k.must("GET", "/v1/wallets", object{})
}
