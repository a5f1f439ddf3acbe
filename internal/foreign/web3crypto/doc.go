// Package web3crypto reads and writes the crypto object of Web3 Secret Storage: a
// password protects a few bytes. Key files hold one in their member "crypto", Clef's
// master seed one in "params".
//
// # The format
//
//	derived = KDF(password, salt)                  scrypt (RFC 7914), or PBKDF2-HMAC-SHA-256 (RFC 8018)
//	mac     = keccak256(derived[16:32] ‖ ciphertext)
//	plain   = AES-128-CTR(derived[0:16], iv, ciphertext)
//
// Version 1 has AES-128-CBC with PKCS#7 padding under keccak256(derived[0:16])[0:16]
// instead. All binary members are hex without 0x. Only the first 32 bytes of what is
// derived are used, so no more are computed, whatever "dklen" says.
//
// # What is bounded
//
// Whoever plants a file must not stop the daemon: memory and work of a derivation have
// upper bounds, which leave room for sixteen times what its writers use. Weak parameters
// are accepted: there are files that have them. Parameters that are missing or of the
// wrong kind are errors.
//
// The IV is not covered by the mac: one that was changed gives another plaintext, which
// users of this package must recognise by what it means.
//
// Only the readers of files that hold such objects may import this package.
package web3crypto

import (
	"golang.org/x/crypto/sha3"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// Sizes in bytes.
const (
	derivedSize = 32
	macSize     = 32
	ivSize      = 16
	saltSize    = 32 // of what is written; any length is read
)

// MaxData is the most bytes that an object may protect: far above a key or a seed.
const MaxData = 4096

func errPassword() error {
	return fault.WrongPassword.New("could not decrypt key with given password")
}

// keccak fills out, 32 bytes, with the hash of the parts one after the other.
func keccak(out []byte, parts ...[]byte) {
	secret.Do(func() {
		h := sha3.NewLegacyKeccak256()
		for _, p := range parts {
			h.Write(p)
		}
		h.Sum(out[:0])
	})
}
