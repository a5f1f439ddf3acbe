package weierstrass

import (
	"io"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"strongroom/internal/fault"
)

// random fills w.bytes. Zero would blind nothing.
func (w *work) random() error {
	if _, err := io.ReadFull(w.rand, w.bytes[:]); err != nil {
		return errRandom(err)
	}
	if isZero(w.bytes[:]) == 1 {
		return errRandom(nil)
	}
	return nil
}

// drawBlind chooses b and bG.
func (w *work) drawBlind() error {
	if _, err := io.ReadFull(w.rand, w.choice[:]); err != nil {
		return errRandom(err)
	}
	w.table.draw(&w.choice, &w.b, &w.blind)
	return nil
}

// multiplyBase sets w.sum to kG, affine and normalised, as (k-b)G + bG.
func (w *work) multiplyBase(k *secp256k1.ModNScalar) error {
	w.t.NegateVal(&w.b).Add(k)
	secp256k1.ScalarBaseMultNonConst(&w.t, &w.product)
	secp256k1.AddNonConst(&w.product, &w.blind, &w.sum)
	return w.toAffine()
}

// toAffine divides the coordinates of w.sum by powers of its Z. The inverse of Z is
// computed from Z times a random number, in variable time: decred's constant-time
// inversion takes half as long as the multiplication itself.
func (w *work) toAffine() error {
	if err := w.random(); err != nil {
		return err
	}
	w.f.SetBytes(&w.bytes)
	w.f.Normalize()
	w.g.Mul2(&w.sum.Z, &w.f).Normalize()
	w.g.PutBytes(&w.bytes)
	if !w.prime.invert(&w.bytes) {
		return fault.Internal.New("a point has no affine form")
	}
	w.g.SetBytes(&w.bytes)
	w.g.Mul(&w.f) // Z⁻¹
	w.f.SquareVal(&w.g)
	w.sum.X.Mul(&w.f).Normalize()
	w.sum.Y.Mul(w.f.Mul(&w.g)).Normalize()
	w.sum.Z.SetInt(1)
	return nil
}

// finish sets w.s to k⁻¹(e + rd), as (km)⁻¹ · m(e + rd).
func (w *work) finish(r *secp256k1.ModNScalar) error {
	if err := w.random(); err != nil {
		return err
	}
	w.m.SetBytes(&w.bytes)
	w.t.Mul2(&w.k, &w.m)
	if w.t.IsZero() {
		return errRandom(nil)
	}
	w.t.PutBytes(&w.bytes)
	if !w.order.invert(&w.bytes) {
		return fault.Internal.New("a nonce has no inverse")
	}
	w.t.SetBytes(&w.bytes)
	w.s.Mul2(r, &w.d).Add(&w.e).Mul(&w.m).Mul(&w.t)
	return nil
}
