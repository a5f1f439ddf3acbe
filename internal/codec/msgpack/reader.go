package msgpack

import (
	"encoding/binary"

	"strongroom/internal/fault"
)

// What can be wrong with an input. Compare with errors.Is.
var (
	ErrShort    = fault.Invalid.New("msgpack ends in the middle of a value")
	ErrType     = fault.Invalid.New("msgpack value of an unexpected kind")
	ErrLarge    = fault.Invalid.New("msgpack value larger than allowed")
	ErrDepth    = fault.Invalid.New("msgpack nested deeper than allowed")
	ErrTrailing = fault.Invalid.New("bytes after the end of the msgpack value")
)

// MaxDepth is how deeply [Reader.Skip] follows nested arrays and maps.
const MaxDepth = 32

// Type is the kind of a value.
type Type uint8

// The kinds. The zero value stands for no readable value: the end of the input,
// an extension, or the one byte that the format reserves.
const (
	None Type = iota
	Nil
	Bool
	Uint  // zero or a positive integer, also where it is written in a signed form
	Int   // a negative integer
	Float // either width
	Text  // str
	Binary
	Array
	Map
)

// Reader reads values one after the other. The zero value reads an empty input.
// It never writes to its input, and what it returns aliases it.
//
// A Reader is a plain value: a copy is a bookmark to which one can return. After
// an error its position means nothing any more.
type Reader struct {
	data []byte
	pos  int
}

// NewReader reads data from its first byte.
func NewReader(data []byte) Reader { return Reader{data: data} }

// Offset is the number of bytes read so far.
func (r *Reader) Offset() int { return r.pos }

// Remaining is the number of bytes not yet read.
func (r *Reader) Remaining() int { return len(r.data) - r.pos }

// End checks that the input has been read completely; if not, the error is [ErrTrailing].
func (r *Reader) End() error {
	if r.Remaining() != 0 {
		return ErrTrailing
	}
	return nil
}

// Peek is the kind of the next value.
func (r *Reader) Peek() Type {
	c := *r
	t, _, _ := c.head()
	return t
}

// Nil skips the next value if it is nil, and tells whether it was.
func (r *Reader) Nil() bool {
	if r.pos < len(r.data) && r.data[r.pos] == 0xc0 {
		r.pos++
		return true
	}
	return false
}

// Bool reads a boolean.
func (r *Reader) Bool() (bool, error) {
	n, err := r.expect(Bool)
	return n != 0, err
}

// Uint reads a non-negative integer of any width.
func (r *Reader) Uint() (uint64, error) { return r.expect(Uint) }

// Bytes reads a text or a binary value of at most limit bytes, whichever it is;
// callers that care ask [Reader.Peek] first.
func (r *Reader) Bytes(limit int) ([]byte, error) {
	t, n, err := r.head()
	switch {
	case err != nil:
		return nil, err
	case t != Text && t != Binary:
		return nil, ErrType
	case n > uint64(max(limit, 0)):
		return nil, ErrLarge
	case n > uint64(r.Remaining()):
		return nil, ErrShort
	}
	start := r.pos
	r.pos += int(n)
	return r.data[start:r.pos:r.pos], nil
}

// ArrayHeader reads the start of an array and returns the number of elements
// that follow: at most limit, and never more than the rest of the input can hold.
func (r *Reader) ArrayHeader(limit int) (int, error) { return r.count(Array, limit, 1) }

// MapHeader reads the start of a map and returns the number of pairs that
// follow, bounded in the same way.
func (r *Reader) MapHeader(limit int) (int, error) { return r.count(Map, limit, 2) }

// count reads an announced number of items, each of which takes at least width bytes.
func (r *Reader) count(want Type, limit, width int) (int, error) {
	n, err := r.expect(want)
	switch {
	case err != nil:
		return 0, err
	case n > uint64(max(limit, 0)):
		return 0, ErrLarge
	case n > uint64(r.Remaining()/width):
		return 0, ErrShort
	}
	return int(n), nil
}

// Skip passes over the next value, whatever it is, down to [MaxDepth] levels.
// Extensions are refused.
func (r *Reader) Skip() error { return r.skip(MaxDepth) }

func (r *Reader) skip(depth int) error {
	t, n, err := r.head()
	if err != nil {
		return err
	}
	switch t {
	case None:
		return ErrType
	case Text, Binary:
		if n > uint64(r.Remaining()) {
			return ErrShort
		}
		r.pos += int(n)
	case Array, Map:
		if depth == 0 {
			return ErrDepth
		}
		if t == Map {
			n *= 2 // n is at most 2^32-1
		}
		if n > uint64(r.Remaining()) {
			return ErrShort
		}
		for range n {
			if err := r.skip(depth - 1); err != nil {
				return err
			}
		}
	}
	return nil
}

// expect reads the head of a value that must be of the given kind.
func (r *Reader) expect(want Type) (uint64, error) {
	t, n, err := r.head()
	if err == nil && t != want {
		err = ErrType
	}
	return n, err
}

// head reads the first byte of a value and the fixed part after it: all of a
// nil, boolean or number, and the announced length or count of anything else.
// Negative integers and floats give no number.
func (r *Reader) head() (t Type, n uint64, err error) {
	if r.pos >= len(r.data) {
		return None, 0, ErrShort
	}
	c := r.data[r.pos]
	r.pos++
	switch {
	case c <= 0x7f:
		return Uint, uint64(c), nil
	case c <= 0x8f:
		return Map, uint64(c & 0x0f), nil
	case c <= 0x9f:
		return Array, uint64(c & 0x0f), nil
	case c <= 0xbf:
		return Text, uint64(c & 0x1f), nil
	case c >= 0xe0:
		return Int, 0, nil
	}
	switch c {
	case 0xc0:
		return Nil, 0, nil
	case 0xc2, 0xc3:
		return Bool, uint64(c & 1), nil
	case 0xc4, 0xc5, 0xc6:
		n, err = r.fixed(1 << (c - 0xc4))
		return Binary, n, err
	case 0xca, 0xcb:
		_, err = r.fixed(4 << (c - 0xca))
		return Float, 0, err
	case 0xcc, 0xcd, 0xce, 0xcf:
		n, err = r.fixed(1 << (c - 0xcc))
		return Uint, n, err
	case 0xd0, 0xd1, 0xd2, 0xd3:
		width := 1 << (c - 0xd0)
		if n, err = r.fixed(width); n>>(8*width-1) != 0 {
			return Int, 0, err
		}
		return Uint, n, err
	case 0xd9, 0xda, 0xdb:
		n, err = r.fixed(1 << (c - 0xd9))
		return Text, n, err
	case 0xdc, 0xdd:
		n, err = r.fixed(2 << (c - 0xdc))
		return Array, n, err
	case 0xde, 0xdf:
		n, err = r.fixed(2 << (c - 0xde))
		return Map, n, err
	}
	return None, 0, ErrType
}

// fixed reads a big-endian number of 1, 2, 4 or 8 bytes.
func (r *Reader) fixed(width int) (uint64, error) {
	if r.Remaining() < width {
		return 0, ErrShort
	}
	b := r.data[r.pos : r.pos+width]
	r.pos += width
	switch width {
	case 1:
		return uint64(b[0]), nil
	case 2:
		return uint64(binary.BigEndian.Uint16(b)), nil
	case 4:
		return uint64(binary.BigEndian.Uint32(b)), nil
	}
	return binary.BigEndian.Uint64(b), nil
}
