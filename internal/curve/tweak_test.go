package curve

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"slices"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"strongroom/internal/fault"
)

// publicOf is the public key of a number, by code that Add does not use: the number
// is taken for a private key.
func publicOf(t *testing.T, a Algorithm, k *big.Int) PublicKey {
	t.Helper()
	private := k.FillBytes(make([]byte, 32))
	encoded := secp256k1.PrivKeyFromBytes(private).PubKey().SerializeCompressed()
	if a == P256 {
		key, err := ecdh.P256().NewPrivateKey(private)
		if err != nil {
			t.Fatal(err)
		}
		encoded = key.PublicKey().Bytes()
	}
	p, err := ParsePoint(a, encoded)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// (p + k)·G is p·G + k·G, where the sum is no multiple of the order.
func TestAddIsAdditionOfPrivateKeys(t *testing.T) {
	for _, a := range []Algorithm{Secp256k1, P256} {
		order := a.Order()
		n, one := new(big.Int).SetBytes(order[:]), big.NewInt(1)
		numbers := []*big.Int{new(big.Int), one, big.NewInt(2), new(big.Int).Sub(n, one), new(big.Int).Rsh(n, 1)}
		for range 20 {
			k, err := rand.Int(rand.Reader, n)
			if err != nil {
				t.Fatal(err)
			}
			numbers = append(numbers, k, new(big.Int).Sub(n, k))
		}
		infinite := 0
		for _, p := range numbers {
			if p.Sign() == 0 || p.Cmp(n) == 0 {
				continue
			}
			key := publicOf(t, a, p)
			for _, k := range numbers {
				if k.Cmp(n) == 0 {
					continue
				}
				sum := new(big.Int).Add(p, k)
				got, err := key.Add([32]byte(k.FillBytes(make([]byte, 32))))
				if sum.Mod(sum, n).Sign() == 0 {
					infinite++
					if !fault.Is(err, fault.Invalid) || !got.IsZero() {
						t.Errorf("%s: %d + %d is %s, %v", a, p, k, got, err)
					}
					continue
				}
				if want := publicOf(t, a, sum); err != nil || got != want {
					t.Errorf("%s: %d + %d is %s, %v, want %s", a, p, k, got, err, want)
				}
			}
		}
		if infinite < 40 {
			t.Errorf("%s: only %d sums at infinity", a, infinite)
		}
	}
}

// Test vectors of BIP-86: the internal key, lifted to its even point, and the output
// key, which is the internal one plus its tagged hash.
func TestAddTaproot(t *testing.T) {
	tag := sha256.Sum256([]byte("TapTweak"))
	for _, v := range []struct{ internal, output string }{
		{"cc8a4bc64d897bddc5fbc2f670f7a8ba0b386779106cf1223c6fc5d7cd6fc115", "a60869f0dbcf1dc659c9cecbaf8050135ea9e8cdc487053f1dc6880949dc684c"},
		{"83dfe85a3151d2517290da461fe2815591ef69f2b18a2ce63f01697a8b313145", "a82f29944d65b86ae6b5e5cc75e294ead6c59391a1edc5e016e3498c67fc7bbb"},
		{"399f1b2f4393f29a18c937859c5dd8a77350103157eb880f02e8c08214277cef", "882d74e5d0572d5a816cef0041a96b6c1de832f6f9676d9605c44d5e9a97d3dc"},
	} {
		x := unhex(t, v.internal)
		key, err := ParsePoint(Secp256k1, append([]byte{2}, x...))
		if err != nil {
			t.Fatal(err)
		}
		got, err := key.Add(sha256.Sum256(slices.Concat(tag[:], tag[:], x)))
		if err != nil || hex.EncodeToString(got.Bytes()[1:]) != v.output {
			t.Errorf("%s: %s, %v", v.internal, got, err)
		}
	}
}

func TestAddRefuses(t *testing.T) {
	for _, a := range []Algorithm{Secp256k1, P256} {
		key := publicOf(t, a, big.NewInt(7))
		order := a.Order()
		above := order
		above[31]++
		for name, k := range map[string][32]byte{"order": order, "order + 1": above, "the largest": [32]byte(bytes.Repeat([]byte{0xff}, 32))} {
			if got, err := key.Add(k); !fault.Is(err, fault.Invalid) || !got.IsZero() {
				t.Errorf("%s: plus %s is %s, %v", a, name, got, err)
			}
		}
		if got, err := (PublicKey{algorithm: a}).Add([32]byte{31: 1}); !fault.Is(err, fault.Invalid) || !got.IsZero() {
			t.Errorf("%s: no point plus one is %s, %v", a, got, err)
		}
	}
	for _, a := range []Algorithm{NoAlgorithm, Ed25519, Ed25519BIP32} {
		if got, err := (PublicKey{algorithm: a}).Add([32]byte{31: 1}); !fault.Is(err, fault.Unsupported) || !got.IsZero() {
			t.Errorf("%s: %s, %v", a, got, err)
		}
	}
}

func BenchmarkAdd(b *testing.B) {
	order := Secp256k1.Order()
	key, err := ParsePoint(Secp256k1, secp256k1.PrivKeyFromBytes([]byte{7}).PubKey().SerializeCompressed())
	if err != nil {
		b.Fatal(err)
	}
	order[31]--
	for b.Loop() {
		if _, err := key.Add(order); err != nil {
			b.Fatal(err)
		}
	}
}
