package evm

import (
	"encoding/hex"
	"math/big"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
)

// value is a value of typed data.
type value struct {
	fieldType
	word  [32]byte // of addresses, bools, numbers (two's complement) and fixed bytes
	bytes []byte   // of strings and bytes
	items []value  // members of a struct in the order of its type; entries of an array
}

func (v *value) isArray() bool { return len(v.dims) > 0 }

// readValue reads the JSON of a value of a type. The texts of errors go behind the
// place where the value is.
func readValue(raw jsontext.Value, f fieldType, depth int) (value, error) {
	v := value{fieldType: f}
	if depth > maxDepth {
		return v, fault.TooLarge.New(" is nested deeper than %d levels", maxDepth)
	}
	if len(f.dims) > 0 {
		return v, v.readArray(raw, depth)
	}
	switch f.kind {
	case kindStruct:
		return v, v.readStruct(raw, depth)
	case kindBool:
		switch string(raw) {
		case "true":
			v.word[31] = 1
		case "false":
		default:
			return v, errTyped
		}
		return v, nil
	case kindUint, kindInt:
		return v, v.readNumber(raw)
	}
	text, ok := unquote(raw)
	if !ok {
		return v, errTyped
	}
	switch f.kind {
	case kindString:
		v.bytes = []byte(text)
		return v, nil
	case kindAddress:
		a, err := hexaccount.Parse(text)
		if err != nil {
			return v, fault.InvalidPayload.New(" is wrong: %s", fault.Text(err))
		}
		copy(v.word[12:], a[:])
		return v, nil
	}
	data, ok := fromHex(text)
	if !ok || f.kind == kindFixed && len(data) != f.size {
		return v, errTyped
	}
	if f.kind == kindFixed {
		copy(v.word[:], data)
	} else {
		v.bytes = data
	}
	return v, nil
}

func (v *value) readArray(raw jsontext.Value, depth int) error {
	var items []jsontext.Value
	if raw.Kind() != '[' || json.Unmarshal(raw, &items) != nil {
		return errTyped
	}
	last := len(v.dims) - 1
	if want := v.dims[last]; want != anyLength && want != len(items) {
		return fault.InvalidPayload.New(" has %d entries, not %d", len(items), want)
	}
	inner := v.fieldType
	inner.dims = v.dims[:last]
	v.items = make([]value, len(items))
	for i := range items {
		var err error
		if v.items[i], err = readValue(items[i], inner, depth+1); err != nil {
			return inTypedMember("["+decimal(uint64(i))+"]", err)
		}
	}
	return nil
}

func (v *value) readStruct(raw jsontext.Value, depth int) error {
	var there map[string]jsontext.Value
	if raw.Kind() != '{' || json.Unmarshal(raw, &there) != nil {
		return errTyped
	}
	v.items = make([]value, len(v.of.members))
	for i := range v.of.members {
		m := &v.of.members[i]
		one, ok := there[m.name]
		if !ok {
			return fault.InvalidPayload.New(".%s is missing", m.name)
		}
		var err error
		if v.items[i], err = readValue(one, m.fieldType, depth+1); err != nil {
			return inTypedMember("."+m.name, err)
		}
	}
	if len(there) > len(v.items) {
		return fault.InvalidPayload.New(" has members that its type does not name")
	}
	return nil
}

func inTypedMember(where string, err error) error {
	return fault.KindOf(err).New("%s%s", where, fault.Text(err))
}

func (v *value) readNumber(raw jsontext.Value) error {
	text := string(raw)
	if raw.Kind() == '"' {
		var ok bool
		if text, ok = unquote(raw); !ok {
			return errTyped
		}
	}
	n, ok := wholeNumber(text)
	if !ok {
		return errTyped
	}
	if v.kind == kindUint && (n.Sign() < 0 || n.BitLen() > v.size) {
		return fault.InvalidPayload.New(" is out of range")
	}
	if v.kind == kindInt {
		limit := new(big.Int).Lsh(big.NewInt(1), uint(v.size-1))
		if n.Cmp(limit) >= 0 || n.Cmp(new(big.Int).Neg(limit)) < 0 {
			return fault.InvalidPayload.New(" is out of range")
		}
		if n.Sign() < 0 {
			n.Add(n, new(big.Int).Lsh(big.NewInt(1), 256))
		}
	}
	n.FillBytes(v.word[:])
	return nil
}

