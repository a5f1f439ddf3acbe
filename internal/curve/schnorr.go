package curve

import (
	"crypto/sha256"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"strongroom/internal/fault"
)

// schnorrSize is the length of a Schnorr signature: the x of the nonce's point R
// and the number s, each 32 bytes big-endian. The y of R is the even one (BIP-340)
// or the one that is a square (Bitcoin Cash), so that a signature has one form only.
const schnorrSize = 64

// rootSize is the length of the root of a tree of Taproot scripts.
const rootSize = 32

// Taproot gives the output key of BIP-341 for this key as the internal one: the x,
// 32 bytes, of P + H(P, root)·G, where P is the point with this key's x and even y,
// and H is the hash tagged "TapTweak". root is the root of the tree of scripts, 32
// bytes; nil says that there are no scripts (BIP-86). Errors: fault.Invalid for a key
// of another algorithm, one that is no point, and a root of another length.
func (p PublicKey) Taproot(root []byte) ([]byte, error) {
	if p.algorithm != Secp256k1 {
		return nil, fault.Invalid.New("a key of algorithm %s has no Taproot output", p.algorithm)
	}
	if len(root) != 0 && len(root) != rootSize {
		return nil, fault.Invalid.New("the root of a tree of Taproot scripts has %d bytes, not %d", rootSize, len(root))
	}
	public, err := secp256k1.ParsePubKey(p.bytes[:])
	if err != nil {
		return nil, errPoint(p.algorithm)
	}
	var tweak secp256k1.ModNScalar
	var internal, product, output secp256k1.JacobianPoint
	public.AsJacobian(&internal)
	if internal.Y.IsOdd() {
		internal.Y.Negate(1).Normalize()
	}
	hash := taggedHash("TapTweak", p.bytes[1:], root)
	if tweak.SetBytes(&hash) != 0 {
		return nil, errOutputKey()
	}
	secp256k1.ScalarBaseMultNonConst(&tweak, &product)
	secp256k1.AddNonConst(&internal, &product, &output)
	if !toAffine(&output) {
		return nil, errOutputKey()
	}
	x := make([]byte, 32)
	output.X.PutBytesUnchecked(x)
	return x, nil
}

// verifyTaproot verifies by the output key of an internal one. The message is a
// digest, with the root behind it where there is one (see [TaprootKey]).
func verifyTaproot(key PublicKey, message, signature []byte) bool {
	if len(message) != DigestSize && len(message) != DigestSize+rootSize {
		return false
	}
	output, err := key.Taproot(message[DigestSize:])
	return err == nil && verifyBIP340(output, message[:DigestSize], signature)
}

// verifyBIP340 verifies by a key of 32 bytes, the x of a point.
func verifyBIP340(key, digest, signature []byte) bool {
	var p secp256k1.JacobianPoint
	if len(signature) != schnorrSize || !liftX(key, &p) {
		return false
	}
	challenge := taggedHash("BIP0340/challenge", signature[:32], key, digest)
	r, ok := commitment(&p, &challenge, signature)
	return ok && !r.Y.IsOdd()
}

// verifyBCH verifies as Bitcoin Cash does. Its challenge has the compressed key.
func verifyBCH(key PublicKey, digest, signature []byte) bool {
	if len(digest) != DigestSize || len(signature) != schnorrSize {
		return false
	}
	public, err := secp256k1.ParsePubKey(key.bytes[:])
	if err != nil {
		return false
	}
	var p secp256k1.JacobianPoint
	public.AsJacobian(&p)
	h := sha256.New()
	h.Write(signature[:32])
	h.Write(key.bytes[:])
	h.Write(digest)
	r, ok := commitment(&p, (*[32]byte)(h.Sum(nil)), signature)
	var root secp256k1.FieldVal
	return ok && root.SquareRootVal(&r.Y)
}

// commitment computes R = sG - eP, affine, and reports whether the signature names
// its x. Numbers that are not reduced are refused: r of the field, s of the group.
func commitment(p *secp256k1.JacobianPoint, challenge *[32]byte, signature []byte) (r secp256k1.JacobianPoint, ok bool) {
	var x secp256k1.FieldVal
	var e, s secp256k1.ModNScalar
	if x.SetByteSlice(signature[:32]) || s.SetByteSlice(signature[32:]) {
		return r, false
	}
	e.SetBytes(challenge)
	e.Negate()
	var first, second secp256k1.JacobianPoint
	secp256k1.ScalarBaseMultNonConst(&s, &first)
	secp256k1.ScalarMultNonConst(&e, p, &second)
	secp256k1.AddNonConst(&first, &second, &r)
	return r, toAffine(&r) && r.X.Equals(&x)
}

// liftX sets point to the one with this x, 32 bytes, and even y. False says that
// there is none.
func liftX(x []byte, point *secp256k1.JacobianPoint) bool {
	if point.X.SetByteSlice(x) || !secp256k1.DecompressY(&point.X, false, &point.Y) {
		return false
	}
	point.Y.Normalize()
	point.Z.SetInt(1)
	return true
}

// toAffine normalises a point. False says that it is the point at infinity.
func toAffine(p *secp256k1.JacobianPoint) bool {
	if p.Z.IsZero() || p.X.IsZero() && p.Y.IsZero() {
		return false
	}
	p.ToAffine()
	return true
}

// taggedHash is that of BIP-340.
func taggedHash(tag string, parts ...[]byte) (sum [32]byte) {
	prefix := sha256.Sum256([]byte(tag))
	h := sha256.New()
	h.Write(prefix[:])
	h.Write(prefix[:])
	for _, part := range parts {
		h.Write(part)
	}
	h.Sum(sum[:0])
	return sum
}

func errOutputKey() error {
	return fault.Invalid.New("the internal key and the root make no output key") // once in 2^127
}
