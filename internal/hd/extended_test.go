package hd

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"strongroom/internal/codec/base58"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

func base58check(b []byte) string {
	sum := checksum(b)
	return string(base58.AppendEncode(nil, append(b, sum[:]...)))
}

// unbase58 decodes a text with a checksum.
func unbase58(t testing.TB, text string) []byte {
	t.Helper()
	b, err := base58.AppendDecode(nil, text)
	if err != nil || len(b) < checksumSize {
		t.Fatalf("%s: %v", text, err)
	}
	b, sum := b[:len(b)-checksumSize], b[len(b)-checksumSize:]
	if want := checksum(b); !bytes.Equal(sum, want[:]) {
		t.Fatalf("%s: wrong checksum", text)
	}
	return b
}

// The standards for Bitcoin's accounts give extended keys, private keys and public
// keys, each in a form of its own.
func TestAccountVectors(t *testing.T) {
	const phrase = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
	seen := map[string]int{}
	for _, line := range vectorLines(t, "bip44.txt") {
		f := strings.Fields(line)
		path, want := mustPath(t, f[0]), f[1]
		private := make([]byte, 32)
		if _, err := Derive(private, curve.Secp256k1, words(phrase), words(""), path, testPoint); err != nil {
			t.Fatal(err)
		}
		x, err := Extended(curve.Secp256k1, words(phrase), words(""), path, testPoint)
		if err != nil {
			t.Fatal(err)
		}
		var kind, got string
		switch {
		case len(want) == 64:
			kind, got = "private", hex.EncodeToString(private)
		case len(want) == 66:
			kind, got = "public", hex.EncodeToString(x.Key.Bytes())
		case len(want) == 52:
			b := unbase58(t, want)
			kind, got = "wif", base58check(append(append(b[:1:1], private...), 1))
		case strings.HasSuffix(want[:4], "pub"):
			kind = want[:4]
			back, version, err := ParseExtended(want)
			if got = x.Text(version); err != nil || back != x {
				t.Errorf("%s: read as %v, %v", want, back, err)
			}
		default:
			kind = want[:4]
			b := unbase58(t, want)
			got = extendedPrivate(uint32(b[0])<<24|uint32(b[1])<<16|uint32(b[2])<<8|uint32(b[3]), private, x)
			if _, _, err := ParseExtended(want); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "extended private key") {
				t.Errorf("%s is read as a public key: %v", want, err)
			}
		}
		seen[kind]++
		if got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	for kind, n := range map[string]int{"private": 1, "public": 4, "wif": 4, "xpub": 6, "xprv": 6, "ypub": 1, "yprv": 1, "upub": 1, "uprv": 2, "zpub": 1, "zprv": 2} {
		if seen[kind] != n {
			t.Errorf("%d of %s, want %d", seen[kind], kind, n)
		}
	}
}

func TestInvalidExtendedVectors(t *testing.T) {
	lines := vectorLines(t, "bip32-invalid.txt")
	if len(lines) != 16 {
		t.Errorf("%d vectors", len(lines))
	}
	for _, line := range lines {
		text, why, _ := strings.Cut(line, " ")
		x, version, err := ParseExtended(text)
		if !fault.Is(err, fault.Invalid) || x != (ExtendedPublic{}) || version != 0 {
			t.Errorf("%s (%s): %v, %v", text, why, x, err)
			continue
		}
		if strings.Contains(err.Error()+fault.Hint(err), text[8:20]) {
			t.Errorf("%s: the error repeats it: %v", why, err)
		}
	}
}

const exampleXpub = "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8"

func TestParseExtendedRefuses(t *testing.T) {
	payload := unbase58(t, exampleXpub)
	with := func(change func(b []byte) []byte) string { return base58check(change(bytes.Clone(payload))) }
	point := strings.Repeat("00", 31)
	for _, c := range []struct{ name, text, part string }{
		{"empty", "", "base58"},
		{"space before", " " + exampleXpub, "base58"},
		{"line feed behind", exampleXpub + "\n", "base58"},
		{"cut", exampleXpub[:110], "base58"},
		{"a 1 in front", "1" + exampleXpub, "base58"},
		{"other letter", strings.Replace(exampleXpub, "gZ29", "gZ28", 1), "checksum"},
		{"a byte more", with(func(b []byte) []byte { return append(b, 1) }), "base58"},
		{"a byte less", with(func(b []byte) []byte { return b[:77] }), "base58"},
		{"version 0", with(func(b []byte) []byte { clear(b[:4]); return b }), "version 00000000"},
		{"public version, private key", with(func(b []byte) []byte { b[45] = 0; return b }), "secp256k1"},
		{"hybrid key", with(func(b []byte) []byte { b[45] = 6; return b }), "secp256k1"},
		{"no point", with(func(b []byte) []byte { clear(b[46:]); return b }), "secp256k1"},
		{"master with a number", with(func(b []byte) []byte { b[12] = 1; return b }), "master"},
		{"master with a parent", with(func(b []byte) []byte { b[8] = 1; return b }), "master"},
		{"long", strings.Repeat("z", 200), "200 characters"},
		{"very long", strings.Repeat("1", 1<<20), "characters"},
		{"128 other characters", strings.Repeat("x", 128), "hexadecimal"},
		{"hexadecimal in capitals", strings.Repeat("AB", 64), "hexadecimal"},
		{"no point of ed25519", "02" + point + strings.Repeat("00", 32), "ed25519"},
	} {
		x, version, err := ParseExtended(c.text)
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.part) || x != (ExtendedPublic{}) || version != 0 {
			t.Errorf("%s: %v, %v", c.name, x, err)
		}
	}
	if got := with(func(b []byte) []byte { return b }); got != exampleXpub {
		t.Errorf("the example is written as %s", got)
	}
}

