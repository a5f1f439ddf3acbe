package hexaccount

import (
	"crypto/subtle"
	"encoding/hex"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// ScalarSize is the length in bytes of a secp256k1 private key.
const ScalarSize = 32

// errPrivate says all that may be said of a text that is secret.
var errPrivate = fault.Invalid.New("a private key is 64 hex digits with or without 0x, a number above zero and below the group's order")

// ParsePrivate reads a secp256k1 scalar of 64 hex digits with or without 0x. Errors:
// fault.Invalid, without any of the text.
func ParsePrivate(text secret.Bytes) (key secret.Bytes, err error) {
	secret.Do(func() { key, err = parsePrivate(text.Expose()) })
	return key, err
}

func parsePrivate(text []byte) (secret.Bytes, error) {
	if len(text) == len(prefix)+2*ScalarSize && text[0] == '0' && text[1] == 'x' {
		text = text[len(prefix):]
	}
	if len(text) != 2*ScalarSize {
		return secret.Bytes{}, errPrivate
	}
	raw := make([]byte, ScalarSize)
	if _, err := hex.Decode(raw, text); err != nil || !IsScalar(raw) {
		clear(raw)
		return secret.Bytes{}, errPrivate
	}
	return secret.New(raw), nil
}

// IsScalar reports whether 0 < number < the order of secp256k1, in a time that does not
// depend on the number. It has [ScalarSize] bytes, big-endian.
func IsScalar(number []byte) bool {
	order := curve.Secp256k1.Order()
	var zero [ScalarSize]byte
	borrow := 0 // of number - order, from the lowest byte up
	for i := ScalarSize - 1; i >= 0; i-- {
		borrow = (int(number[i]) - int(order[i]) - borrow) >> 8 & 1
	}
	return borrow == 1 && subtle.ConstantTimeCompare(number, zero[:]) == 0
}

// FormatPrivate writes a scalar as 64 hex digits in lower case behind lead, which is
// "0x" or nothing. Errors: fault.Invalid.
func FormatPrivate(key curve.PublicKey, private secret.Bytes, lead string) (text secret.Bytes, err error) {
	if key.Algorithm() != curve.Secp256k1 || private.Len() != ScalarSize {
		return secret.Bytes{}, errPrivate
	}
	secret.Do(func() {
		written := make([]byte, len(lead)+2*ScalarSize)
		copy(written, lead)
		hex.Encode(written[len(lead):], private.Expose())
		text = secret.New(written)
	})
	return text, nil
}
