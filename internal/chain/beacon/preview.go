package beacon

import (
	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

var _ chain.Previewer = Chain{}

// Preview decodes a transaction without the key that signs it. Of messages that do not
// name their sender it says "signer".
func (c Chain) Preview(req chain.Request) (*chain.Intent, error) {
	if req.Form != FormTransaction {
		return nil, fault.Unsupported.New("the BNB Beacon Chain has no form %q", req.Form)
	}
	if len(req.Payload) > maxPayload {
		return nil, fault.TooLarge.New("a payload of %d bytes, at most %d are allowed", len(req.Payload), maxPayload)
	}
	doc, err := c.parseDocument(req.Payload)
	if err != nil {
		return nil, err
	}
	owner := doc.message.sender
	if owner == "" {
		owner = "signer"
	}
	in := &chain.Intent{Chain: c.network.ID, Form: req.Form, Encoding: chain.Hex}
	c.describe(in, &doc, owner)
	return in, nil
}
