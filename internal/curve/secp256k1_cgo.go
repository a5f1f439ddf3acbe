//go:build cgo

package curve

import "github.com/ethereum/go-ethereum/crypto/secp256k1"

// recoverSecp256k1 gives the compressed public key of a signature, nil if there is
// none (SEC 1, section 4.1.6). rs is in range.
func recoverSecp256k1(digest, rs []byte, recovery byte) []byte {
	var signature [RecoverableSize]byte
	copy(signature[:], rs)
	signature[compactSize] = recovery
	long, err := secp256k1.RecoverPubkey(digest, signature[:])
	if err != nil {
		return nil
	}
	return append([]byte{evenPoint | long[uncompressedSize-1]&1}, long[1:33]...)
}
