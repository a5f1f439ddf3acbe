package vault

import (
	"crypto/rand"
	"testing"

	"strongroom/internal/curve"
	"strongroom/internal/hd"
	"strongroom/internal/secret"
)

// A kit gives the keys that a wallet of the same words derives, for every algorithm.
func TestKitAgreesWithWallets(t *testing.T) {
	v := newVault(t)
	ref, _ := create(t, v, walletA, "pw")
	words := "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
	seed := JoinSeed(secret.Copy([]byte(words)), secret.Bytes{})
	seedLabel := Label{Record: [16]byte{1}, Kind: 2, Usage: SeedOfWords}
	sealed, err := v.SealData(ref, seedLabel, seed.Expose())
	if err != nil {
		t.Fatal(err)
	}
	kit := NewKit(rand.Reader)
	for a, text := range map[curve.Algorithm]string{
		curve.Secp256k1: "m/44'/60'/0'/0/i", curve.Ed25519: "m/44'/501'/i'", curve.P256: "m/44'/1'/i'", curve.Ed25519BIP32: "m/1852'/1815'/0'/0'/i",
	} {
		path, err := hd.ParsePath(text, 3)
		if err != nil {
			t.Fatal(err)
		}
		made, err := v.DeriveChild(ref, seedLabel, sealed, a, path, Label{Record: [16]byte{2}, Kind: 1})
		if err != nil {
			t.Fatalf("%s: %v", a, err)
		}
		if key, err := kit.Child(a, secret.Copy([]byte(words)), secret.Bytes{}, path); err != nil || key != made.Public {
			t.Errorf("%s: the kit gives %s, the wallet %s, %v", a, key, made.Public, err)
		}
		x, err := kit.Extended(a, secret.Copy([]byte(words)), secret.Bytes{}, path[:len(path)-1])
		if a == curve.Ed25519 {
			if err == nil {
				t.Errorf("%s has extended keys: %v", a, x)
			}
		} else if err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
	if _, err := v.DeriveChild(ref, Label{Record: [16]byte{1}, Kind: 2, Usage: SeedOfEntropy}, sealed, curve.Secp256k1, nil, Label{}); err == nil {
		t.Error("a seed of words was read as one of entropy")
	}
}
