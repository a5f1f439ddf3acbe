package kmd

import (
	"context"
	"math"
	"net/http"
)

// MultisigPreimage is what a multisig address is the hash of.
type MultisigPreimage struct {
	Version   uint8       // 1
	Threshold uint8       // signatures needed
	Keys      []PublicKey // their order counts
}

// Multisig is a multisig signature, complete or not.
type Multisig struct {
	Version   uint8
	Threshold uint8
	Subsigs   []Subsig
}

// Subsig is one key's place in a [Multisig].
type Subsig struct {
	Key       PublicKey
	Signature []byte // 64 bytes, or empty where the key has not signed
}

// ListMultisig lists the multisig addresses that the wallet knows, ordered by
// their bytes.
//
//	POST /v1/multisig/list
func (c *Client) ListMultisig(ctx context.Context, handle string) ([]string, error) {
	return c.callAddresses(ctx, "/v1/multisig/list", withHandle(handle))
}

// ImportMultisigRequest makes a multisig account known to a wallet.
type ImportMultisigRequest struct {
	Handle   string
	Preimage MultisigPreimage
}

// ImportMultisig stores a preimage and returns its address.
//
//	POST /v1/multisig/import
func (c *Client) ImportMultisig(ctx context.Context, req ImportMultisigRequest) (address string, err error) {
	e := withHandle(req.Handle)
	e.uint8("multisig_version", req.Preimage.Version)
	e.uint8("threshold", req.Preimage.Threshold)
	e.name("pks")
	e.nested('[', ']', func() {
		for _, key := range req.Preimage.Keys {
			e.comma()
			e.base64Value(key[:])
		}
	})
	return c.callAddress(ctx, "/v1/multisig/import", e)
}

// ExportMultisigRequest asks for the preimage of a multisig address. It needs no password.
type ExportMultisigRequest struct {
	Handle  string
	Address string
}

// ExportMultisig returns a preimage that the wallet knows.
//
//	POST /v1/multisig/export
func (c *Client) ExportMultisig(ctx context.Context, req ExportMultisigRequest) (preimage MultisigPreimage, err error) {
	e := withHandle(req.Handle)
	e.str("address", req.Address)
	err = c.call(ctx, http.MethodPost, "/v1/multisig/export", e, func(d *decoder, name string) (err error) {
		switch name {
		case "multisig_version":
			preimage.Version, err = d.uint8()
		case "threshold":
			preimage.Threshold, err = d.uint8()
		case "pks":
			err = d.list(func() error {
				key, err := d.key()
				preimage.Keys = append(preimage.Keys, key)
				return err
			})
		default:
			err = errUnknownField
		}
		return err
	})
	if err == nil && len(preimage.Keys) == 0 {
		err = missing("/v1/multisig/export", "pks")
	}
	return preimage, err
}

// DeleteMultisigRequest makes a wallet forget a multisig account.
type DeleteMultisigRequest struct {
	Handle   string
	Address  string
	Password []byte
}

// DeleteMultisig forgets a preimage. That it is not there is no error.
//
//	DELETE /v1/multisig
func (c *Client) DeleteMultisig(ctx context.Context, req DeleteMultisigRequest) error {
	e := withHandle(req.Handle)
	e.str("address", req.Address)
	e.password(req.Password)
	return c.call(ctx, http.MethodDelete, "/v1/multisig", e, nil)
}

// SignMultisigRequest asks for one key's signature in a multisig.
type SignMultisigRequest struct {
	Handle      string
	Password    []byte
	Transaction []byte    // as in SignTransactionRequest
	PublicKey   PublicKey // the key to sign with
	// Partial is the multisig so far. Nil starts one; then the wallet must know
	// the preimage of the sender's address.
	Partial *Multisig
	// Signer is the multisig address as 32 raw bytes, needed with Partial when
	// the sender is an account that was rekeyed to the multisig.
	Signer PublicKey
}

// SignMultisig returns the msgpack encoding of the multisig with the new
// signature in it.
//
//	POST /v1/multisig/sign
func (c *Client) SignMultisig(ctx context.Context, req SignMultisigRequest) (multisig []byte, err error) {
	e := withHandle(req.Handle)
	e.base64("transaction", req.Transaction)
	e.key("public_key", req.PublicKey)
	e.partial(req.Partial)
	e.password(req.Password)
	e.key("signer", req.Signer)
	return c.callBytes(ctx, "/v1/multisig/sign", e, "multisig", -1)
}

// SignMultisigProgramRequest asks for one key's signature under a program.
type SignMultisigProgramRequest struct {
	Handle    string
	Password  []byte
	Address   string // the multisig address
	Program   []byte
	PublicKey PublicKey // the key to sign with
	Partial   *Multisig // as in SignMultisigRequest
	// Legacy signs "Program" and the program, as for a single key, instead of
	// "MsigProgram", the address and the program. Networks of today want the
	// latter, in the lmsig field of a logic signature.
	Legacy bool
}

// SignMultisigProgram returns the msgpack encoding of the multisig with the new
// signature in it.
//
//	POST /v1/multisig/signprogram
func (c *Client) SignMultisigProgram(ctx context.Context, req SignMultisigProgramRequest) (multisig []byte, err error) {
	e := withHandle(req.Handle)
	e.str("address", req.Address)
	e.base64("data", req.Program)
	e.key("public_key", req.PublicKey)
	e.partial(req.Partial)
	e.password(req.Password)
	e.boolean("use_legacy_msig", req.Legacy)
	return c.callBytes(ctx, "/v1/multisig/signprogram", e, "multisig", -1)
}

// partial writes the multisig so far under the names of its msgpack form, which
// are the ones that the daemon reads.
func (e *encoder) partial(m *Multisig) {
	if m == nil {
		return
	}
	e.name("partial_multisig")
	e.nested('{', '}', func() {
		e.uint8("v", m.Version)
		e.uint8("thr", m.Threshold)
		e.name("subsig")
		e.nested('[', ']', func() {
			for _, sub := range m.Subsigs {
				e.comma()
				e.nested('{', '}', func() {
					e.base64("pk", sub.Key[:])
					e.base64("s", sub.Signature)
				})
			}
		})
	})
}

func (d *decoder) uint8() (uint8, error) {
	value, err := d.integer(0, math.MaxUint8)
	return uint8(value), err
}
