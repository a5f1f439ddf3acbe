package web3crypto

import (
	"encoding/hex"
	"fmt"
	"io"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// Encrypt gives the text of a new object of version 3, on one line and with its
// members in the order in which Clef writes them. It runs one key derivation. Errors:
// fault.Invalid for parameters out of bounds, fault.TooLarge for more than [MaxData].
func Encrypt(plain, password secret.Bytes, p Params, rand io.Reader) ([]byte, error) {
	if plain.Len() > MaxData {
		return nil, fault.TooLarge.New("%d bytes are too many to encrypt", plain.Len())
	}
	if p.N < 2 || p.P < 1 {
		return nil, fault.Invalid.New("scrypt: parameters are too small")
	}
	random := make([]byte, saltSize+ivSize)
	if _, err := io.ReadFull(rand, random); err != nil {
		return nil, fault.Internal.Wrap(err, "no random bytes")
	}
	salt, iv := random[:saltSize], random[saltSize:]
	k, err := newScrypt(salt, uint64(p.N), writtenR, uint64(p.P))
	if err != nil {
		return nil, fault.Invalid.Wrap(err, "scrypt: parameters cannot be used")
	}
	derived := secret.New(make([]byte, derivedSize))
	defer derived.Wipe()
	if err := k.derive(password, derived.Expose()); err != nil {
		return nil, err
	}
	ciphertext := make([]byte, plain.Len())
	if err := counter(ciphertext, derived.Expose()[:16], iv, plain.Expose()); err != nil {
		return nil, err
	}
	var mac [macSize]byte
	keccak(mac[:], derived.Expose()[16:], ciphertext)
	return fmt.Appendf(nil,
		`{"cipher":"%s","ciphertext":"%s","cipherparams":{"iv":"%s"},"kdf":"%s","kdfparams":{"dklen":%d,"n":%d,"p":%d,"r":%d,"salt":"%s"},"mac":"%s"}`,
		cipherName, hex.EncodeToString(ciphertext), hex.EncodeToString(iv), scryptName,
		derivedSize, p.N, p.P, writtenR, hex.EncodeToString(salt), hex.EncodeToString(mac[:])), nil
}
