package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"strongroom/internal/chain"
	"strongroom/internal/chain/algorand"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/hd"
	"strongroom/internal/secret"
)

// The text forms of a private Ed25519 key. All stand for its 32-byte seed.
const (
	formChain  = "chain"  // as the tools of a chain write it
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
	return usage("--format %s is not known", shown(form)).withHint("known formats: chain, words, hex, base64")
}

// parsePrivate reads a private key in the text forms of a chain.
func parsePrivate(c chain.Chain, text secret.Bytes, d *gate.Deriver) (curve.Algorithm, secret.Bytes, error) {
	trimmed := secret.Copy(bytes.TrimSpace(text.Expose()))
	defer trimmed.Wipe()
	if s, ok := c.(chain.FamilySeeds); ok {
		if a, private, err := s.ParseFamilySeed(trimmed, d.Point); err == nil {
			return a, private, nil
		}
	}
	isWords := c.ID() == algorand.ID && bytes.ContainsAny(trimmed.Expose(), " \t\r\n")
	if p, ok := c.(chain.PrivateKeys); ok && !isWords {
		return p.ParsePrivate(trimmed)
	}
	private, err := parseKey(trimmed)
	return curve.Ed25519, private, err
}

// parsePublic reads a public key: "algorithm:hex", or hex of a key that the chain makes.
func parsePublic(text string, row chain.Row) (curve.PublicKey, error) {
	algorithm := row.Algorithm
	digits := text
	if name, rest, ok := strings.Cut(text, ":"); ok {
		a, err := curve.ParseAlgorithm(name)
		if err != nil {
			return curve.PublicKey{}, err
		}
		algorithm, digits = a, rest
	}
	raw, err := hex.DecodeString(strings.TrimPrefix(digits, "0x"))
	if err != nil {
		return curve.PublicKey{}, fault.Invalid.New("a public key is written in hex, or as algorithm:hex").
			WithHint("the keys of a wallet are shown by: strongroom key list WALLET")
	}
	return curve.ParsePoint(algorithm, raw)
}
