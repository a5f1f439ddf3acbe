package flow

import (
	"encoding/hex"

	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const privateDigits = 2 * hexaccount.ScalarSize

// errPrivate says all that may be said of a text that is secret.
var errPrivate = fault.Invalid.New("a private key is at most 64 hex digits, without 0x, and leading zeros only where there are 64")

// ParsePrivate reads a secp256k1 scalar as hex digits without leading zeros and without
// 0x, or as exactly 64 digits. The caller wipes it. Errors: fault.Invalid.
func (Chain) ParsePrivate(text secret.Bytes) (a curve.Algorithm, key secret.Bytes, err error) {
	secret.Do(func() {
		digits := text.Expose()
		if n := len(digits); n == 0 || n > privateDigits || n < privateDigits && digits[0] == '0' {
			err = errPrivate
			return
		}
		full := make([]byte, privateDigits)
		defer clear(full)
		for i := range privateDigits - len(digits) {
			full[i] = '0'
		}
		copy(full[privateDigits-len(digits):], digits)
		raw := make([]byte, hexaccount.ScalarSize)
		if _, bad := hex.Decode(raw, full); bad != nil || !hexaccount.IsScalar(raw) {
			clear(raw)
			err = errPrivate
			return
		}
		key = secret.New(raw)
	})
	if err != nil {
		return curve.NoAlgorithm, secret.Bytes{}, err
	}
	return curve.Secp256k1, key, nil
}

// FormatPrivate writes a scalar as lower-case hex digits without leading zeros. The
// caller wipes it. Errors: fault.Invalid, fault.UnknownKey for a key of another algorithm.
func (Chain) FormatPrivate(key curve.PublicKey, private secret.Bytes) (text secret.Bytes, err error) {
	if _, err := schemeOf(key); err != nil {
		return secret.Bytes{}, err
	}
	if private.Len() != hexaccount.ScalarSize {
		return secret.Bytes{}, errPrivate
	}
	secret.Do(func() {
		full := make([]byte, privateDigits)
		defer clear(full)
		hex.Encode(full, private.Expose())
		first := 0
		for first < privateDigits-1 && full[first] == '0' {
			first++
		}
		text = secret.Copy(full[first:])
	})
	return text, nil
}
