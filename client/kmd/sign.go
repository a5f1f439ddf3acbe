package kmd

import "context"

// SignTransactionRequest asks for the signature of one key.
type SignTransactionRequest struct {
	Handle   string
	Password []byte
	// Transaction is the msgpack encoding of the bare transaction, without the
	// "TX" prefix and without the wrapper of a signed transaction.
	Transaction []byte
	// PublicKey is the key to sign with. Zero means the transaction's sender;
	// for a rekeyed account name the key that it was rekeyed to.
	PublicKey PublicKey
}

// SignTransaction returns the msgpack encoding of the signed transaction,
// ready to be sent to a node.
//
//	POST /v1/transaction/sign
func (c *Client) SignTransaction(ctx context.Context, req SignTransactionRequest) (signed []byte, err error) {
	e := withHandle(req.Handle)
	e.base64("transaction", req.Transaction)
	e.key("public_key", req.PublicKey)
	e.password(req.Password)
	return c.callBytes(ctx, "/v1/transaction/sign", e, "signed_transaction", -1)
}

// SignProgramRequest asks for a key's signature under a program (a logic signature).
type SignProgramRequest struct {
	Handle   string
	Password []byte
	Address  string // whose key signs
	Program  []byte // the compiled program
}

// SignProgram returns the bare Ed25519 signature, 64 bytes, over "Program" and
// the program.
//
//	POST /v1/program/sign
func (c *Client) SignProgram(ctx context.Context, req SignProgramRequest) (signature []byte, err error) {
	e := withHandle(req.Handle)
	e.str("address", req.Address)
	e.base64("data", req.Program)
	e.password(req.Password)
	return c.callBytes(ctx, "/v1/program/sign", e, "sig", 64)
}
