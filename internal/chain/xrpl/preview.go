package xrpl

import (
	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

var (
	_ chain.Previewer   = Chain{}
	_ chain.FamilySeeds = Chain{}
)

// Preview decodes a transaction that does not say yet which key signs it, as if that
// were the account's own.
func (c Chain) Preview(req chain.Request) (*chain.Intent, error) {
	if req.Form != FormTransaction && req.Form != FormMultisign {
		return nil, fault.Unsupported.New("only transactions are shown without a signer")
	}
	if len(req.Payload) > maxPayload {
		return nil, fault.TooLarge.New("a payload of %d bytes, at most %d are allowed", len(req.Payload), maxPayload)
	}
	t, err := c.readTransaction(req.Payload)
	if err != nil {
		return nil, err
	}
	signs := t.sender
	if delegate, ok := t.find(fieldDelegate); ok {
		signs = account(delegate)
	}
	in := &chain.Intent{Chain: c.network.ID, Form: req.Form, Encoding: chain.HexUpper}
	c.describe(in, &t, signs)
	return in, nil
}

// ParseFamilySeed is the function of that name.
func (Chain) ParseFamilySeed(text secret.Bytes, point func(curve.Algorithm, []byte) (curve.PublicKey, error)) (curve.Algorithm, secret.Bytes, error) {
	return ParseFamilySeed(text, point)
}
