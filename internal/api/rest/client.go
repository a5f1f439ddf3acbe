package rest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-json-experiment/json"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// Client speaks this API. Its errors have the kinds, texts and hints that the
// daemon gave them; what dial returns comes back wrapped.
type Client struct {
	http http.Client
}

// NewClient makes a client of the daemon that dial connects to. Nothing is
// dialled yet.
func NewClient(dial func(context.Context) (net.Conn, error)) *Client {
	return &Client{http.Client{
		Transport: &http.Transport{
			DialContext:        func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) },
			DisableCompression: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Close gives up the idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// maxAnswer bounds an answer: an exported wallet, or a list of 100,000 keys with
// their addresses.
const maxAnswer = 256 << 20

// exchange sends one request and reads the whole answer, which the caller wipes
// if it may hold secrets. in may be nil.
func (c *Client) exchange(ctx context.Context, method, path string, in any) ([]byte, error) {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return nil, fault.Invalid.Wrap(err, "the request can not be written as JSON")
		}
		defer clear(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://strongroom"+path, bytes.NewReader(body))
	if err != nil {
		return nil, fault.Invalid.Wrap(err, "the request can not be made")
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, lost(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		clear(answer)
		return nil, lost(err)
	case len(answer) > maxAnswer:
		clear(answer)
		return nil, fault.TooLarge.New("the daemon's answer has more than %d bytes", maxAnswer)
	case resp.StatusCode == http.StatusOK:
		return answer, nil
	}
	return nil, failure(resp.StatusCode, answer)
}

// lost is an exchange that the connection did not survive. An error that dial
// classified, and the end of the caller's patience, stay what they are.
func lost(err error) error {
	if _, classified := errors.AsType[*fault.Error](err); classified || errors.Is(err, context.Canceled) {
		return err
	}
	return fault.Internal.Wrap(err, "the connection to the daemon broke")
}

// failure is the error that an answer describes.
func failure(status int, answer []byte) error {
	var f failed
	if err := json.Unmarshal(answer, &f); err != nil || f.Error.Text == "" {
		return fault.Internal.New("the daemon answered with status %d", status)
	}
	e := fault.ParseKind(f.Error.Kind).New("%s", f.Error.Text)
	if f.Error.Hint != "" {
		return e.WithHint("%s", f.Error.Hint)
	}
	return e
}

// send is exchange with an answer in JSON.
func send[T any](ctx context.Context, c *Client, method, path string, in any) (out T, err error) {
	answer, err := c.exchange(ctx, method, path, in)
	if err != nil {
		return out, err
	}
	defer clear(answer)
	if err := json.Unmarshal(answer, &out); err != nil {
		return out, fault.Internal.Wrap(err, "the daemon's answer does not decode")
	}
	return out, nil
}

// nothing is an answer that only says that it is done.
type nothing struct{}

// to is the path of a verb on a wallet.
func to(wallet, verb string) string {
	path := "/v1/wallets/" + url.PathEscape(wallet)
	if verb != "" {
		path += "/" + verb
	}
	return path
}

// Status describes the daemon.
func (c *Client) Status(ctx context.Context) (Status, error) {
	return send[Status](ctx, c, http.MethodGet, "/v1/status", nil)
}

// Stop asks the daemon to end. It returns before the daemon has ended.
func (c *Client) Stop(ctx context.Context) error {
	_, err := send[nothing](ctx, c, http.MethodPost, "/v1/stop", nil)
	return err
}

// LockAll ends every session of every listener.
func (c *Client) LockAll(ctx context.Context) error {
	_, err := send[nothing](ctx, c, http.MethodPost, "/v1/lock", nil)
	return err
}

// Wallets lists all wallets.
func (c *Client) Wallets(ctx context.Context) (Wallets, error) {
	return send[Wallets](ctx, c, http.MethodGet, "/v1/wallets", nil)
}

// CreateWallet makes a wallet.
func (c *Client) CreateWallet(ctx context.Context, w CreateWallet) (Wallet, error) {
	return send[Wallet](ctx, c, http.MethodPost, "/v1/wallets", w)
}

// DeleteWallet removes a wallet with all its keys, for ever.
func (c *Client) DeleteWallet(ctx context.Context, wallet string, password secret.Bytes) error {
	_, err := send[nothing](ctx, c, http.MethodDelete, to(wallet, ""), Password{Text{password}})
	return err
}

// Unlock holds a wallet open for this API.
func (c *Client) Unlock(ctx context.Context, wallet string, u Unlock) (Session, error) {
	return send[Session](ctx, c, http.MethodPost, to(wallet, "unlock"), u)
}

// Lock ends what Unlock began. A wallet that is not open stays so.
func (c *Client) Lock(ctx context.Context, wallet string) error {
	_, err := send[nothing](ctx, c, http.MethodPost, to(wallet, "lock"), nil)
	return err
}

// Rename gives a wallet another name.
func (c *Client) Rename(ctx context.Context, wallet string, r Rename) (Wallet, error) {
	return send[Wallet](ctx, c, http.MethodPost, to(wallet, "rename"), r)
}

// ChangePassword replaces a wallet's password.
func (c *Client) ChangePassword(ctx context.Context, wallet string, p ChangePassword) error {
	_, err := send[nothing](ctx, c, http.MethodPost, to(wallet, "password"), p)
	return err
}

// ExportWallet gives a wallet as a file in a peer's format.
func (c *Client) ExportWallet(ctx context.Context, wallet string, e ExportWallet) ([]byte, error) {
	return c.exchange(ctx, http.MethodPost, to(wallet, "export"), e)
}

// ImportWallet makes a wallet of a file in a peer's format.
func (c *Client) ImportWallet(ctx context.Context, w ImportWallet) (Wallet, error) {
	return send[Wallet](ctx, c, http.MethodPost, "/v1/import-wallet", w)
}

// Resolve settles the conflict between a wallet and its foreign file.
func (c *Client) Resolve(ctx context.Context, wallet string, r Resolve) (Wallet, error) {
	return send[Wallet](ctx, c, http.MethodPost, to(wallet, "resolve"), r)
}

// ExportSeed reveals what a wallet derives its keys from; the caller wipes all of it.
func (c *Client) ExportSeed(ctx context.Context, wallet string, password secret.Bytes) (Seed, error) {
	return send[Seed](ctx, c, http.MethodPost, to(wallet, "seed"), Password{Text{password}})
}

// Keys lists the keys of a wallet. An empty password serves if it is open.
func (c *Client) Keys(ctx context.Context, wallet string, password secret.Bytes) ([]Key, error) {
	out, err := send[Keys](ctx, c, http.MethodPost, to(wallet, "list-keys"), Password{Text{password}})
	return out.Keys, err
}

// DeriveKey draws a key from a wallet's seed, or a random one. A key that the wallet
// has already is given as it is.
func (c *Client) DeriveKey(ctx context.Context, wallet string, d DeriveKey) (Key, error) {
	return send[Key](ctx, c, http.MethodPost, to(wallet, "keys"), d)
}

// ImportKey puts a key into a wallet.
func (c *Client) ImportKey(ctx context.Context, wallet string, k ImportKey) (Key, error) {
	return send[Key](ctx, c, http.MethodPost, to(wallet, "import"), k)
}

// ImportKeys puts many keys into a wallet, all or none; those it has are passed over.
func (c *Client) ImportKeys(ctx context.Context, wallet string, k ImportKeys) (Imported, error) {
	return send[Imported](ctx, c, http.MethodPost, to(wallet, "import-many"), k)
}

// ExportKey reveals a private key; the caller wipes it.
func (c *Client) ExportKey(ctx context.Context, wallet string, k NameKey) (Private, error) {
	return send[Private](ctx, c, http.MethodPost, to(wallet, "reveal"), k)
}

// DeleteKey removes a key from a wallet, for ever unless it is derived.
func (c *Client) DeleteKey(ctx context.Context, wallet string, k NameKey) error {
	_, err := send[nothing](ctx, c, http.MethodPost, to(wallet, "forget"), k)
	return err
}

// Sign asks for a signature.
func (c *Client) Sign(ctx context.Context, wallet string, s Sign) (Signed, error) {
	return send[Signed](ctx, c, http.MethodPost, to(wallet, "sign"), s)
}

// AuditTail gives the last n records of the journal, oldest first.
func (c *Client) AuditTail(ctx context.Context, n int) ([]Record, error) {
	type records struct {
		Records []Record `json:"records"`
	}
	out, err := send[records](ctx, c, http.MethodGet, "/v1/audit?n="+strconv.Itoa(n), nil)
	return out.Records, err
}

// AuditVerify has the daemon verify its whole journal. A journal that is not
// whole is fault.Corrupt.
func (c *Client) AuditVerify(ctx context.Context) (Verification, error) {
	return send[Verification](ctx, c, http.MethodPost, "/v1/audit/verify", nil)
}
