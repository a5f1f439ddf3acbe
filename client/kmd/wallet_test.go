package kmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// fakeDaemon keeps handles as the original does, without a network, so that it
// follows the clock of a synctest bubble.
type fakeDaemon struct {
	lifetime time.Duration
	password string

	mu      sync.Mutex
	next    int
	handles map[string]time.Time // end of life
	calls   []string             // paths, in order
	down    bool                 // every call fails without an answer
}

func newFakeDaemon(lifetime time.Duration) *fakeDaemon {
	return &fakeDaemon{lifetime: lifetime, password: "open sesame", handles: map[string]time.Time{}}
}

func (f *fakeDaemon) client(t *testing.T) *Client {
	t.Helper()
	c, err := New(Config{Address: "daemon:1", Token: testToken, Transport: transportFunc(func(r *http.Request) (*http.Response, error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.down {
			return nil, errors.New("connection refused")
		}
		w := httptest.NewRecorder()
		f.serve(w, r)
		return w.Result(), nil
	})})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (f *fakeDaemon) serve(w http.ResponseWriter, r *http.Request) {
	var req struct {
		Handle   string `json:"wallet_handle_token"`
		Password string `json:"wallet_password"`
	}
	if err := json.NewDecoder(r.Body).Decode(&req); err != nil {
		panic(err)
	}
	f.calls = append(f.calls, r.URL.Path)
	refuse := func(status int, message string) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":true,"message":%q}`, message)
	}
	if r.URL.Path == "/v1/wallet/init" {
		if req.Password != f.password {
			refuse(401, MessageWrongPassword)
			return
		}
		f.next++
		handle := fmt.Sprintf("handle-%d", f.next)
		f.handles[handle] = time.Now().Add(f.lifetime)
		fmt.Fprintf(w, `{"wallet_handle_token":%q}`, handle)
		return
	}
	end, known := f.handles[req.Handle]
	if !known {
		refuse(401, MessageHandleUnknown)
		return
	}
	if !time.Now().Before(end) {
		delete(f.handles, req.Handle)
		refuse(401, MessageHandleExpired)
		return
	}
	switch r.URL.Path {
	case "/v1/wallet/release":
		delete(f.handles, req.Handle)
		fmt.Fprint(w, `{}`)
	case "/v1/wallet/renew":
		f.handles[req.Handle] = time.Now().Add(f.lifetime)
		fallthrough
	case "/v1/wallet/info":
		fmt.Fprintf(w, `{"wallet_handle":{"wallet":{"id":"w"},"expires_seconds":%d}}`, int(time.Until(f.handles[req.Handle])/time.Second))
	case "/v1/key/list":
		fmt.Fprint(w, `{"addresses":["A"]}`)
	case "/v1/transaction/sign":
		if req.Password != f.password {
			refuse(400, MessageWrongPassword)
			return
		}
		fmt.Fprint(w, `{"signed_transaction":"AAEC"}`)
	default:
		panic(r.URL.Path)
	}
}

func (f *fakeDaemon) set(change func()) { f.mu.Lock(); change(); f.mu.Unlock() }

// count is how many calls of path there were.
func (f *fakeDaemon) count(path string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, call := range f.calls {
		if call == path {
			n++
		}
	}
	return n
}

func TestWalletStaysOpen(t *testing.T) {
	for _, lifetime := range []time.Duration{time.Second, time.Minute, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			daemon := newFakeDaemon(lifetime)
			w, err := daemon.client(t).Open(t.Context(), OpenWallet{ID: "w", Password: []byte("open sesame")})
			if err != nil {
				t.Fatal(err)
			}
			for range 10 {
				time.Sleep(lifetime) // idle for longer than the handle lives
				if _, err := w.ListKeys(t.Context()); err != nil {
					t.Fatalf("lifetime %v: %v", lifetime, err)
				}
			}
			if n := daemon.count("/v1/wallet/init"); n != 1 {
				t.Errorf("lifetime %v: opened %d times, want once", lifetime, n)
			}
			if n := daemon.count("/v1/wallet/renew"); n > 60 {
				t.Errorf("lifetime %v: renewed %d times in ten lifetimes", lifetime, n)
			}
			if err := w.Close(t.Context()); err != nil {
				t.Error(err)
			}
			if len(daemon.handles) != 0 {
				t.Error("Close left the handle open")
			}
			renewals := daemon.count("/v1/wallet/renew")
			time.Sleep(3 * lifetime)
			if daemon.count("/v1/wallet/renew") != renewals {
				t.Error("renewed after Close")
			}
			if _, err := w.ListKeys(t.Context()); !errors.Is(err, ErrClosed) {
				t.Errorf("call after Close: %v", err)
			}
			if err := w.Close(t.Context()); err != nil {
				t.Errorf("second Close: %v", err)
			}
		})
	}
}

