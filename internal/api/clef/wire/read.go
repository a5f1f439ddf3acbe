package wire

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
)

// member is one member of an object as it was sent.
type member struct {
	name  string
	value jsontext.Value
}

// members reads an object; of is its name in errors. null is an object without members,
// as it is for the peer.
func members(raw []byte, of string) ([]member, error) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(raw))
	switch dec.PeekKind() {
	case 'n':
		return nil, nil
	case '{':
	default:
		if _, err := dec.ReadValue(); err != nil {
			return nil, syntax(err)
		}
		return nil, notA(raw, of)
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, syntax(err)
	}
	var list []member
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return nil, syntax(err)
		}
		m := member{name: name.String()}
		if m.value, err = dec.ReadValue(); err != nil {
			return nil, syntax(err)
		}
		// The value shares the memory of raw: the decoder reads from its buffer.
		if list = append(list, m); len(list) > maxMembers {
			return nil, fault.TooLarge.New("an object of more than %d members", maxMembers)
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, syntax(err)
	}
	return list, trailing(dec)
}

// maxMembers is more than any object here has.
const maxMembers = 64

// elements calls each with the elements of a list, at most limit; of is its type in
// errors. null is a list without any.
func (f field) elements(raw []byte, limit int, of string, each func(value []byte) error) error {
	dec := jsontext.NewDecoder(bytes.NewBuffer(raw))
	switch dec.PeekKind() {
	case 'n':
		return nil
	case '[':
	default:
		kind := dec.PeekKind()
		if _, err := dec.ReadValue(); err != nil {
			return syntax(err)
		}
		return f.in(fault.Invalid.New("%s", kindName(kind)), of)
	}
	if _, err := dec.ReadToken(); err != nil {
		return syntax(err)
	}
	for n := 0; dec.PeekKind() != ']'; n++ {
		value, err := dec.ReadValue()
		if err != nil {
			return syntax(err)
		}
		if n == limit {
			return fault.TooLarge.New("a list of more than %d %s", limit, of)
		}
		if err := each(value); err != nil {
			return err
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return syntax(err)
	}
	return trailing(dec)
}

// trailing makes sure that nothing follows.
func trailing(dec *jsontext.Decoder) error {
	if _, err := dec.ReadToken(); err == nil {
		return fault.Invalid.New("json: more than one value")
	} else if !errors.Is(err, io.EOF) {
		return syntax(err)
	}
	return nil
}

var errSyntax = fault.Invalid.New("json: not valid JSON in UTF-8")

// syntax is for what is no JSON, or has a member twice.
func syntax(err error) error {
	if errors.Is(err, jsontext.ErrDuplicateName) {
		return fault.Invalid.Wrap(err, "json: a member is given twice")
	}
	return errSyntax
}

// text is a JSON string; false if the value is none.
func text(raw []byte) (string, bool) {
	if len(raw) == 0 || raw[0] != '"' {
		return "", false
	}
	if plain := raw[1 : len(raw)-1]; !bytes.ContainsRune(plain, '\\') {
		return string(plain), true
	}
	b, err := jsontext.AppendUnquote(nil, raw)
	return string(b), err == nil
}

func isNull(raw []byte) bool { return len(raw) > 0 && raw[0] == 'n' }

// notA is for a value of another kind than kind.
func notA(raw []byte, kind string) error {
	return fault.Invalid.New("json: cannot unmarshal %s into Go value of type %s", kindName(jsontext.Value(raw).Kind()), kind)
}

// kindName is what the peer calls a kind of values.
func kindName(k jsontext.Kind) string {
	switch k {
	case '"':
		return "string"
	case '0':
		return "number"
	case 't', 'f':
		return "bool"
	case '[':
		return "array"
	case '{':
		return "object"
	}
	return "null"
}

// field is where a value stands, for errors: the peer's name of the struct and member.
type field struct{ object, member string }

// in words an error of a value as the peer does. Some of its errors name the place, and
// those of a wrong length do not.
func (f field) in(err error, kind string) error {
	if err == nil {
		return nil
	}
	return fault.Invalid.New("json: cannot unmarshal %s into %s of type %s", fault.Text(err), f.place(), kind)
}

func (f field) place() string {
	if f.member == "" {
		return "Go value"
	}
	return "Go struct field " + f.object + "." + f.member
}

var errNoString = fault.Invalid.New("non-string")

// quantity reads a [Quantity].
func (f field) quantity(raw []byte) (q Quantity, err error) {
	s, ok := text(raw)
	if !ok {
		return q, f.in(errNoString, "*hexutil.Big")
	}
	return q, f.in(number(s, q[:]), "*hexutil.Big")
}

// number reads a [Number].
func (f field) number(raw []byte) (Number, error) {
	s, ok := text(raw)
	if !ok {
		return 0, f.in(errNoString, "hexutil.Uint64")
	}
	var wide [8]byte
	err := number(s, wide[:])
	return Number(uint64Of(wide)), f.in(err, "hexutil.Uint64")
}

// data reads [Data].
func (f field) data(raw []byte) (Data, error) {
	s, ok := text(raw)
	if !ok {
		return nil, f.in(errNoString, "hexutil.Bytes")
	}
	b, err := anyBytes(s)
	return b, f.in(err, "hexutil.Bytes")
}

// fixed reads exactly size bytes; kind is what the peer calls them.
func (f field) fixed(raw []byte, size int, kind string) ([]byte, error) {
	s, ok := text(raw)
	if !ok {
		return nil, f.in(errNoString, kind)
	}
	b, err := fixed(s, size, kind)
	if errors.Is(err, errPrefix) || errors.Is(err, errDigits) {
		err = f.in(err, kind)
	}
	return b, err
}

// address reads an [Address].
func (f field) address(raw []byte) (Address, error) {
	b, err := f.fixed(raw, 20, "common.Address")
	if err != nil {
		return Address{}, err
	}
	s, _ := text(raw)
	return Address{raw: [20]byte(b), text: s}, nil
}

func uint64Of(wide [8]byte) (v uint64) {
	for _, b := range wide {
		v = v<<8 | uint64(b)
	}
	return v
}

// into reads bytes of exactly the size of room.
func (f field) into(raw []byte, room []byte) error {
	b, err := f.fixed(raw, len(room), "bytes")
	copy(room, b)
	return err
}

// objectReader reads objects whose members are all needed and all known.
type objectReader struct {
	object string
	err    error
}

func (p *objectReader) read(raw []byte, want map[string]func(field, []byte) error) {
	list, err := members(raw, p.object)
	for _, m := range list {
		read := want[m.name]
		if read == nil {
			p.err = fault.Invalid.New("json: unknown field %q in %s", clip(m.name), p.object)
			return
		}
		if p.err = read(field{p.object, m.name}, m.value); p.err != nil {
			return
		}
		delete(want, m.name)
	}
	if p.err = err; err != nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		p.err = missing(name, p.object)
		return
	}
}
