package xrpl

import (
	"encoding/binary"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// claimSize is the size in bytes of a claim: a payment channel and drops.
const claimSize = hashSize + 8

// decodeClaim reads a claim against a payment channel (xrpl.org, "Payment Channels").
// Whoever holds the signature can have the channel's receiver paid, once and up to
// the amount in all.
func (c Chain) decodeClaim(req chain.Request) (*chain.Intent, error) {
	if len(req.Context) != 0 {
		return nil, fault.Invalid.New("the form %q takes no context", req.Form)
	}
	if len(req.Payload) != claimSize {
		return nil, fault.InvalidPayload.New("a claim of %d bytes, not %d: a channel and an amount", len(req.Payload), claimSize)
	}
	from, err := c.requireSigner(req)
	if err != nil {
		return nil, err
	}
	drops := binary.BigEndian.Uint64(req.Payload[hashSize:])
	if drops > maxDrops {
		return nil, fault.InvalidPayload.New("a claim of more XRP than there are")
	}
	message := make([]byte, 0, len(prefixClaim)+claimSize+64)
	in := c.intent(req.Form, req.Signer, append(append(message, prefixClaim...), req.Payload...))
	in.Effects = []chain.Effect{{
		Kind: chain.Allow, Asset: c.network.Symbol, Amount: decimalText(drops), From: from,
		Subject: "channel " + upperHex(req.Payload[:hashSize]), Until: "until the channel is closed",
		Detail: "claim: the channel's receiver may draw this much in all",
	}}
	in.Units = c.units()
	in.Finish = finish(req.Signer, func(signature []byte) []byte { return append([]byte(nil), signature...) })
	return in, nil
}

// readClaim reads the claim of the usual libraries, {"channel", "amount"}, into a
// payload; false: n is no claim.
func readClaim(n *node) ([]byte, bool, error) {
	channel, drops := n.get("channel"), n.get("amount")
	if channel == nil || drops == nil || len(n.members) != 2 {
		return nil, false, nil
	}
	b, err := encodeHex(channel, hashSize)
	if err != nil {
		return nil, true, in("channel", err)
	}
	number := *drops
	number.kind = '0'
	if drops.kind != '0' && drops.kind != '"' {
		number.kind = drops.kind
	}
	b, err = encoder{}.integer(b, fieldMPTAmount, &number)
	if err != nil {
		return nil, true, in("amount", err)
	}
	return b, true, nil
}
