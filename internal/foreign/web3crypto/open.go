package web3crypto

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// Open decrypts the object. It runs one key derivation. The caller wipes the result.
// Errors: fault.WrongPassword "could not decrypt key with given password", which a
// damaged ciphertext or mac gives as well.
func (o *Object) Open(password secret.Bytes) (secret.Bytes, error) {
	derived := secret.New(make([]byte, derivedSize))
	defer derived.Wipe()
	if err := o.kdf.derive(password, derived.Expose()); err != nil {
		return secret.Bytes{}, err
	}
	var mac [macSize]byte
	keccak(mac[:], derived.Expose()[16:], o.ciphertext)
	if subtle.ConstantTimeCompare(mac[:], o.mac) != 1 {
		return secret.Bytes{}, errPassword()
	}
	if o.version == V1 {
		return o.openCBC(derived.Expose()[:16])
	}
	plain := secret.New(make([]byte, len(o.ciphertext)))
	if err := counter(plain.Expose(), derived.Expose()[:16], o.iv, o.ciphertext); err != nil {
		plain.Wipe()
		return secret.Bytes{}, err
	}
	return plain, nil
}

// counter is AES-128-CTR from one slice to another of its length.
func counter(to, key, iv, from []byte) (err error) {
	secret.Do(func() {
		var block cipher.Block
		if block, err = aes.NewCipher(key); err == nil {
			cipher.NewCTR(block, iv).XORKeyStream(to, from)
		}
	})
	if err != nil {
		return fault.Internal.Wrap(err, "no cipher")
	}
	return nil
}

// openCBC decrypts an object of version 1. A padding that is not right comes as a wrong
// password, as Clef has it: the mac was right, so there is nothing to guess with it.
func (o *Object) openCBC(derived []byte) (secret.Bytes, error) {
	key := secret.New(make([]byte, macSize))
	defer key.Wipe()
	keccak(key.Expose(), derived)
	padded := secret.New(make([]byte, len(o.ciphertext)))
	defer padded.Wipe()
	var err error
	secret.Do(func() {
		var block cipher.Block
		if block, err = aes.NewCipher(key.Expose()[:16]); err == nil {
			cipher.NewCBCDecrypter(block, o.iv).CryptBlocks(padded.Expose(), o.ciphertext)
		}
	})
	if err != nil {
		return secret.Bytes{}, fault.Internal.Wrap(err, "no cipher")
	}
	b := padded.Expose()
	n := int(b[len(b)-1])
	if n == 0 || n > aes.BlockSize {
		return secret.Bytes{}, errPassword()
	}
	for _, c := range b[len(b)-n:] {
		if int(c) != n {
			return secret.Bytes{}, errPassword()
		}
	}
	return secret.Copy(b[:len(b)-n]), nil
}
