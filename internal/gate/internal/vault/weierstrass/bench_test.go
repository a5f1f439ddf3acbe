package weierstrass

import (
	"crypto/rand"
	"crypto/sha256"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"strongroom/internal/curve"
)

// The mean cost of a canonical K1 signature stands beside that of one signature by
// the library and that of the bare multiplication, which it needs twice in the mean.
func BenchmarkSign(b *testing.B) {
	s := New(rand.Reader)
	if _, err := s.table(); err != nil {
		b.Fatal(err)
	}
	private := sha256.Sum256([]byte("bench"))
	digest := private
	next := func() { digest = sha256.Sum256(digest[:]) }
	for _, scheme := range schemes() {
		name := scheme.String()
		if scheme == curve.ECDSASecp256k1 {
			name += "/" + Library
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				next()
				if _, err := s.Sign(scheme, private[:], digest[:]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("ecdsa-secp256k1/blinded pure Go", func(b *testing.B) {
		b.ReportAllocs()
		var rs [64]byte
		for b.Loop() {
			next()
			if _, err := s.signPortable(&rs, private[:], digest[:], plain); err != nil {
				b.Fatal(err)
			}
		}
	})
	key, _ := btcec.PrivKeyFromBytes(private[:])
	b.Run("library/bip340 without tweak", func(b *testing.B) {
		for b.Loop() {
			next()
			if _, err := schnorr.Sign(key, digest[:], schnorr.CustomNonce([32]byte{}), schnorr.FastSign()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bare multiplication in pure Go", func(b *testing.B) {
		var k secp256k1.ModNScalar
		var p secp256k1.JacobianPoint
		for b.Loop() {
			next()
			k.SetBytes(&digest)
			secp256k1.ScalarBaseMultNonConst(&k, &p)
		}
	})
}

func BenchmarkPublicKey(b *testing.B) {
	s := New(rand.Reader)
	private := sha256.Sum256([]byte("bench"))
	for _, a := range []curve.Algorithm{curve.Secp256k1, curve.P256} {
		b.Run(a.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := s.PublicKey(a, private[:]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkTable(b *testing.B) {
	for b.Loop() {
		if _, err := newBlinding(rand.Reader); err != nil {
			b.Fatal(err)
		}
	}
}
