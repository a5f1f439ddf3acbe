package typed

import (
	"encoding/hex"
	"strconv"
	"strings"

	"strongroom/internal/fault"
)

// hashStruct finds what of a struct cannot be hashed.
func (c *checker) hashStruct(typ string, members map[string]*value) error {
	of := c.doc.types[typ]
	if len(of) < len(members) {
		return fault.InvalidPayload.New("there is extra data provided in the message (%d < %d)", len(of), len(members))
	}
	for _, m := range of {
		if err := c.hash(m.typ, at(members, m.name)); err != nil {
			return err
		}
	}
	return nil
}

// hash finds what of a value cannot be hashed.
func (c *checker) hash(typ string, v *value) error {
	if err := c.look(); err != nil {
		return err
	}
	if strings.HasSuffix(typ, "]") {
		return c.hashArray(typ, v)
	}
	if _, ok := c.doc.types[typ]; ok {
		if v.kind != kindObject {
			return mismatch(typ, v)
		}
		return c.hashStruct(typ, v.members)
	}
	return hashPrimitive(typ, v)
}

// hashArray checks the length, too, which the peer does not.
func (c *checker) hashArray(typ string, v *value) error {
	inner := typ[:strings.LastIndexByte(typ, '[')+1]
	of, ok := lengths(typ[max(0, len(inner)-1):])
	if !ok || v.kind != kindList || of[0] >= 0 && of[0] != len(v.items) {
		return mismatch(typ, v)
	}
	for _, item := range v.items {
		if err := c.hash(inner[:len(inner)-1], item); err != nil {
			return err
		}
	}
	return nil
}

// hashPrimitive checks a value of a type that is no struct.
func hashPrimitive(typ string, v *value) error {
	ok := false
	switch {
	case typ == "address":
		_, ok = address(v)
	case typ == "bool":
		ok = v.kind == kindBool
	case typ == "string":
		ok = v.kind == kindText
	case strings.HasPrefix(typ, "bytes"):
		size := -1
		if digits := typ[len("bytes"):]; digits != "" {
			var err error
			if size, err = strconv.Atoi(digits); err != nil || size < 0 || size > 32 {
				return fault.InvalidPayload.New("invalid size on bytes: %s", cut(digits))
			}
		}
		data, err := v.hexBytes()
		ok = err == nil && (size < 0 || size == len(data))
	case strings.HasPrefix(typ, "uint"), strings.HasPrefix(typ, "int"):
		_, err := integer(typ, v)
		return err
	default:
		return fault.InvalidPayload.New("unrecognized type '%s'", cut(typ))
	}
	if !ok {
		return mismatch(typ, v)
	}
	return nil
}

func mismatch(typ string, v *value) error {
	return fault.InvalidPayload.New("provided data '%s' doesn't match type '%s'", v, cut(typ))
}

// address reads 40 hex digits in any case, with or without 0x.
func address(v *value) (a [20]byte, ok bool) {
	if v.kind != kindText {
		return a, false
	}
	digits := v.text
	if len(digits) == 42 && digits[0] == '0' && digits[1]|0x20 == 'x' {
		digits = digits[2:]
	}
	if len(digits) != 2*len(a) {
		return a, false
	}
	_, err := hex.Decode(a[:], []byte(digits))
	return a, err == nil
}
