package antelope

import (
	"encoding/binary"
	"math"
	"unicode/utf8"

	"strongroom/internal/fault"
)

// What can be wrong with an input. Compare with errors.Is.
var (
	ErrShort    = fault.Invalid.New("packed data ends in the middle of a value")
	ErrVaruint  = fault.Invalid.New("packed number too large, or not in its shortest form")
	ErrLarge    = fault.Invalid.New("packed list or text longer than allowed")
	ErrBool     = fault.Invalid.New("packed truth value other than 0 and 1")
	ErrText     = fault.Invalid.New("packed text that is not utf-8")
	ErrTrailing = fault.Invalid.New("bytes after the end of the packed data")
)

// Reader reads values one after the other. The first error sticks: everything
// read after it is zero, so a caller may read a whole structure and ask
// [Reader.Err] or [Reader.End] once. The zero value reads an empty input.
//
// It never writes to its input; the slices that it returns alias it.
type Reader struct {
	rest []byte
	err  error
}

// NewReader reads data from its first byte.
func NewReader(data []byte) Reader { return Reader{rest: data} }

// Err is the first error, nil if there is none.
func (r *Reader) Err() error { return r.err }

// Remaining is the number of bytes not yet read, 0 after an error.
func (r *Reader) Remaining() int { return len(r.rest) }

// End is the first error, or [ErrTrailing] if something is left to read.
func (r *Reader) End() error {
	if r.err == nil && len(r.rest) > 0 {
		return ErrTrailing
	}
	return r.err
}

// Fail makes the reader fail with err, for checks that only the caller can
// make. A failure that came before stays.
func (r *Reader) Fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.rest = nil
}

// Fixed reads n bytes, nil after an error.
func (r *Reader) Fixed(n int) []byte {
	if r.err != nil {
		return nil
	}
	if n < 0 || n > len(r.rest) {
		r.Fail(ErrShort)
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

// Uint8 reads one byte.
func (r *Reader) Uint8() uint8 {
	if b := r.Fixed(1); b != nil {
		return b[0]
	}
	return 0
}

// Uint16 reads two bytes.
func (r *Reader) Uint16() uint16 {
	if b := r.Fixed(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

// Uint32 reads four bytes.
func (r *Reader) Uint32() uint32 {
	if b := r.Fixed(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// Uint64 reads eight bytes.
func (r *Reader) Uint64() uint64 {
	if b := r.Fixed(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// Name reads eight bytes; every number is a name.
func (r *Reader) Name() Name { return Name(r.Uint64()) }

// Bool reads one byte that must be 0 or 1.
func (r *Reader) Bool() bool {
	v := r.Uint8()
	if v > 1 {
		r.Fail(ErrBool)
	}
	return v == 1
}

// Varuint32 reads a number in its shortest form.
func (r *Reader) Varuint32() uint32 {
	if r.err != nil {
		return 0
	}
	v, n := binary.Uvarint(r.rest)
	switch {
	case n == 0:
		r.Fail(ErrShort)
		return 0
	case n < 0 || v > math.MaxUint32 || n > 1 && r.rest[n-1] == 0:
		r.Fail(ErrVaruint)
		return 0
	}
	r.rest = r.rest[n:]
	return uint32(v)
}

// Bytes reads a length of at most limit and that many bytes.
func (r *Reader) Bytes(limit int) []byte {
	n := r.Varuint32()
	if uint64(n) > uint64(max(limit, 0)) {
		r.Fail(ErrLarge)
		return nil
	}
	return r.Fixed(int(n))
}

// Text reads [Reader.Bytes] that must be UTF-8.
func (r *Reader) Text(limit int) string {
	b := r.Bytes(limit)
	if !utf8.Valid(b) {
		r.Fail(ErrText)
		return ""
	}
	return string(b)
}

// Count reads the number of elements of a list: at most limit, and no more than
// the rest of the input can hold at width bytes for each.
func (r *Reader) Count(limit, width int) int {
	n := r.Varuint32()
	switch {
	case uint64(n) > uint64(max(limit, 0)):
		r.Fail(ErrLarge)
		return 0
	case uint64(n)*uint64(width) > uint64(len(r.rest)):
		r.Fail(ErrShort)
		return 0
	}
	return int(n)
}
