package bitcoin

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"

	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/codec/base58"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const (
	scalarSize     = 32
	compressedFlag = 0x01 // behind the number in WIF, where the public key is used compressed
	maxWIFText     = 64   // characters; the longest has 52, hex has 64
)

// ParsePrivate reads WIF of this network, of compressed and uncompressed keys, and 64
// hex digits with or without 0x. The result is the number, 32 bytes big-endian; that a
// key was marked as uncompressed is lost. Errors are fault.Invalid and hold nothing of
// the text.
func (c Chain) ParsePrivate(text secret.Bytes) (algorithm curve.Algorithm, key secret.Bytes, err error) {
	secret.Do(func() { key, err = c.parsePrivate(text.Expose()) })
	if err != nil {
		return curve.NoAlgorithm, secret.Bytes{}, err
	}
	return curve.Secp256k1, key, nil
}

func (c *Chain) parsePrivate(text []byte) (secret.Bytes, error) {
	text = bytes.TrimPrefix(text, []byte("0x"))
	if len(text) > maxWIFText {
		return secret.Bytes{}, errPrivate()
	}
	room := make([]byte, 0, max(scalarSize, base58.MaxDecoded(len(text))))
	defer func() { clear(room[:cap(room)]) }()
	if len(text) == 2*scalarSize {
		number := room[:scalarSize]
		if _, err := hex.Decode(number, text); err != nil || !hexaccount.IsScalar(number) {
			return secret.Bytes{}, errPrivate()
		}
		return secret.Copy(number), nil
	}
	all, err := base58.AppendDecode(room, text)
	if err != nil || len(all) < 1+scalarSize+checksumSize {
		return secret.Bytes{}, errPrivate()
	}
	body, check := all[:len(all)-checksumSize], all[len(all)-checksumSize:]
	sum := sha256.Sum256(body)
	sum = sha256.Sum256(sum[:])
	if subtle.ConstantTimeCompare(check, sum[:checksumSize]) != 1 {
		return secret.Bytes{}, errPrivate()
	}
	if body[0] != c.params.WIF {
		return secret.Bytes{}, fault.Invalid.New("this private key is one of another network than %s", c.network.ID)
	}
	long := len(body) == 1+scalarSize+1 && body[1+scalarSize] == compressedFlag
	if !long && len(body) != 1+scalarSize || !hexaccount.IsScalar(body[1:1+scalarSize]) {
		return secret.Bytes{}, errPrivate()
	}
	return secret.Copy(body[1 : 1+scalarSize]), nil
}

// FormatPrivate writes the WIF of a compressed key. The caller wipes both.
func (c Chain) FormatPrivate(key curve.PublicKey, private secret.Bytes) (text secret.Bytes, err error) {
	if key.Algorithm() != curve.Secp256k1 || private.Len() != scalarSize {
		return secret.Bytes{}, errPrivate()
	}
	secret.Do(func() {
		if !hexaccount.IsScalar(private.Expose()) {
			err = errPrivate()
			return
		}
		all := make([]byte, 0, 1+scalarSize+1+checksumSize) // never grows, so nothing is left behind
		defer func() { clear(all[:cap(all)]) }()
		all = append(append(all, c.params.WIF), private.Expose()...)
		all = append(all, compressedFlag)
		sum := sha256.Sum256(all)
		sum = sha256.Sum256(sum[:])
		all = append(all, sum[:checksumSize]...)
		text = secret.New(base58.AppendEncode(make([]byte, 0, base58.MaxEncoded(len(all))), all))
	})
	return text, err
}

func errPrivate() error {
	return fault.Invalid.New("this is no private key: WIF or 64 hex digits are wanted")
}
