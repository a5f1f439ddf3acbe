// Package hd holds the derivation of keys by BIP-32 against btcutil's hdkeychain, and
// the seeds of BIP-39 against PBKDF2 of the standard library.
package hd

import (
	"bytes"
	"crypto/pbkdf2"
	"crypto/sha512"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/btcsuite/btcd/btcutil/hdkeychain"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"strongroom/internal/curve"
	"strongroom/internal/hd"
	"strongroom/internal/secret"
	"strongroom/oracle/random"
)

const xpub = 0x0488b21e

// point computes public keys by other code than the vault's.
func point(a curve.Algorithm, private []byte) (curve.PublicKey, error) {
	if a != curve.Secp256k1 {
		return curve.PublicKey{}, fmt.Errorf("no keys of algorithm %s here", a)
	}
	return curve.NewPublicKey(a, secp256k1.PrivKeyFromBytes(private).PubKey().SerializeCompressed())
}

func pathOf(r *rand.Rand) hd.Path {
	path := make(hd.Path, r.IntN(6))
	for i := range path {
		path[i] = r.Uint32()
		if r.IntN(3) == 0 {
			path[i] = random.Pick[uint32](r, 0, 1, hd.Hardened-1, hd.Hardened, 1<<32-1)
		}
	}
	return path
}

// derived is the key at the end of a path, private and public, by hdkeychain.
func derived(t *testing.T, seed []byte, path hd.Path) (private []byte, public *hdkeychain.ExtendedKey) {
	t.Helper()
	key, err := hdkeychain.NewMaster(seed, &chaincfg.MainNetParams)
	if err != nil {
		t.Fatal(err)
	}
	for _, number := range path {
		if key, err = key.Derive(number); err != nil {
			t.Fatal(err)
		}
	}
	scalar, err := key.ECPrivKey()
	if err != nil {
		t.Fatal(err)
	}
	if public, err = key.Neuter(); err != nil {
		t.Fatal(err)
	}
	return scalar.Serialize(), public
}

// agree derives a key from a seed in both ways.
func agree(t *testing.T, r *rand.Rand) {
	t.Helper()
	path, seed := pathOf(r), random.Bytes(r, 16+r.IntN(49))
	want, _ := derived(t, seed, path)
	got := make([]byte, 32)
	if n, err := hd.DeriveFromSeed(got, curve.Secp256k1, seed, path, point); err != nil || n != 32 || !bytes.Equal(got, want) {
		t.Fatalf("seed %x, path %s: %x, %v, want %x", seed, path, got, err, want)
	}
}

// agreeWords derives a key from words, with its extended public key and a child of that.
func agreeWords(t *testing.T, r *rand.Rand) {
	t.Helper()
	path, got := pathOf(r), make([]byte, 32)
	words, passphrase := phrase(t, r), []byte(nil)
	for range r.IntN(20) {
		passphrase = append(passphrase, byte(' '+r.IntN(95)))
	}
	seed, err := pbkdf2.Key(sha512.New, string(words), append([]byte("mnemonic"), passphrase...), 2048, 64)
	if err != nil {
		t.Fatal(err)
	}
	want, public := derived(t, seed, path)
	if n, err := hd.Derive(got, curve.Secp256k1, secret.Copy(words), secret.Copy(passphrase), path, point); err != nil || n != 32 || !bytes.Equal(got, want) {
		t.Fatalf("words %q, passphrase %q, path %s: %x, %v, want %x", words, passphrase, path, got, err, want)
	}
	x, err := hd.Extended(curve.Secp256k1, secret.Copy(words), secret.Copy(passphrase), path, point)
	if err != nil || x.Text(xpub) != public.String() {
		t.Fatalf("words %q, passphrase %q, path %s: %s, %v, want %s", words, passphrase, path, x.Text(xpub), err, public)
	}
	if back, version, err := hd.ParseExtended(public.String()); err != nil || back != x || version != xpub {
		t.Fatalf("%s is read as %v of version %08x, %v", public, back, version, err)
	}
	number := random.Pick(r, 0, hd.Hardened-1, r.Uint32()&^hd.Hardened)
	wantChild, err := public.Derive(number)
	if err != nil {
		t.Fatal(err)
	}
	if child, err := x.Child(number); err != nil || child.Text(xpub) != wantChild.String() {
		t.Fatalf("child %d of %s: %s, %v, want %s", number, public, child.Text(xpub), err, wantChild)
	}
}

// phrase is a mnemonic, or any other text: the seed of one needs no valid words.
func phrase(t *testing.T, r *rand.Rand) []byte {
	t.Helper()
	if r.IntN(2) == 0 {
		return fmt.Appendf(nil, "no words at all %d", r.Uint64())
	}
	words, err := hd.NewMnemonic(random.Bytes(r, 16+4*r.IntN(5)))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(words.Expose())
}

func TestDerivation(t *testing.T) {
	r := random.New(1)
	for range 1000 {
		agree(t, r)
	}
	for range 100 {
		agreeWords(t, r)
	}
}

// TestParseExtended: both read the same texts of extended public keys, after a change
// of their bytes too.
func TestParseExtended(t *testing.T) {
	r := random.New(2)
	accepted, refused := 0, 0
	for range 1500 {
		_, public := derived(t, random.Bytes(r, 32), pathOf(r))
		text := []byte(public.String())
		if r.IntN(4) > 0 {
			text[r.IntN(len(text))] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0 "[r.IntN(60)]
		}
		theirs, theirErr := hdkeychain.NewKeyFromString(string(text))
		x, version, err := hd.ParseExtended(string(text))
		if (err == nil) != (theirErr == nil && !theirs.IsPrivate()) {
			t.Fatalf("%s: %v, hdkeychain: %v", text, err, theirErr)
		}
		if err != nil {
			refused++
			continue
		}
		if accepted++; x.Text(version) != theirs.String() {
			t.Fatalf("%s is written as %s", text, x.Text(version))
		}
	}
	if accepted < 200 || refused < 200 {
		t.Errorf("%d texts were read and %d were not: the comparison is empty", accepted, refused)
	}
}

// FuzzDerivation: both derive the same from seeds, words and paths that the fuzzer composes.
func FuzzDerivation(f *testing.F) {
	f.Add([]byte("a seed, words and a path"))
	f.Fuzz(func(t *testing.T, choices []byte) {
		r := random.From(choices)
		agree(t, r)
		agreeWords(t, r)
	})
}
