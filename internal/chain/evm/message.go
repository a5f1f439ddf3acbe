package evm

import (
	"encoding/hex"
	"strconv"
	"strings"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/codec/legible"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

const (
	personalPrefix = "\x19Ethereum Signed Message:\n" // EIP-191, version 0x45
	versionPrefix  = 0x19                             // EIP-191
	forValidator   = 0x00                             // EIP-191, version of data for a validator

	maxShown = 2000 // characters of a message that are shown
)

// MessageRequest is the request for personal_sign (EIP-191, version 0x45). Errors:
// fault.TooLarge.
func (Chain) MessageRequest(message []byte, signer curve.PublicKey) (chain.Request, error) {
	if len(message) > maxPayload {
		return chain.Request{}, fault.TooLarge.New("a message of %d bytes, at most %d are allowed", len(message), maxPayload)
	}
	return chain.Request{Form: FormMessage, Payload: append([]byte(nil), message...), Signer: signer}, nil
}

func (c Chain) decodeMessage(message []byte, signer *account) (*chain.Intent, error) {
	d := c.describe(signer, 0)
	d.message(message)
	digest := hexaccount.Keccak(personal(message), message)
	return c.intent(FormMessage, d, digest, signature.bytes), nil
}

// personal is what stands in front of a personal message (EIP-191, version 0x45).
func personal(message []byte) []byte {
	return strconv.AppendInt([]byte(personalPrefix), int64(len(message)), 10)
}

// message describes a personal message. One that a contract could take for an order
// is not understood: accounts of Safe and of EIP-4337 take the hash of an order that
// is signed as a message of 32 bytes.
func (d *description) message(message []byte) {
	e := chain.Effect{Kind: chain.Message, From: d.signer.Text, Subject: "message", Detail: "personal message (EIP-191)"}
	text, printable := shown(message)
	why := ""
	switch inner, isHex := hexText(message); {
	case len(message) == curve.DigestSize:
		why = "The message has 32 bytes, as the hash of a transaction or order has."
	case looksLikeTransaction(message), isHex && looksLikeTransaction(inner):
		why = "The message looks like a transaction."
	case isHex && len(inner) == curve.DigestSize:
		why = "The message is the text of a hash, which may stand for anything."
	case !printable:
		why = "The message is no text, or has characters that cannot be seen."
	}
	if why != "" {
		e.Kind, e.Detail = chain.Opaque, "personal message (EIP-191) that may stand for something else"
		d.warn(why)
	}
	d.add(e)
	d.fact("length", strconv.Itoa(len(message)))
	d.fact("message", text)
	if site, ok := strings.CutSuffix(firstLine(message), " wants you to sign in with your Ethereum account:"); ok {
		d.fact("sign-in (EIP-4361)", site)
	}
}

// firstLine is the first line of a message, "" if it is long or no text.
func firstLine(message []byte) string {
	line, _, _ := strings.Cut(string(message[:min(len(message), 300)]), "\n")
	if _, printable := shown([]byte(line)); !printable {
		return ""
	}
	return line
}

// shown is a message as people may see it: text with line breaks, else hex; and
// whether it is text.
func shown(message []byte) (text string, printable bool) { return legible.Show(message, maxShown) }

// hexText undoes hex digits with or without 0x around which there is only space.
func hexText(message []byte) ([]byte, bool) {
	text := strings.TrimSpace(string(message))
	text = strings.TrimPrefix(strings.TrimPrefix(text, hexPrefix), "0X")
	if len(text) < 2*curve.DigestSize {
		return nil, false
	}
	data, err := hex.DecodeString(text)
	return data, err == nil
}

// looksLikeTransaction reports whether data are one list of RLP, perhaps behind a
// type byte, that is long enough to be a transaction, or begin as what EIP-191 and
// EIP-712 sign.
func looksLikeTransaction(data []byte) bool {
	if len(data) > 2 && data[0] == versionPrefix {
		return true
	}
	if len(data) > 1 && data[0] < 0x80 {
		data = data[1:]
	}
	if len(data) < 9 || data[0] < 0xc0 {
		return false
	}
	return rlp.Count(data) >= 3
}

func (c Chain) decodeValidatorMessage(payload []byte, signer *account) (*chain.Intent, error) {
	if len(payload) < len(address{}) {
		return nil, errValidator
	}
	d := c.describe(signer, 0)
	text, _ := shown(payload[20:])
	d.add(chain.Effect{Kind: chain.Opaque, From: signer.Text, To: c.text(address(payload[:20])), Subject: "message for a validator",
		Detail: "only the validator knows what the data mean (EIP-191)"})
	d.fact("data", text)
	return c.intent(FormValidatorMessage, d, hexaccount.Keccak([]byte{versionPrefix, forValidator}, payload), signature.bytes), nil
}

var errValidator = fault.InvalidPayload.New("a message for a validator begins with the 20 bytes of its address (EIP-191)")

func (c Chain) decodeDigest(payload []byte, signer *account) (*chain.Intent, error) {
	if len(payload) != curve.DigestSize {
		return nil, fault.InvalidPayload.New("a digest has %d bytes, not %d", curve.DigestSize, len(payload))
	}
	d := c.describe(signer, 0)
	d.add(chain.Effect{Kind: chain.Opaque, From: signer.Text, Subject: "digest", Detail: "nothing is known about what is signed"})
	return c.intent(FormDigest, d, [32]byte(payload), signature.bytes), nil
}
