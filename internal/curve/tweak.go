package curve

import (
	"math/big"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"strongroom/internal/fault"
)

// Add is p + scalar·G, where G is the generator of the curve and scalar a number in
// big-endian order: what makes one public key from another without either private key
// (BIP-32 "Public parent key → public child key", BIP-341 "Taproot: tweaking").
//
// It fails with fault.Invalid where scalar is not below the group order, where the sum
// is the point at infinity, and for what is no point; with fault.Unsupported for
// algorithms other than [Secp256k1] and [P256].
func (p PublicKey) Add(scalar [32]byte) (PublicKey, error) {
	switch p.algorithm {
	case Secp256k1:
		return p.addSecp256k1(scalar)
	case P256:
		return p.addP256(scalar)
	}
	return PublicKey{}, fault.Unsupported.New("public keys of algorithm %s are not added here", p.algorithm)
}

func (p PublicKey) addSecp256k1(scalar [32]byte) (PublicKey, error) {
	key, err := secp256k1.ParsePubKey(p.bytes[:])
	if err != nil {
		return PublicKey{}, errPoint(p.algorithm)
	}
	var k secp256k1.ModNScalar
	if k.SetBytes(&scalar) != 0 {
		return PublicKey{}, errSum()
	}
	var point, tweak, sum secp256k1.JacobianPoint
	key.AsJacobian(&point)
	secp256k1.ScalarBaseMultNonConst(&k, &tweak)
	secp256k1.AddNonConst(&point, &tweak, &sum)
	if sum.Z.IsZero() || sum.X.IsZero() && sum.Y.IsZero() {
		return PublicKey{}, errSum()
	}
	sum.ToAffine()
	return NewPublicKey(p.algorithm, secp256k1.NewPublicKey(&sum.X, &sum.Y).SerializeCompressed())
}

func (p PublicKey) addP256(scalar [32]byte) (PublicKey, error) {
	long, err := p.Uncompressed()
	if err != nil {
		return PublicKey{}, err
	}
	k := new(big.Int).SetBytes(scalar[:])
	if k.Cmp(new(big.Int).SetBytes([]byte(orderP256))) >= 0 {
		return PublicKey{}, errSum()
	}
	one := big.NewInt(1)
	x, y := combineP256(one, k, one, new(big.Int).SetBytes(long[1:33]), new(big.Int).SetBytes(long[33:]))
	if x == nil {
		return PublicKey{}, errSum()
	}
	encoded := make([]byte, 33)
	encoded[0] = evenPoint | byte(y.Bit(0))
	x.FillBytes(encoded[1:])
	return NewPublicKey(p.algorithm, encoded)
}

func errSum() error {
	return fault.Invalid.New("the number cannot be added to the public key: it is out of range, or takes the key to infinity")
}
