package tron

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// ReadFile reads an unsigned transaction:
//
//   - the JSON object of a node or of TronWeb, with txID, raw_data, raw_data_hex and
//     visible; its space is taken out, and it becomes the Context, so that the result
//     is JSON too;
//   - raw_data, or the message Transaction with nothing else, in hex with or without
//     0x, or in base64.
//
// What is in JSON must say the same everywhere ("Invalid transaction"), and nothing
// may be signed ("Transaction is already signed"). The signer is not named. Errors:
// fault.InvalidPayload, fault.TooLarge.
func (Chain) ReadFile(data []byte) (chain.Request, error) {
	if len(data) > maxJSON {
		return chain.Request{}, fault.TooLarge.New("a file of %d bytes, at most %d are allowed", len(data), maxJSON)
	}
	data = bytes.TrimSpace(data)
	if len(data) > 0 && data[0] == '{' {
		return readJSON(data)
	}
	raw, err := readBytes(data)
	if err != nil {
		return chain.Request{}, err
	}
	if len(raw) > maxPayload {
		return chain.Request{}, fault.TooLarge.New("a transaction of %d bytes, at most %d are allowed", len(raw), maxPayload)
	}
	_, err = parseTransaction(raw)
	if err != nil {
		inner, signed := unwrapped(raw)
		if signed {
			return chain.Request{}, errSigned
		}
		if inner == nil {
			return chain.Request{}, err
		}
		if _, err := parseTransaction(inner); err != nil {
			return chain.Request{}, err
		}
		raw = inner
	}
	return chain.Request{Form: FormTransaction, Payload: raw}, nil
}

func readJSON(data []byte) (chain.Request, error) {
	text := jsontext.Value(bytes.Clone(data))
	if err := text.Compact(); err != nil {
		return chain.Request{}, mismatch("no json, or a repeated member")
	}
	e, err := parseEnvelope(text)
	if err != nil {
		return chain.Request{}, err
	}
	payload, err := hex.DecodeString(e.hex)
	if err != nil {
		return chain.Request{}, mismatch("raw_data_hex is no hex")
	}
	if len(payload) > maxPayload {
		return chain.Request{}, fault.TooLarge.New("a transaction of %d bytes, at most %d are allowed", len(payload), maxPayload)
	}
	t, err := parseTransaction(payload)
	if err != nil {
		return chain.Request{}, err
	}
	if err := t.checkEnvelope(e); err != nil {
		return chain.Request{}, err
	}
	return chain.Request{Form: FormTransaction, Payload: payload, Context: text}, nil
}

// readBytes undoes hex, with or without 0x, or base64.
func readBytes(text []byte) ([]byte, error) {
	digits := text
	if len(text) >= 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') {
		digits = text[2:]
	}
	if raw, err := hex.AppendDecode(nil, digits); err == nil {
		return raw, nil
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(string(text))
	if err != nil || bytes.ContainsAny(text, "\r\n") {
		return nil, fault.InvalidPayload.New("a transaction is in json, hex or base64")
	}
	return raw, nil
}

// unwrapped is the raw_data of a message Transaction, nil where it is none, and
// whether the transaction is signed.
func unwrapped(data []byte) (raw []byte, signed bool) {
	r := wireReader{left: maxMembers}
	o, err := r.read(messageTransaction, data)
	if err != nil {
		return nil, false
	}
	return o.bytes("raw_data"), o.has("signature")
}
