package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"

	"strongroom/internal/fault"
	"strongroom/internal/hd"
	"strongroom/internal/secret"
)

// The text forms of a private Ed25519 key. All stand for its 32-byte seed.
const (
	formWords  = "words"  // Algorand's 25 words
	formHex    = "hex"    // 64 digits
	formBase64 = "base64" // of the seed; a public key behind it, as Algorand's tools keep it, is not used
)

// parseKey reads a private key in any of the forms, which can not be mistaken for
// each other: words have spaces, and 32 or 64 bytes of base64 do not have the
// length of 32 bytes in hex.
func parseKey(text secret.Bytes) (secret.Bytes, error) {
	t := bytes.TrimSpace(text.Expose())
	if bytes.ContainsAny(t, " \t\r\n") {
		words := secret.Copy(t)
		defer words.Wipe()
		seed := make([]byte, hd.KeySize)
		if err := hd.ParseAlgorandWords(seed, words); err != nil {
			return secret.Bytes{}, err
		}
		return secret.New(seed), nil
	}
	plain := make([]byte, len(t))
	defer clear(plain)
	var n int
	var err error
	if len(t) == hex.EncodedLen(hd.KeySize) {
		n, err = hex.Decode(plain, t)
	} else {
		n, err = base64.StdEncoding.Strict().Decode(plain, t)
	}
	if err != nil || (n != hd.KeySize && n != 2*hd.KeySize) {
		return secret.Bytes{}, fault.Invalid.New("this is no private key: 25 words, 64 hex digits, or base64 of 32 or 64 bytes are")
	}
	return secret.Copy(plain[:hd.KeySize]), nil
}

// formatKey writes the 32-byte seed of a private key in one of the forms.
func formatKey(seed []byte, form string) (secret.Bytes, error) {
	switch form {
	case formWords:
		return hd.AlgorandWords(seed)
	case formHex:
		return secret.New(hex.AppendEncode(make([]byte, 0, hex.EncodedLen(len(seed))), seed)), nil
	case formBase64:
		return secret.New(base64.StdEncoding.AppendEncode(make([]byte, 0, base64.StdEncoding.EncodedLen(len(seed))), seed)), nil
	}
	return secret.Bytes{}, unknownForm(form)
}

func unknownForm(form string) error {
	return usage("--format %s is not known", shown(form)).withHint("known formats: words, hex, base64")
}