func TestVersionsComeInPairs(t *testing.T) {
	public, private := publicVersions(), privateVersions()
	if len(public) != len(private) {
		t.Fatal("the lists differ in length")
	}
	seen := map[uint32]bool{}
	for i := range public {
		if seen[public[i]] || seen[private[i]] || public[i] == private[i] {
			t.Errorf("%08x and %08x stand there twice", public[i], private[i])
		}
		seen[public[i]], seen[private[i]] = true, true
		x, _, err := ParseExtended(exampleXpub)
		if err != nil {
			t.Fatal(err)
		}
		if back, version, err := ParseExtended(x.Text(public[i])); err != nil || back != x || version != public[i] {
			t.Errorf("%s: %v, %08x, %v", x.Text(public[i]), back, version, err)
		}
		if _, _, err := ParseExtended(x.Text(private[i])); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", x.Text(private[i]), err)
		}
	}
}

func TestChildRefuses(t *testing.T) {
	x, _, err := ParseExtended(exampleXpub)
	if err != nil {
		t.Fatal(err)
	}
	for _, number := range []uint32{Hardened, Hardened + 7, math.MaxUint32} {
		if _, err := x.Child(number); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "hardened") {
			t.Errorf("child %d: %v", number, err)
		}
	}
	deep := x
	deep.Depth = 255
	if _, err := deep.Child(0); !fault.Is(err, fault.Invalid) {
		t.Errorf("below depth 255: %v", err)
	}
	off := x
	if off.Key, err = curve.NewPublicKey(curve.Secp256k1, make([]byte, 33)); err != nil {
		t.Fatal(err)
	}
	if _, err := off.Child(0); !fault.Is(err, fault.Invalid) {
		t.Errorf("child of no point: %v", err)
	}
	off.Key, err = curve.NewPublicKey(curve.P256, make([]byte, 33))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := off.Child(0); !fault.Is(err, fault.Invalid) {
		t.Errorf("child of no point of P-256: %v", err)
	}
	if _, err := (ExtendedPublic{}).Child(0); !fault.Is(err, fault.Unsupported) {
		t.Errorf("child of nothing: %v", err)
	}
	if text := (ExtendedPublic{}).Text(1); text != "" {
		t.Errorf("text of nothing: %s", text)
	}
	if _, err := Extended(curve.Ed25519, words(shortWords), words(""), nil, testPoint); !fault.Is(err, fault.Unsupported) {
		t.Errorf("extended public key of ed25519: %v", err)
	}
	if _, err := Extended(curve.Secp256k1, words(""), words(""), nil, testPoint); !fault.Is(err, fault.Invalid) {
		t.Errorf("extended public key of no words: %v", err)
	}
	if _, err := Extended(curve.NoAlgorithm, words(shortWords), words(""), nil, testPoint); !fault.Is(err, fault.Invalid) {
		t.Errorf("extended public key of no algorithm: %v", err)
	}
	for fail := range 3 { // the master's, the parent's and its own public key
		calls := 0
		point := func(a curve.Algorithm, private []byte) (curve.PublicKey, error) {
			if calls++; calls > fail {
				return curve.PublicKey{}, os.ErrClosed
			}
			return testPoint(a, private)
		}
		if x, err := Extended(curve.Secp256k1, words(shortWords), words(""), Path{0, 1}, point); !errors.Is(err, os.ErrClosed) || x != (ExtendedPublic{}) {
			t.Errorf("failure after %d public keys: %v, %v", fail, x, err)
		}
	}
	cardano, err := Extended(curve.Ed25519BIP32, words(shortWords), words(""), nil, testPoint)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cardano.Child(0); !fault.Is(err, fault.Unsupported) {
		t.Errorf("child of Cardano's: %v", err)
	}
}

// The two vectors of SLIP-0010 where a hash is no key, from public keys alone.
func TestPublicRetry(t *testing.T) {
	seed := unhex(t, "000102030405060708090a0b0c0d0e0f")
	_, parent := fromSeed(t, curve.P256, seed, mustPath(t, "m/28578'"))
	_, want := fromSeed(t, curve.P256, seed, mustPath(t, "m/28578'/33941"))
	if child, err := parent.Child(33941); err != nil || child != want {
		t.Errorf("%v, %v, want %v", child, err, want)
	}
}
