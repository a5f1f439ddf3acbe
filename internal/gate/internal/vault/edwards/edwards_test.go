package edwards

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"reflect"
	"strings"
	"sync"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// check signs and holds the signature against the verifier.
func check(t testing.TB, s *Signer, private, message []byte) (public curve.PublicKey, signature []byte) {
	t.Helper()
	signature, err := s.Sign(private, message)
	if err != nil {
		t.Fatal(err)
	}
	public, err = s.PublicKey(private)
	if err != nil {
		t.Fatal(err)
	}
	if err := curve.Verify(curve.EdDSABIP32, public, message, signature); err != nil {
		t.Fatalf("signature %x of %x: %v", signature, message, err)
	}
	return public, signature
}

// extended is what RFC 8032 makes of a seed (section 5.1.5).
func extended(seed []byte) []byte {
	sum := sha512.Sum512(seed)
	sum[0] &= 0xf8
	sum[31] = sum[31]&0x7f | 0x40
	return sum[:]
}

// The key D1_H0 and its signature of the tests of the crate ed25519-bip32 0.4.2
// (src/tests.rs of https://github.com/typed-io/rust-ed25519-bip32), which CIP-3 cites.
func TestDerivedKeySignsAsCardanoDoes(t *testing.T) {
	private := unhex(t, "60d399da83ef80d8d4f8d223239efdc2b8fef387e1b5219137ffb4e8fbdea15adc9366b7d003af37c11396de9a83734e30e05e851efa32745c9cd7b42712c890")
	_, got := check(t, New(rand.Reader), private, []byte("Hello World"))
	const want = "90194d57cde4fdadd01eb7cf161780c277e129fc7135b97779a3268837e4cd2e9444b9bb91c0e84d23bba870df3c4bda91a110ef735638fa7a34ea2046d4be04"
	if hex.EncodeToString(got) != want {
		t.Errorf("got %x", got)
	}
}

