//go:build !cgo

package weierstrass

// Library names the code that signs with [curve.ECDSASecp256k1] in this build.
const Library = "pure Go"

// signSecp256k1 signs in pure Go, with the same result as libsecp256k1.
func (s *Signer) signSecp256k1(rs *[64]byte, private, digest []byte) (byte, error) {
	return s.signPortable(rs, private, digest, plain)
}
