package typed

import (
	"strongroom/internal/api/clef/wire"
	"strongroom/internal/chain"
)

// Request is data to be signed.
type Request struct {
	// Sign is what the gate is given, for the chain "evm". Its Context is the 20 bytes of
	// the address. The result is the 65 bytes of the reply: r‖s‖v, with v of 0 or 1 for
	// the header of a block, and of 27 or 28 for all else.
	Sign chain.Request
	// Ask is how approvers see it. Meta is left to the caller to fill in.
	Ask wire.SignDataRequest
}

// newRequest completes a request to sign a payload of package evm, whose preimage by the
// same package is raw: what is shown is what is signed.
func newRequest(form string, payload, raw []byte, address wire.Address, contentType string, messages []wire.NameValueType) *Request {
	hash, account := wire.Keccak(raw), address.Raw()
	return &Request{
		Sign: chain.Request{Form: form, Payload: payload, Context: account[:]},
		Ask:  wire.SignDataRequest{ContentType: contentType, Address: address, RawData: raw, Messages: messages, Hash: hash[:]},
	}
}
