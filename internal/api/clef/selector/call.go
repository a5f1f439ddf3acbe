package selector

import (
	"bytes"
	"strconv"

	"strongroom/internal/fault"
)

// describe says what call data do, if they fit a method signature: CALL of the messages.
// Errors: fault.Invalid with the peer's texts.
func describe(signature string, data []byte) (string, error) {
	m, err := parseSignature(signature)
	if err != nil {
		return "", err
	}
	selector, args := data[:4], data[4:]
	if len(args)%wordSize != 0 {
		return "", fault.Invalid.New("invalid call data; length should be a multiple of 32 bytes (was %d)", len(args))
	}
	if err := m.resolve(); err != nil {
		return "", err
	}
	if own := m.selector(); !bytes.Equal(own[:], selector) {
		return "", fault.Invalid.New("no method with id: 0x%x", selector)
	}
	types := m.types()
	values, err := decode(types, args)
	if err != nil {
		return "", fault.Invalid.New("signature %q matches, but arguments mismatch: %s", m.declaration(), fault.Text(err))
	}
	if again := appendSequence(nil, types, values); !bytes.Equal(again, args) {
		return "", fault.Invalid.New("WARNING: Supplied data is stuffed with extra data. \nWant %x\nHave %x\nfor method %s", args, again, m.signature())
	}
	text := append([]byte(m.name), '(')
	for i, t := range types {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(text, t.String()...), ": "...)
		text = appendText(text, t, &values[i])
	}
	return string(append(text, ')')), nil
}

func appendNumbers(b, data []byte) []byte {
	b = append(b, '[')
	for i, c := range data {
		if i > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendUint(b, uint64(c), 10)
	}
	return append(b, ']')
}
