package kmd

import (
	"context"
	"net/http"
)

// PublicKey is an Ed25519 public key. The zero value stands for "not given".
type PublicKey [32]byte

// GenerateKeyRequest asks for the wallet's next derived key.
type GenerateKeyRequest struct {
	Handle string
	// DisplayMnemonic asks the wallet to show the key's words. Ordinary
	// wallets refuse it; the field is there because the API has it.
	DisplayMnemonic bool
}

// GenerateKey makes a key and returns its address, 58 characters.
//
//	POST /v1/key
func (c *Client) GenerateKey(ctx context.Context, req GenerateKeyRequest) (address string, err error) {
	e := withHandle(req.Handle)
	e.boolean("display_mnemonic", req.DisplayMnemonic)
	return c.callAddress(ctx, "/v1/key", e)
}

// ListKeys lists the addresses of all keys, generated and imported, ordered by
// their bytes. Multisig addresses are not among them.
//
//	POST /v1/key/list
func (c *Client) ListKeys(ctx context.Context, handle string) ([]string, error) {
	return c.callAddresses(ctx, "/v1/key/list", withHandle(handle))
}

// ImportKeyRequest brings a key from elsewhere. It will not come back when the
// wallet is recovered from its master derivation key.
type ImportKeyRequest struct {
	Handle string
	// PrivateKey is the seed (32 bytes), alone or followed by the public key
	// (64 bytes). The daemon uses the seed only.
	PrivateKey []byte
}

// ImportKey adds a private key and returns its address.
//
//	POST /v1/key/import
func (c *Client) ImportKey(ctx context.Context, req ImportKeyRequest) (address string, err error) {
	e := withHandle(req.Handle)
	e.base64("private_key", req.PrivateKey)
	return c.callAddress(ctx, "/v1/key/import", e)
}

// ExportKeyRequest asks for a private key.
type ExportKeyRequest struct {
	Handle   string
	Address  string
	Password []byte
}

// ExportKey returns a private key: 32 bytes of seed and 32 bytes of public key,
// the form of crypto/ed25519. Clear it after use.
//
//	POST /v1/key/export
func (c *Client) ExportKey(ctx context.Context, req ExportKeyRequest) (private []byte, err error) {
	e := withHandle(req.Handle)
	e.str("address", req.Address)
	e.password(req.Password)
	return c.callBytes(ctx, "/v1/key/export", e, "private_key", 64)
}

// DeleteKeyRequest asks for the removal of a key.
type DeleteKeyRequest struct {
	Handle   string
	Address  string
	Password []byte
}

// DeleteKey removes a key. That it is not there is no error.
//
//	DELETE /v1/key
func (c *Client) DeleteKey(ctx context.Context, req DeleteKeyRequest) error {
	e := withHandle(req.Handle)
	e.str("address", req.Address)
	e.password(req.Password)
	return c.call(ctx, http.MethodDelete, "/v1/key", e, nil)
}

func (c *Client) callAddress(ctx context.Context, path string, e *encoder) (address string, err error) {
	err = c.call(ctx, http.MethodPost, path, e, func(d *decoder, name string) (err error) {
		if name != "address" {
			return errUnknownField
		}
		address, err = d.text()
		return err
	})
	if err == nil && address == "" {
		err = missing(path, "address")
	}
	return address, err
}

func (c *Client) callAddresses(ctx context.Context, path string, e *encoder) (addresses []string, err error) {
	err = c.call(ctx, http.MethodPost, path, e, func(d *decoder, name string) (err error) {
		if name != "addresses" {
			return errUnknownField
		}
		addresses, err = d.texts()
		return err
	})
	return addresses, err
}
