package tron

import (
	"encoding/hex"
	"strconv"
	"strings"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/codec/legible"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

const (
	messagePrefix = "\x19TRON Signed Message:\n" // TIP-191
	maxShown      = 2000                         // bytes of a message that are shown
)

// MessageRequest is the request for signMessageV2 of TronWeb (TIP-191). Errors:
// fault.TooLarge.
func (Chain) MessageRequest(message []byte, signer curve.PublicKey) (chain.Request, error) {
	if len(message) > maxPayload {
		return chain.Request{}, fault.TooLarge.New("a message of %d bytes, at most %d are allowed", len(message), maxPayload)
	}
	return chain.Request{Form: FormMessage, Payload: append([]byte(nil), message...), Signer: signer}, nil
}

// decodeMessage understands a message of a person. One that a contract could take for
// an order (the text of a digest, or bytes that are no text) is opaque.
func (c Chain) decodeMessage(req chain.Request, signer *hexaccount.Account) (*chain.Intent, error) {
	d := description{signer: signer}
	text, printable := shown(req.Payload)
	e := chain.Effect{Kind: chain.Message, From: signer.Text, Subject: "message", Detail: "personal message (TIP-191)"}
	switch {
	case len(req.Payload) == curve.DigestSize:
		d.warn("The message has 32 bytes, as the hash of a transaction or order has.")
	case isDigestText(req.Payload):
		d.warn("The message is the text of a hash, which may stand for anything.")
	case !printable:
		d.warn("The message is no text.")
	}
	if len(d.warnings) > 0 {
		e.Kind, e.Detail = chain.Opaque, "personal message (TIP-191) that may stand for something else"
	}
	d.add(e)
	d.fact("length", strconv.Itoa(len(req.Payload)))
	d.fact("message", text)
	digest := hexaccount.Keccak([]byte(messagePrefix), []byte(strconv.Itoa(len(req.Payload))), req.Payload)
	in := c.intent(req.Form, &d, digest, func(s signature) []byte { return s })
	in.Encoding = chain.Hex0x
	return in, nil
}

func (c Chain) decodeDigest(req chain.Request, signer *hexaccount.Account) (*chain.Intent, error) {
	if len(req.Payload) != curve.DigestSize {
		return nil, fault.InvalidPayload.New("a digest has %d bytes, not %d", curve.DigestSize, len(req.Payload))
	}
	d := description{signer: signer}
	d.add(chain.Effect{Kind: chain.Opaque, From: signer.Text, Subject: "digest", Detail: "nothing is known about what is signed"})
	in := c.intent(req.Form, &d, [32]byte(req.Payload), func(s signature) []byte { return s })
	in.Encoding = chain.Hex
	return in, nil
}

// isDigestText reports whether a message is 64 hex digits, with or without 0x.
func isDigestText(message []byte) bool {
	if len(message) == 2+2*curve.DigestSize && message[0] == '0' && message[1] == 'x' {
		message = message[2:]
	}
	if len(message) != 2*curve.DigestSize {
		return false
	}
	var digest [curve.DigestSize]byte
	_, err := hex.Decode(digest[:], message)
	return err == nil
}

// shown is bytes as people may see them: text with line breaks, else hex; and whether
// it is text.
func shown(data []byte) (text string, printable bool) {
	text, printable = legible.Show(data, maxShown)
	return strings.ReplaceAll(text, "\r\n", "\n"), printable
}
