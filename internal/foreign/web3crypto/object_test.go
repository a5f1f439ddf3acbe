package web3crypto

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

func password(text string) secret.Bytes { return secret.Copy([]byte(text)) }

func tiny() Params { return Params{N: 2, P: 1} }

func TestEncryptAndOpen(t *testing.T) {
	for _, size := range []int{1, 31, 32, 256, MaxData} {
		plain := secret.New(bytes.Repeat([]byte{7}, size))
		data, err := Encrypt(plain, password("pw"), tiny(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		o, err := Parse(V3, data)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := o.Open(password("pw")); err != nil || !again.Equal(plain) {
			t.Errorf("%d bytes: %v", size, err)
		}
		if _, err := o.Open(password("")); !fault.Is(err, fault.WrongPassword) {
			t.Errorf("%d bytes with an empty password: %v", size, err)
		}
	}
	if _, err := Encrypt(secret.New(make([]byte, MaxData+1)), password("pw"), tiny(), rand.Reader); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too much: %v", err)
	}
}

// The published vectors of both derivations give their bytes.
func TestDerivations(t *testing.T) {
	for _, test := range []struct {
		name string
		make func() (kdf, error)
		pw   string
		want string
	}{
		// RFC 7914 §12, the first 32 bytes.
		{"scrypt 1", func() (kdf, error) { return newScrypt(nil, 16, 1, 1) }, "", "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"},
		{"scrypt 2", func() (kdf, error) { return newScrypt([]byte("NaCl"), 1024, 8, 16) }, "password", "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"},
		// RFC 7914 §11, the first 32 bytes.
		{"pbkdf2 1", func() (kdf, error) { return newPBKDF2([]byte("salt"), 1) }, "passwd", "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"},
		{"pbkdf2 80000", func() (kdf, error) { return newPBKDF2([]byte("NaCl"), 80000) }, "Password", "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"},
	} {
		k, err := test.make()
		if err != nil {
			t.Fatal(err)
		}
		out := make([]byte, derivedSize)
		if err := k.derive(password(test.pw), out); err != nil || hex.EncodeToString(out) != test.want {
			t.Errorf("%s: %x, %v", test.name, out, err)
		}
	}
}

// Parameters at the bounds are taken, those beyond are not.
func TestBounds(t *testing.T) {
	for _, test := range []struct {
		n, r, p uint64
		kind    fault.Kind // 0 for none
	}{
		{1 << 18, 8, 16, 0}, {1 << 18, 8, 17, fault.TooLarge}, {1 << 20, 8, 1, 0}, {1 << 21, 8, 1, fault.TooLarge}, {1 << 23, 1, 1, 0},
		{2, 1, 1 << 19, 0}, {2, 1, 1<<19 + 1, fault.TooLarge}, {2, 1 << 19, 1, 0}, {2, 1<<19 + 1, 1, fault.TooLarge},
		{1 << 63, 1, 1, fault.TooLarge}, {2, 1 << 63, 2, fault.TooLarge}, {2, 1 << 32, 1 << 32, fault.TooLarge}, {2, 2, 1 << 63, fault.TooLarge},
		{0, 1, 1, fault.Corrupt}, {1, 1, 1, fault.Corrupt}, {3, 1, 1, fault.Corrupt}, {2, 0, 1, fault.Corrupt}, {2, 1, 0, fault.Corrupt},
	} {
		_, err := newScrypt(nil, test.n, test.r, test.p)
		if (test.kind == 0) != (err == nil) || err != nil && !fault.Is(err, test.kind) {
			t.Errorf("N %d, r %d, p %d: %v", test.n, test.r, test.p, err)
		}
	}
	for iterations, ok := range map[uint64]bool{0: false, 1: true, maxIterations: true, maxIterations + 1: false, 1<<64 - 1: false} {
		if _, err := newPBKDF2(nil, iterations); (err == nil) != ok {
			t.Errorf("%d iterations: %v", iterations, err)
		}
	}
}

// versionOne encrypts as version 1 does, with a padding that need not be right.
func versionOne(t *testing.T, padded []byte) *Object {
	t.Helper()
	k, err := newScrypt([]byte("salt"), 2, 8, 1)
	if err != nil {
		t.Fatal(err)
	}
	derived, key, mac := make([]byte, 32), make([]byte, 32), make([]byte, 32)
	if err := k.derive(password("pw"), derived); err != nil {
		t.Fatal(err)
	}
	keccak(key, derived[:16])
	block, err := aes.NewCipher(key[:16])
	if err != nil {
		t.Fatal(err)
	}
	ciphertext, iv := make([]byte, len(padded)), make([]byte, 16)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(ciphertext, padded)
	keccak(mac, derived[16:], ciphertext)
	o, err := Parse(V1, fmt.Appendf(nil, `{"cipher":"whatever","ciphertext":"%x","cipherparams":{"iv":"%x"},"kdf":"scrypt","kdfparams":{"n":2,"r":8,"p":1,"dklen":32,"salt":"%x"},"mac":"%x"}`,
		ciphertext, iv, "salt", mac))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestVersionOnePadding(t *testing.T) {
	text := []byte("fifteen letters")
	for _, test := range []struct {
		padded []byte
		want   string
	}{
		{append(bytes.Clone(text), 1), string(text)},
		{bytes.Repeat([]byte{16}, 16), ""},
		{append([]byte("twelve bytes"), 4, 4, 4, 4), "twelve bytes"},
		{append([]byte("twelve bytes"), 4, 3, 4, 4), "wrong"},
		{append(bytes.Clone(text), 0), "wrong"},
		{append(bytes.Clone(text), 17), "wrong"},
		{append(bytes.Clone(text), 255), "wrong"},
	} {
		plain, err := versionOne(t, test.padded).Open(password("pw"))
		if test.want == "wrong" {
			if !fault.Is(err, fault.WrongPassword) {
				t.Errorf("%x: %v", test.padded, err)
			}
			continue
		}
		if err != nil || !plain.Equal(password(test.want)) {
			t.Errorf("%x: %v", test.padded, err)
		}
	}
	if _, err := Parse(V1, []byte(`{"ciphertext":"00","cipherparams":{"iv":"00000000000000000000000000000000"},"kdf":"scrypt","kdfparams":{"n":2,"r":8,"p":1,"dklen":32,"salt":""}}`)); !fault.Is(err, fault.Corrupt) {
		t.Errorf("part of a block: %v", err)
	}
}

func TestMembers(t *testing.T) {
	read := func(text string) (names []string, err error) {
		err = Members([]byte(text), func(name string, value jsontext.Value) error {
			names = append(names, name+"="+string(value))
			return nil
		})
		return names, err
	}
	for text, want := range map[string][]string{
		"": nil, "null": nil, "{}": nil, ` {"a":1, "B" : [ {} ]} `: {"a=1", "B=[ {} ]"}, `{"\u0061":"x"}`: {`a="x"`},
	} {
		if got, err := read(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"1", "[]", `"x"`, "{", `{"a":1`, `{"a":1,}`, `{"a":1}x`, `{"a":1}{}`, `{"a":1,"a":2}`, `{"a":1,"A":2}`, `{"a":1,"\u0061":2}`, `{"a":{"b":1,"b":2}}`,
		"{\"a\xff\":1}", `{"a":"` + "\x00" + `"}`, `{"a":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`,
	} {
		if _, err := read(text); !fault.Is(err, fault.Corrupt) {
			t.Errorf("%.40s: %v", text, err)
		}
	}
}

func FuzzObject(f *testing.F) {
	good, err := Encrypt(password("secret"), password("pw"), tiny(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good, true)
	f.Add(good, false)
	f.Add(bytes.Replace(good, []byte(`"scrypt"`), []byte(`"pbkdf2"`), 1), true)
	f.Add([]byte(`{"kdf":"pbkdf2","kdfparams":{"c":1,"dklen":32,"prf":"hmac-sha256","salt":""}}`), false)
	f.Fuzz(func(t *testing.T, data []byte, old bool) {
		version := V3
		if old {
			version = V1
		}
		o, err := Parse(version, data)
		if err != nil {
			if fault.Is(err, fault.Internal) {
				t.Errorf("an error of no kind: %v", err)
			}
			return
		}
		if memory, work := o.Cost(); memory > 1<<20 || work > 1<<12 {
			return
		}
		if plain, err := o.Open(password("pw")); err == nil {
			plain.Wipe()
		} else if fault.Is(err, fault.Internal) {
			t.Error(err)
		}
	})
}
