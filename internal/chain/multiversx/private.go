package multiversx

import (
	"bytes"
	"crypto/ed25519"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// What can be wrong with the text of a private key. The texts hold nothing of it.
var (
	errPrivate     = fault.Invalid.New("a private key is 64 or 128 hex digits, or a PEM file with one key")
	errPrivateText = fault.Invalid.New("the private key's text has a wrong character or size")
	errPrivatePair = fault.Invalid.New("the private key does not belong to the public key or address beside it")
)

const (
	pemBegin = "-----BEGIN PRIVATE KEY for "
	pemEnd   = "-----END PRIVATE KEY for "
	pemDash  = "-----"
	maxPEM   = 4096 // bytes; one key needs about 340
)

// ParsePrivate reads a seed of 64 hex digits, seed ‖ public key of 128, or a PEM file of
// mxpy and the SDKs, which holds the latter in base64 and names the address. The result
// is the seed of 32 bytes; the caller wipes it. Errors: fault.Invalid.
func (Chain) ParsePrivate(text secret.Bytes) (a curve.Algorithm, seed secret.Bytes, err error) {
	secret.Do(func() {
		switch t := bytes.TrimSpace(text.Expose()); {
		case len(t) == 2*keySize || len(t) == 4*keySize:
			seed, err = parseHex(t, nil)
		case len(t) <= maxPEM && bytes.HasPrefix(t, []byte(pemBegin)):
			seed, err = parsePEM(t)
		default:
			err = errPrivate
		}
	})
	if err != nil {
		return curve.NoAlgorithm, secret.Bytes{}, err
	}
	return curve.Ed25519, seed, nil
}

// parseHex reads a seed, with its public key behind it if the text is that long. Where
// owner is given, the key must be the owner's.
func parseHex(text []byte, owner *address) (secret.Bytes, error) {
	var raw [2 * keySize]byte
	defer clear(raw[:])
	n, err := hex.Decode(raw[:], text)
	if err != nil {
		return secret.Bytes{}, errPrivateText
	}
	full := ed25519.NewKeyFromSeed(raw[:keySize])
	defer clear(full)
	if n > keySize && subtle.ConstantTimeCompare(full, raw[:]) != 1 || owner != nil && !bytes.Equal(full[keySize:], owner[:]) {
		return secret.Bytes{}, errPrivatePair
	}
	return secret.Copy(raw[:keySize]), nil
}

// parsePEM reads -----BEGIN PRIVATE KEY for ADDRESS-----, base64 of the hex of seed and
// public key in lines, -----END PRIVATE KEY for ADDRESS-----, and nothing else.
func parsePEM(text []byte) (secret.Bytes, error) {
	first, body, _ := bytes.Cut(text, []byte("\n"))
	end := bytes.Index(body, []byte(pemEnd))
	if end < 0 {
		return secret.Bytes{}, errPrivate
	}
	label := func(line []byte, begin string) []byte {
		rest, _ := bytes.CutPrefix(bytes.TrimSpace(line), []byte(begin))
		return bytes.TrimSuffix(rest, []byte(pemDash))
	}
	name := label(first, pemBegin)
	if !bytes.Equal(name, label(body[end:], pemEnd)) {
		return secret.Bytes{}, errPrivate
	}
	owner, err := parseAddress(string(name)) // the label is public
	if err != nil {
		return secret.Bytes{}, errPrivatePair
	}
	var packed, inner [maxPEM]byte
	defer clear(packed[:])
	defer clear(inner[:])
	size := 0
	for _, c := range body[:end] {
		if c != '\n' && c != '\r' {
			packed[size] = c
			size++
		}
	}
	n, err := base64.StdEncoding.Strict().Decode(inner[:], packed[:size])
	if err != nil || n != 4*keySize {
		return secret.Bytes{}, errPrivateText
	}
	return parseHex(inner[:n], &owner)
}

// FormatPrivate writes the 64 hex digits of a seed, which mxpy, the SDKs and Tatum take.
// The caller wipes it. Errors: fault.Invalid, fault.UnknownKey for a key of another
// algorithm.
func (Chain) FormatPrivate(key curve.PublicKey, private secret.Bytes) (text secret.Bytes, err error) {
	if key.Algorithm() != curve.Ed25519 {
		return secret.Bytes{}, errAlgorithm(key)
	}
	if private.Len() != keySize {
		return secret.Bytes{}, fault.Invalid.New("a private key has %d bytes, not %d", keySize, private.Len())
	}
	secret.Do(func() {
		out := make([]byte, 2*keySize)
		hex.Encode(out, private.Expose())
		text = secret.New(out)
	})
	return text, nil
}
