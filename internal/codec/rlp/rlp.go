// Package rlp reads and writes Recursive Length Prefix, the encoding of Ethereum and of
// chains that took it over (Ethereum Yellow Paper, appendix B).
//
// Reading is strict: the shortest form of every length and number, and nothing left
// over, so that each value has exactly one encoding. A [Reader] walks the members of one
// List in order; its first error sticks, so that callers check once, at the end.
// Nothing is allocated for what is only announced.
//
// The package is pure and may be imported by everybody.
package rlp

import (
	"encoding/binary"
	"math/big"
	"math/bits"

	"strongroom/internal/fault"
)

// What can be wrong with the encoding (Ethereum Yellow Paper, appendix B). Strict
// means: the shortest form of every length and number, and nothing left over.
var (
	errEnd     = fault.InvalidPayload.New("rlp: the data end too early")
	errLength  = fault.InvalidPayload.New("rlp: a length that is not in its shortest form")
	errKind    = fault.InvalidPayload.New("rlp: a list where bytes are wanted, or the reverse")
	errNumber  = fault.InvalidPayload.New("rlp: a number with leading zeros or too many digits")
	errSize    = fault.InvalidPayload.New("rlp: bytes of another length than wanted")
	errTooMany = fault.InvalidPayload.New("rlp: more members than wanted")
)

// Reader reads the members of one list in order. The first error sticks, and
// what is read after it is zero. Slices that it gives share the memory of what is
// read.
type Reader struct {
	rest []byte
	err  error
}

// ReadList starts to read data that are one list and nothing else.
func ReadList(data []byte) Reader {
	outer := Reader{rest: data}
	inner := outer.List()
	if outer.err == nil && len(outer.rest) > 0 {
		outer.err = errTooMany
	}
	if outer.err != nil {
		return Reader{err: outer.err}
	}
	return inner
}

// More reports whether there are members left.
func (r *Reader) More() bool { return r.err == nil && len(r.rest) > 0 }

// End gives the first error, or one if there are members left.
func (r *Reader) End() error {
	if r.err == nil && len(r.rest) > 0 {
		r.err = errTooMany
	}
	return r.err
}

// Fail makes err the first error, if there is none yet: for what a caller finds wrong
// with a member.
func (r *Reader) Fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.rest = nil
}

// Join takes over the error of a list within, which must have been read to its end.
func (r *Reader) Join(inner *Reader) {
	if err := inner.End(); err != nil {
		r.Fail(err)
	}
}

// Rest is what is left to read: the encoded members. It is nil after an error.
func (r *Reader) Rest() []byte { return r.rest }

// Item takes the next member: its content, and whether it is a list.
func (r *Reader) Item() (content []byte, list bool) {
	if r.err != nil {
		return nil, false
	}
	if len(r.rest) == 0 {
		r.Fail(errEnd)
		return nil, false
	}
	first := r.rest[0]
	head, size := 1, uint64(0)
	switch {
	case first < 0x80:
		content, r.rest = r.rest[:1], r.rest[1:]
		return content, false
	case first < 0xb8:
		size = uint64(first - 0x80)
	case first < 0xc0:
		head, size = r.longSize(int(first - 0xb7))
	case first < 0xf8:
		size, list = uint64(first-0xc0), true
	default:
		head, size = r.longSize(int(first - 0xf7))
		list = true
	}
	if r.err == nil && size > uint64(len(r.rest)-head) {
		r.Fail(errEnd)
	}
	if r.err != nil {
		return nil, false
	}
	end := head + int(size)
	content, r.rest = r.rest[head:end], r.rest[end:]
	if !list && size == 1 && content[0] < 0x80 {
		r.Fail(errLength)
		return nil, false
	}
	return content, list
}

// longSize reads a length of n bytes behind the first byte.
func (r *Reader) longSize(n int) (head int, size uint64) {
	if len(r.rest) < 1+n {
		r.Fail(errEnd)
		return 0, 0
	}
	var wide [8]byte
	copy(wide[8-n:], r.rest[1:1+n])
	size = binary.BigEndian.Uint64(wide[:])
	if r.rest[1] == 0 || size < 56 {
		r.Fail(errLength)
		return 0, 0
	}
	return 1 + n, size
}

