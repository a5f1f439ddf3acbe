package solana

import "encoding/binary"

// reader takes numbers and keys from the front of bytes that it does not copy. Once
// the bytes run out or break a rule it is bad, and gives zeros.
type reader struct {
	b   []byte
	bad bool
}

// take gives the next n bytes, nil where there are not so many.
func (r *reader) take(n int) []byte {
	if r.bad || n < 0 || n > len(r.b) {
		r.bad = true
		return nil
	}
	taken := r.b[:n:n]
	r.b = r.b[n:]
	return taken
}

func (r *reader) u8() uint8 {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) u16() uint16 {
	if b := r.take(2); b != nil {
		return binary.LittleEndian.Uint16(b)
	}
	return 0
}

func (r *reader) u32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) u64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// key reads a public key and gives its text.
func (r *reader) key() string {
	if b := r.take(keySize); b != nil {
		return base58Text(b)
	}
	return ""
}

// keyOrNone reads a key of which all zero bytes mean that there is none.
func (r *reader) keyOrNone() string {
	b := r.take(keySize)
	if b == nil || [keySize]byte(b) == [keySize]byte{} {
		return ""
	}
	return base58Text(b)
}

// option reads the byte that says whether a value follows.
func (r *reader) option() bool {
	tag := r.u8()
	if tag > 1 {
		r.bad = true
	}
	return tag == 1 && !r.bad
}

// seed reads a text behind its length of 64 bits, as bincode writes it.
func (r *reader) seed() string {
	n := r.u64()
	if n > uint64(len(r.b)) {
		r.bad = true
		return ""
	}
	return string(r.take(int(n)))
}

// compact reads a number of at most 16 bits in its shortest form: seven bits a byte,
// the lowest first, the top bit of a byte set where another follows (solana-short-vec).
func (r *reader) compact() int {
	first := int(r.u8())
	if first < 0x80 {
		return first
	}
	second := int(r.u8())
	if second < 0x80 {
		if second == 0 { // the first byte alone says the same
			r.bad = true
		}
		return first&0x7f | second<<7
	}
	third := int(r.u8())
	if third == 0 || third > 3 {
		r.bad = true
	}
	return first&0x7f | second&0x7f<<7 | third<<14
}

// bytes reads a count and as many elements of some size.
func (r *reader) bytes(size int) []byte {
	n := r.compact()
	return r.take(n * size)
}
