package curve

import (
	"crypto/elliptic"
	"math/big"
)

// The standard library verifies on P-256 but gives no recovery ids, and its other
// arithmetic on points is deprecated as too easy to get wrong. It is nevertheless
// the same code beneath, and all that it is given here is public.

// recoverP256 gives the compressed public key of a signature, nil if there is none
// (SEC 1, section 4.1.6): Q = r⁻¹(sR - eG). rs is in range.
func recoverP256(digest, rs []byte, recovery byte) []byte {
	curve := elliptic.P256()
	n := curve.Params().N
	r, s := new(big.Int).SetBytes(rs[:32]), new(big.Int).SetBytes(rs[32:])
	x := new(big.Int).Set(r)
	if recovery&2 != 0 {
		x.Add(x, n)
	}
	if x.Cmp(curve.Params().P) >= 0 {
		return nil
	}
	nonce := make([]byte, 33)
	x.FillBytes(nonce[1:])
	nonce[0] = evenPoint | recovery&1
	rx, ry := elliptic.UnmarshalCompressed(curve, nonce)
	if rx == nil {
		return nil
	}
	minusE := new(big.Int).SetBytes(digest)
	minusE.Neg(minusE)
	qx, qy := combineP256(r, minusE, s, rx, ry)
	if qx == nil {
		return nil
	}
	return elliptic.MarshalCompressed(curve, qx, qy)
}

// recoveryIDP256 verifies a signature (FIPS 186-5, section 6.4.2) and gives its
// recovery id: it computes the nonce's point R = s⁻¹(eG + rQ) anew. rs is in range.
func recoveryIDP256(key, digest, rs []byte) (byte, bool) {
	curve := elliptic.P256()
	n := curve.Params().N
	r, s := new(big.Int).SetBytes(rs[:32]), new(big.Int).SetBytes(rs[32:])
	qx, qy := elliptic.UnmarshalCompressed(curve, key)
	if qx == nil {
		return 0, false
	}
	x, y := combineP256(s, new(big.Int).SetBytes(digest), r, qx, qy)
	if x == nil {
		return 0, false
	}
	id := byte(y.Bit(0))
	if x.Cmp(n) >= 0 {
		x = new(big.Int).Sub(x, n)
		id |= 2
	}
	return id, x.Cmp(r) == 0
}

// combineP256 gives d⁻¹(a·G + b·P), nil for the point at infinity.
func combineP256(d, a, b, px, py *big.Int) (x, y *big.Int) {
	curve := elliptic.P256()
	n := curve.Params().N
	inverse := new(big.Int).ModInverse(d, n)
	scalar := func(k *big.Int) []byte {
		k = new(big.Int).Mul(k, inverse)
		return k.Mod(k, n).FillBytes(make([]byte, 32))
	}
	//lint:ignore SA1019 see above
	gx, gy := curve.ScalarBaseMult(scalar(a))
	//lint:ignore SA1019 see above
	px, py = curve.ScalarMult(px, py, scalar(b))
	//lint:ignore SA1019 see above
	x, y = curve.Add(gx, gy, px, py)
	if x.Sign() == 0 && y.Sign() == 0 {
		return nil, nil
	}
	return x, y
}
