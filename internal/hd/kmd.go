package hd

import (
	"crypto/sha512"
	"strconv"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// kmdInfo precedes the decimal index in the derivation's info (go-algorand:
// daemon/kmd/wallet/driver/sqlite_crypto.go).
const kmdInfo = "AlgorandDeterministicKey-"

const (
	sha512Block = 128 // also of SHA-512/256; HMAC pads its key to this
	maxDecimal  = 20  // digits of the largest uint64
)

// KmdSeed writes the Ed25519 seed of the wallet's key number index into dst.
// masterKey is the wallet's master derivation key; both have [KeySize] bytes. The
// first index is 1; 0 stands for "none yet" in wallets and is refused.
//
// The seed is HKDF-Expand (RFC 5869 §2.3, no extract step) with SHA-512/256, the
// master key as pseudorandom key and the text "AlgorandDeterministicKey-INDEX" as
// info. One hash is as long as the seed, so this is HMAC(masterKey, info ‖ 1),
// written out here because library HMACs keep their padded key on the heap.
func KmdSeed(dst, masterKey []byte, index uint64) error {
	if len(dst) != KeySize || len(masterKey) != KeySize {
		return fault.Invalid.New("a derivation needs %d bytes of key and gives %d, not %d and %d", KeySize, KeySize, len(masterKey), len(dst))
	}
	if index == 0 {
		return fault.Invalid.New("derived keys are numbered from 1")
	}
	secret.Do(func() {
		var inner [sha512Block + len(kmdInfo) + maxDecimal + 1]byte
		var outer [sha512Block + sha512.Size256]byte
		defer func() { clear(inner[:]); clear(outer[:]) }()
		pad(inner[:sha512Block], masterKey, 0x36)
		pad(outer[:sha512Block], masterKey, 0x5c)

		message := append(inner[:sha512Block], kmdInfo...)
		message = strconv.AppendUint(message, index, 10)
		message = append(message, 1)

		hash := sha512.Sum512_256(message)
		copy(outer[sha512Block:], hash[:])
		hash = sha512.Sum512_256(outer[:])
		copy(dst, hash[:])
		clear(hash[:])
	})
	return nil
}

// pad is the key block of HMAC (RFC 2104 §2) for a key shorter than the block.
func pad(block, key []byte, with byte) {
	for i := range block {
		block[i] = with
	}
	for i, k := range key {
		block[i] ^= k
	}
}
