package cardano

import (
	"bytes"
	"encoding/hex"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// Sizes in bytes.
const (
	seedSize     = 32
	extendedSize = 64  // kL‖kR
	fullSize     = 128 // kL‖kR‖public key‖chain code
)

// errPrivate says all that may be said of a text that is secret.
var errPrivate = fault.Invalid.New("a private key is 128 hex digits (kL and kR), 256 (with public key and chain code), or 64 of a plain seed")

// ParsePrivate reads kL‖kR as 128 hex digits; kL‖kR‖public key‖chain code as 256, as
// older releases of Tatum's library write it; or the 64 hex digits of a plain Ed25519
// seed. kL must have the form that BIP32-Ed25519 gives it and the public key must be a
// point; that the two belong together only [Chain.ParseFamilySeed] can check. The result
// is what the vault imports; the caller wipes it. Errors: fault.Invalid.
func (Chain) ParsePrivate(text secret.Bytes) (a curve.Algorithm, private secret.Bytes, err error) {
	secret.Do(func() {
		raw := make([]byte, text.Len()/2)
		defer clear(raw)
		if n, bad := hex.Decode(raw, text.Expose()); bad != nil || n != len(raw) {
			err = errPrivate
			return
		}
		switch len(raw) {
		case seedSize:
			a, private = curve.Ed25519, secret.Copy(raw)
			return
		case fullSize:
			if _, bad := curve.ParsePoint(curve.Ed25519BIP32, raw[extendedSize:extendedSize+32]); bad != nil {
				err = errPrivate
				return
			}
		case extendedSize:
		default:
			err = errPrivate
			return
		}
		// Multiples of 8 below 2^255: what derivation leads to.
		if raw[0]&7 != 0 || raw[31]&0x80 != 0 {
			err = errPrivate
			return
		}
		a, private = curve.Ed25519BIP32, secret.Copy(raw[:extendedSize])
	})
	if err != nil {
		return curve.NoAlgorithm, secret.Bytes{}, err
	}
	return a, private, nil
}

// ParseFamilySeed reads the text of 256 hex digits and checks with point that its public
// key is that of its private key. Errors: fault.Invalid.
func (c Chain) ParseFamilySeed(text secret.Bytes, point func(curve.Algorithm, []byte) (curve.PublicKey, error)) (a curve.Algorithm, private secret.Bytes, err error) {
	if text.Len() != 2*fullSize {
		return curve.NoAlgorithm, secret.Bytes{}, errPrivate
	}
	a, private, err = c.ParsePrivate(text)
	if err != nil {
		return a, private, err
	}
	secret.Do(func() {
		public := make([]byte, 32)
		if _, bad := hex.Decode(public, text.Expose()[2*extendedSize:2*extendedSize+64]); bad != nil {
			err = errPrivate
			return
		}
		key, bad := point(a, private.Expose())
		if bad != nil || !bytes.Equal(key.Bytes(), public) {
			err = fault.Invalid.New("the public key in the private key's text is that of another key")
		}
	})
	if err != nil {
		private.Wipe()
		return curve.NoAlgorithm, secret.Bytes{}, err
	}
	return a, private, nil
}

// FormatPrivate writes kL‖kR as 128 hex digits, or a plain seed as 64. The caller wipes
// it. Errors: fault.Invalid, fault.UnknownKey for a key of another algorithm.
func (Chain) FormatPrivate(key curve.PublicKey, private secret.Bytes) (text secret.Bytes, err error) {
	if _, err := schemeOf(key); err != nil {
		return secret.Bytes{}, err
	}
	want := extendedSize
	if key.Algorithm() == curve.Ed25519 {
		want = seedSize
	}
	if private.Len() != want {
		return secret.Bytes{}, errPrivate
	}
	secret.Do(func() {
		written := make([]byte, 2*want)
		hex.Encode(written, private.Expose())
		text = secret.New(written)
	})
	return text, nil
}
