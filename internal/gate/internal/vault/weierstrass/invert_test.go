package weierstrass

import (
	"crypto/rand"
	"math/big"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// moduli are the two that are used, and small or composite ones.
func moduli() map[string]*big.Int {
	p := secp256k1.Params()
	return map[string]*big.Int{
		"field": p.P, "order": p.N, "3": big.NewInt(3), "composite": big.NewInt(3 * 5 * 7 * 11),
		"all ones": new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1)),
	}
}

func checkInverse(t *testing.T, m *big.Int, inverter *modulus, x *big.Int) {
	t.Helper()
	var b [32]byte
	x.FillBytes(b[:])
	want := new(big.Int).ModInverse(x, m)
	ok := inverter.invert(&b)
	if ok != (want != nil) {
		t.Fatalf("inverse of %x modulo %x: %v", x, m, ok)
	}
	if got := new(big.Int).SetBytes(b[:]); ok && got.Cmp(want) != 0 {
		t.Fatalf("the inverse of %x modulo %x is %x, not %x", x, m, want, got)
	}
}

// TestInvert compares with math/big: random numbers, and all close to 0, to the
// modulus and to the borders of the limbs.
func TestInvert(t *testing.T) {
	for name, m := range moduli() {
		t.Run(name, func(t *testing.T) {
			var b [32]byte
			m.FillBytes(b[:])
			inverter := newModulus(&b)
			for range 3000 {
				x, err := rand.Int(rand.Reader, m)
				if err != nil {
					t.Fatal(err)
				}
				checkInverse(t, m, inverter, x)
			}
			for shift := range uint(257) {
				for near := int64(-4); near <= 4; near++ {
					x := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), shift), big.NewInt(near))
					checkInverse(t, m, inverter, x.Mod(x, m))
					checkInverse(t, m, inverter, x.Sub(m, x).Mod(x, m))
				}
			}
		})
	}
}

func TestInvertAllocatesNothing(t *testing.T) {
	order := newModulus(&[32]byte{0: 0xff, 31: 0x43})
	if n := testing.AllocsPerRun(100, func() { order.invert(&[32]byte{31: 77}) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzInvert(f *testing.F) {
	f.Add([]byte{1}, false)
	f.Add([]byte{0}, true)
	f.Add(secp256k1.Params().N.Bytes(), true)
	f.Fuzz(func(t *testing.T, number []byte, order bool) {
		m := moduli()["field"]
		if order {
			m = moduli()["order"]
		}
		var b [32]byte
		m.FillBytes(b[:])
		checkInverse(t, m, newModulus(&b), new(big.Int).Mod(new(big.Int).SetBytes(number), m))
	})
}

func BenchmarkInvert(b *testing.B) {
	var order [32]byte
	secp256k1.Params().N.FillBytes(order[:])
	m := newModulus(&order)
	x := [32]byte{31: 3}
	for b.Loop() {
		m.invert(&x)
		x[31] ^= 5
	}
}
