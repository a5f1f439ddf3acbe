package curve

import (
	"crypto/elliptic"
	"math/big"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"strongroom/internal/fault"
)

// First bytes of a point of a short Weierstrass curve (SEC 1, section 2.3.3).
const (
	evenPoint         = 0x02
	oddPoint          = 0x03
	uncompressedPoint = 0x04
	uncompressedSize  = 65
)

// ParsePoint checks that encoded is a point of the curve and gives the key in its
// canonical encoding. For secp256k1 and P-256 it takes the compressed form (33
// bytes) and the uncompressed one (65 bytes), for Ed25519 and Ed25519BIP32 that of
// RFC 8032.
func ParsePoint(a Algorithm, encoded []byte) (PublicKey, error) {
	if (a == Secp256k1 || a == P256) && len(encoded) == uncompressedSize && encoded[0] == uncompressedPoint {
		short := append([]byte{evenPoint | encoded[uncompressedSize-1]&1}, encoded[1:33]...)
		p, err := ParsePoint(a, short)
		if err != nil {
			return PublicKey{}, err
		}
		if long, err := p.Uncompressed(); err != nil || string(long) != string(encoded) {
			return PublicKey{}, errPoint(a)
		}
		return p, nil
	}
	p, err := NewPublicKey(a, encoded)
	if err != nil {
		return PublicKey{}, err
	}
	if err := p.Valid(); err != nil {
		return PublicKey{}, err
	}
	return p, nil
}

// Valid checks that the key is a point of its curve in its canonical encoding.
// For the two algorithms of Ed25519 it does not check the order of the point, as
// verification does not either.
func (p PublicKey) Valid() error {
	if p.algorithm == Ed25519 || p.algorithm == Ed25519BIP32 {
		if !isEdwardsPoint(p.bytes[:p.algorithm.PublicSize()]) {
			return errPoint(p.algorithm)
		}
		return nil
	}
	_, err := p.Uncompressed()
	return err
}

// Uncompressed is the form 04‖X‖Y of 65 bytes. It fails for the algorithms of
// Ed25519, which has no such form, and for what is no point.
func (p PublicKey) Uncompressed() ([]byte, error) {
	switch p.algorithm {
	case Secp256k1:
		if k, err := secp256k1.ParsePubKey(p.bytes[:]); err == nil {
			return k.SerializeUncompressed(), nil
		}
	case P256:
		if x, y := elliptic.UnmarshalCompressed(elliptic.P256(), p.bytes[:]); x != nil {
			out := make([]byte, uncompressedSize)
			out[0] = uncompressedPoint
			x.FillBytes(out[1:33])
			y.FillBytes(out[33:])
			return out, nil
		}
	}
	return nil, errPoint(p.algorithm)
}

// isEdwardsPoint decides whether b decodes (RFC 8032, section 5.1.3), without the
// square root: x² = u/v has a solution where u·v is a square or zero.
func isEdwardsPoint(b []byte) bool {
	reversed := make([]byte, len(b))
	for i, c := range b {
		reversed[len(b)-1-i] = c
	}
	sign := reversed[0] >> 7
	reversed[0] &= 0x7f
	one := big.NewInt(1)
	p := new(big.Int).Sub(new(big.Int).Lsh(one, 255), big.NewInt(19))
	y := new(big.Int).SetBytes(reversed)
	if y.Cmp(p) >= 0 {
		return false
	}
	// d = -121665/121666
	d := new(big.Int).Mul(big.NewInt(-121665), new(big.Int).ModInverse(big.NewInt(121666), p))
	y2 := new(big.Int).Mul(y, y)
	u := new(big.Int).Sub(y2, one)
	v := new(big.Int).Add(d.Mul(d, y2), one)
	uv := u.Mul(u, v).Mod(u, p)
	if uv.Sign() == 0 {
		return sign == 0 // x is zero, and there is no minus zero
	}
	return big.Jacobi(uv, p) == 1
}

func errPoint(a Algorithm) error {
	return fault.Invalid.New("these bytes are no public key of algorithm %s", a)
}
