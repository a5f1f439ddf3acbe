package tron

import (
	"bytes"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
)

// What the peer's clients read, in the words of TronWeb.
var (
	errSigned   = fault.InvalidPayload.New("Transaction is already signed")
	errMismatch = fault.InvalidPayload.New("Invalid transaction")
)

// mismatch is errMismatch with what is wrong for the log.
func mismatch(format string, args ...any) error {
	return fault.InvalidPayload.Wrap(fault.InvalidPayload.New(format, args...), "%s", fault.Text(errMismatch))
}

// envelope is a transaction as nodes give it, before anything in it is compared.
type envelope struct {
	visible bool
	id      string
	hex     string
	data    jsontext.Value // the member raw_data
	made    string         // contract_address: what nodes add for a new contract
}

// parseEnvelope reads the JSON object around a transaction. Repeated and unknown
// members are refused.
func parseEnvelope(text []byte) (e envelope, err error) {
	if len(text) > maxJSON {
		return e, fault.TooLarge.New("a transaction of %d bytes of json, at most %d are allowed", len(text), maxJSON)
	}
	dec := jsontext.NewDecoder(bytes.NewBuffer(text))
	signed := false
	err = eachMember(dec, func(member []byte) error {
		name := string(member) // the next read may overwrite it
		value, err := dec.ReadValue()
		if err != nil {
			return mismatch("no json")
		}
		switch name {
		case "visible":
			e.visible = value.Kind() == 't'
			if value.Kind() != 't' && value.Kind() != 'f' {
				return mismatch("visible is no boolean")
			}
		case "txID":
			e.id, err = stringOf(value)
		case "raw_data_hex":
			e.hex, err = stringOf(value)
		case "contract_address":
			e.made, err = stringOf(value)
		case "raw_data":
			e.data = value.Clone()
		case "signature":
			signed = value.Kind() != 'n'
			if !signed {
				return mismatch("a signature that is null")
			}
		default:
			return mismatch("an unknown member")
		}
		return err
	})
	if err == nil {
		if _, end := dec.ReadToken(); end != io.EOF {
			err = mismatch("something after the json object")
		}
	}
	switch {
	case signed:
		return e, errSigned
	case err != nil:
		return e, err
	case e.id == "" || e.hex == "" || e.data == nil:
		return e, mismatch("txID, raw_data or raw_data_hex is missing")
	}
	return e, nil
}

// eachMember reads an object. each must read the value of the member.
// The name is gone when it does.
func eachMember(dec *jsontext.Decoder, each func(name []byte) error) error {
	if token, err := dec.ReadToken(); err != nil || token.Kind() != '{' {
		return mismatch("a value that should be a json object")
	}
	for {
		if dec.PeekKind() == '}' {
			_, err := dec.ReadToken()
			return err
		}
		value, err := dec.ReadValue()
		if err != nil {
			return mismatch("no json, or a repeated member")
		}
		name, ok := textOf(value)
		if !ok {
			return mismatch("a member without a name")
		}
		if err := each(name); err != nil {
			return err
		}
	}
}

// textOf is what a JSON text says. It may share the memory of value.
func textOf(value jsontext.Value) (text []byte, ok bool) {
	if value.Kind() != '"' {
		return nil, false
	}
	if bytes.IndexByte(value, '\\') < 0 {
		return value[1 : len(value)-1], true
	}
	text, err := jsontext.AppendUnquote(nil, value)
	return text, err == nil
}

func stringOf(value jsontext.Value) (string, error) {
	text, ok := textOf(value)
	if !ok {
		return "", mismatch("a value that should be a text")
	}
	return string(text), nil
}

// checkJSON holds the JSON of a transaction against its payload.
func (t *transaction) checkJSON(payload, text []byte) error {
	e, err := parseEnvelope(text)
	if err != nil {
		return err
	}
	if !isHex([]byte(e.hex), payload) {
		return mismatch("raw_data_hex is not the payload")
	}
	return t.checkEnvelope(e)
}

// checkEnvelope holds all but raw_data_hex against the payload.
func (t *transaction) checkEnvelope(e envelope) error {
	if !isHex([]byte(e.id), t.id[:]) {
		return mismatch("txID is not the hash of the transaction")
	}
	if e.made != "" {
		if t.typ != typeCreateSmartContract || e.made != hexAddress(t.newContract()) && e.made != addressText(t.newContract()) {
			return mismatch("contract_address is not that of the new contract")
		}
	}
	c := comparer{dec: jsontext.NewDecoder(bytes.NewBuffer(e.data)), visible: e.visible, t: t}
	return c.object(t.raw)
}

