package solana

import (
	"bytes"
	"crypto/ed25519"
	"crypto/subtle"
	"encoding/hex"

	"strongroom/internal/codec/base58"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const (
	seedSize    = ed25519.SeedSize
	pairSize    = seedSize + keySize // seed ‖ public key
	maxPrivate  = 1024               // characters; a JSON array of 64 numbers has at most 257 without spaces
	maxPairText = 88                 // characters of a pair in base58
)

// errPrivate is all that is said about the text of a private key.
var errPrivate = fault.Invalid.New("not a private key of solana: it is base58 of 64 bytes, a JSON array of 64 numbers, or hex of 32 or 64 bytes")

// errPair says that the halves of a pair do not belong together.
var errPair = fault.Invalid.New("the public key in the private key does not fit the seed")

// ParsePrivate reads a private key: base58 of seed ‖ public key as wallets export it, a
// JSON array of the same 64 bytes as in the files of solana-keygen, or hex of the seed
// (with or without the public key, with or without 0x). White space around it is
// ignored. The result is the seed of 32 bytes. Errors are fault.Invalid and hold nothing
// of the text.
func (Chain) ParsePrivate(text secret.Bytes) (a curve.Algorithm, seed secret.Bytes, err error) {
	secret.Do(func() { seed, err = parsePrivate(text.Expose()) })
	if err != nil {
		return curve.NoAlgorithm, secret.Bytes{}, err
	}
	return curve.Ed25519, seed, nil
}

func parsePrivate(text []byte) (secret.Bytes, error) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 || len(text) > maxPrivate {
		return secret.Bytes{}, errPrivate
	}
	space := make([]byte, maxPairText) // nothing below grows it, so it is wiped for sure
	defer clear(space)
	raw, ok := decodePrivate(space, text)
	switch {
	case !ok:
		return secret.Bytes{}, errPrivate
	case len(raw) == seedSize:
		return secret.Copy(raw), nil
	}
	pair := ed25519.NewKeyFromSeed(raw[:seedSize])
	defer clear(pair)
	if subtle.ConstantTimeCompare(pair, raw) != 1 {
		return secret.Bytes{}, errPair
	}
	return secret.Copy(raw[:seedSize]), nil
}

// decodePrivate undoes the text into space, which has room for all of base58. The result
// has 32 or 64 bytes.
func decodePrivate(space, text []byte) ([]byte, bool) {
	digits := bytes.TrimPrefix(text, []byte("0x"))
	switch {
	case text[0] == '[':
		return decodeNumbers(space[:0], text)
	case len(digits) == 2*seedSize || len(digits) == 2*pairSize:
		n, err := hex.Decode(space, digits)
		return space[:n], err == nil
	case len(text) > maxPairText:
		return nil, false
	}
	raw, err := base58.AppendDecode(space[:0], text)
	if len(raw) > 0 && &raw[0] != &space[0] { // it would have moved into memory that nobody wipes
		defer clear(raw)
	}
	if err != nil || len(raw) != pairSize {
		return nil, false
	}
	return append(space[:0], raw...), true
}

// decodeNumbers appends the bytes of a JSON array of 64 numbers to dst. A library would
// leave copies of them behind.
func decodeNumbers(dst, text []byte) ([]byte, bool) {
	if text[len(text)-1] != ']' {
		return nil, false
	}
	for part := range bytes.SplitSeq(text[1:len(text)-1], []byte{','}) {
		part = bytes.Trim(part, " \t\r\n")
		if len(part) == 0 || len(part) > 3 || part[0] == '0' && len(part) > 1 || len(dst) == pairSize {
			return nil, false
		}
		value := 0
		for _, c := range part {
			if c < '0' || c > '9' {
				return nil, false
			}
			value = value*10 + int(c-'0')
		}
		if value > 255 {
			return nil, false
		}
		dst = append(dst, byte(value))
	}
	return dst, len(dst) == pairSize
}

// FormatPrivate writes seed ‖ public key in base58, as wallets and Tatum take it. It
// fails with fault.Invalid where private is not the seed of key.
func (Chain) FormatPrivate(key curve.PublicKey, private secret.Bytes) (text secret.Bytes, err error) {
	if key.Algorithm() != curve.Ed25519 || private.Len() != seedSize {
		return secret.Bytes{}, fault.Invalid.New("a private key of solana is a seed of %d bytes of an ed25519 key", seedSize)
	}
	secret.Do(func() { text, err = formatPrivate(key, private.Expose()) })
	return text, err
}

func formatPrivate(key curve.PublicKey, seed []byte) (secret.Bytes, error) {
	pair := ed25519.NewKeyFromSeed(seed)
	defer clear(pair)
	var space [keySize]byte
	if subtle.ConstantTimeCompare(pair[seedSize:], key.AppendTo(space[:0])) != 1 {
		return secret.Bytes{}, fault.Invalid.New("the private key does not belong to the public key")
	}
	return secret.New(base58.AppendEncode(make([]byte, 0, base58.MaxEncoded(pairSize)), pair)), nil
}
