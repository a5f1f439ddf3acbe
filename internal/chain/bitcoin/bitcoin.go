package bitcoin

import (
	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// The forms of a request; the package comment describes them.
const (
	FormTransaction = "transaction"
	FormPSBT        = "psbt"
	FormMessage     = "message"
	FormBIP322      = "bip322"
)

// What is read at most.
const (
	maxPayload = 4 << 20 // bytes of a PSBT with its previous transactions
	maxMessage = 1 << 20 // bytes of a message
	maxKeys    = maxInputs
)

// Chain is one network of the family. It is made by [New].
type Chain struct {
	network chain.Network
	params  Params
	outputs *outputKeys
}

var (
	_ chain.Chain       = Chain{}
	_ chain.Registered  = Chain{}
	_ chain.Formatter   = Chain{}
	_ chain.FileReader  = Chain{}
	_ chain.Messenger   = Chain{}
	_ chain.Previewer   = Chain{}
	_ chain.KeyChooser  = Chain{}
	_ chain.PrivateKeys = Chain{}
)

// New is the network with this row and these parameters. The row gives the id and
// names the native asset.
func New(n chain.Network, p Params) Chain {
	return Chain{network: n, params: p, outputs: &outputKeys{}}
}

// ID is that of the network's row.
func (c Chain) ID() string { return c.network.ID }

// Network is the row that the chain was made from.
func (c Chain) Network() chain.Network { return c.network }

// Algorithm is secp256k1.
func (c Chain) Algorithm() curve.Algorithm { return curve.Secp256k1 }

// Decode understands a request. Errors are fault.InvalidPayload, fault.TooLarge,
// fault.UnknownKey where no candidate signs an input, fault.Unsupported for an unknown
// form or what the package does not sign.
func (c Chain) Decode(req chain.Request) (*chain.Intent, error) {
	if err := c.checkForm(req); err != nil {
		return nil, err
	}
	switch req.Form {
	case FormMessage:
		return c.decodeMessage(req)
	case FormBIP322:
		return c.decodeBIP322(req)
	}
	return c.decodePSBT(req)
}

// checkForm checks that there is such a form, and that the payload is not too long for it.
func (c *Chain) checkForm(req chain.Request) error {
	limit := 0
	switch req.Form {
	case FormTransaction, FormPSBT:
		limit = maxPayload
	case FormMessage, FormBIP322:
		limit = maxMessage
	default:
		return fault.Unsupported.New("%s has no form %q", c.network.ID, req.Form)
	}
	if len(req.Payload) > limit {
		return fault.TooLarge.New("a payload of %d bytes, at most %d are allowed", len(req.Payload), limit)
	}
	return nil
}
