package vault

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"testing"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// schemes are all that a vault signs with.
func schemes() []curve.Scheme {
	return []curve.Scheme{
		curve.PureEdDSA, curve.ECDSASecp256k1, curve.AntelopeK1, curve.ECDSAP256,
		curve.TaprootKey, curve.SchnorrBCH, curve.ECDSASecp256k1AnyS, curve.EdDSABIP32,
	}
}

// Every scheme signs with generated and with imported keys, and what it gives
// verifies from outside.
func TestKeysOfEveryAlgorithm(t *testing.T) {
	v := newVault(t)
	ref, _ := create(t, v, walletA, "pw")
	digest := make([]byte, curve.DigestSize)
	rand.Read(digest)
	for i, scheme := range schemes() {
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
			if err := v.CheckKey(ref, l, k.Sealed); err != nil {
				t.Error(err)
			}
			private, err := v.Export(ref, l, k.Sealed)
			if err != nil {
				t.Fatal(err)
			}
			if private.Len() != privateSize(scheme.Algorithm()) {
				t.Errorf("exported: %d bytes", private.Len())
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
			if err := v.CheckKey(ref, l, other.Sealed); !fault.Is(err, fault.Corrupt) {
				t.Errorf("the next key under the label of this one: %v", err)
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
	good := append(bytes.Repeat([]byte{0x40}, 32), bytes.Repeat([]byte{1}, 32)...)
	bad := bytes.Clone(good)
	bad[0] |= 1
	for name, key := range map[string][]byte{"none": nil, "a seed": good[:32], "with chain code": append(bytes.Clone(good), good[:32]...), "bit 0 set": bad} {
		if _, err := v.ImportKey(ref, Label{}, curve.Ed25519BIP32, secret.Copy(key)); !fault.Is(err, fault.Invalid) {
			t.Errorf("extended key %s: %v", name, err)
		}
	}
	if _, err := v.ImportKey(ref, Label{}, curve.Ed25519BIP32, secret.Copy(good)); err != nil {
		t.Error(err)
	}
	v.Lock(ref)
	for _, a := range []curve.Algorithm{curve.P256, curve.Ed25519BIP32} {
		if _, err := v.GenerateKey(ref, Label{}, a); !fault.Is(err, fault.Locked) {
			t.Errorf("%s in a locked wallet: %v", a, err)
		}
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
	for _, scheme := range []curve.Scheme{curve.PureEdDSA, curve.ECDSAP256, curve.EdDSABIP32} {
		if _, err := v.Sign(ref, l, k.Sealed, scheme, make([]byte, 32)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", scheme, err)
		}
	}
	for _, scheme := range []curve.Scheme{curve.AntelopeK1, curve.SchnorrBCH, curve.ECDSASecp256k1AnyS, curve.TaprootKey} {
		for _, n := range []int{0, 31, 33, 65} {
			if _, err := v.Sign(ref, l, k.Sealed, scheme, make([]byte, n)); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: digest of %d bytes: %v", scheme, n, err)
			}
		}
	}
}

// A record of another size than its algorithm's keys, which only a caller could have
// sealed, signs nothing and checks as nothing.
func TestRecordsOfAnotherSize(t *testing.T) {
	v := newVault(t)
	ref, _ := create(t, v, walletA, "pw")
	for _, scheme := range schemes() {
		k, err := v.GenerateKey(ref, Label{Record: [16]byte{9}, Kind: 1}, scheme.Algorithm())
		if err != nil {
			t.Fatal(err)
		}
		l := Label{Record: [16]byte{9}, Kind: 1, Algorithm: uint8(scheme.Algorithm()), Public: k.Public.Bytes()}
		for _, n := range []int{0, 1, 31, 32, 33, 63, 64, 65, 96} {
			if n == privateSize(scheme.Algorithm()) {
				continue
			}
			plain := bytes.Repeat([]byte{0x40}, n)
			sealed, err := v.SealData(ref, l, plain)
			if err != nil {
				t.Fatal(err)
			}
			if signature, err := v.Sign(ref, l, sealed, scheme, make([]byte, 32)); signature != nil || !fault.Is(err, fault.Corrupt) {
				t.Errorf("%s: %d bytes sign: %x, %v", scheme, n, signature, err)
			}
			if err := v.CheckKey(ref, l, sealed); !fault.Is(err, fault.Corrupt) {
				t.Errorf("%s: %d bytes are a key: %v", scheme, n, err)
			}
		}
	}
	sealed, err := v.SealData(ref, Label{Algorithm: 99}, make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	if err := v.CheckKey(ref, Label{Algorithm: 99}, sealed); !fault.Is(err, fault.Corrupt) {
		t.Errorf("a key of no algorithm: %v", err)
	}
}

// Each scheme with all that a vault does around it, beside the same without a vault.
func BenchmarkSchemes(b *testing.B) {
	v := newVault(b)
	ref, _ := create(b, v, walletA, "pw")
	for _, scheme := range schemes() {
		l := Label{Record: [16]byte{1}, Kind: 1}
		k, err := v.GenerateKey(ref, l, scheme.Algorithm())
		if err != nil {
			b.Fatal(err)
		}
		l.Algorithm, l.Public = uint8(scheme.Algorithm()), k.Public.Bytes()
		digest := make([]byte, 32)
		run := func(name string, sign func() ([]byte, error)) {
			b.Run(scheme.String()+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					digest[0]++
					if _, err := sign(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		run("vault", func() ([]byte, error) { return v.Sign(ref, l, k.Sealed, scheme, digest) })
		if scheme == curve.PureEdDSA {
			private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
			run("bare", func() ([]byte, error) { return ed25519.Sign(private, digest), nil })
			continue
		}
		trial, err := NewTrial(scheme.Algorithm(), rand.Reader)
		if err != nil {
			b.Fatal(err)
		}
		run("bare", func() ([]byte, error) { return trial.Sign(scheme, digest) })
	}
}
