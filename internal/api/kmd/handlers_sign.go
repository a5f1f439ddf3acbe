package kmd

import (
	"strongroom/internal/chain"
	"strongroom/internal/chain/algorand"
	"strongroom/internal/curve"
	"strongroom/internal/gate"
)

// sign asks the gate for one result under the password of the request.
func (c *call) sign(session gate.SessionID, req chain.Request) ([]byte, error) {
	signed, err := c.gate.Sign(c.ctx, c.caller, gate.SignRequest{
		Session: session, Password: c.req.password, Chain: algorand.ID, Request: req,
	})
	return signed.Result, err
}

// signTransaction signs with the key of public_key, or with the sender's where
// none is given: 32 zero bytes are none.
func signTransaction(c *call) error {
	session, err := c.session()
	if err != nil {
		return err
	}
	payload, err := algorand.Canonicalize(c.req.transaction)
	if err != nil {
		return err
	}
	var signer curve.PublicKey
	if c.req.publicKey != [keySize]byte{} {
		signer = ed25519Key(c.req.publicKey)
	}
	result, err := c.sign(session, chain.Request{Form: algorand.FormTransaction, Payload: payload, Signer: signer})
	if err != nil {
		return err
	}
	c.reply.base64("signed_transaction", result)
	return nil
}

// signProgram looks at the handle before the address, other than the exports do.
func signProgram(c *call) error {
	session, err := c.session()
	if err != nil {
		return err
	}
	key, err := c.requestKey()
	if err != nil {
		return err
	}
	result, err := c.sign(session, chain.Request{Form: algorand.FormProgram, Payload: c.req.data, Signer: key})
	if err != nil {
		return err
	}
	c.reply.base64("sig", result)
	return nil
}
