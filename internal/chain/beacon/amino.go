package beacon

import (
	"encoding/binary"
	"encoding/hex"

	"strongroom/internal/fault"
)

// Wire types of amino, which are those of Protocol Buffers.
const (
	wireNumber = 0
	wireBytes  = 2
)

// appendBytes appends data with their length.
func appendBytes(b, data []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(data))), data...)
}

// appendField appends a field of bytes.
func appendField(b []byte, number uint64, data []byte) []byte {
	return appendBytes(binary.AppendUvarint(b, number<<3|wireBytes), data)
}

// appendText appends a text that is not empty.
func appendText(b []byte, number uint64, text string) []byte {
	if text == "" {
		return b
	}
	return appendField(b, number, []byte(text))
}

// appendNumber appends a number that is not zero.
func appendNumber(b []byte, number, value uint64) []byte {
	if value == 0 {
		return b
	}
	return binary.AppendUvarint(binary.AppendUvarint(b, number<<3|wireNumber), value)
}

var errMsg = fault.InvalidPayload.New("msg: a value that no message has")

// encodeTree writes a JSON object as the chain's JavaScript library does: members are
// fields in their order, zero values are left out, aminoPrefix goes in front, and
// {"type": "Buffer", "data": [...]} are bytes.
func encodeTree(n *node) ([]byte, error) {
	if n.kind != '{' {
		return nil, errMsg
	}
	var prefix, b []byte
	number := uint64(0)
	for i := range n.members {
		m := &n.members[i]
		number++
		if m.name == "aminoPrefix" {
			raw, err := hex.DecodeString(m.value.text)
			if err != nil || len(raw) != prefixSize || !m.value.isText() {
				return nil, errMsg
			}
			prefix = raw
			continue
		}
		values := []node{m.value}
		if m.value.isArray() {
			values = m.value.items
		}
		for j := range values {
			v := &values[j]
			switch {
			case v.isText():
				if v.text == "" && m.value.isArray() {
					return nil, errMsg
				}
				b = appendText(b, number, v.text)
			case v.isNumber():
				value, ok := v.uint()
				if !ok || value == 0 && m.value.isArray() {
					return nil, errMsg
				}
				b = appendNumber(b, number, value)
			case v.kind == 't':
				b = appendNumber(b, number, 1)
			case v.kind == 'f':
				if m.value.isArray() {
					return nil, errMsg
				}
			default:
				data, ok := v.buffer()
				if !ok {
					var err error
					if data, err = encodeTree(v); err != nil {
						return nil, err
					}
				}
				b = appendField(b, number, data)
			}
		}
	}
	return append(prefix, b...), nil
}

// buffer reads bytes as JSON.stringify writes those of Node.js.
func (n *node) buffer() ([]byte, bool) {
	if !n.has("type", "data") || n.get("type").text != "Buffer" || !n.get("data").isArray() {
		return nil, false
	}
	items := n.get("data").items
	b := make([]byte, len(items))
	for i := range items {
		v, ok := items[i].uint()
		if !ok || v > 255 || !items[i].isNumber() {
			return nil, false
		}
		b[i] = byte(v)
	}
	return b, true
}
