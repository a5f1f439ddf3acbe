package weierstrass

import (
	"encoding/binary"
	"math/bits"
)

// batch is how many division steps are made on the low bits at once, and how many
// bits a limb has.
const (
	batch    = 62
	limbMask = 1<<batch - 1
)

// modulus is an odd number of at most 256 bits, to invert numbers by.
//
// math/big could do that too, but its inversion allocates at every step, and memory
// that is allocated within [secret.Do] is remembered by the runtime piece by piece:
// that cost more than a third of a signature.
type modulus struct {
	limbs   wide
	inverse uint64 // of the modulus, modulo 2^62
}

// wide is a signed number in limbs of 62 bits, least first. All but the last are in
// [0, 2^62).
type wide [5]int64

// newModulus takes a big-endian number.
func newModulus(b *[32]byte) *modulus {
	m := &modulus{limbs: fromBytes(b)}
	low := uint64(m.limbs[0])
	m.inverse = low // right in 3 bits, since the square of an odd number is 1 modulo 8
	for range 5 {
		m.inverse *= 2 - low*m.inverse // twice as many
	}
	m.inverse &= limbMask
	return m
}

// invert replaces a big-endian number below the modulus by its inverse, in a time
// that depends on the number: it must not be secret, nor reveal a secret. False
// says that there is none.
//
// These are the division steps of Bernstein and Yang, "Fast constant-time gcd
// computation and modular inversion" (2019), without the constant time, many at once
// as matrices of 62 steps. Throughout, d·x = f and e·x = g modulo m.
func (m *modulus) invert(b *[32]byte) bool {
	f, g := m.limbs, fromBytes(b)
	d, e := wide{}, wide{1}
	eta := int64(-1)
	for g != (wide{}) {
		t := steps(&eta, uint64(f[0])|uint64(f[1])<<batch, uint64(g[0])|uint64(g[1])<<batch)
		t.reduce(&f, &g)
		m.apply(&t, &d, &e)
	}
	if f[4] < 0 { // f is the greatest common divisor or its negative
		f.negate()
		d.negate()
	}
	if f != (wide{1}) {
		return false
	}
	for d[4] < 0 {
		d.add(&m.limbs)
	}
	for !d.below(&m.limbs) {
		negative := m.limbs
		negative.negate()
		d.add(&negative)
	}
	d.bytes(b)
	return true
}

// matrix is what 62 division steps do to f and g, times 2^62.
type matrix struct{ u, v, q, r int64 }

// steps finds the matrix from the low bits of f and g.
func steps(eta *int64, f, g uint64) matrix {
	var u, v, q, r uint64 = 1, 0, 0, 1
	n := *eta
	for left := batch; ; {
		zeros := bits.TrailingZeros64(g | 1<<left)
		g >>= zeros
		u <<= zeros
		v <<= zeros
		n -= int64(zeros)
		left -= zeros
		if left == 0 {
			break
		}
		if n < 0 {
			n = -n
			f, g = g, -f
			u, q = q, -u
			v, r = r, -v
		}
		// Clear as many low bits of g as steps without another exchange would, at most
		// six: f(2-f²) is the inverse of f modulo 2^6.
		most := min(int(n)+1, left, 6)
		w := f * g * (f*f - 2) & (1<<most - 1)
		g += f * w
		q += u * w
		r += v * w
	}
	*eta = n
	return matrix{int64(u), int64(v), int64(q), int64(r)}
}

// reduce applies the matrix to f and g. The low 62 bits of both become zero and go.
func (t *matrix) reduce(f, g *wide) {
	var a, b sum
	for i := range f {
		x, y := f[i], g[i]
		a.add(t.u, x)
		a.add(t.v, y)
		b.add(t.q, x)
		b.add(t.r, y)
		if i > 0 {
			f[i-1], g[i-1] = a.low(), b.low()
		}
		a.shift()
		b.shift()
	}
	f[4], g[4] = int64(a.lo), int64(b.lo)
}

// apply applies the matrix to d and e and divides by 2^62 modulo m, after it added
// the multiples of m that make that exact. Both stay between -2m and m.
func (m *modulus) apply(t *matrix, d, e *wide) {
	signD, signE := d[4]>>63, e[4]>>63
	p := t.u&signD + t.v&signE
	q := t.q&signD + t.r&signE
	p -= int64((m.inverse*uint64(t.u*d[0]+t.v*e[0]) + uint64(p)) & limbMask)
	q -= int64((m.inverse*uint64(t.q*d[0]+t.r*e[0]) + uint64(q)) & limbMask)
	var a, b sum
	for i := range d {
		x, y, z := d[i], e[i], m.limbs[i]
		a.add(t.u, x)
		a.add(t.v, y)
		a.add(p, z)
		b.add(t.q, x)
		b.add(t.r, y)
		b.add(q, z)
		if i > 0 {
			d[i-1], e[i-1] = a.low(), b.low()
		}
		a.shift()
		b.shift()
	}
	d[4], e[4] = int64(a.lo), int64(b.lo)
}

// sum is a signed number of 128 bits.
type sum struct{ hi, lo uint64 }

// add adds a product of signed numbers.
func (s *sum) add(x, y int64) {
	hi, lo := bits.Mul64(uint64(x), uint64(y))
	hi -= uint64(x>>63&y) + uint64(y>>63&x)
	var carry uint64
	s.lo, carry = bits.Add64(s.lo, lo, 0)
	s.hi, _ = bits.Add64(s.hi, hi, carry)
}

func (s *sum) low() int64 { return int64(s.lo & limbMask) }

// shift divides by 2^62, rounding down.
func (s *sum) shift() {
	s.lo = s.lo>>batch | s.hi<<(64-batch)
	s.hi = uint64(int64(s.hi) >> batch)
}

// carry brings all limbs but the last into their range.
func (w *wide) carry() {
	for i := range w[:4] {
		w[i+1] += w[i] >> batch
		w[i] &= limbMask
	}
}

func (w *wide) negate() {
	for i := range w {
		w[i] = -w[i]
	}
	w.carry()
}

func (w *wide) add(x *wide) {
	for i := range w {
		w[i] += x[i]
	}
	w.carry()
}

func (w *wide) below(x *wide) bool {
	for i := len(w) - 1; i >= 0; i-- {
		if w[i] != x[i] {
			return w[i] < x[i]
		}
	}
	return false
}

func fromBytes(b *[32]byte) wide {
	w0, w1 := binary.BigEndian.Uint64(b[24:]), binary.BigEndian.Uint64(b[16:])
	w2, w3 := binary.BigEndian.Uint64(b[8:]), binary.BigEndian.Uint64(b[:])
	return wide{
		int64(w0 & limbMask), int64((w0>>62 | w1<<2) & limbMask), int64((w1>>60 | w2<<4) & limbMask),
		int64((w2>>58 | w3<<6) & limbMask), int64(w3 >> 56),
	}
}

// bytes is the inverse of [fromBytes], for numbers below 2^256 that are not negative.
func (w *wide) bytes(b *[32]byte) {
	l0, l1, l2, l3, l4 := uint64(w[0]), uint64(w[1]), uint64(w[2]), uint64(w[3]), uint64(w[4])
	binary.BigEndian.PutUint64(b[24:], l0|l1<<62)
	binary.BigEndian.PutUint64(b[16:], l1>>2|l2<<60)
	binary.BigEndian.PutUint64(b[8:], l2>>4|l3<<58)
	binary.BigEndian.PutUint64(b[:], l3>>6|l4<<56)
}
