package xrpl

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// ReadFile reads an unsigned transaction as JSON of the usual libraries or as its
// serialization in hex, with or without 0x, or base64; or a claim as JSON. The form
// is [FormMultisign] where SigningPubKey is there and empty. A key that the file
// names becomes the signer. Members that are no fields of the format are refused.
func (c Chain) ReadFile(data []byte) (chain.Request, error) {
	if len(data) > maxFile {
		return chain.Request{}, fault.TooLarge.New("a file of %d bytes, at most %d are allowed", len(data), maxFile)
	}
	data = bytes.TrimSpace(data)
	var payload []byte
	if len(data) > 0 && data[0] == '{' {
		n, err := parseJSON(data)
		if err != nil {
			return chain.Request{}, err
		}
		claim, isClaim, err := readClaim(&n)
		if isClaim {
			return chain.Request{Form: FormClaim, Payload: claim}, err
		}
		if payload, err = (encoder{test: c.network.Test}).object(nil, &n, 0); err != nil {
			return chain.Request{}, err
		}
	} else {
		var err error
		if payload, err = readBinary(data); err != nil {
			return chain.Request{}, err
		}
	}
	if len(payload) > maxPayload {
		return chain.Request{}, fault.TooLarge.New("a transaction of %d bytes, at most %d are allowed", len(payload), maxPayload)
	}
	t, err := c.readTransaction(payload)
	if err != nil {
		return chain.Request{}, err
	}
	req := chain.Request{Form: FormTransaction, Payload: payload}
	switch key, named := t.find(fieldSigningPubKey); {
	case named && len(key) == 0:
		req.Form = FormMultisign
	case named:
		if req.Signer, err = parseKey(key); err != nil {
			return chain.Request{}, err
		}
	}
	return req, nil
}

// readBinary reads hex or base64.
func readBinary(text []byte) ([]byte, error) {
	digits := text
	if len(text) >= 2 && text[0] == '0' && text[1]|' ' == 'x' {
		digits = text[2:]
	}
	if raw, err := hex.AppendDecode(nil, digits); err == nil && len(raw) > 0 {
		return raw, nil
	}
	if raw, err := base64.StdEncoding.Strict().AppendDecode(nil, text); err == nil && len(raw) > 0 {
		return raw, nil
	}
	return nil, fault.InvalidPayload.New("the file is neither json nor hex nor base64")
}
