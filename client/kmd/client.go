package kmd

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Defaults and bounds.
const (
	// DefaultTimeout bounds one call, answer included. Opening a wallet runs a
	// deliberately slow password derivation.
	DefaultTimeout = 2 * time.Minute
	// DefaultMaxAnswer is the largest answer accepted, in bytes: room for the
	// list of half a million addresses.
	DefaultMaxAnswer = 48 << 20

	minToken, maxToken = 64, 256 // bytes; the daemon accepts no others
	maxNetFile         = 1024    // bytes read of kmd.net
)

// Config says how to reach a daemon.
type Config struct {
	// Address is host:port, or an http:// URL without a path, as for
	// instance "127.0.0.1:7833".
	Address string
	// Token is the content of kmd.token: 64 to 256 bytes.
	Token string
	// Timeout bounds each call. Zero means DefaultTimeout; to have a shorter
	// one for a single call, give that call a context with a deadline.
	Timeout time.Duration
	// MaxAnswer bounds the size of an answer in bytes. Zero means DefaultMaxAnswer.
	MaxAnswer int64
	// Transport carries the requests. Nil means a transport of the client's
	// own that uses no proxy.
	Transport http.RoundTripper
}

// Client calls one daemon. Make one with [New] or [FromDataDir].
type Client struct {
	base      string // "http://host:port"
	token     string
	maxAnswer int64
	http      *http.Client
}

// New makes a client. It does not connect; [Client.Versions] is the cheapest
// way to learn whether the daemon answers.
func New(cfg Config) (*Client, error) {
	base, err := baseURL(cfg.Address)
	if err != nil {
		return nil, err
	}
	if err := checkToken(cfg.Token); err != nil {
		return nil, err
	}
	if cfg.Timeout < 0 || cfg.MaxAnswer < 0 {
		return nil, errors.New("kmd: timeout and answer limit must not be negative")
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
	}
	if cfg.MaxAnswer == 0 {
		cfg.MaxAnswer = DefaultMaxAnswer
	}
	if cfg.Transport == nil {
		cfg.Transport = newTransport()
	}
	return &Client{
		base:      base,
		token:     cfg.Token,
		maxAnswer: cfg.MaxAnswer,
		http: &http.Client{
			Transport: cfg.Transport,
			Timeout:   cfg.Timeout,
			// A redirect would carry the token and a password elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// FromDataDir makes a client for the daemon that serves the data directory dir,
// from the address in kmd.net and the token in kmd.token. kmd.net is there only
// while the daemon runs: without it the error satisfies errors.Is(err, fs.ErrNotExist).
func FromDataDir(dir string) (*Client, error) {
	address, err := firstLine(filepath.Join(dir, "kmd.net"), maxNetFile)
	if err != nil {
		return nil, fmt.Errorf("kmd: address of the daemon: %w", err)
	}
	// One byte above the limit, so that a token that is too long is noticed.
	token, err := firstLine(filepath.Join(dir, "kmd.token"), maxToken+1)
	if err != nil {
		return nil, fmt.Errorf("kmd: token of the daemon: %w", err)
	}
	return New(Config{Address: address, Token: token})
}

// Close closes idle connections. Calls under way are not disturbed, and the
// client stays usable.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// newTransport has no proxy: what a proxy in the environment is meant for is
// never the key daemon.
func newTransport() *http.Transport {
	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        time.Minute,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true, // a small compressed answer must not become a huge one
	}
}

// baseURL turns host:port or http://host:port into the latter.
func baseURL(address string) (string, error) {
	text := address
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("kmd: %q is not an address", address)
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("kmd: %q must be host:port or http://host:port", address)
	}
	if u.Hostname() == "" {
		return "", fmt.Errorf("kmd: %q has no host", address)
	}
	return u.Scheme + "://" + u.Host, nil
}

// checkToken does not show the token in its errors.
func checkToken(token string) error {
	if len(token) < minToken || len(token) > maxToken {
		return fmt.Errorf("kmd: the token has %d bytes, want %d to %d", len(token), minToken, maxToken)
	}
	if strings.ContainsAny(token, "\r\n\x00") {
		return errors.New("kmd: the token has characters that a header cannot carry")
	}
	return nil
}

// firstLine reads at most limit bytes of a file, up to the first line end.
func firstLine(path string, limit int64) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit))
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(data), "\n")
	return strings.TrimSuffix(line, "\r"), nil
}