// List takes a list to be read member by member.
func (r *Reader) List() Reader {
	content, list := r.Item()
	if r.err == nil && !list {
		r.Fail(errKind)
	}
	return Reader{rest: content, err: r.err}
}

// Bytes takes a string of bytes.
func (r *Reader) Bytes() []byte {
	content, list := r.Item()
	if r.err == nil && list {
		r.Fail(errKind)
	}
	if r.err != nil {
		return nil
	}
	return content
}

// Digits takes a number of at most size bytes, without leading zeros.
func (r *Reader) Digits(size int) []byte {
	b := r.Bytes()
	if len(b) > size || len(b) > 0 && b[0] == 0 {
		r.Fail(errNumber)
		return nil
	}
	return b
}

// Uint64 takes a number of 64 bits.
func (r *Reader) Uint64() (v uint64) {
	for _, b := range r.Digits(8) {
		v = v<<8 | uint64(b)
	}
	return v
}

// Number takes a number of 256 bits. It is never nil.
func (r *Reader) Number() *big.Int { return new(big.Int).SetBytes(r.Digits(WordSize)) }

// Address takes an address of 20 bytes.
func (r *Reader) Address() (a [20]byte) {
	b := r.Bytes()
	if r.err == nil && len(b) != len(a) {
		r.Fail(errSize)
	}
	copy(a[:], b)
	return a
}

// Receiver takes an address, or nothing.
func (r *Reader) Receiver() *[20]byte {
	b := r.Bytes()
	if r.err != nil || len(b) == 0 {
		return nil
	}
	if len(b) != 20 {
		r.Fail(errSize)
		return nil
	}
	a := [20]byte(b)
	return &a
}

// Word takes 32 bytes.
func (r *Reader) Word() (w [32]byte) {
	b := r.Bytes()
	if r.err == nil && len(b) != len(w) {
		r.Fail(errSize)
	}
	copy(w[:], b)
	return w
}

// WordSize is the length in bytes of a machine word of the EVM.
const WordSize = 32

// Members is the content of data that are one list and nothing else, which the caller
// has read before; of anything else it is nil.
func Members(data []byte) []byte {
	r := Reader{rest: data}
	content, list := r.Item()
	if !list || r.End() != nil {
		return nil
	}
	return content
}

// Count is the number of members of data that are one list and nothing else; -1 of
// anything else. Of the members it looks at no more than their lengths.
func Count(data []byte) int {
	r, n := ReadList(data), 0
	for ; r.More(); n++ {
		r.Item()
	}
	if r.err != nil {
		return -1
	}
	return n
}

// AppendBytes appends a string of bytes.
func AppendBytes(b, content []byte) []byte {
	if len(content) == 1 && content[0] < 0x80 {
		return append(b, content[0])
	}
	return append(appendHead(b, 0x80, len(content)), content...)
}

// AppendReceiver appends an address, or nothing. It is the inverse of [Reader.Receiver].
func AppendReceiver(b []byte, a *[20]byte) []byte {
	if a == nil {
		return AppendBytes(b, nil)
	}
	return AppendBytes(b, a[:])
}

// AppendUint appends a number.
func AppendUint(b []byte, v uint64) []byte {
	var wide [8]byte
	binary.BigEndian.PutUint64(wide[:], v)
	return AppendBytes(b, wide[bits.LeadingZeros64(v)/8:])
}

// AppendNumber appends a number that is not negative; nil is zero.
func AppendNumber(b []byte, v *big.Int) []byte {
	if v == nil {
		return append(b, 0x80)
	}
	return AppendBytes(b, v.Bytes())
}

// AppendDigits appends a number given big-endian, perhaps with leading zeros.
func AppendDigits(b, digits []byte) []byte {
	for len(digits) > 0 && digits[0] == 0 {
		digits = digits[1:]
	}
	return AppendBytes(b, digits)
}

// AppendList appends a list whose members are encoded in content.
func AppendList(b, content []byte) []byte {
	return append(appendHead(b, 0xc0, len(content)), content...)
}

func appendHead(b []byte, base byte, size int) []byte {
	if size < 56 {
		return append(b, base+byte(size))
	}
	var wide [8]byte
	binary.BigEndian.PutUint64(wide[:], uint64(size))
	digits := wide[bits.LeadingZeros64(uint64(size))/8:]
	return append(append(b, base+55+byte(len(digits))), digits...)
}
