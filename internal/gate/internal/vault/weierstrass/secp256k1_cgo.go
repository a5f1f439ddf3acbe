//go:build cgo

package weierstrass

import (
	binding "github.com/ethereum/go-ethereum/crypto/secp256k1"

	"strongroom/internal/fault"
)

// Library names the code that signs with [curve.ECDSASecp256k1] in this build.
const Library = "libsecp256k1"

// signSecp256k1 signs in libsecp256k1, which works in constant time and reduces the
// digest for its nonce as RFC 6979 says. It must not run within secret.Do.
func (s *Signer) signSecp256k1(rs *[64]byte, private, digest []byte) (byte, error) {
	signature, err := binding.Sign(digest, private)
	if err != nil {
		return 0, fault.Internal.Wrap(err, "libsecp256k1 did not sign")
	}
	copy(rs[:], signature)
	return signature[64], nil
}
