// Package random gives the makers of test data their choices, from a number or from
// the bytes of a fuzzer, which so decides on the structure of what is made.
//
// All tests of the oracles use it.
package random

import "math/rand/v2"

// New makes choices that are the same on every run; n tells tests apart.
func New(n uint64) *rand.Rand { return rand.New(rand.NewPCG(4, n)) }

// From takes choices from data, and after their end any that follow from their length.
func From(data []byte) *rand.Rand {
	return rand.New(&source{data, rand.NewPCG(uint64(len(data)), 1)})
}

type source struct {
	data  []byte
	after *rand.PCG
}

// Uint64 spends one byte. It stands where a choice looks: among few at the top, among
// a power of two at bit 32. The other bits are not zero, with which some choices would
// be drawn again forever.
func (s *source) Uint64() uint64 {
	v := s.after.Uint64()
	if len(s.data) > 0 {
		b := uint64(s.data[0])
		s.data = s.data[1:]
		v = v&^(0xff<<56|0xff<<32) | b<<56 | b<<32
	}
	return v
}

// Bytes are n bytes.
func Bytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.UintN(256))
	}
	return b
}

// Edge is a number of at most that many bits, often one where ranges end.
func Edge(r *rand.Rand, bits int) uint64 {
	top := ^uint64(0) >> (64 - bits)
	switch r.IntN(6) {
	case 0:
		return 0
	case 1:
		return top
	case 2:
		return uint64(1) << r.IntN(bits)
	case 3:
		return uint64(r.IntN(256)) & top
	}
	return r.Uint64() & top
}

// Pick is one of several.
func Pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }
