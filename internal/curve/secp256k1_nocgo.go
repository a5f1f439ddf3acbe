//go:build !cgo

package curve

// recoverSecp256k1 gives the compressed public key of a signature, nil if there is
// none (SEC 1, section 4.1.6). rs is in range.
func recoverSecp256k1(digest, rs []byte, recovery byte) []byte {
	return recoverPortable(digest, rs, recovery)
}
