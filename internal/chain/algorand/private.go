package algorand

import (
	"crypto/ed25519"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// ParsePrivate reads the 64 bytes that Algorand's SDKs keep, the seed and the public
// key behind it, in base32 without padding or in base64, and the seed of 32 bytes or
// the 64 bytes in hex. (The 25 words are package hd's.) Errors are fault.Invalid and
// hold nothing of the text.
func (Chain) ParsePrivate(text secret.Bytes) (curve.Algorithm, secret.Bytes, error) {
	var private secret.Bytes
	secret.Do(func() { private = parsePrivate(text.Expose()) })
	if private.IsEmpty() {
		return 0, secret.Bytes{}, fault.Invalid.New("this is no private key of Algorand: base32, base64 or hex of its 64 bytes, or hex of its seed, are")
	}
	return curve.Ed25519, private, nil
}

// longestPrivate is the length of 64 bytes in hex.
const longestPrivate = 2 * ed25519.PrivateKeySize

func parsePrivate(text []byte) secret.Bytes {
	if len(text) > longestPrivate {
		return secret.Bytes{}
	}
	var plain [longestPrivate]byte
	defer clear(plain[:])
	n, err := 0, error(nil)
	switch len(text) {
	case hex.EncodedLen(ed25519.SeedSize), hex.EncodedLen(ed25519.PrivateKeySize):
		n, err = hex.Decode(plain[:], text)
	case base32.StdEncoding.WithPadding(base32.NoPadding).EncodedLen(ed25519.PrivateKeySize):
		n, err = addressEncoding.Decode(plain[:], text)
	default:
		n, err = base64.StdEncoding.Strict().Decode(plain[:], text)
	}
	if err != nil || n != ed25519.SeedSize && n != ed25519.PrivateKeySize {
		return secret.Bytes{}
	}
	seed := plain[:ed25519.SeedSize]
	if n == ed25519.PrivateKeySize { // what stands behind the seed must be its public key
		full := ed25519.NewKeyFromSeed(seed)
		defer clear(full)
		if subtle.ConstantTimeCompare(full, plain[:n]) != 1 {
			return secret.Bytes{}
		}
	}
	return secret.Copy(seed)
}

// FormatPrivate writes seed and public key in base32 without padding, 103 characters.
func (Chain) FormatPrivate(key curve.PublicKey, private secret.Bytes) (secret.Bytes, error) {
	if key.Algorithm() != curve.Ed25519 || private.Len() != ed25519.SeedSize {
		return secret.Bytes{}, fault.Invalid.New("a private key of Algorand is an Ed25519 seed of %d bytes", ed25519.SeedSize)
	}
	full := key.AppendTo(append(make([]byte, 0, ed25519.PrivateKeySize), private.Expose()...))
	defer clear(full)
	return secret.New(addressEncoding.AppendEncode(make([]byte, 0, 2*len(full)), full)), nil
}
