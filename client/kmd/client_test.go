package kmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// transportFunc answers requests without a network.
type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answering(t *testing.T, status int, body string) *Client {
	t.Helper()
	c, err := New(Config{Address: "127.0.0.1:7833", Token: testToken, MaxAnswer: 4096, Transport: transportFunc(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body)), ContentLength: -1, Request: r}, nil
	})})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestStrictAnswers lists answers that a lenient reader would take.
func TestStrictAnswers(t *testing.T) {
	const good = `{"wallets":[{"id":"a","name":"b","driver_name":"sqlite","driver_version":1,"mnemonic_ux":false,"supported_txs":["pay"]}]}`
	if _, err := answering(t, 200, good).ListWallets(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"empty":                ``,
		"not an object":        `[]`,
		"null":                 `null`,
		"unknown field":        `{"wallets":[],"extra":1}`,
		"unknown inner field":  `{"wallets":[{"id":"a","colour":"red"}]}`,
		"repeated field":       `{"wallets":[],"wallets":[]}`,
		"other case":           `{"Wallets":[]}`,
		"something after":      good + ` {}`,
		"wrong type":           `{"wallets":{}}`,
		"null list":            `{"wallets":null}`,
		"text for number":      `{"wallets":[{"driver_version":"1"}]}`,
		"fraction":             `{"wallets":[{"driver_version":1.5}]}`,
		"exponent":             `{"wallets":[{"driver_version":1e0}]}`,
		"leading zero":         `{"wallets":[{"driver_version":01}]}`,
		"negative":             `{"wallets":[{"driver_version":-1}]}`,
		"out of range":         `{"wallets":[{"driver_version":4294967296}]}`,
		"number for bool":      `{"wallets":[{"mnemonic_ux":0}]}`,
		"long bool":            `{"wallets":[{"mnemonic_ux":truex}]}`,
		"trailing comma":       `{"wallets":[],}`,
		"missing comma":        `{"wallets":[{"id":"a"}{"id":"b"}]}`,
		"cut off":              good[:40],
		"invalid UTF-8":        "{\"wallets\":[{\"id\":\"\xff\"}]}",
		"control character":    "{\"wallets\":[{\"id\":\"\n\"}]}",
		"bad escape":           `{"wallets":[{"id":"\x"}]}`,
		"above the limit":      `{"wallets":[` + strings.Repeat(" ", 5000) + `]}`,
		"deep where flat":      strings.Repeat(`{"wallets":`, 500),
		"success with message": `{"message":"surprise"}`,
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := answering(t, 200, body).ListWallets(t.Context()); err == nil {
				t.Errorf("accepted as %v", got)
			}
		})
	}
}

func TestStrictBytes(t *testing.T) {
	for name, body := range map[string]string{
		"missing":      `{}`,
		"short":        `{"master_derivation_key":"AAEC"}`,
		"unpadded":     `{"master_derivation_key":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}`,
		"stray bits":   `{"master_derivation_key":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9="}`,
		"url alphabet": `{"master_derivation_key":"__ECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}`,
		"line end":     `{"master_derivation_key":"AAECAwQFBgcICQoLDA0O\nDxAREhMUFRYXGBkaGxwdHh8="}`,
		"array":        `{"master_derivation_key":[1,2]}`,
	} {
		t.Run(name, func(t *testing.T) {
			key, err := answering(t, 200, body).ExportMasterKey(t.Context(), ExportMasterKeyRequest{Handle: "h"})
			if err == nil || key != nil {
				t.Errorf("accepted as %x", key)
			}
		})
	}
}

func TestRefusalsThatAreNotTheAPIs(t *testing.T) {
	for body, want := range map[string]string{
		"":                           "Bad Gateway",
		"<html>\n\x00oops</html>":    "<html>  oops</html>",
		strings.Repeat("x", 10<<10):  "", // above the limit of answers
		"\xff\xfe":                   "Bad Gateway",
		`{"error":true,"message":1}`: `{"error":true,"message":1}`,
	} {
		_, err := answering(t, 502, body).ListWallets(t.Context())
		refusal, ok := errors.AsType[*Error](err)
		if want == "" {
			if ok || err == nil {
				t.Errorf("%.20q: %v, want a plain error", body, err)
			}
			continue
		}
		if !ok || refusal.Status != 502 || refusal.Error() != want {
			t.Errorf("%.20q: %v, want status 502 %q", body, err, want)
		}
	}
}

func TestPasswordText(t *testing.T) {
	var sent []byte
	c, err := New(Config{Address: "localhost:1", Token: testToken, Transport: transportFunc(func(r *http.Request) (*http.Response, error) {
		sent, _ = io.ReadAll(r.Body)
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(`{"wallet_handle_token":"h"}`))}, nil
	})})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.InitWalletHandle(t.Context(), InitWalletHandleRequest{ID: "w", Password: []byte("a\"\\\n\x00é🔑")})
	if err != nil {
		t.Fatal(err)
	}
	// Characters beyond ASCII travel as they are: the original daemon turns
	// escaped surrogate pairs into replacement characters.
	if want := `{"wallet_id":"w","wallet_password":"a\"\\\u000a\u0000é🔑"}`; string(sent) != want {
		t.Errorf("sent %s, want %s", sent, want)
	}
	sent = nil
	if _, err := c.InitWalletHandle(t.Context(), InitWalletHandleRequest{ID: "w", Password: []byte("\xff")}); err == nil || sent != nil {
		t.Errorf("a password that JSON cannot carry was sent: %q, %v", sent, err)
	}
}

