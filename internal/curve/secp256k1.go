package curve

import "github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

// bitcoinHeader is what decred's signatures add to the recovery id: 27 as
// Bitcoin's message signatures do, and 4 for a compressed key.
const bitcoinHeader = 27 + 4

// recoverPortable is the recovery of builds without cgo, and what tests hold
// libsecp256k1 against. rs is in range.
func recoverPortable(digest, rs []byte, recovery byte) []byte {
	var signature [RecoverableSize]byte
	signature[0] = bitcoinHeader + recovery
	copy(signature[1:], rs)
	key, _, err := ecdsa.RecoverCompact(signature[:], digest)
	if err != nil {
		return nil
	}
	return key.SerializeCompressed()
}
