package bitcoin

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"

	"strongroom/internal/chain"
	"strongroom/internal/codec/legible"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// The headers of BIP-137: the first of four for each format of address.
const (
	headerUncompressed = 27
	headerCompressed   = 31
	headerNested       = 35
	headerWitness      = 39
)

// MessageRequestAs is a request for the address of a format: of form "bip322" for P2WPKH
// and P2TR, whose addresses BIP-137 does not know or only by a later agreement, and of
// form "message" for the others.
func (c Chain) MessageRequestAs(message []byte, signer curve.PublicKey, form, format string) (chain.Request, error) {
	req, err := c.MessageRequest(message, signer)
	if err != nil {
		return chain.Request{}, err
	}
	req.Form, req.Context = form, []byte(format)
	if form == "" {
		req.Form = FormMessage
		if format == FormatP2WPKH || format == FormatP2TR {
			req.Form = FormBIP322
		}
	}
	return req, nil
}

// MessageRequest is a request of form "bip322" where the usual address is P2WPKH, and
// of form "message" (BIP-137) elsewhere.
func (c Chain) MessageRequest(message []byte, signer curve.PublicKey) (chain.Request, error) {
	if signer.Algorithm() != curve.Secp256k1 {
		return chain.Request{}, fault.UnknownKey.New("a key of algorithm %s signs nothing here", signer.Algorithm())
	}
	if len(message) > maxMessage {
		return chain.Request{}, fault.TooLarge.New("a message of %d bytes, at most %d are allowed", len(message), maxMessage)
	}
	form := FormMessage
	if c.params.Format == FormatP2WPKH {
		form = FormBIP322
	}
	return chain.Request{Form: form, Payload: bytes.Clone(message), Signer: signer}, nil
}

// decodeMessage understands the form "message".
func (c Chain) decodeMessage(req chain.Request) (*chain.Intent, error) {
	key, err := messageKey(req)
	if err != nil {
		return nil, err
	}
	format := c.params.Format
	if len(req.Context) > 0 {
		format = string(req.Context)
	}
	header := byte(headerCompressed)
	switch format {
	case FormatP2WPKH:
		header = headerWitness
	case FormatNested:
		header = headerNested
	case FormatUncompressed:
		header = headerUncompressed
	case FormatP2PKH, FormatCashAddr, FormatLegacy:
	default:
		return nil, fault.Unsupported.New("BIP-137 signs for no addresses of format %.40q", format)
	}
	address, err := c.AddressAs(key, format)
	if err != nil {
		return nil, err
	}
	prefix := c.params.Message + "\n"
	signed := make([]byte, 0, len(prefix)+len(req.Payload)+10)
	signed = appendBytes(appendBytes(signed, []byte(prefix)), req.Payload)
	sum := sha256.Sum256(signed)
	sum = sha256.Sum256(sum[:])

	in := c.messageIntent(req, address, chain.Task{Key: key, Scheme: curve.ECDSASecp256k1, Message: sum[:]})
	in.Finish = func(signatures [][]byte) ([]byte, error) {
		if len(signatures) != 1 {
			return nil, fault.Invalid.New("%d signatures for 1 task", len(signatures))
		}
		rs, recovery, err := curve.ECDSASecp256k1.Split(signatures[0])
		if err != nil {
			return nil, err
		}
		return append([]byte{header + recovery}, rs...), nil
	}
	return in, nil
}

// messageKey is the one key that signs a message.
func messageKey(req chain.Request) (curve.PublicKey, error) {
	keys, err := candidates(req, nil)
	if err != nil {
		return curve.PublicKey{}, err
	}
	if len(keys) != 1 {
		return curve.PublicKey{}, fault.UnknownKey.New("a message is signed with one key, not %d", len(keys))
	}
	return keys[0].key, nil
}

// messageIntent describes a signed message.
func (c *Chain) messageIntent(req chain.Request, address string, task chain.Task) *chain.Intent {
	shown := ""
	if text := string(req.Payload); readable(text) {
		shown = quote(text)
	} else {
		shown = "bytes " + hex.EncodeToString(req.Payload[:min(len(req.Payload), maxDetailText)])
		if len(req.Payload) > maxDetailText {
			shown += " (cut)"
		}
	}
	return &chain.Intent{
		Chain: c.network.ID, Form: req.Form, Encoding: chain.Base64, Tasks: []chain.Task{task},
		Effects: []chain.Effect{{Kind: chain.Message, From: address, Detail: shown}},
	}
}

// readable reports whether text is UTF-8 of printable characters and line breaks.
func readable(text string) bool { return legible.Text([]byte(text)) }