// TestCopiesAreWiped looks at the client's own buffers after a call: the request
// body as the transport was given it, and the encoder's outgrown buffers.
func TestCopiesAreWiped(t *testing.T) {
	secret := bytes.Repeat([]byte("secret!!"), 300) // forces the encoder to grow
	e := newEncoder()
	small := e.buf
	e.str("wallet_name", strings.Repeat("n", 400))
	e.password(secret[:40])
	middle := e.buf
	e.password(secret)
	last := e.buf
	e.wipe()
	for i, buf := range [][]byte{small, middle, last} {
		if bytes.Contains(buf[:cap(buf)], []byte("secret!!")) {
			t.Errorf("buffer %d still holds the password", i)
		}
	}
	shared := &sharedBody{data: []byte("secret!!")}
	r := shared.reader()
	shared.revoke()
	if data, err := io.ReadAll(r); err == nil || len(data) > 0 {
		t.Errorf("a revoked body gave %q, %v", data, err)
	}
}

func TestBodyCanBeSentAgain(t *testing.T) {
	// A keep-alive connection that the daemon closes while it is idle makes the
	// transport send the body a second time, from its beginning.
	shared := &sharedBody{data: []byte("0123456789")}
	first := shared.reader()
	io.ReadFull(first, make([]byte, 4))
	second, err := io.ReadAll(shared.reader())
	if err != nil || string(second) != "0123456789" {
		t.Errorf("the second attempt reads %q, %v", second, err)
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	defer elsewhere.Close()
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer server.Close()
	c, err := New(Config{Address: server.URL, Token: testToken})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.InitWalletHandle(t.Context(), InitWalletHandleRequest{ID: "w", Password: []byte("p")})
	if refusal, ok := errors.AsType[*Error](err); !ok || refusal.Status != http.StatusTemporaryRedirect {
		t.Errorf("error %v, want status 307", err)
	}
}

func TestDeadline(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer server.Close()
	defer close(release)
	c, err := New(Config{Address: server.URL, Token: testToken, Timeout: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.ListWallets(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the deadline", err)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, address := range []string{"", "http://", "ftp://h:1", "http://h:1/v1", "http://u:p@h:1", "http://h:1?x", ":7833", "a b"} {
		if _, err := New(Config{Address: address, Token: testToken}); err == nil {
			t.Errorf("address %q accepted", address)
		}
	}
	for _, token := range []string{"", testToken[:63], strings.Repeat("x", 257), testToken + "\n"} {
		_, err := New(Config{Address: "h:1", Token: token})
		if err == nil {
			t.Errorf("token of %d bytes accepted", len(token))
		} else if len(token) > 10 && strings.Contains(err.Error(), token) {
			t.Error("the error shows the token")
		}
	}
}

func TestFromDataDir(t *testing.T) {
	dir := t.TempDir()
	if _, err := FromDataDir(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("daemon not running: %v, want fs.ErrNotExist", err)
	}
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("kmd.net", "127.0.0.1:7833")
	write("kmd.token", testToken+"\r\nsecond line\n")
	c, err := FromDataDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if c.base != "http://127.0.0.1:7833" || c.token != testToken {
		t.Errorf("got %s with token %s", c.base, c.token)
	}
	for name, token := range map[string]string{"short": "abc", "long": strings.Repeat("x", 300), "empty": ""} {
		write("kmd.token", token)
		if _, err := FromDataDir(dir); err == nil {
			t.Errorf("%s token accepted", name)
		}
	}
}

func FuzzDecodeAnswer(f *testing.F) {
	f.Add([]byte(`{"wallet_handle":{"expires_seconds":59,"wallet":{"id":"a","supported_txs":["pay"]}}}`))
	f.Add([]byte(`{"error":true,"message":"\ud83d\udd11 \u0000"}`))
	f.Add([]byte(`{"pks":["oJql9HpnWYAv+VX43C0qFKXJnSO+l/hkEn/5ODRVpPA="],"threshold":2,"multisig_version":1}`))
	f.Add([]byte(`{"a":{"a":{"a":`))
	f.Fuzz(func(t *testing.T, data []byte) {
		fields := 0
		err := decodeAnswer(data, func(d *decoder, name string) (err error) {
			fields++
			switch name {
			case "wallet_handle":
				_, err = d.handle()
			case "wallet":
				_, err = d.wallet()
			case "pks":
				err = d.list(func() error { _, err := d.key(); return err })
			case "threshold", "multisig_version":
				_, err = d.uint8()
			case "error":
				_, err = d.boolean()
			case "message":
				_, err = d.text()
			default:
				err = errUnknownField
			}
			return err
		})
		// What is accepted must be JSON to everybody else as well.
		var plain map[string]any
		if err == nil && (json.Unmarshal(data, &plain) != nil || len(plain) != fields) {
			t.Errorf("%q: accepted with %d fields, but is %v", data, fields, plain)
		}
	})
}
