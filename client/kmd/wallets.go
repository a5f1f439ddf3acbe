package kmd

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"time"
)

// DriverSQLite is the name of the driver of ordinary wallets, in
// [CreateWalletRequest]. The daemon has no default.
const DriverSQLite = "sqlite"

// WalletInfo describes a wallet.
type WalletInfo struct {
	ID                    string   // 32 lower-case hex digits
	Name                  string   // unique; at most 64 bytes when it was created
	DriverName            string   // "sqlite"
	DriverVersion         uint32   // 1
	MnemonicUX            bool     // whether the wallet itself can show mnemonics
	SupportedTransactions []string // fixed; says nothing about what can be signed
}

// Handle describes an open wallet.
type Handle struct {
	Wallet  WalletInfo
	Expires time.Duration // time left, cut down to whole seconds; negative if it has passed
}

// Versions lists the API versions that the daemon speaks. It needs no token.
//
//	GET /versions
func (c *Client) Versions(ctx context.Context) (versions []string, err error) {
	err = c.call(ctx, http.MethodGet, "/versions", nil, func(d *decoder, name string) (err error) {
		if name != "versions" {
			return errUnknownField
		}
		versions, err = d.texts()
		return err
	})
	return versions, err
}

// Swagger is the daemon's Swagger 2.0 document. It needs no token.
//
//	GET /swagger.json
func (c *Client) Swagger(ctx context.Context) (json.RawMessage, error) {
	return c.callRaw(ctx, "/swagger.json")
}

// ListWallets lists all wallets, open or not.
//
//	GET /v1/wallets
func (c *Client) ListWallets(ctx context.Context) (wallets []WalletInfo, err error) {
	err = c.call(ctx, http.MethodGet, "/v1/wallets", nil, func(d *decoder, name string) error {
		if name != "wallets" {
			return errUnknownField
		}
		return d.list(func() error {
			w, err := d.wallet()
			wallets = append(wallets, w)
			return err
		})
	})
	return wallets, err
}

// CreateWalletRequest asks for a new wallet.
type CreateWalletRequest struct {
	Name     string // at most 64 bytes; blank takes the wallet's id
	Driver   string // DriverSQLite
	Password []byte // may be blank, which protects nothing
	// MasterDerivationKey is 32 bytes to derive the wallet's keys from, which
	// recovers the derived keys of another wallet. Empty draws a random one.
	MasterDerivationKey []byte
}

// CreateWallet makes a wallet.
//
//	POST /v1/wallet
func (c *Client) CreateWallet(ctx context.Context, req CreateWalletRequest) (WalletInfo, error) {
	e := newEncoder()
	e.str("wallet_name", req.Name)
	e.str("wallet_driver_name", req.Driver)
	e.password(req.Password)
	e.base64("master_derivation_key", req.MasterDerivationKey)
	return c.callWallet(ctx, "/v1/wallet", e)
}

// RenameWalletRequest asks for a new name. It needs no handle, and open handles
// stay valid.
type RenameWalletRequest struct {
	ID       string
	Password []byte
	Name     string
}

// RenameWallet changes a wallet's name.
//
//	POST /v1/wallet/rename
func (c *Client) RenameWallet(ctx context.Context, req RenameWalletRequest) (WalletInfo, error) {
	e := newEncoder()
	e.str("wallet_id", req.ID)
	e.password(req.Password)
	e.str("wallet_name", req.Name)
	return c.callWallet(ctx, "/v1/wallet/rename", e)
}

func (c *Client) callWallet(ctx context.Context, path string, e *encoder) (wallet WalletInfo, err error) {
	err = c.call(ctx, http.MethodPost, path, e, func(d *decoder, name string) (err error) {
		if name != "wallet" {
			return errUnknownField
		}
		wallet, err = d.wallet()
		return err
	})
	if err == nil && wallet.ID == "" {
		err = missing(path, "wallet")
	}
	return wallet, err
}

// InitWalletHandleRequest asks for a handle.
type InitWalletHandleRequest struct {
	ID       string // the wallet's id; names are not accepted here
	Password []byte
}

// InitWalletHandle opens a wallet and returns a handle for the calls that need
// one. It runs a password derivation, which takes a second or so.
//
//	POST /v1/wallet/init
func (c *Client) InitWalletHandle(ctx context.Context, req InitWalletHandleRequest) (handle string, err error) {
	e := newEncoder()
	e.str("wallet_id", req.ID)
	e.password(req.Password)
	err = c.call(ctx, http.MethodPost, "/v1/wallet/init", e, func(d *decoder, name string) (err error) {
		if name != "wallet_handle_token" {
			return errUnknownField
		}
		handle, err = d.text()
		return err
	})
	if err == nil && handle == "" {
		err = missing("/v1/wallet/init", "wallet_handle_token")
	}
	return handle, err
}

