package tron

import (
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

// ParsePrivate reads a secp256k1 scalar of 64 hex digits, with or without 0x.
// Errors: fault.Invalid, without any of the text.
func (Chain) ParsePrivate(text secret.Bytes) (curve.Algorithm, secret.Bytes, error) {
	key, err := hexaccount.ParsePrivate(text)
	if err != nil {
		return curve.NoAlgorithm, secret.Bytes{}, err
	}
	return curve.Secp256k1, key, nil
}

// FormatPrivate writes a scalar as 64 hex digits in lower case, as TronWeb takes it.
// Errors: fault.Invalid.
func (Chain) FormatPrivate(key curve.PublicKey, private secret.Bytes) (secret.Bytes, error) {
	return hexaccount.FormatPrivate(key, private, "")
}