// comparer holds JSON against messages. Members that JSON leaves out must be absent
// from the message, and those that it has must be the same there; zero and empty ones
// may be in JSON alone, since messages do not write them.
type comparer struct {
	dec     *jsontext.Decoder
	visible bool // addresses in base58check and names as text
	t       *transaction
}

// object compares a JSON object with a message.
func (c *comparer) object(o *object) error {
	seen := 0 // values of the message that JSON has too
	err := eachMember(c.dec, func(name []byte) error {
		f := o.of.field(name)
		if f == nil {
			return mismatch("%s has no member of that name", o.of.name)
		}
		values := o.list(f.name)
		seen += len(values)
		if f.list {
			return c.list(f, values)
		}
		value := member{field: f}
		if len(values) > 0 {
			value = values[0]
		}
		return c.value(value, len(values) > 0)
	})
	if err == nil && seen != len(o.members) {
		err = mismatch("%s leaves something out", o.of.name)
	}
	return err
}

// field is the field of that name, nil if there is none.
func (m *message) field(name []byte) *field {
	for i := range m.fields {
		if m.fields[i].name == string(name) {
			return &m.fields[i]
		}
	}
	return nil
}

// list compares a JSON array with the values of a field.
func (c *comparer) list(f *field, values []member) error {
	if token, err := c.dec.ReadToken(); err != nil || token.Kind() != '[' {
		return mismatch("%s is no list", f.name)
	}
	for _, v := range values {
		if c.dec.PeekKind() == ']' {
			return mismatch("%s is shorter", f.name)
		}
		if err := c.value(v, true); err != nil {
			return err
		}
	}
	if token, err := c.dec.ReadToken(); err != nil || token.Kind() != ']' {
		return mismatch("%s is longer", f.name)
	}
	return nil
}

// value compares one JSON value. there is whether the message has the field; v is
// zero otherwise.
func (c *comparer) value(v member, there bool) error {
	switch v.field.kind {
	case kindMessage, kindMap:
		if !there {
			return mismatch("%s is not in the payload", v.field.name)
		}
		return c.object(v.sub)
	case kindParameter:
		if !there {
			return mismatch("%s is not in the payload", v.field.name)
		}
		return c.parameter(v.sub)
	}
	value, err := c.dec.ReadValue()
	if err != nil {
		return mismatch("no json")
	}
	if !c.same(value, v) {
		return mismatch("%s is another one", v.field.name)
	}
	return nil
}

// parameter compares what a contract says, and the type in which it says it.
func (c *comparer) parameter(written *object) error {
	seen := false
	err := eachMember(c.dec, func(name []byte) error {
		switch string(name) {
		case "value":
			if seen = c.t.value != nil; !seen {
				return mismatch("a contract that can not be compared")
			}
			return c.object(c.t.value)
		case "type_url":
			value, err := c.dec.ReadValue()
			if text, ok := textOf(value); err != nil || !ok || !bytes.Equal(text, written.bytes("type_url")) {
				return mismatch("type_url is another one")
			}
			return nil
		}
		return mismatch("an unknown member of parameter")
	})
	if err == nil && !seen {
		err = mismatch("a parameter without value")
	}
	return err
}

// same reports whether a JSON value is that of a member.
func (c *comparer) same(value jsontext.Value, v member) bool {
	kind := value.Kind()
	text, isText := textOf(value)
	switch v.field.kind {
	case kindInt, kindInt32, kindSigned:
		return isNumber(value, v.number)
	case kindEnum: // nodes write the name, TronWeb leaves the number that it was given
		return isNumber(value, v.number) || isText && string(text) == v.field.names[v.number]
	case kindBool:
		return kind == 't' && v.number == 1 || kind == 'f' && v.number == 0
	}
	if !isText {
		return false
	}
	switch v.field.kind {
	case kindType:
		return len(text) > 0 && string(text) == typeName(v.number)
	case kindText:
		return bytes.Equal(text, v.bytes)
	case kindName:
		if c.visible {
			return bytes.Equal(text, v.bytes)
		}
	case kindAddress:
		if c.visible && v.bytes != nil {
			return string(text) == addressText([hashSize]byte(v.bytes[1:]))
		}
	}
	return isHex(text, v.bytes)
}

// isNumber reports whether JSON is that number in its shortest spelling.
func isNumber(value jsontext.Value, n int64) bool {
	var room [24]byte
	return bytes.Equal(value, strconv.AppendInt(room[:0], n, 10))
}

// isHex reports whether text are the bytes in hex, in either case.
func isHex(text, data []byte) bool {
	if len(text) != 2*len(data) {
		return false
	}
	const digits = "0123456789abcdef"
	for i, c := range text {
		if c >= 'A' && c <= 'F' {
			c += 'a' - 'A'
		}
		if c != digits[data[i/2]>>(4*(1-i%2))&15] {
			return false
		}
	}
	return true
}
