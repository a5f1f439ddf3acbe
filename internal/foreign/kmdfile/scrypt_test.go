package kmdfile

import (
	"bytes"
	"context"
	"encoding/hex"
	"math/rand/v2"
	"testing"

	"golang.org/x/crypto/scrypt"

	"strongroom/internal/fault"
)

// The first 32 bytes of the vectors of RFC 7914 §12.
func TestScryptVectors(t *testing.T) {
	for _, v := range []struct {
		password, salt string
		params         Params
		want           string
	}{
		{"", "", Params{16, 1, 1}, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"},
		{"password", "NaCl", Params{1024, 8, 16}, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"},
		{"pleaseletmein", "SodiumChloride", Params{16384, 8, 1}, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"},
	} {
		got, err := v.params.stretch(t.Context(), password(v.password), []byte(v.salt))
		if err != nil || hex.EncodeToString(got.Expose()) != v.want {
			t.Errorf("%q: %x, %v", v.password, got.Expose(), err)
		}
	}
}

func TestScryptAgainstLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(7914, 1))
	for range 60 {
		p := Params{N: 2 << r.IntN(9), R: 1 + r.IntN(9), P: 1 + r.IntN(40)}
		pw, salt := make([]byte, r.IntN(200)), make([]byte, r.IntN(64))
		for i := range pw {
			pw[i] = byte(r.Uint32())
		}
		for i := range salt {
			salt[i] = byte(r.Uint32())
		}
		want, err := scrypt.Key(pw, salt, p.N, p.R, p.P, 32)
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.stretch(t.Context(), password(string(pw)), salt)
		if err != nil || !bytes.Equal(got.Expose(), want) {
			t.Fatalf("%+v: %x, want %x (%v)", p, got.Expose(), want, err)
		}
	}
}

func TestScryptBounds(t *testing.T) {
	for _, v := range []struct {
		p    Params
		kind fault.Kind
	}{
		{Params{0, 1, 1}, fault.Corrupt},
		{Params{1, 1, 1}, fault.Corrupt},
		{Params{3, 1, 1}, fault.Corrupt},
		{Params{-2, 1, 1}, fault.Corrupt},
		{Params{65536, 0, 32}, fault.Corrupt},
		{Params{65536, 1, 0}, fault.Corrupt},
		{Params{65536, 1, -1}, fault.Corrupt},
		{Params{65536, 8, 64}, fault.TooLarge},
		{Params{1 << 23, 1, 1}, fault.TooLarge},             // just over a GiB
		{Params{1 << 30, 1 << 30, 1 << 30}, fault.TooLarge}, // the product wraps around in 64 bits
		{Params{2, 1 << 20, 1}, fault.TooLarge},
		{Params{2, 1, 1 << 30}, fault.TooLarge},
	} {
		_, err := v.p.stretch(t.Context(), password("x"), nil)
		if !fault.Is(err, v.kind) {
			t.Errorf("%+v: %v, want %s", v.p, err, v.kind)
		}
	}
	for _, p := range []Params{DefaultParams(), {65536, 8, 32}, {1 << 22, 1, 4}, {2, 1, 1}} {
		if err := p.check(); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

func TestScryptIsCancelable(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Params{N: 1 << 20, R: 1, P: 16}.stretch(ctx, password("x"), nil)
	wantKind(t, err, fault.Canceled, "")

	l := newLane(Params{N: 1 << 14, R: 1, P: 1})
	block := bytes.Repeat([]byte{1}, 128)
	l.mix(ctx, block)
	if !bytes.Equal(block, bytes.Repeat([]byte{1}, 128)) {
		t.Error("a canceled lane went on to its end")
	}
}

// The two benchmarks beside each other show what the parallel lanes bring.
func BenchmarkScryptDefault(b *testing.B) {
	b.Run("ours", func(b *testing.B) {
		for b.Loop() {
			if _, err := DefaultParams().stretch(b.Context(), password("fixture password"), make([]byte, 32)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("x-crypto", func(b *testing.B) {
		for b.Loop() {
			if _, err := scrypt.Key([]byte("fixture password"), make([]byte, 32), 65536, 1, 32, 32); err != nil {
				b.Fatal(err)
			}
		}
	})
}
