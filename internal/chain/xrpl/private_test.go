package xrpl

import (
	"bytes"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// TestScalars compares the arithmetic with that of math/big, at the edges above all.
func TestScalars(t *testing.T) {
	order := curve.Secp256k1.Order()
	n := new(big.Int).SetBytes(order[:])
	edges := []*big.Int{big.NewInt(0), big.NewInt(1), new(big.Int).Rsh(n, 1), new(big.Int).Sub(n, big.NewInt(1)), n, new(big.Int).Add(n, big.NewInt(1)), new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))}
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		b := make([]byte, 32)
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		edges = append(edges, new(big.Int).SetBytes(b))
	}
	bytes32 := func(x *big.Int) []byte { return x.FillBytes(make([]byte, 32)) }
	for _, a := range edges {
		if got, want := hexaccount.IsScalar(bytes32(a)), a.Sign() > 0 && a.Cmp(n) < 0; got != want {
			t.Errorf("%x: a scalar %v, want %v", a, got, want)
		}
		for _, b := range edges {
			if a.Cmp(n) >= 0 || b.Cmp(n) >= 0 {
				continue
			}
			want := new(big.Int).Add(a, b)
			if got := addScalars(bytes32(a), bytes32(b)); !bytes.Equal(got, bytes32(want.Mod(want, n))) {
				t.Errorf("%x + %x = %x", a, b, got)
			}
		}
	}
}

func TestPrivateRefused(t *testing.T) {
	c := mainNetwork()
	order := curve.Secp256k1.Order()
	for name, text := range map[string]string{
		"nothing": "", "short": strings.Repeat("0", 63), "long": strings.Repeat("1", 67), "no hex": strings.Repeat("g", 64), "zero": strings.Repeat("0", 64),
		"zero with its mark": strings.Repeat("0", 66), "order": upperHex(order[:]), "unknown mark": "AB" + strings.Repeat("1", 64), "half a mark": "0D" + strings.Repeat("1", 64),
		"seed with a typo": "sEdTb25ejjJP4WG6kBa6TfqjP3bvq5C", "address": alice, "no base58": "s0", "s": "s", "long seed": "s" + strings.Repeat("r", 200),
	} {
		a, key, err := c.ParsePrivate(secret.New([]byte(text)))
		if err == nil || !key.IsEmpty() || a != curve.NoAlgorithm {
			t.Errorf("%s: read as %x", name, key.Expose())
		} else if strings.Contains(err.Error(), "111") {
			t.Errorf("%s: the error repeats it: %v", name, err)
		}
	}
	point := func(a curve.Algorithm, private []byte) (curve.PublicKey, error) {
		return curve.PublicKey{}, fault.Locked.New("no")
	}
	if _, key, err := ParseFamilySeed(secret.New([]byte(seedSecp256k1)), point); !fault.Is(err, fault.Locked) || !key.IsEmpty() {
		t.Errorf("an error of point: %v", err)
	}
	if _, key, err := ParseFamilySeed(secret.New([]byte(alice)), point); err == nil || !key.IsEmpty() {
		t.Error("an address is read as a seed")
	}
	private, key := fromSeed(t, seedSecp256k1)
	a, same, err := c.ParsePrivate(secret.New([]byte(strings.ToLower(upperHex(private)))))
	if err != nil || a != curve.Secp256k1 || chaintest.PublicKey(t, a, same.Expose()) != key {
		t.Errorf("64 digits: %s, %v", a, err)
	}
	if _, err := c.FormatPrivate(key, secret.New([]byte{1})); err == nil {
		t.Error("a short key is written")
	}
	if _, err := c.FormatPrivate(curve.PublicKey{}, secret.New(private)); err == nil {
		t.Error("a key of no algorithm is written")
	}
}

// TestDER: numbers that need a zero in front, and numbers with zeros in front.
func TestDER(t *testing.T) {
	rs := make([]byte, 64)
	rs[0], rs[31], rs[63] = 0x80, 1, 0x7f
	if got, want := upperHex(encodeDER(rs)), "3026"+"0221"+"0080"+strings.Repeat("00", 30)+"01"+"02017F"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	rs[0], rs[31] = 0, 0
	if got := upperHex(encodeDER(rs)); got != "300602010002017F" {
		t.Error(got)
	}
}
