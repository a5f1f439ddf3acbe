package bitcoin

import (
	"encoding/binary"
	"math"
)

// reader reads the encoding of the peer-to-peer protocol. What it gives shares memory
// with its input. After the first fault it gives zeros, and bad is set.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) fail() {
	r.rest, r.bad = nil, true
}

// take gives the next n bytes.
func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.fail()
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

// int64 reads an amount.
func (r *reader) int64() int64 {
	if b := r.take(8); b != nil {
		return int64(binary.LittleEndian.Uint64(b))
	}
	return 0
}

// compact reads a CompactSize in its shortest form.
func (r *reader) compact() uint64 {
	first := r.take(1)
	if first == nil {
		return 0
	}
	var n, least uint64
	switch first[0] {
	case 0xfd:
		if b := r.take(2); b != nil {
			n, least = uint64(binary.LittleEndian.Uint16(b)), 0xfd
		}
	case 0xfe:
		n, least = uint64(r.uint32()), math.MaxUint16+1
	case 0xff:
		n, least = uint64(r.int64()), math.MaxUint32+1
	default:
		return uint64(first[0])
	}
	if n < least {
		r.fail()
		return 0
	}
	return n
}

// bytes reads a length and as many bytes.
func (r *reader) bytes() []byte {
	n := r.compact()
	if n > uint64(len(r.rest)) {
		r.fail()
		return nil
	}
	return r.take(int(n))
}

// count reads the number of things that need at least size bytes each, so that
// nobody makes room for more than can follow.
func (r *reader) count(size int) int {
	n := r.compact()
	if n > uint64(len(r.rest)/size) {
		r.fail()
		return 0
	}
	return int(n)
}

// appendCompact is the inverse of [reader.compact].
func appendCompact(b []byte, n uint64) []byte {
	switch {
	case n < 0xfd:
		return append(b, byte(n))
	case n <= math.MaxUint16:
		return binary.LittleEndian.AppendUint16(append(b, 0xfd), uint16(n))
	case n <= math.MaxUint32:
		return binary.LittleEndian.AppendUint32(append(b, 0xfe), uint32(n))
	}
	return binary.LittleEndian.AppendUint64(append(b, 0xff), n)
}

// appendBytes is the inverse of [reader.bytes].
func appendBytes(b, data []byte) []byte {
	return append(appendCompact(b, uint64(len(data))), data...)
}
