package weierstrass

import (
	"io"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// Each value that hides a nonce is the sum of drawn entries of the table.
const (
	tableSize = 256 // one random byte chooses
	drawn     = 8
)

// blinding gives pairs of a scalar b and its point bG without a multiplication: it
// is a table of random pairs, and a draw adds up some that are chosen at random,
// more than 2^48 sums of 256 unknown numbers. That is far from uniform, and enough
// for what it does: nobody ever sees b, only how long a computation with k - b
// took, and to make use of that he would have to know b for hundreds of nonces. A
// uniform b would cost a third multiplication for the two of a mean signature.
//
// The table does not change once it is made.
type blinding struct {
	scalars [tableSize]secp256k1.ModNScalar
	points  [tableSize]secp256k1.JacobianPoint // affine
}

func newBlinding(rand io.Reader) (*blinding, error) {
	b := new(blinding)
	var random [32]byte
	defer clear(random[:])
	for i := range tableSize {
		for b.scalars[i].IsZero() {
			if _, err := io.ReadFull(rand, random[:]); err != nil {
				return nil, errRandom(err)
			}
			if isZero(random[:]) == 1 {
				return nil, errRandom(nil)
			}
			b.scalars[i].SetBytes(&random)
		}
		secp256k1.ScalarBaseMultNonConst(&b.scalars[i], &b.points[i])
		b.points[i].ToAffine()
	}
	return b, nil
}

// draw sums the entries that the random bytes choose.
func (b *blinding) draw(choice *[drawn]byte, scalar *secp256k1.ModNScalar, point *secp256k1.JacobianPoint) {
	scalar.Set(&b.scalars[choice[0]])
	point.Set(&b.points[choice[0]])
	for _, i := range choice[1:] {
		scalar.Add(&b.scalars[i])
		var sum secp256k1.JacobianPoint
		secp256k1.AddNonConst(point, &b.points[i], &sum)
		point.Set(&sum)
	}
}
