package tron

import (
	"math"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	"strongroom/internal/fault"
)

// kind is what a field holds.
type kind uint8

const (
	kindInt       kind = iota // int64, not negative
	kindInt32                 // int32, not negative
	kindSigned                // int64 of either sign, which may be written as zero (in maps)
	kindBool                  //
	kindEnum                  // one of names
	kindType                  // the type of a contract
	kindAddress               // 21 bytes, the first 0x41
	kindBytes                 // bytes that JSON has in hex
	kindName                  // bytes that visible JSON has as text
	kindText                  // a string
	kindMessage               // of a fixed type
	kindParameter             // a google.protobuf.Any
	kindMap                   // entries of two numbers
)

// wireType is how a field is written.
func (k kind) wireType() protowire.Type {
	if k <= kindType {
		return protowire.VarintType
	}
	return protowire.BytesType
}

// message is a type of the protocol: its fields in the order of their numbers.
type message struct {
	name   string
	fields []field
}

type field struct {
	number protowire.Number
	name   string // as the protocol and JSON spell it
	kind   kind
	list   bool
	of     *message // of messages and maps
	names  []string // of enums, from zero
}

// object is a decoded message.
type object struct {
	of      *message
	members []member  // in the order of the fields
	room    [4]member // for the members of most messages, so that they need no memory of their own
}

// member is one value of a field. Absent fields have none, lists one for each entry.
type member struct {
	field  *field
	number int64
	bytes  []byte
	sub    *object
}

// addressPrefix is the first byte of addresses; a network of TRON's has no other.
const addressPrefix = 0x41

// maxMembers bounds the values in one transaction. The largest that are made are the
// interfaces of contracts, with a few thousand.
const maxMembers = 20000

// wireReader reads messages and bounds what they hold together.
type wireReader struct{ left int }

// read reads a message that fills data, in its one canonical encoding: whatever it
// accepts, encoding the result gives data again. The result shares memory with data.
func (r *wireReader) read(m *message, data []byte) (*object, error) {
	o := &object{of: m}
	o.members = o.room[:0]
	next := 0 // the field that may come next
	for len(data) > 0 {
		number, typ, n := protowire.ConsumeTag(data)
		if n < 0 || n != protowire.SizeTag(number) {
			return nil, m.invalid("a field without a proper number")
		}
		data = data[n:]
		for next < len(m.fields) && m.fields[next].number < number {
			next++
		}
		if next == len(m.fields) || m.fields[next].number != number {
			return nil, m.invalid("field %d is unknown, repeated, or out of order", number)
		}
		f := &m.fields[next]
		if typ != f.kind.wireType() {
			return nil, f.invalid(m, "has another type")
		}
		if r.left--; r.left < 0 {
			return nil, fault.TooLarge.New("a transaction of more than %d values", maxMembers)
		}
		value := member{field: f}
		used, err := r.value(m, &value, data)
		if err != nil {
			return nil, err
		}
		data = data[used:]
		o.members = append(o.members, value)
		if !f.list {
			next++
		}
	}
	return o, nil
}

// value reads the value of a field from the start of data.
func (r *wireReader) value(m *message, v *member, data []byte) (used int, err error) {
	f := v.field
	if f.kind.wireType() == protowire.VarintType {
		number, n := protowire.ConsumeVarint(data)
		if n < 0 || n != protowire.SizeVarint(number) {
			return 0, f.invalid(m, "is no number in its shortest form")
		}
		if number == 0 && f.kind != kindSigned {
			return 0, f.invalid(m, "is written although it is zero")
		}
		v.number = int64(number)
		if !f.inRange(number) {
			return 0, f.invalid(m, "is out of range")
		}
		return n, nil
	}
	content, n := protowire.ConsumeBytes(data)
	if n < 0 || n != protowire.SizeBytes(len(content)) {
		return 0, f.invalid(m, "ends too early, or its size is not in the shortest form")
	}
	v.bytes = content
	switch f.kind {
	case kindMessage, kindParameter:
		v.sub, err = r.read(f.of, content)
		return n, err
	case kindMap:
		if v.sub, err = r.read(f.of, content); err == nil && len(v.sub.members) != len(f.of.fields) {
			err = f.invalid(m, "has an entry without key or value")
		}
		return n, err
	case kindAddress:
		if len(content) != 21 || content[0] != addressPrefix {
			return 0, f.invalid(m, "is no address of 21 bytes that begins with 41")
		}
	case kindText:
		if !utf8.Valid(content) {
			return 0, f.invalid(m, "is no text in UTF-8")
		}
	}
	if len(content) == 0 && !f.list {
		return 0, f.invalid(m, "is written although it is empty")
	}
	return n, nil
}

// inRange reports whether a number fits the field.
func (f *field) inRange(number uint64) bool {
	switch f.kind {
	case kindBool:
		return number == 1
	case kindInt32, kindType:
		return number <= math.MaxInt32
	case kindEnum:
		return number < uint64(len(f.names))
	case kindSigned:
		return true
	}
	return number <= math.MaxInt64
}

func (m *message) invalid(format string, args ...any) error {
	return fault.InvalidPayload.New(m.name+": "+format, args...)
}

func (f *field) invalid(m *message, text string) error {
	return fault.InvalidPayload.New("%s.%s %s", m.name, f.name, text)
}

// find gives the first value of a field, nil if there is none.
func (o *object) find(name string) *member {
	for i := range o.members {
		if o.members[i].field.name == name {
			return &o.members[i]
		}
	}
	return nil
}

// has reports whether a field is there.
func (o *object) has(name string) bool { return o.find(name) != nil }

// number is the value of a number, zero if it is absent.
func (o *object) number(name string) int64 {
	if v := o.find(name); v != nil {
		return v.number
	}
	return 0
}

// bytes is the value of bytes, text or an address, nil if it is absent.
func (o *object) bytes(name string) []byte {
	if v := o.find(name); v != nil {
		return v.bytes
	}
	return nil
}

// sub is the value of a message, nil if it is absent.
func (o *object) sub(name string) *object {
	if v := o.find(name); v != nil {
		return v.sub
	}
	return nil
}

// list is all values of a field.
func (o *object) list(name string) (values []member) {
	for i, v := range o.members {
		if v.field.name == name {
			end := i
			for end < len(o.members) && o.members[end].field == v.field {
				end++
			}
			return o.members[i:end]
		}
	}
	return nil
}

// enum is the name of the value of an enum.
func (o *object) enum(name string) string {
	if v := o.find(name); v != nil {
		return v.field.names[v.number]
	}
	for i := range o.of.fields {
		if f := &o.of.fields[i]; f.name == name {
			return f.names[0]
		}
	}
	return ""
}
