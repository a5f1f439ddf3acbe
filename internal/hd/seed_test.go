package hd

import (
	"bytes"
	"crypto/hmac"
	libpbkdf2 "crypto/pbkdf2"
	"crypto/sha512"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"strongroom/internal/fault"
)

func randomBytes(random *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

// The standard library is the oracle for keys and messages of every length.
func TestMACIsHMAC(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	m := newMAC()
	for n := range 300 {
		key, message := randomBytes(random, n), randomBytes(random, random.IntN(400))
		h := hmac.New(sha512.New, key)
		h.Write(message)
		cut := random.IntN(len(message) + 1)
		var got [64]byte
		m.setKey(key)
		for range 2 { // the key stays
			m.sum(&got, message[:cut], message[cut:])
			if want := h.Sum(nil); !bytes.Equal(got[:], want) {
				t.Fatalf("key of %d bytes, message of %d: %x, want %x", n, len(message), got, want)
			}
		}
	}
}

func TestPBKDF2(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	for n := range 200 {
		password, salt := randomBytes(random, n), randomBytes(random, random.IntN(200))
		dst := make([]byte, 1+random.IntN(200))
		rounds := 1 + n%5
		want, err := libpbkdf2.Key(sha512.New, string(password), salt, rounds, len(dst))
		if err != nil {
			t.Fatal(err)
		}
		cut := random.IntN(len(salt) + 1)
		if pbkdf2(dst, password, rounds, salt[:cut], salt[cut:]); !bytes.Equal(dst, want) {
			t.Fatalf("%d bytes of password, %d of salt, %d rounds: %x, want %x", n, len(salt), rounds, dst, want)
		}
	}
}

func TestBadSeeds(t *testing.T) {
	for _, c := range []struct {
		name, words, passphrase string
		want                    fault.Kind
	}{
		{"no words", "", "x", fault.Invalid},
		{"words not UTF-8", "abandon \xff", "", fault.Invalid},
		{"passphrase not UTF-8", "abandon", "\xc3", fault.Invalid},
		{"surrogate", "abandon", "\xed\xa0\x80", fault.Invalid},
		{"long words", strings.Repeat("x", maxWordsText+1), "", fault.TooLarge},
		{"long passphrase", "abandon", strings.Repeat("x", maxPassphrase+1), fault.TooLarge},
		{"marks upon marks", "abandon", "a" + strings.Repeat("\u0301", 31), fault.Unsupported},
		{"marks upon marks in words", "a" + strings.Repeat("\u0301", 40), "", fault.Unsupported},
	} {
		dst := bytes.Repeat([]byte{7}, 64)
		err := MnemonicSeed(dst, words(c.words), words(c.passphrase))
		if !fault.Is(err, c.want) || !bytes.Equal(dst, make([]byte, 64)) {
			t.Errorf("%s: %v, %x", c.name, err, dst)
		}
	}
	for _, n := range []int{0, 32, 63, 65} {
		if err := MnemonicSeed(make([]byte, n), words("x"), words("")); !fault.Is(err, fault.Invalid) {
			t.Errorf("a seed of %d bytes: %v", n, err)
		}
	}
	for _, marks := range []string{"a" + strings.Repeat("\u0301", 30), "a\u034f\u0301"} {
		if err := MnemonicSeed(make([]byte, 64), words("x"), words(marks)); err != nil {
			t.Errorf("%+q: %v", marks, err)
		}
	}
}

// The copy of a text never outgrows its room, which would leave another one behind.
func TestNormalisationHasRoom(t *testing.T) {
	for r := range rune(unicode.MaxRune + 1) {
		if !utf8.ValidRune(r) {
			continue
		}
		in := string(r)
		if out := norm.NFKD.String(in); len(out) > maxExpansion*len(in) {
			t.Errorf("%U becomes %d bytes of %d", r, len(out), len(in))
		}
	}
	long := words(strings.Repeat("\ufdfa", maxPassphrase/3))
	out, err := normalized(long, "text")
	if err != nil || out.Len() != 33*(maxPassphrase/3) || cap(out.Expose()) != maxExpansion*long.Len() {
		t.Errorf("%d bytes in room for %d, %v", out.Len(), cap(out.Expose()), err)
	}
}
