package beacon

import (
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

// ParsePrivate reads 64 hex digits, with or without 0x. Errors: fault.Invalid, without
// any of the text.
func (c Chain) ParsePrivate(text secret.Bytes) (curve.Algorithm, secret.Bytes, error) {
	private, err := hexaccount.ParsePrivate(text)
	if err != nil {
		return curve.NoAlgorithm, secret.Bytes{}, err
	}
	return curve.Secp256k1, private, nil
}

// FormatPrivate writes 64 lower-case hex digits. Errors: fault.Invalid.
func (c Chain) FormatPrivate(key curve.PublicKey, private secret.Bytes) (secret.Bytes, error) {
	return hexaccount.FormatPrivate(key, private, "")
}
