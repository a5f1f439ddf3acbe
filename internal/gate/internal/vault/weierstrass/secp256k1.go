package weierstrass

import (
	"crypto/sha256"
	"io"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// acceptance says which candidates of the nonce sequence make a signature.
type acceptance uint8

const (
	// plain takes the first candidate, as RFC 6979 does.
	plain acceptance = iota
	// antelope passes over the first candidate and takes the first after it whose
	// signature is canonical. (keosd counts its tries from 1 and takes output number
	// t of a fresh generator for try t, which is the same sequence.)
	antelope
	// anyS takes the first candidate and leaves s as it falls.
	anyS
)

// maxTries bounds the search for a canonical signature. Half of all candidates
// are: more tries than this mean broken arithmetic.
const maxTries = 256

// work is everything secret of one computation. It is used again: memory that each
// computation allocated anew would be tracked by the runtime, which costs more than
// hashing, see [modulus].
type work struct {
	rand  io.Reader
	table *blinding
	prime *modulus // of the field
	order *modulus // of the group

	nonces  nonces
	bytes   [32]byte // a nonce, a random number, a coordinate, or a hash
	other   [32]byte
	choice  [drawn]byte
	d, e    secp256k1.ModNScalar // private key, digest
	k       secp256k1.ModNScalar // nonce
	b       secp256k1.ModNScalar // blinds the multiplication
	m       secp256k1.ModNScalar // blinds the inversion
	s, t    secp256k1.ModNScalar
	blind   secp256k1.JacobianPoint // bG
	product secp256k1.JacobianPoint
	sum     secp256k1.JacobianPoint
	f, g    secp256k1.FieldVal

	// These are not secret, but must not be allocated for each signature.
	tag             [32]byte
	key, commitment [33]byte // compressed: the public key, and the nonce's point
}

// newWork is memory for computations of a signer.
func newWork(rand io.Reader, table *blinding) *work {
	w := &work{rand: rand, table: table}
	var prime [32]byte
	secp256k1.Params().P.FillBytes(prime[:])
	order := curve.Secp256k1.Order()
	w.prime, w.order = newModulus(&prime), newModulus(&order)
	w.nonces.hash = sha256.New()
	return w
}

// wipe forgets all that is secret.
func (w *work) wipe() {
	w.nonces.wipe()
	*w = work{rand: w.rand, table: w.table, prime: w.prime, order: w.order, nonces: w.nonces}
}

// publicKey computes dG.
func (w *work) publicKey(dst *[33]byte, private []byte) error {
	w.d.SetByteSlice(private)
	return w.point(dst, &w.d)
}

// point computes kG, into w.sum and compressed into dst. It draws a new blind.
func (w *work) point(dst *[33]byte, k *secp256k1.ModNScalar) error {
	if err := w.drawBlind(); err != nil {
		return err
	}
	if err := w.multiplyBase(k); err != nil {
		return err
	}
	dst[0] = 2 | byte(w.sum.Y.IsOddBit())
	w.sum.X.PutBytesUnchecked(dst[1:])
	return nil
}

// nextNonce sets w.k to the generator's next output. False says that it is not in
// range.
func (w *work) nextNonce() bool {
	w.nonces.next(&w.bytes)
	overflow := w.k.SetBytes(&w.bytes)
	return overflow == 0 && !w.k.IsZero()
}

// sign makes the signature r‖s and gives its recovery id (see curve.Scheme).
// private is in range.
func (w *work) sign(rs *[64]byte, private, digest []byte, rule acceptance) (byte, error) {
	w.d.SetByteSlice(private)
	w.e.SetByteSlice(digest)
	w.e.PutBytes(&w.bytes) // reduced modulo the group order
	w.nonces.init(private, w.bytes[:], nil)
	if err := w.drawBlind(); err != nil {
		return 0, err
	}
	for try := range maxTries {
		if inRange := w.nextNonce(); !inRange || rule == antelope && try == 0 {
			continue
		}
		if err := w.multiplyBase(&w.k); err != nil {
			return 0, err
		}
		recovery := byte(w.sum.Y.IsOddBit())
		var x [32]byte
		w.sum.X.PutBytes(&x)
		var r secp256k1.ModNScalar
		recovery |= byte(r.SetBytes(&x)) << 1
		r.PutBytesUnchecked(rs[:32])
		if r.IsZero() || rule == antelope && !curve.Canonical(rs[:32]) {
			continue
		}
		if err := w.finish(&r); err != nil {
			return 0, err
		}
		if rule != anyS && w.s.IsOverHalfOrder() { // -s belongs to the nonce -k, whose point has the other y
			w.s.Negate()
			recovery ^= 1
		}
		w.s.PutBytesUnchecked(rs[32:])
		if w.s.IsZero() || rule == antelope && !curve.Canonical(rs[32:]) {
			continue
		}
		return recovery, nil
	}
	clear(rs[:])
	return 0, fault.Internal.New("no signature after %d nonces", maxTries)
}
