package cardano

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"unicode/utf8"

	"strongroom/internal/chain"
	"strongroom/internal/codec/legible"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// MessageRequest is the request that signs a message as wallets do (CIP-30, signData)
// with the enterprise address of the key.
func (Chain) MessageRequest(message []byte, signer curve.PublicKey) (chain.Request, error) {
	if len(message) > maxPayload {
		return chain.Request{}, fault.TooLarge.New("a message of %d bytes, at most %d are allowed", len(message), maxPayload)
	}
	if _, err := schemeOf(signer); err != nil {
		return chain.Request{}, err
	}
	return chain.Request{Form: FormMessage, Payload: message, Signer: signer}, nil
}

// readMessage signs a COSE_Sign1 by CIP-8 and CIP-30. address is the raw address that the
// message is from, or nothing.
func (c Chain) readMessage(message, address []byte, keys []curve.PublicKey) (*chain.Intent, ready, error) {
	from := "signer"
	if len(keys) > 0 {
		own, err := c.enterprise(keys[0])
		if err != nil {
			return nil, ready{}, err
		}
		if len(address) == 0 {
			address = own
		}
		if err := c.checkOwner(address, own[1:]); err != nil {
			return nil, ready{}, err
		}
		from = c.text(address)
	} else if len(address) > 0 {
		if err := c.checkOwner(address, nil); err != nil {
			return nil, ready{}, err
		}
		from = c.text(address)
	}
	protected := protectedHeaders(address)
	in := &chain.Intent{
		Chain: c.network.ID, Form: FormMessage, Encoding: chain.Hex,
		Effects: []chain.Effect{{Kind: chain.Message, From: from, Subject: "CIP-8", Detail: "message " + quoted(message)}},
	}
	return in, ready{message: signatureStructure(protected, message), finish: func(s [][]byte) ([]byte, error) {
		b := appendBytes(appendHead(nil, majorArray, 4), protected)
		b = append(appendText(appendHead(b, majorMap, 1), "hashed"), cborFalse)
		b = appendBytes(b, message)
		return appendBytes(b, s[0]), nil
	}}, nil
}

// checkOwner demands an address that holds the hash of a key, as payment or stake part.
func (c Chain) checkOwner(address, hash []byte) error {
	err := c.checkAddress(address)
	if len(address) > 0 && address[0]>>4 >= typeReward {
		err = c.checkReward(address)
	}
	if err != nil {
		return err
	}
	kind := address[0] >> 4
	if kind == typeByron {
		return fault.InvalidPayload.New("context: messages from addresses of the Byron era are not supported")
	}
	payment := kind&1 == 0 && bytes.Equal(address[1:1+hashSize], hash)
	stake := kind < typePointer && kind&2 == 0 && bytes.Equal(address[1+hashSize:], hash)
	if hash != nil && !payment && !stake {
		return fault.UnknownKey.New("the address of the message is not of the key to sign with")
	}
	return nil
}

// protectedHeaders are {1: -8, "address": address}: EdDSA (RFC 9053, section 2.2) and what
// CIP-30 adds.
func protectedHeaders(address []byte) []byte {
	b := appendHead(nil, majorMap, 2)
	b = appendHead(b, majorUint, 1)
	b = appendHead(b, majorInt, 7)
	return appendBytes(appendText(b, "address"), address)
}

// signatureStructure is what a COSE_Sign1 signs (RFC 9052, section 4.4).
func signatureStructure(protected, message []byte) []byte {
	b := appendText(appendHead(nil, majorArray, 4), "Signature1")
	b = appendBytes(b, protected)
	b = appendBytes(b, nil)
	return appendBytes(b, message)
}

// quoted shows bytes as text where they are, shortened.
func quoted(b []byte) string {
	const most = 256
	text, rest := b, ""
	if len(text) > most {
		text, rest = text[:most], "… of "+strconv.Itoa(len(b))+" bytes"
	}
	if !utf8.Valid(b) {
		return hex.EncodeToString(text) + rest
	}
	if !legible.Text(b) {
		return strconv.QuoteToASCII(string(text)) + rest
	}
	return strconv.QuoteToGraphic(string(text)) + rest
}
