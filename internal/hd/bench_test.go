package hd

import (
	"testing"

	"strongroom/internal/curve"
)

func BenchmarkDerive(b *testing.B) {
	for _, c := range []struct {
		a    curve.Algorithm
		path string
	}{
		{curve.Secp256k1, "m/44'/60'/0'/0/7"},
		{curve.Ed25519, "m/44'/501'/0'/0'/7'"},
		{curve.P256, "m/44'/60'/0'/0/7"},
		{curve.Ed25519BIP32, "m/1852'/1815'/0'/0/7"},
	} {
		b.Run(c.a.String(), func(b *testing.B) {
			phrase, none, path, dst := words(shortWords), words(""), mustPath(b, c.path), make([]byte, 64)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Derive(dst, c.a, phrase, none, path, testPoint); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDeriveFromSeed(b *testing.B) {
	for _, c := range []struct {
		a    curve.Algorithm
		path string
	}{{curve.Secp256k1, "m/44'/60'/0'/0/7"}, {curve.Ed25519, "m/44'/501'/0'/0'/7'"}} {
		b.Run(c.a.String(), func(b *testing.B) {
			seed, path, dst := make([]byte, 64), mustPath(b, c.path), make([]byte, 32)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := DeriveFromSeed(dst, c.a, seed, path, testPoint); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMnemonicSeed(b *testing.B) {
	phrase, none, dst := words(shortWords), words(""), make([]byte, 64)
	b.ReportAllocs()
	for b.Loop() {
		if err := MnemonicSeed(dst, phrase, none); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseMnemonic(b *testing.B) {
	phrase := words(shortWords)
	for b.Loop() {
		got, err := ParseMnemonic(phrase)
		if err != nil {
			b.Fatal(err)
		}
		got.Wipe()
	}
}

func BenchmarkChild(b *testing.B) {
	x, _, err := ParseExtended(exampleXpub)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := x.Child(7); err != nil {
			b.Fatal(err)
		}
	}
}