// RFC 8032, section 7.1: the extended key of a seed signs as the seed does.
func TestFollowsRFC8032(t *testing.T) {
	s := New(rand.Reader)
	for _, test := range []struct{ seed, public, message, signature string }{
		{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
			"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
		{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
			"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
		{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
			"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
	} {
		public, signature := check(t, s, extended(unhex(t, test.seed)), unhex(t, test.message))
		if hex.EncodeToString(public.Bytes()) != test.public || hex.EncodeToString(signature) != test.signature {
			t.Errorf("seed %s: %s signs %x", test.seed, public, signature)
		}
	}
}

// Keys of seeds, which have bit 253 as it falls, against crypto/ed25519, and random
// keys against another implementation; messages about the length of a block too.
func TestAgreesWithOthers(t *testing.T) {
	s := New(rand.Reader)
	seed, private := make([]byte, 32), make([]byte, PrivateSize)
	rand.Read(seed)
	for i := range crossChecks {
		binary.BigEndian.PutUint64(seed, uint64(i))
		message := bytes.Repeat([]byte{byte(i)}, i%300)
		want := ed25519.NewKeyFromSeed(seed)
		public, err := s.PublicKey(extended(seed))
		if err != nil || !bytes.Equal(public.Bytes(), want[32:]) {
			t.Fatalf("seed %x: public key %s, %v", seed, public, err)
		}
		if got, err := s.Sign(extended(seed), message); err != nil || !bytes.Equal(got, ed25519.Sign(want, message)) {
			t.Fatalf("seed %x: %x, %v", seed, got, err)
		}
		if err := s.Generate(private); err != nil {
			t.Fatal(err)
		}
		public, got := check(t, s, private, message)
		task := chain.Task{Scheme: curve.EdDSABIP32, Message: message}
		if other := chaintest.PublicKey(t, curve.Ed25519BIP32, private); other != public {
			t.Fatalf("key %x: %s, not %s", private, public, other)
		}
		if other := chaintest.Sign(t, task, private); !bytes.Equal(other, got) {
			t.Fatalf("key %x: %x, not %x", private, got, other)
		}
	}
}

func TestGenerate(t *testing.T) {
	source := bytes.NewReader(bytes.Repeat([]byte{0xff}, PrivateSize))
	private := make([]byte, PrivateSize)
	want := append(append([]byte{0xf8}, bytes.Repeat([]byte{0xff}, 30)...), 0x5f)
	want = append(want, bytes.Repeat([]byte{0xff}, 32)...)
	if err := New(source).Generate(private); err != nil || !bytes.Equal(private, want) {
		t.Errorf("%x, %v", private, err)
	}
	if err := Check(private); err != nil {
		t.Error(err)
	}
	if err := New(source).Generate(private); !fault.Is(err, fault.Internal) {
		t.Errorf("without random bytes: %v", err)
	}
	if err := New(bytes.NewReader(make([]byte, PrivateSize))).Generate(private); !fault.Is(err, fault.Internal) {
		t.Errorf("from a broken source: %v", err)
	}
	for _, n := range []int{0, 32, 63, 65, 96} {
		if err := New(rand.Reader).Generate(make([]byte, n)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestInvalidKeys(t *testing.T) {
	s := New(rand.Reader)
	good := extended(make([]byte, 32))
	with := func(i int, b byte) []byte {
		out := bytes.Clone(good)
		out[i] = b
		return out
	}
	for name, private := range map[string][]byte{
		"none": nil, "a seed": good[:32], "short": good[:63], "long": append(bytes.Clone(good), 0), "with chain code": append(bytes.Clone(good), good[:32]...),
		"zeros": make([]byte, PrivateSize), "bit 0 set": with(0, good[0]|1), "bit 1 set": with(0, good[0]|2), "bit 2 set": with(0, good[0]|4),
		"bit 255 set": with(31, good[31]|0x80), "bit 254 clear": with(31, good[31]&^0x40), "both": with(31, 0x80),
		"kR of zeros": append(bytes.Clone(good[:32]), make([]byte, 32)...), "kL of zeros": append(make([]byte, 32), good[32:]...),
	} {
		if err := Check(private); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
		if signature, err := s.Sign(private, nil); signature != nil || !fault.Is(err, fault.Invalid) {
			t.Errorf("sign with %s: %x, %v", name, signature, err)
		}
		if public, err := s.PublicKey(private); !public.IsZero() || !fault.Is(err, fault.Invalid) {
			t.Errorf("public key of %s: %s, %v", name, public, err)
		}
	}
	for _, private := range [][]byte{with(31, 0x40), with(31, 0x7f), with(31, 0x5f), with(63, 0)} {
		check(t, s, private, []byte("message"))
	}
}

// kR makes nonces and nothing else; every bit of it counts.
func TestNonceComesFromTheSecondHalf(t *testing.T) {
	s := New(rand.Reader)
	private := extended(make([]byte, 32))
	public, first := check(t, s, private, []byte("m"))
	seen := map[string]bool{string(first[:32]): true}
	for i := range 256 {
		private[32+i/8] ^= 1 << (i % 8)
		other, signature := check(t, s, private, []byte("m"))
		if other != public || seen[string(signature[:32])] {
			t.Errorf("bit %d: key %s, nonce %x", i, other, signature[:32])
		}
		seen[string(signature[:32])] = true
		private[32+i/8] ^= 1 << (i % 8)
	}
}

func TestConcurrentUse(t *testing.T) {
	s := New(rand.Reader)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			private := extended([]byte{byte(i)})
			_, first := check(t, s, private, []byte("m"))
			for range 20 {
				if _, again := check(t, s, private, []byte("m")); !bytes.Equal(first, again) {
					t.Errorf("%x and %x", first, again)
				}
			}
		})
	}
	group.Wait()
}

func TestErrorsHoldNoSecrets(t *testing.T) {
	canary := []byte(strings.Repeat("canary-c", 8))
	_, err := New(rand.Reader).Sign(canary, nil)
	if err == nil || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), hex.EncodeToString(canary[:6])) {
		t.Errorf("got %v", err)
	}
}

// After wipe nothing of a computation is left, in the hash's own buffer neither.
func TestWipe(t *testing.T) {
	w := newWork()
	for _, n := range []int{0, 63, 64, 95, 96, 127, 128, 1000} {
		w.sign(make([]byte, SignatureSize), extended([]byte("seed")), bytes.Repeat([]byte{0xa5}, n))
		w.wipe()
		state, err := w.hash.(interface{ MarshalBinary() ([]byte, error) }).MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := sha512.New().(interface{ MarshalBinary() ([]byte, error) }).MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(state, fresh) {
			t.Errorf("message of %d bytes: the hash is left as %x", n, state)
		}
		if !reflect.DeepEqual(w, newWork()) {
			t.Errorf("message of %d bytes: a number is left", n)
		}
	}
}

// What is allocated within secret.Do is remembered piece by piece, and may hold
// secrets: there is nothing.
func TestComputationsAllocateNothing(t *testing.T) {
	w, signature, private, message := newWork(), make([]byte, SignatureSize), extended([]byte("seed")), make([]byte, 200)
	if n := testing.AllocsPerRun(20, func() { w.sign(signature, private, message); w.wipe() }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A seed's key beside crypto/ed25519 with the same one, which knows its public key.
func BenchmarkSign(b *testing.B) {
	s := New(rand.Reader)
	seed, message := make([]byte, 32), make([]byte, 32)
	private, library := extended(seed), ed25519.NewKeyFromSeed(seed)
	b.Run("ed25519-bip32", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.Sign(private, message); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("library/ed25519", func(b *testing.B) {
		for b.Loop() {
			ed25519.Sign(library, message)
		}
	})
}

func BenchmarkPublicKey(b *testing.B) {
	s, private := New(rand.Reader), extended(make([]byte, 32))
	for b.Loop() {
		if _, err := s.PublicKey(private); err != nil {
			b.Fatal(err)
		}
	}
}
