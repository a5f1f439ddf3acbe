package beacon

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// maxFile bounds a file. Addresses as arrays of bytes take several times the room.
const maxFile = 512 << 10

// ReadFile reads a sign document as JSON in any spelling, or that JSON in hex or
// base64, or a pending transaction of Tatum together with the account's data, as the
// package comment describes it.
func (c Chain) ReadFile(data []byte) (chain.Request, error) {
	if len(data) > maxFile {
		return chain.Request{}, fault.TooLarge.New("a file of %d bytes, at most %d are allowed", len(data), maxFile)
	}
	if data = bytes.TrimSpace(data); len(data) > 0 && data[0] != '{' {
		digits := data
		if len(data) >= 2 && data[0] == '0' && data[1]|' ' == 'x' {
			digits = data[2:]
		}
		raw, err := hex.AppendDecode(nil, digits)
		if err != nil {
			raw, err = base64.StdEncoding.Strict().AppendDecode(nil, data)
		}
		if err != nil {
			return chain.Request{}, fault.InvalidPayload.New("the file is neither json nor hex nor base64")
		}
		data = raw
	}
	n, err := parseJSON(data)
	if err != nil {
		return chain.Request{}, err
	}
	var encoded []byte
	if n.get("signMsg") != nil {
		if encoded, err = n.merge(); err != nil {
			return chain.Request{}, err
		}
	}
	payload, err := n.appendCanonical(nil)
	if err != nil {
		return chain.Request{}, err
	}
	if len(payload) > maxPayload || len(encoded) > maxPayload {
		return chain.Request{}, fault.TooLarge.New("a sign document of %d bytes, at most %d are allowed", len(payload), maxPayload)
	}
	doc, err := c.readDocument(&n)
	if err != nil {
		return chain.Request{}, err
	}
	req := chain.Request{Form: FormTransaction, Payload: payload}
	if encoded == nil {
		return req, nil
	}
	// What the document says decides; the file's own encoding must be the same.
	switch doc.message.kind {
	case holding:
		req.Context = bytes.Clone(encoded[:min(prefixSize, len(encoded))])
	case other:
		req.Context = encoded
	}
	own, err := doc.message.encode(req.Context)
	if err != nil {
		return chain.Request{}, fault.InvalidPayload.Wrap(err, "msg: %s", fault.Text(err))
	}
	if !bytes.Equal(own, encoded) {
		return chain.Request{}, fault.InvalidPayload.New("msg and signMsg do not say the same")
	}
	return req, nil
}

// merge turns a pending transaction with the account's data into a sign document, and
// gives the amino encoding of its msg.
func (n *node) merge() ([]byte, error) {
	source := n.get("source")
	if source == nil {
		n.members = append(n.members, member{"source", node{kind: '0', text: "0"}})
	}
	if !n.has("msg", "signMsg", "memo", "account_number", "chain_id", "sequence", "source") {
		return nil, fault.InvalidPayload.New("a pending transaction has msg, signMsg, memo, account_number, chain_id, sequence and source")
	}
	encoded, err := encodeTree(n.get("msg"))
	if err != nil {
		return nil, err
	}
	asText := func(name string) node {
		value := *n.get(name)
		if value.isNumber() {
			value.kind = '"'
		}
		return value
	}
	n.members = []member{
		{"account_number", asText("account_number")}, {"chain_id", *n.get("chain_id")}, {"data", node{kind: 'n'}}, {"memo", *n.get("memo")},
		{"msgs", node{kind: '[', items: []node{*n.get("signMsg")}}}, {"sequence", asText("sequence")}, {"source", asText("source")},
	}
	return encoded, nil
}
