package beacon

import (
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// document is a sign document that was read.
type document struct {
	accountNumber, sequence, source uint64
	memo                            string
	message                         message
}

// parseDocument reads a sign document, which must be in its canonical form and of this
// network.
func (c Chain) parseDocument(payload []byte) (d document, err error) {
	n, err := parseCanonical(payload)
	if err != nil {
		return d, err
	}
	return c.readDocument(&n)
}

func (c Chain) readDocument(n *node) (d document, err error) {
	if !n.has("account_number", "chain_id", "data", "memo", "msgs", "sequence", "source") {
		return d, fault.InvalidPayload.New("a sign document has account_number, chain_id, data, memo, msgs, sequence and source")
	}
	for _, f := range [...]struct {
		name  string
		value *uint64
	}{{"account_number", &d.accountNumber}, {"sequence", &d.sequence}, {"source", &d.source}} {
		value, ok := n.get(f.name).uint()
		if !ok || !n.get(f.name).isText() {
			return d, fault.InvalidPayload.New("%s is a text of decimal digits", f.name)
		}
		*f.value = value
	}
	if id := n.get("chain_id"); !id.isText() || id.text != c.chainID {
		return d, fault.InvalidPayload.New("the sign document is not for the chain %q", c.chainID)
	}
	if n.get("data").kind != 'n' {
		return d, fault.InvalidPayload.New("data is always null")
	}
	memo, msgs := n.get("memo"), n.get("msgs")
	if !memo.isText() || !msgs.isArray() || len(msgs.items) != 1 || msgs.items[0].kind != '{' {
		return d, fault.InvalidPayload.New("a sign document has a memo and one message")
	}
	d.memo = memo.text
	d.message, err = c.readMessage(&msgs.items[0])
	return d, err
}

// Amino prefixes of types (BNB Beacon Chain, "Transaction Encoding").
const (
	prefixStdTx     = "\xf0\x62\x5d\xee"
	prefixPublicKey = "\xeb\x5a\xe9\x87"
	prefixSend      = "\x2a\x2c\x87\xfa"
	prefixNewOrder  = "\xce\x6d\xc0\x43"
	prefixCancel    = "\x16\x6e\x68\x1b"
	prefixFreeze    = "\xe7\x74\xb3\x2d"
	prefixUnfreeze  = "\x65\x15\xff\x0d"
	prefixMint      = "\x46\x7e\x08\x29"
	prefixBurn      = "\x7e\xd2\xd2\xa0"
	prefixSize      = 4
)

// encode writes the signed transaction around the encoded message: StdTx with its
// length in front.
func (d *document) encode(message []byte, key curve.PublicKey, rs []byte) []byte {
	public := appendBytes([]byte(prefixPublicKey), key.Bytes())
	signature := appendField(nil, 1, public)
	signature = appendField(signature, 2, rs)
	signature = appendNumber(signature, 3, d.accountNumber)
	signature = appendNumber(signature, 4, d.sequence)

	tx := appendField([]byte(prefixStdTx), 1, message)
	tx = appendField(tx, 2, signature)
	if d.memo != "" {
		tx = appendField(tx, 3, []byte(d.memo))
	}
	tx = appendNumber(tx, 4, d.source)
	return appendBytes(nil, tx)
}
