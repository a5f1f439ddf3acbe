package vault

import (
	"bytes"
	"crypto/rand"
	"testing"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// Every scheme signs with generated and with imported keys, and what it gives
// verifies from outside.
func TestKeysOfEveryAlgorithm(t *testing.T) {
	v := newVault(t)
	ref, _ := create(t, v, walletA, "pw")
	digest := make([]byte, curve.DigestSize)
	rand.Read(digest)
	for i, scheme := range []curve.Scheme{curve.PureEdDSA, curve.ECDSASecp256k1, curve.AntelopeK1, curve.ECDSAP256} {
		t.Run(scheme.String(), func(t *testing.T) {
			l := Label{Record: [16]byte{byte(i)}, Kind: 1}
			k, err := v.GenerateKey(ref, l, scheme.Algorithm())
			if err != nil {
				t.Fatal(err)
			}
			if err := k.Public.Valid(); err != nil {
				t.Error(err)
			}
			l.Algorithm, l.Public = uint8(scheme.Algorithm()), k.Public.Bytes()
			signature, err := v.Sign(ref, l, k.Sealed, scheme, digest)
			if err != nil {
				t.Fatal(err)
			}
			if err := curve.Verify(scheme, k.Public, digest, signature); err != nil {
				t.Error(err)
			}
			private, err := v.Export(ref, l, k.Sealed)
			if err != nil {
				t.Fatal(err)
			}
			again, err := v.ImportKey(ref, Label{Record: l.Record, Kind: 1}, scheme.Algorithm(), private)
			if err != nil || again.Public != k.Public {
				t.Errorf("imported: %v, %v", again.Public, err)
			}
			same, err := v.Sign(ref, l, again.Sealed, scheme, digest)
			if err != nil || !bytes.Equal(same, signature) {
				t.Errorf("after export and import: %x, %v", same, err)
			}
			flipped := bytes.Clone(k.Sealed)
			flipped[len(flipped)-1] ^= 1
			if signature, err := v.Sign(ref, l, flipped, scheme, digest); signature != nil || !fault.Is(err, fault.Corrupt) {
				t.Errorf("a flipped bit: %x, %v", signature, err)
			}
			other, err := v.GenerateKey(ref, Label{Record: l.Record, Kind: 1}, scheme.Algorithm())
			if err != nil || other.Public == k.Public {
				t.Errorf("the next key: %v, %v", other.Public, err)
			}
		})
	}
	for range cap(v.scratch) {
		s := <-v.scratch
		if !bytes.Equal(s.Bytes(), make([]byte, scratchSize)) {
			t.Error("scratch is not wiped")
		}
		v.scratch <- s
	}
}

func TestNoSuchKeys(t *testing.T) {
	v := newVault(t)
	ref, _ := create(t, v, walletA, "pw")
	for _, a := range []curve.Algorithm{curve.NoAlgorithm, 99} {
		if _, err := v.GenerateKey(ref, Label{}, a); !fault.Is(err, fault.Unsupported) {
			t.Errorf("algorithm %d: %v", a, err)
		}
	}
	for _, a := range []curve.Algorithm{curve.Secp256k1, curve.P256} {
		order := a.Order()
		for name, scalar := range map[string][]byte{
			"zero": make([]byte, 32), "the order": order[:], "short": order[:31], "none": nil, "long": make([]byte, 33),
		} {
			if _, err := v.ImportKey(ref, Label{}, a, secret.Copy(scalar)); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s %s: %v", a, name, err)
			}
		}
	}
	v.Lock(ref)
	if _, err := v.GenerateKey(ref, Label{}, curve.P256); !fault.Is(err, fault.Locked) {
		t.Errorf("in a locked wallet: %v", err)
	}
}

// A key signs by the schemes of its own algorithm only, and only a digest.
func TestDigestSchemesAreStrict(t *testing.T) {
	v := newVault(t)
	ref, _ := create(t, v, walletA, "pw")
	l := Label{Record: [16]byte{1}, Kind: 1}
	k, err := v.GenerateKey(ref, l, curve.Secp256k1)
	if err != nil {
		t.Fatal(err)
	}
	l.Algorithm, l.Public = uint8(curve.Secp256k1), k.Public.Bytes()
	for _, scheme := range []curve.Scheme{curve.PureEdDSA, curve.ECDSAP256} {
		if _, err := v.Sign(ref, l, k.Sealed, scheme, make([]byte, 32)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", scheme, err)
		}
	}
	for _, n := range []int{0, 31, 33} {
		if _, err := v.Sign(ref, l, k.Sealed, curve.AntelopeK1, make([]byte, n)); !fault.Is(err, fault.Invalid) {
			t.Errorf("digest of %d bytes: %v", n, err)
		}
	}
}

func BenchmarkSignECDSA(b *testing.B) {
	v := newVault(b)
	ref, _ := create(b, v, walletA, "pw")
	for _, scheme := range []curve.Scheme{curve.ECDSASecp256k1, curve.AntelopeK1, curve.ECDSAP256} {
		b.Run(scheme.String(), func(b *testing.B) {
			l := Label{Record: [16]byte{1}, Kind: 1}
			k, err := v.GenerateKey(ref, l, scheme.Algorithm())
			if err != nil {
				b.Fatal(err)
			}
			l.Algorithm, l.Public = uint8(scheme.Algorithm()), k.Public.Bytes()
			digest := make([]byte, 32)
			b.ReportAllocs()
			for b.Loop() {
				digest[0]++
				if _, err := v.Sign(ref, l, k.Sealed, scheme, digest); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