// TestWalletReopens restarts the daemon, which forgets all handles.
func TestWalletReopens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		daemon := newFakeDaemon(time.Minute)
		var mu sync.Mutex
		var given [][]byte
		ask := func(context.Context) ([]byte, error) {
			mu.Lock()
			defer mu.Unlock()
			password := []byte("open sesame")
			given = append(given, password)
			return password, nil
		}
		w, err := daemon.client(t).Open(t.Context(), OpenWallet{ID: "w", AskPassword: ask})
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close(t.Context())
		daemon.set(func() { clear(daemon.handles) })
		var calls sync.WaitGroup
		for range 8 {
			calls.Go(func() {
				if _, err := w.ListKeys(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()
		if n := daemon.count("/v1/wallet/init"); n != 2 {
			t.Errorf("opened %d times, want twice: once for all calls that found the handle gone", n)
		}
		// The new handle is renewed as the first one was.
		time.Sleep(10 * time.Minute)
		if _, err := w.ListKeys(t.Context()); err != nil || daemon.count("/v1/wallet/init") != 2 {
			t.Errorf("after idling: %v, opened %d times", err, daemon.count("/v1/wallet/init"))
		}
		signed, err := w.SignTransaction(t.Context(), SignTransactionRequest{Handle: "ignored", Transaction: []byte{0x80}})
		if err != nil || !slices.Equal(signed, []byte{0, 1, 2}) {
			t.Errorf("signed %x, %v", signed, err)
		}
		for i, password := range given {
			if slices.ContainsFunc(password, func(b byte) bool { return b != 0 }) {
				t.Errorf("password %d was not wiped", i)
			}
		}
	})
}

func TestWalletWithoutPasswordProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		daemon := newFakeDaemon(time.Minute)
		w, err := daemon.client(t).Open(t.Context(), OpenWallet{ID: "w", Password: []byte("open sesame")})
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close(t.Context())
		daemon.set(func() { clear(daemon.handles) })
		for range 2 {
			if _, err := w.ListKeys(t.Context()); !IsHandleGone(err) {
				t.Errorf("error %v, want that the handle has gone", err)
			}
		}
		if n := daemon.count("/v1/wallet/init"); n != 1 {
			t.Errorf("opened %d times, want once", n)
		}
		if n := daemon.count("/v1/key/list"); n != 1 {
			t.Errorf("%d calls with a handle that is known to be gone, want 1", n)
		}
	})
}

func TestWalletRetriesOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		daemon := newFakeDaemon(0) // every handle is born expired
		ask := func(context.Context) ([]byte, error) { return []byte("open sesame"), nil }
		w, err := daemon.client(t).Open(t.Context(), OpenWallet{ID: "w", AskPassword: ask})
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close(t.Context())
		if _, err := w.ListKeys(t.Context()); !IsHandleGone(err) {
			t.Errorf("error %v", err)
		}
		if n := daemon.count("/v1/wallet/init"); n != 2 {
			t.Errorf("opened %d times, want twice", n)
		}
	})
}

func TestWalletPasswordErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		daemon := newFakeDaemon(time.Minute)
		c := daemon.client(t)
		if _, err := c.Open(t.Context(), OpenWallet{ID: "w", Password: []byte("guess")}); !IsWrongPassword(err) {
			t.Errorf("wrong password: %v", err)
		}
		gone := errors.New("nobody at the terminal")
		asked := 0
		ask := func(context.Context) ([]byte, error) {
			if asked++; asked > 1 {
				return nil, gone
			}
			return []byte("open sesame"), nil
		}
		w, err := c.Open(t.Context(), OpenWallet{ID: "w", AskPassword: ask})
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close(t.Context())
		if _, err := w.SignTransaction(t.Context(), SignTransactionRequest{}); !errors.Is(err, gone) {
			t.Errorf("error %v, want that of AskPassword", err)
		}
		// An empty password is a password: nobody is asked.
		if _, err := w.SignTransaction(t.Context(), SignTransactionRequest{Password: []byte{}}); !IsWrongPassword(err) || asked != 2 {
			t.Errorf("error %v, asked %d times", err, asked)
		}
	})
}

// TestWalletSurvivesOutage lets renewals fail for less than the handle's life.
func TestWalletSurvivesOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		daemon := newFakeDaemon(time.Minute)
		w, err := daemon.client(t).Open(t.Context(), OpenWallet{ID: "w", Password: []byte("open sesame")})
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close(t.Context())
		daemon.set(func() { daemon.down = true })
		time.Sleep(45 * time.Second)
		daemon.set(func() { daemon.down = false })
		time.Sleep(5 * time.Minute)
		if _, err := w.ListKeys(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