// ReleaseWalletHandle ends a handle. Other handles of the wallet stay.
//
//	POST /v1/wallet/release
func (c *Client) ReleaseWalletHandle(ctx context.Context, handle string) error {
	return c.call(ctx, http.MethodPost, "/v1/wallet/release", withHandle(handle), nil)
}

// RenewWalletHandle gives a handle its full lifetime again. Nothing else extends it.
//
//	POST /v1/wallet/renew
func (c *Client) RenewWalletHandle(ctx context.Context, handle string) (Handle, error) {
	return c.callHandle(ctx, "/v1/wallet/renew", handle)
}

// WalletInfo describes the wallet of a handle, and the time the handle has left.
//
//	POST /v1/wallet/info
func (c *Client) WalletInfo(ctx context.Context, handle string) (Handle, error) {
	return c.callHandle(ctx, "/v1/wallet/info", handle)
}

func (c *Client) callHandle(ctx context.Context, path, handle string) (result Handle, err error) {
	err = c.call(ctx, http.MethodPost, path, withHandle(handle), func(d *decoder, name string) (err error) {
		if name != "wallet_handle" {
			return errUnknownField
		}
		result, err = d.handle()
		return err
	})
	if err == nil && result.Wallet.ID == "" {
		err = missing(path, "wallet_handle")
	}
	return result, err
}

// ExportMasterKeyRequest asks for a wallet's master derivation key.
type ExportMasterKeyRequest struct {
	Handle   string
	Password []byte
}

// ExportMasterKey returns the 32 bytes from which all generated (not the
// imported) keys of the wallet can be derived again. Clear them after use.
//
//	POST /v1/master-key/export
func (c *Client) ExportMasterKey(ctx context.Context, req ExportMasterKeyRequest) (key []byte, err error) {
	e := withHandle(req.Handle)
	e.password(req.Password)
	return c.callBytes(ctx, "/v1/master-key/export", e, "master_derivation_key", 32)
}

// withHandle starts the body of a call that needs an open wallet.
func withHandle(handle string) *encoder {
	e := newEncoder()
	e.str("wallet_handle_token", handle)
	return e
}

// callBytes makes a call whose answer is one field of bytes; size is their
// number, -1 for any.
func (c *Client) callBytes(ctx context.Context, path string, e *encoder, field string, size int) (value []byte, err error) {
	err = c.call(ctx, http.MethodPost, path, e, func(d *decoder, name string) (err error) {
		if name != field {
			return errUnknownField
		}
		value, err = d.base64(size)
		return err
	})
	if err == nil && value == nil {
		err = missing(path, field)
	}
	if err != nil {
		clear(value)
		return nil, err
	}
	return value, nil
}

// missing is the error for an answer without its one field. The daemon leaves
// out empty fields, but these are never empty.
func missing(path, field string) error {
	return fmt.Errorf("kmd: %s: answer: field %q is missing", path, field)
}

func (d *decoder) wallet() (w WalletInfo, err error) {
	err = d.object(func(d *decoder, name string) (err error) {
		var version int64
		switch name {
		case "id":
			w.ID, err = d.text()
		case "name":
			w.Name, err = d.text()
		case "driver_name":
			w.DriverName, err = d.text()
		case "driver_version":
			version, err = d.integer(0, math.MaxUint32)
			w.DriverVersion = uint32(version)
		case "mnemonic_ux":
			w.MnemonicUX, err = d.boolean()
		case "supported_txs":
			w.SupportedTransactions, err = d.texts()
		default:
			err = errUnknownField
		}
		return err
	})
	return w, err
}

func (d *decoder) handle() (h Handle, err error) {
	const century = 100 * 365 * 24 * 60 * 60 // seconds; keeps the duration from overflowing
	err = d.object(func(d *decoder, name string) (err error) {
		var seconds int64
		switch name {
		case "wallet":
			h.Wallet, err = d.wallet()
		case "expires_seconds":
			seconds, err = d.integer(-century, math.MaxInt64)
			h.Expires = time.Duration(min(seconds, century)) * time.Second
		default:
			err = errUnknownField
		}
		return err
	})
	return h, err
}
