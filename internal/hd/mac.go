package hd

import (
	"crypto/sha512"
	"crypto/subtle"
	"encoding"
	"encoding/binary"
	"hash"

	"strongroom/internal/secret"
)

// hashState has room for a SHA-512 that was stopped after a block, as the standard
// library writes it: its marker, the chaining value, a block and a length.
const hashState = 256

// mac is HMAC-SHA512 (RFC 2104) under one key at a time. It is here because
// crypto/hmac keeps its padded key where nobody can wipe it. Like the library it
// hashes the padded key once per key and not once per message, which halves the time
// of PBKDF2.
//
// A mac is made outside of [secret.Do], because memory allocated within it is
// remembered piece by piece; it is used within, and wiped in the end.
type mac struct {
	hash         hash.Hash
	inner, outer []byte // the hash after either padded key, in states
	states       [2][hashState]byte
	block        [sha512Block]byte
	digest       [sha512.Size]byte
}

func newMAC() *mac { return &mac{hash: sha512.New()} }

// setKey makes the following messages be hashed under this key, of any length.
func (m *mac) setKey(key []byte) {
	if len(key) > sha512Block {
		m.hash.Reset()
		m.hash.Write(key)
		key = m.hash.Sum(m.digest[:0])
	}
	m.inner = m.padded(m.states[0][:0], key, 0x36)
	m.outer = m.padded(m.states[1][:0], key, 0x5c)
}

// padded is the state of the hash after the block of a key.
func (m *mac) padded(state, key []byte, with byte) []byte {
	pad(m.block[:], key, with)
	m.hash.Reset()
	m.hash.Write(m.block[:])
	state, err := m.hash.(encoding.BinaryAppender).AppendBinary(state)
	if err != nil {
		panic("hd: SHA-512 cannot be stopped: " + err.Error())
	}
	return state
}

// sum writes the code of the parts, one after the other, into dst, which may be one
// of the parts.
func (m *mac) sum(dst *[sha512.Size]byte, parts ...[]byte) {
	m.resume(m.inner)
	for _, part := range parts {
		m.hash.Write(part)
	}
	inner := m.hash.Sum(m.digest[:0])
	m.resume(m.outer)
	m.hash.Write(inner)
	m.hash.Sum(dst[:0])
}

func (m *mac) resume(state []byte) {
	if err := m.hash.(encoding.BinaryUnmarshaler).UnmarshalBinary(state); err != nil {
		panic("hd: SHA-512 cannot go on: " + err.Error())
	}
}

// wipe forgets the key and the last message. The hash holds on to its last block
// until another one overwrites it, which must not come as a whole.
func (m *mac) wipe() {
	clear(m.states[0][:])
	clear(m.states[1][:])
	clear(m.block[:])
	clear(m.digest[:])
	m.hash.Reset()
	m.hash.Write(m.block[1:])
	m.hash.Write(m.block[:1])
	m.hash.Reset()
}

// pbkdf2 fills dst with PBKDF2 (RFC 8018 §5.2) with HMAC-SHA512, as the library does
// but with memory that is wiped. The salt is its parts one after the other.
func pbkdf2(dst, password []byte, rounds int, salt ...[]byte) {
	m := newMAC()
	work := new(struct{ last, total [sha512.Size]byte })
	number := new([4]byte)
	parts := make([][]byte, 0, len(salt)+1)
	parts = append(append(parts, salt...), number[:])
	secret.Do(func() {
		defer func() { m.wipe(); clear(work.last[:]); clear(work.total[:]) }()
		m.setKey(password)
		for block := uint32(1); len(dst) > 0; block++ {
			binary.BigEndian.PutUint32(number[:], block)
			m.sum(&work.last, parts...)
			work.total = work.last
			for range rounds - 1 {
				m.sum(&work.last, work.last[:])
				subtle.XORBytes(work.total[:], work.total[:], work.last[:])
			}
			dst = dst[copy(dst, work.total[:]):]
		}
	})
}