// wholeNumber reads decimal digits, perhaps behind a minus sign, or 0x and hex
// digits. Digits in front of which there are zeros are refused in decimal, because
// some readers take them for octal.
func wholeNumber(text string) (*big.Int, bool) {
	const most = 80 // more than 256 bits have in decimal
	if len(text) == 0 || len(text) > most {
		return nil, false
	}
	if digits, ok := strings.CutPrefix(text, hexPrefix); ok {
		if digits == "" || strings.Trim(digits, "0123456789abcdefABCDEF") != "" {
			return nil, false
		}
		return new(big.Int).SetString(digits, 16)
	}
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" || digits[0] == '0' && len(digits) > 1 {
		return nil, false
	}
	return new(big.Int).SetString(text, 10)
}

func unquote(raw jsontext.Value) (string, bool) {
	if raw.Kind() != '"' {
		return "", false
	}
	text, err := jsontext.AppendUnquote(nil, raw)
	return string(text), err == nil
}

// fromHex reads 0x and an even number of digits.
func fromHex(text string) ([]byte, bool) {
	digits, ok := strings.CutPrefix(text, hexPrefix)
	if !ok {
		return nil, false
	}
	data, err := hex.DecodeString(digits)
	return data, err == nil
}

// encode is the word that stands for the value in its container (EIP-712,
// "Definition of encodeData"); of a struct it is hashStruct.
func (v *value) encode() [32]byte {
	switch {
	case v.isArray():
		b := make([]byte, 0, rlp.WordSize*len(v.items))
		return hexaccount.Keccak(v.appendItems(b))
	case v.kind == kindStruct:
		b := append(make([]byte, 0, rlp.WordSize*(1+len(v.items))), v.of.hash[:]...)
		return hexaccount.Keccak(v.appendItems(b))
	case v.kind == kindString, v.kind == kindBytes:
		return hexaccount.Keccak(v.bytes)
	}
	return v.word
}

func (v *value) appendItems(b []byte) []byte {
	for i := range v.items {
		word := v.items[i].encode()
		b = append(b, word[:]...)
	}
	return b
}

// appendJSON writes the value in its canonical form.
func (v *value) appendJSON(b []byte) []byte {
	switch {
	case v.isArray():
		b = append(b, '[')
		for i := range v.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = v.items[i].appendJSON(b)
		}
		return append(b, ']')
	case v.kind == kindStruct:
		b = append(b, '{')
		for i := range v.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendQuoted(b, v.of.members[i].name), ':')
			b = v.items[i].appendJSON(b)
		}
		return append(b, '}')
	case v.kind == kindBool:
		if v.word[31] == 1 {
			return append(b, "true"...)
		}
		return append(b, "false"...)
	}
	return appendQuoted(b, v.text())
}

// text is a value that is neither struct, array nor bool, as JSON has it between
// quotes.
func (v *value) text() string {
	switch v.kind {
	case kindString:
		return string(v.bytes)
	case kindBytes:
		return hexPrefix + hex.EncodeToString(v.bytes)
	case kindFixed:
		return hexPrefix + hex.EncodeToString(v.word[:v.size])
	case kindAddress:
		return hexPrefix + hex.EncodeToString(v.word[12:])
	}
	return v.number().String()
}

// number is a value that is a number.
func (v *value) number() *big.Int {
	n := new(big.Int).SetBytes(v.word[:])
	if v.kind == kindInt && v.word[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), 256))
	}
	return n
}

// address is a value that is an address.
func (v *value) address() address { return address(v.word[12:]) }

// isTrue is a value that is a bool.
func (v *value) isTrue() bool { return v.word[31] == 1 }

// at is the member of a struct. The callers know the type, which has it.
func (v *value) at(name string) *value {
	for i := range v.of.members {
		if v.of.members[i].name == name {
			return &v.items[i]
		}
	}
	return &value{}
}
