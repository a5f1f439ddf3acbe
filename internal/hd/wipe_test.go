package hd

import (
	"bytes"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"unsafe"

	"strongroom/internal/curve"
)

// Point is lent the private key in the memory where a derivation keeps it, which must
// be empty afterwards: after success, errors and panics.
func TestPrivateKeysAreWiped(t *testing.T) {
	for _, a := range []curve.Algorithm{curve.Secp256k1, curve.P256, curve.Ed25519BIP32} {
		for _, ending := range []string{"success", "error", "panic"} {
			var lent [][]byte
			point := func(a curve.Algorithm, private []byte) (curve.PublicKey, error) {
				if bytes.Equal(private, make([]byte, len(private))) {
					t.Errorf("%s: point is asked for the key of zero", a)
				}
				lent = append(lent, private)
				switch {
				case len(lent) < 3:
				case ending == "error":
					return curve.PublicKey{}, os.ErrInvalid
				case ending == "panic":
					panic("point")
				}
				return testPoint(a, private)
			}
			dst := make([]byte, 64)
			func() {
				defer func() {
					if recovered := recover(); (recovered != nil) != (ending == "panic") {
						t.Errorf("%s: recovered %v", ending, recovered)
					}
				}()
				_, err := Derive(dst, a, words(shortWords), words("p"), Path{Hardened, 1, 2, 3}, point)
				if (err != nil) != (ending == "error") {
					t.Errorf("%s %s: %v", a, ending, err)
				}
			}()
			if len(lent) != 3 {
				t.Errorf("%s %s: point was called %d times", a, ending, len(lent))
			}
			for _, key := range lent {
				if !bytes.Equal(key, make([]byte, len(key))) {
					t.Errorf("%s %s: %x is left", a, ending, key)
				}
			}
			if empty := bytes.Equal(dst, make([]byte, 64)); empty != (ending != "success") {
				t.Errorf("%s %s: the result is %x", a, ending, dst)
			}
		}
	}
}

// A code's key and message do not stay in the hash that worked on them.
func TestMACIsWiped(t *testing.T) {
	clean := newMAC()
	clean.wipe()
	for _, size := range []int{0, 1, 100, 111, 112, 127, 128, 129, 1000} {
		m := newMAC()
		m.setKey(bytes.Repeat([]byte{0xA5}, size))
		var out [64]byte
		m.sum(&out, bytes.Repeat([]byte{0xA5}, size))
		m.hash.Write(bytes.Repeat([]byte{0xA5}, 127)) // the most that may be pending
		m.wipe()
		state, want := memory(m.hash), memory(clean.hash)
		if !bytes.Equal(state, want) || bytes.Contains(state, bytes.Repeat([]byte{0xA5}, 4)) {
			t.Errorf("%d bytes: the hash holds %x, want %x", size, state, want)
		}
		for name, b := range map[string][]byte{"inner": m.inner, "outer": m.outer, "states": slices.Concat(m.states[0][:], m.states[1][:]), "block": m.block[:], "digest": m.digest[:]} {
			if !bytes.Equal(b, make([]byte, len(b))) {
				t.Errorf("%d bytes: %s is %x", size, name, b)
			}
		}
	}
}

// memory is what a pointer in an interface points to.
func memory(x any) []byte {
	v := reflect.ValueOf(x)
	return bytes.Clone(unsafe.Slice((*byte)(v.UnsafePointer()), v.Elem().Type().Size()))
}

// After a derivation no object of the heap holds the words' seed or entropy, or a key
// of the path. The needles are kept inverted.
func TestHeapIsClean(t *testing.T) {
	const phrase, passphrase = "letter advice cage absurd amount doctor acoustic avoid letter advice cage above", "a pass phrase, and not a short one \u00fc"
	path := Path{44 + Hardened, 5, Hardened, 3}
	needles := map[string][]byte{}
	keep := func(name string, b []byte) {
		inverted := make([]byte, 16)
		for i := range inverted {
			inverted[i] = ^b[i]
		}
		needles[name] = inverted
		clear(b)
	}
	// The keys of a real point stay in the vault's locked memory; this one forgets them.
	point := func(a curve.Algorithm, private []byte) (curve.PublicKey, error) {
		public := make([]byte, a.PublicSize())
		public[0] = 2
		return curve.NewPublicKey(a, public)
	}
	prepare := func() {
		seed := make([]byte, 64)
		w, p := words(phrase), words(passphrase)
		defer w.Wipe()
		defer p.Wipe()
		if err := MnemonicSeed(seed, w, p); err != nil {
			t.Fatal(err)
		}
		keep("seed", seed)
		decomposed, err := normalized(p, "text")
		if err != nil {
			t.Fatal(err)
		}
		keep("passphrase", decomposed.Expose()[decomposed.Len()-16:])
		decomposed.Wipe()
		for _, a := range []curve.Algorithm{curve.Secp256k1, curve.Ed25519BIP32} {
			for depth := range len(path) + 1 {
				n, err := newNode(a, path, point)
				if err == nil {
					err = n.fromWords(w, p)
				}
				for _, number := range path[:depth] {
					if err == nil {
						err = n.child(number)
					}
				}
				if err != nil {
					t.Fatal(err)
				}
				keep(a.String()+" key of "+path[:depth].String(), n.private())
				if depth < len(path) { // the last is part of the extended public key, and no secret
					keep(a.String()+" chain code of "+path[:depth].String(), n.chain())
				}
				n.wipe()
			}
		}
		w.Expose()[0] ^= 1 // these words are not looked for where the test has them
		keep("words", bytes.Clone(w.Expose()[1:17]))
	}
	prepare()
	runtime.GC()
	runtime.GC()
	dst := make([]byte, 64)
	for _, a := range []curve.Algorithm{curve.Secp256k1, curve.Ed25519BIP32} {
		w, p := words(phrase), words(passphrase)
		if _, err := Derive(dst, a, w, p, path, point); err != nil {
			t.Fatal(err)
		}
		if _, err := Extended(a, w, p, path, point); err != nil {
			t.Fatal(err)
		}
		w.Wipe()
		p.Wipe()
		clear(dst)
	}
	dump := heapDump(t)
	for name, inverted := range needles {
		plain := make([]byte, len(inverted))
		for i := range plain {
			plain[i] = ^inverted[i]
		}
		if bytes.Contains(dump, plain) {
			t.Errorf("the heap holds the %s", name)
		}
		clear(plain)
	}
	// The dump shows what is there.
	canary := bytes.Repeat([]byte{0x3C, 0xC3, 0x5A}, 20)
	if !bytes.Contains(heapDump(t), canary) {
		t.Error("the dump does not show the heap")
	}
	runtime.KeepAlive(canary)
}

func heapDump(t *testing.T) []byte {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "heap")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	debug.WriteHeapDump(f.Fd())
	dump, err := os.ReadFile(f.Name())
	if err != nil || len(dump) == 0 {
		t.Fatalf("%d bytes, %v", len(dump), err)
	}
	return dump
}
