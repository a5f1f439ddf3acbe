package rest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// clientOf is a client of a server that answers as told.
func clientOf(t *testing.T, answer http.HandlerFunc) *Client {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	c := NewClient(func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", s.Listener.Addr().String())
	})
	t.Cleanup(c.Close)
	return c
}

func TestClientRequests(t *testing.T) {
	var method, path, body string
	c := clientOf(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		method, path, body = r.Method, r.URL.EscapedPath(), string(b)
		_, _ = io.WriteString(w, "{}")
	})
	ctx := context.Background()
	password := secret.Copy([]byte("a\"ü"))
	for _, step := range []struct {
		name               string
		call               func() error
		method, path, body string
	}{
		{"delete", func() error { return c.DeleteWallet(ctx, "a/b c", password) }, "DELETE", "/v1/wallets/a%2Fb%20c", `{"password":"a\"ü"}`},
		{"keys without password", func() error { _, err := c.Keys(ctx, "w", secret.Bytes{}); return err }, "POST", "/v1/wallets/w/list-keys", `{}`},
		{"import", func() error {
			_, err := c.ImportKey(ctx, "w", ImportKey{Algorithm: "ed25519", Private: Binary{secret.Copy([]byte{1, 2, 3})}})
			return err
		}, "POST", "/v1/wallets/w/import", `{"algorithm":"ed25519","private":"AQID"}`},
		{"stop", func() error { return c.Stop(ctx) }, "POST", "/v1/stop", ""},
	} {
		if err := step.call(); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		if method != step.method || path != step.path || body != step.body {
			t.Errorf("%s: sent %s %s %s", step.name, method, path, body)
		}
	}
}

func TestClientErrors(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		kind   fault.Kind
		text   string
		hint   string
	}{
		"of the daemon":     {423, `{"error":{"kind":"locked","text":"wallet is locked","hint":"unlock it"}}`, fault.Locked, "wallet is locked", "unlock it"},
		"of a later daemon": {418, `{"error":{"kind":"teapot","text":"short and stout"}}`, fault.Internal, "short and stout", ""},
		"not JSON":          {502, `<html>`, fault.Internal, "the daemon answered with status 502", ""},
		"a redirect":        {302, ``, fault.Internal, "the daemon answered with status 302", ""},
		"success, no JSON":  {200, `<html>`, fault.Internal, "the daemon's answer does not decode", ""},
	} {
		client := clientOf(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		})
		_, err := client.Status(context.Background())
		if fault.KindOf(err) != c.kind || fault.Text(err) != c.text || fault.Hint(err) != c.hint {
			t.Errorf("%s: %s %q %q", name, fault.KindOf(err), fault.Text(err), fault.Hint(err))
		}
	}
}

func TestClientDial(t *testing.T) {
	nobody := errors.New("nobody")
	c := NewClient(func(context.Context) (net.Conn, error) { return nil, nobody })
	if _, err := c.Status(context.Background()); !errors.Is(err, nobody) {
		t.Errorf("the reason is lost: %v", err)
	}
	denied := NewClient(func(context.Context) (net.Conn, error) { return nil, fault.Denied.New("not you") })
	if _, err := denied.Status(context.Background()); !fault.Is(err, fault.Denied) {
		t.Errorf("the kind is lost: %v", err)
	}
}

// A request that fails to be written must not name the secret.
func TestClientKeepsSecrets(t *testing.T) {
	c := clientOf(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	_, err := c.Keys(context.Background(), "w", secret.Copy([]byte("canary\xff")))
	if !fault.Is(err, fault.Invalid) || strings.Contains(err.Error(), "canary") {
		t.Errorf("got %v", err)
	}
}
