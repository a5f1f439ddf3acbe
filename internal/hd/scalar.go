package hd

import (
	"encoding/binary"
	"math/bits"
)

// scalar is a number of 256 bits in four words, the lowest first. Its arithmetic has
// no branches and no look-ups: keys are among the numbers.
type scalar [4]uint64

// load reads 32 bytes, big-endian.
func (x *scalar) load(b []byte) {
	for i := range x {
		x[i] = binary.BigEndian.Uint64(b[24-8*i:])
	}
}

// add sets x to a + b and gives the carry, 0 or 1.
func (x *scalar) add(a, b *scalar) (carry uint64) {
	for i := range x {
		x[i], carry = bits.Add64(a[i], b[i], carry)
	}
	return carry
}

// sub sets x to a - b and gives the borrow: 1 where a is below b, otherwise 0.
func (x *scalar) sub(a, b *scalar) (borrow uint64) {
	for i := range x {
		x[i], borrow = bits.Sub64(a[i], b[i], borrow)
	}
	return borrow
}

// addModulo writes tweak + key modulo order into dst, which may be either of them, if
// tweak is below order and the sum is not zero; otherwise it reports false and leaves
// dst alone. All are numbers of 32 bytes, big-endian; key is below order. Only the
// report shows in its time.
func addModulo(dst, tweak, key []byte, order *scalar) bool {
	var x, y, sum, reduced scalar
	defer func() { clear(x[:]); clear(y[:]); clear(sum[:]); clear(reduced[:]) }()
	x.load(tweak)
	y.load(key)
	below := reduced.sub(&x, order)
	carry := sum.add(&x, &y)
	borrow := reduced.sub(&sum, order)
	// The sum is below the order where it has no 257th bit and order had to borrow.
	keep := -(borrow &^ carry)
	for i := range sum {
		sum[i] = sum[i]&keep | reduced[i]&^keep
	}
	if below&^isZero(sum[0]|sum[1]|sum[2]|sum[3]) == 0 {
		return false
	}
	for i, word := range sum {
		binary.BigEndian.PutUint64(dst[24-8*i:], word)
	}
	return true
}
