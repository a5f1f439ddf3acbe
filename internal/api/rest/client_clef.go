package rest

import (
	"context"
	"encoding/hex"
	"net/http"
	"net/url"

	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/secret"
)

// password gives the password of a request to the gate, which wipes what it is given.
func (r *ClefNewKey) password(context.Context) (secret.Bytes, error) {
	return secret.Copy(r.Password.Expose()), nil
}

func clefPath(listener, verb string) string {
	return "/v1/clef/" + url.PathEscape(listener) + "/" + verb
}

// ClefSeed makes a master seed. The password stays the caller's, here and below.
func (c *Client) ClefSeed(ctx context.Context, listener string, r ClefSeed) error {
	_, err := send[nothing](ctx, c, http.MethodPost, clefPath(listener, "seed"), r)
	return err
}

// ClefAttest stores the digest of the rule file that is to be used.
func (c *Client) ClefAttest(ctx context.Context, listener string, r ClefAttest) error {
	_, err := send[nothing](ctx, c, http.MethodPost, clefPath(listener, "attest"), r)
	return err
}

// ClefCredential stores or removes the password of an account.
func (c *Client) ClefCredential(ctx context.Context, listener string, r ClefCredential) error {
	_, err := send[nothing](ctx, c, http.MethodPost, clefPath(listener, "credential"), r)
	return err
}

// ClefCallers gives the entries of the paired callers.
func (c *Client) ClefCallers(ctx context.Context, listener string, r ClefMaster) (map[string]string, error) {
	out, err := send[ClefCallers](ctx, c, http.MethodPost, clefPath(listener, "list-callers"), r)
	return out.Callers, err
}

// ClefRemoveCaller takes a paired caller away. Errors: fault.UnknownKey.
func (c *Client) ClefRemoveCaller(ctx context.Context, listener string, r ClefRemoveCaller) error {
	_, err := send[nothing](ctx, c, http.MethodPost, clefPath(listener, "remove-caller"), r)
	return err
}

// ClefKeys lists the accounts of a key store.
func (c *Client) ClefKeys(ctx context.Context, listener string, r ClefStore) ([]gate.KeyFile, error) {
	out, err := send[ClefKeys](ctx, c, http.MethodPost, clefPath(listener, "list-keys"), r)
	if err != nil {
		return nil, err
	}
	files := make([]gate.KeyFile, len(out.Keys))
	for i, k := range out.Keys {
		if files[i], err = k.file(); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// ClefNewKey makes an account.
func (c *Client) ClefNewKey(ctx context.Context, listener string, r ClefNewKey) (gate.KeyFile, error) {
	out, err := send[ClefKey](ctx, c, http.MethodPost, clefPath(listener, "keys"), r)
	if err != nil {
		return gate.KeyFile{}, err
	}
	return out.file()
}

// ClefImport makes an account of a private key.
func (c *Client) ClefImport(ctx context.Context, listener string, r ClefImport) (gate.KeyFile, error) {
	out, err := send[ClefKey](ctx, c, http.MethodPost, clefPath(listener, "import"), r)
	if err != nil {
		return gate.KeyFile{}, err
	}
	return out.file()
}

func (k ClefKey) file() (f gate.KeyFile, err error) {
	raw, err := hex.DecodeString(k.Address)
	if err != nil || len(raw) != len(f.Address) {
		return f, fault.Internal.New("the daemon's answer has no address")
	}
	return gate.KeyFile{Address: [20]byte(raw), Path: k.Path}, nil
}
