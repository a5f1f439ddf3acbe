package tron

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/fault"
)

// typePrefix is before the name of a message in what names its type.
const typePrefix = "type.googleapis.com/protocol."

// transaction is a decoded raw_data.
type transaction struct {
	id       [32]byte // SHA-256 of the payload, which is signed
	size     int      // bytes of the payload
	raw      *object
	contract *object
	typ      int64
	value    *object // what the contract says; nil where its type is not decoded
}

// parseTransaction reads a payload strictly. The result shares its memory.
func parseTransaction(payload []byte) (*transaction, error) {
	r := wireReader{left: maxMembers}
	raw, err := r.read(messageRaw, payload)
	if err != nil {
		return nil, err
	}
	if len(raw.bytes("ref_block_bytes")) != 2 || len(raw.bytes("ref_block_hash")) != 8 || !raw.has("expiration") {
		return nil, fault.InvalidPayload.New("a transaction names a block (2 bytes of its number, 8 of its hash) and when it expires")
	}
	contracts := raw.list("contract")
	if len(contracts) != 1 {
		return nil, fault.InvalidPayload.New("a transaction has one contract, not %d", len(contracts))
	}
	t := &transaction{id: sha256.Sum256(payload), size: len(payload), raw: raw, contract: contracts[0].sub}
	t.typ = t.contract.number("type")
	parameter := t.contract.find("parameter")
	if parameter == nil {
		return nil, fault.InvalidPayload.New("a contract without its parameter")
	}
	m := contractMessage(t.typ)
	if m == nil {
		return t, nil
	}
	if url := parameter.sub.bytes("type_url"); !isURL(url, m) {
		return nil, fault.InvalidPayload.New("the parameter of a %s is of another type", m.name)
	}
	if t.value, err = r.read(m, parameter.sub.bytes("value")); err != nil {
		return nil, err
	}
	if t.typ == typeAccountPermissionUpdate {
		if err := checkPermissions(t.value); err != nil {
			return nil, err
		}
	}
	// Without a receiver of resources they stay the owner's; no other address may be left out.
	for i := range m.fields {
		if f := &m.fields[i]; f.kind == kindAddress && !f.list && f.name != "receiver_address" && !t.value.has(f.name) {
			return nil, f.invalid(m, "is missing")
		}
	}
	return t, nil
}

// isURL reports whether a type is that of a message.
func isURL(url []byte, m *message) bool {
	return len(url) == len(typePrefix)+len(m.name) && strings.HasPrefix(string(url), typePrefix) && string(url[len(typePrefix):]) == m.name
}

// owner is whom the transaction belongs to.
func (t *transaction) owner() [hashSize]byte { return t.value.address("owner_address") }

// address is the value of an address without its first byte, zero if it is absent.
func (o *object) address(name string) (hash [hashSize]byte) {
	if b := o.bytes(name); b != nil {
		copy(hash[:], b[1:])
	}
	return hash
}

func (c Chain) decodeTransaction(req chain.Request, signer *hexaccount.Account) (*chain.Intent, error) {
	payload := bytes.Clone(req.Payload)
	t, err := parseTransaction(payload)
	if err != nil {
		return nil, err
	}
	var context []byte
	if len(req.Context) > 0 {
		context = bytes.Clone(req.Context)
		if err := t.checkJSON(payload, context); err != nil {
			return nil, err
		}
	}
	d := c.describe(t, signer)
	in := c.intent(req.Form, d, t.id, func(s signature) []byte {
		if context != nil {
			return signedJSON(context, s)
		}
		return signedTransaction(payload, s)
	})
	in.Encoding = chain.Hex
	if context != nil {
		in.Encoding = chain.Text
	}
	return in, nil
}

// signedTransaction is the message Transaction with one signature.
func signedTransaction(payload []byte, s signature) []byte {
	out := make([]byte, 0, len(payload)+len(s)+16)
	out = protowire.AppendTag(out, 1, protowire.BytesType)
	out = protowire.AppendBytes(out, payload)
	out = protowire.AppendTag(out, 2, protowire.BytesType)
	return protowire.AppendBytes(out, s)
}

// signedJSON adds the member signature at the end of a JSON object that was checked:
// r and s in lower case and v in upper case, as TronWeb has it.
func signedJSON(object []byte, s signature) []byte {
	object = bytes.TrimRight(object, " \t\r\n")
	out := make([]byte, 0, len(object)+2*len(s)+18)
	out = append(out, object[:len(object)-1]...)
	out = append(out, `,"signature":["`...)
	out = hex.AppendEncode(out, s[:64])
	out = append(out, strings.ToUpper(hex.EncodeToString(s[64:]))...)
	return append(out, `"]}`...)
}
