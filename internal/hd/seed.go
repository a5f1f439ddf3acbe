package hd

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const (
	seedSize   = 64   // bytes of a seed of BIP-39
	seedRounds = 2048 // of its PBKDF2
	seedSalt   = "mnemonic"

	maxPassphrase = 4096 // bytes; generous, and what normalising it costs stays small

	// maxExpansion bounds how many bytes one byte becomes by NFKD: U+FDFA of three
	// bytes gives 33 (Unicode Standard Annex 15, section 9, table of expansion factors).
	maxExpansion = 11
)

// joiner is U+034F, which [norm] inserts where more than 30 marks follow each other,
// by the Stream-Safe Text Format, which is not NFKD any more.
var joiner = []byte("\u034f")

// MnemonicSeed writes the 64 bytes that BIP-39 makes of words and a passphrase, which
// may be empty, into dst: PBKDF2 with HMAC-SHA512 and 2048 rounds. Both texts are
// normalised to NFKD.
//
// The words are taken as they are, spaces and case included, and need not be in any
// list: wallets exist whose phrase has no valid checksum or is no phrase. What people
// type should go through [ParseMnemonic] first.
//
// Errors are fault.Invalid for an empty phrase or a text that is not UTF-8,
// fault.TooLarge above 4096 bytes, and fault.Unsupported for more than 30 combining
// marks in a row; dst is zero then.
func MnemonicSeed(dst []byte, words, passphrase secret.Bytes) (err error) {
	defer func() {
		if err != nil {
			clear(dst)
		}
	}()
	if len(dst) != seedSize {
		return fault.Invalid.New("a seed has %d bytes, and there is room for %d", seedSize, len(dst))
	}
	if words.IsEmpty() {
		return fault.Invalid.New("there are no words")
	}
	if words.Len() > maxWordsText || passphrase.Len() > maxPassphrase {
		return fault.TooLarge.New("words and passphrase may have %d and %d bytes, not %d and %d", maxWordsText, maxPassphrase, words.Len(), passphrase.Len())
	}
	w, err := normalized(words, "phrase")
	if err != nil {
		return err
	}
	defer w.Wipe()
	p, err := normalized(passphrase, "passphrase")
	if err != nil {
		return err
	}
	defer p.Wipe()
	pbkdf2(dst, w.Expose(), seedRounds, []byte(seedSalt), p.Expose())
	return nil
}

// normalized is a copy of a text in NFKD. The caller wipes it.
func normalized(text secret.Bytes, what string) (secret.Bytes, error) {
	in := text.Expose()
	if isASCII(in) {
		return secret.Copy(in), nil
	}
	if !utf8.Valid(in) {
		return secret.Bytes{}, fault.Invalid.New("the %s is not UTF-8", what)
	}
	// Room for the worst, so that no copy is left where a slice grew.
	out := make([]byte, 0, maxExpansion*len(in))
	changed := false
	secret.Do(func() {
		out = norm.NFKD.Append(out, in...)
		changed = bytes.Count(out, joiner) != bytes.Count(in, joiner)
	})
	if changed {
		clear(out)
		return secret.Bytes{}, fault.Unsupported.New("the %s has more than 30 combining marks in a row", what)
	}
	return secret.New(out), nil
}

// isASCII looks at every byte, so that its time does not tell where another one stands.
func isASCII(text []byte) bool {
	var all byte
	for _, b := range text {
		all |= b
	}
	return all < utf8.RuneSelf
}
