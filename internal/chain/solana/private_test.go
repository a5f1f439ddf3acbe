package solana

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"strings"
	"testing"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// numbers is a private key as solana-keygen writes it.
func numbers(pair []byte) string {
	list := make([]int, len(pair))
	for i, b := range pair {
		list[i] = int(b)
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// TestParsePrivate: every text form gives the same seed.
func TestParsePrivate(t *testing.T) {
	want := seed("mine")
	pair := ed25519.NewKeyFromSeed(want)
	for name, text := range map[string]string{
		"base58":             base58Text(pair),
		"base58 and space":   " " + base58Text(pair) + "\n",
		"keygen":             numbers(pair) + "\n",
		"keygen with spaces": strings.ReplaceAll(numbers(pair), ",", " ,\n\t"),
		"seed in hex":        hexText(want),
		"capitals and 0x":    "0x" + strings.ToUpper(hexText(want)),
		"pair in hex":        hexText(pair),
	} {
		a, got, err := mainnet().ParsePrivate(secret.New([]byte(text)))
		if err != nil || a != curve.Ed25519 || !bytes.Equal(got.Expose(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestParsePrivateRefused: what is not quite a key is refused, without a word of it.
func TestParsePrivateRefused(t *testing.T) {
	pair := bytes.Clone(ed25519.NewKeyFromSeed(seed("mine")))
	other := bytes.Clone(pair)
	other[63] ^= 1
	for name, text := range map[string]string{
		"empty":                 "",
		"space":                 " \n",
		"seed in base58":        base58Text(pair[:32]),
		"halves do not fit":     base58Text(other),
		"halves, numbers":       numbers(other),
		"halves, hex":           hexText(other),
		"65 bytes":              base58Text(append(bytes.Clone(pair), 1)),
		"63 numbers":            numbers(pair[:63]),
		"65 numbers":            numbers(append(bytes.Clone(pair), 1)),
		"32 numbers":            numbers(pair[:32]),
		"number above 255":      strings.Replace(numbers(pair), "[", "[256,", 1),
		"leading zero":          "[0" + numbers(pair)[1:],
		"negative":              "[-" + numbers(pair)[1:],
		"no end":                strings.TrimSuffix(numbers(pair), "]"),
		"comma at the end":      strings.Replace(numbers(pair), "]", ",]", 1),
		"bracket alone":         "[",
		"hex of another length": hexText(pair[:31]),
		"not hex":               strings.Repeat("zz", 32),
		"not base58":            strings.Repeat("0", 88),
		"very long":             strings.Repeat("1", 5000),
		"all ones":              strings.Repeat("1", 88),
	} {
		_, _, err := mainnet().ParsePrivate(secret.New([]byte(text)))
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
		if err != errPrivate && err != errPair {
			t.Errorf("%s: an error of its own, which may hold the text", name)
		}
	}
}

// TestFormatPrivate: only a key and its own seed are written.
func TestFormatPrivate(t *testing.T) {
	text, err := mainnet().FormatPrivate(publicOf("mine"), secret.New(seed("mine")))
	if err != nil || string(text.Expose()) != base58Text(ed25519.NewKeyFromSeed(seed("mine"))) {
		t.Errorf("%v", err)
	}
	for name, key := range map[string]curve.PublicKey{"another key": publicOf("my friend"), "no key": {}} {
		if _, err := mainnet().FormatPrivate(key, secret.New(seed("mine"))); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := mainnet().FormatPrivate(publicOf("mine"), secret.New(seed("mine")[:31])); !fault.Is(err, fault.Invalid) {
		t.Errorf("a short seed: %v", err)
	}
}
