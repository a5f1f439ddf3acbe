package flow

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// maxFile is the size of the largest payload in hex, with room for what JSON adds.
const maxFile = 2*maxPayload + 1<<16

// ReadFile reads an unsigned transaction: the RLP of a payload or an envelope, with or
// without its tag, as bytes, hex (with or without 0x) or base64; or the JSON that the
// access API takes. JSON becomes the envelope when everybody but the payer has signed,
// else the transaction. Errors: fault.InvalidPayload, fault.TooLarge.
func (c Chain) ReadFile(data []byte) (chain.Request, error) {
	if len(data) > maxFile {
		return chain.Request{}, fault.TooLarge.New("a file of %d bytes, at most %d are allowed", len(data), maxFile)
	}
	text := bytes.TrimSpace(data)
	req, err := chain.Request{}, error(nil)
	if len(text) > 0 && text[0] == '{' {
		req, err = fromJSON(text)
	} else {
		req, err = fromBytes(data, text)
	}
	if err != nil {
		return chain.Request{}, err
	}
	// A file that nothing can sign is refused where it is read.
	if _, err := c.Preview(req); err != nil {
		return chain.Request{}, err
	}
	return req, nil
}

func fromJSON(text []byte) (chain.Request, error) {
	t, err := ParseTransaction(text)
	if err != nil {
		return chain.Request{}, err
	}
	for _, a := range t.signers() {
		missing := a != t.Payer
		for _, s := range t.PayloadSignatures {
			missing = missing && s.Account != a
		}
		if missing {
			return chain.Request{Form: FormTransaction, Payload: t.Payload()}, nil
		}
	}
	return chain.Request{Form: FormEnvelope, Payload: t.Envelope()}, nil
}

// fromBytes tells the encodings apart by their beginning: RLP lists begin above 0xc0,
// the tag with an 'F', hex with a digit below 'g'.
func fromBytes(data, text []byte) (chain.Request, error) {
	payload := data
	if len(data) == 0 || data[0] < 0xc0 && !bytes.HasPrefix(data, []byte(tagTransaction)) {
		digits := bytes.TrimPrefix(text, []byte("0x"))
		payload = make([]byte, hex.DecodedLen(len(digits)))
		if n, err := hex.Decode(payload, digits); err != nil || n == 0 {
			if payload, err = base64.StdEncoding.AppendDecode(nil, text); err != nil || len(payload) == 0 {
				return chain.Request{}, fault.InvalidPayload.New("file: neither JSON of the access API nor RLP as bytes, hex or base64")
			}
		}
	}
	payload = bytes.Clone(bytes.TrimPrefix(payload, []byte(tagTransaction)))
	if len(payload) > maxPayload {
		return chain.Request{}, fault.TooLarge.New("a payload of %d bytes, at most %d are allowed", len(payload), maxPayload)
	}
	if _, err := readForm(FormEnvelope, payload); err == nil {
		return chain.Request{Form: FormEnvelope, Payload: payload}, nil
	}
	return chain.Request{Form: FormTransaction, Payload: payload}, nil
}
