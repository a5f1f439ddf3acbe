package curve

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/txscript"

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

// The stored and authenticated numbers and the names in the journal stay.
func TestNumbersAndNames(t *testing.T) {
	for a, want := range map[Algorithm]string{0: "none", 1: "ed25519", 2: "secp256k1", 3: "p256", 4: "ed25519-bip32", 5: "none"} {
		if a.String() != want {
			t.Errorf("algorithm %d is %s", uint8(a), a)
		}
		if got, err := ParseAlgorithm(want); want != "none" && (err != nil || got != a) {
			t.Errorf("parse %s: %v, %v", want, got, err)
		}
	}
	for s, want := range map[Scheme]string{
		0: "none", 1: "ed25519", 2: "ecdsa-secp256k1", 3: "antelope-k1", 4: "ecdsa-p256", 5: "bip340-taproot", 6: "schnorr-bch",
		7: "ecdsa-secp256k1-any-s", 8: "ed25519-bip32", 9: "none",
	} {
		if s.String() != want {
			t.Errorf("scheme %d is %s", uint8(s), s)
		}
	}
}

// checkSignature holds everything that is known of a valid signature: its recovery
// id, that only this id and nothing else verifies, and that it gives the key back.
func checkSignature(t *testing.T, scheme Scheme, key PublicKey, digest, rs []byte) {
	t.Helper()
	id, err := RecoveryID(key, digest, rs)
	if err != nil {
		t.Errorf("%s of %x by %s: %v", scheme, digest, key, err)
		return
	}
	for other := range byte(4) {
		signature, err := scheme.Join(rs, other)
		if err != nil {
			t.Fatal(err)
		}
		if err := Verify(scheme, key, digest, signature); (err == nil) != (other == id) {
			t.Errorf("%s by %s: recovery id %d, not %d: %v", scheme, key, other, id, err)
		}
		if got, err := Recover(scheme, digest, signature); (err == nil && got == key) != (other == id) {
			t.Errorf("%s by %s: recovery id %d, not %d, gives %s, %v", scheme, key, other, id, got, err)
		}
	}
}

// The recovered key is the same with and without the C library, also where there is none.
func TestPortableRecoveryAgrees(t *testing.T) {
	digest, rs := make([]byte, 32), make([]byte, 64)
	found := 0
	for i := range 2000 {
		rand.Read(digest)
		rand.Read(rs)
		rs[32] &= 0x7f
		if i%8 == 0 { // an x at or above the order can not be found by chance
			clear(rs[:16])
		}
		for id := range byte(4) {
			a, b := recoverSecp256k1(digest, rs, id), recoverPortable(digest, rs, id)
			if !bytes.Equal(a, b) {
				t.Fatalf("%x %x %d: %x and %x", digest, rs, id, a, b)
			}
			if a != nil {
				found++
			}
		}
	}
	if found < 1000 {
		t.Errorf("only %d keys recovered", found)
	}
}

// A signature that keosd recorded with a P-256 key.
func TestRecordedR1(t *testing.T) {
	key, err := ParsePoint(P256, unhex(t, "02756ba6512f84b6f24efbecdf5293f8a3f4e341c530aeea3d4877c5a59fbaa93d"))
	if err != nil {
		t.Fatal(err)
	}
	recorded := unhex(t, "20d9e55b96fcf4ca0ece2768b1d07581639ab0288b3d1ec384cfb95d13302300b034d7eec5e539e2d1f4cc065cac8664c8bad04071fec625a760564d27bbf09956")
	signature, err := ECDSAP256.Join(recorded[1:], recorded[0]-antelopeHeader)
	if err != nil {
		t.Fatal(err)
	}
	digest := bytes.Repeat([]byte{0x11}, 32)
	if err := Verify(ECDSAP256, key, digest, signature); err != nil {
		t.Error(err)
	}
	checkSignature(t, ECDSAP256, key, digest, signature[:64])
}

// Signatures by crypto/ecdsa, whose recovery ids nobody tells, and digests at and
// above the order among the signed.
func TestP256AgreesWithTheStandardLibrary(t *testing.T) {
	for i := range 200 {
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		long, err := private.PublicKey.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		key, err := ParsePoint(P256, long)
		if err != nil {
			t.Fatal(err)
		}
		digest := make([]byte, 32)
		switch i {
		case 0: // zero: the generator has no part in it
		case 1:
			copy(digest, orderP256)
		case 2:
			digest = bytes.Repeat([]byte{0xff}, 32)
		default:
			rand.Read(digest)
		}
		der, err := ecdsa.SignASN1(rand.Reader, private, digest)
		if err != nil {
			t.Fatal(err)
		}
		var numbers struct{ R, S *big.Int }
		if _, err := asn1.Unmarshal(der, &numbers); err != nil {
			t.Fatal(err)
		}
		rs := make([]byte, 64)
		numbers.R.FillBytes(rs[:32])
		numbers.S.FillBytes(rs[32:])
		checkSignature(t, ECDSAP256, key, digest, lowered(P256, rs))
		digest[31] ^= 1
		if _, err := RecoveryID(key, digest, lowered(P256, rs)); err == nil {
			t.Error("the signature verifies for another digest")
		}
	}
}

func TestVerifyFailsClosed(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParsePoint(Ed25519, public)
	if err != nil {
		t.Fatal(err)
	}
	message := []byte("message")
	signature := ed25519.Sign(private, message)
	if err := Verify(PureEdDSA, key, message, signature); err != nil {
		t.Error(err)
	}
	k1 := PublicKey{algorithm: Secp256k1}
	for name, err := range map[string]error{
		"no scheme":       Verify(NoScheme, key, message, signature),
		"unknown scheme":  Verify(99, key, message, signature),
		"no key":          Verify(PureEdDSA, PublicKey{}, message, signature),
		"neither":         Verify(NoScheme, PublicKey{}, nil, nil),
		"another message": Verify(PureEdDSA, key, nil, signature),
		"short":           Verify(PureEdDSA, key, message, signature[:63]),
		"another curve":   Verify(ECDSAP256, k1, make([]byte, 32), make([]byte, 65)),
		"zeros":           Verify(ECDSASecp256k1, k1, make([]byte, 32), make([]byte, 65)),
		"no signature":    Verify(AntelopeK1, k1, make([]byte, 32), nil),
		"another kind":    Verify(EdDSABIP32, key, message, signature),
		"taproot zeros":   Verify(TaprootKey, k1, make([]byte, 32), make([]byte, 64)),
		"BCH zeros":       Verify(SchnorrBCH, k1, make([]byte, 32), make([]byte, 64)),
		"any s, zeros":    Verify(ECDSASecp256k1AnyS, k1, make([]byte, 32), make([]byte, 65)),
		"zeros on P-256":  Verify(ECDSAP256, PublicKey{algorithm: P256}, make([]byte, 32), make([]byte, 65)),
	} {
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, s := range []Scheme{NoScheme, PureEdDSA, TaprootKey, SchnorrBCH, EdDSABIP32, 99} {
		if _, err := s.Join(make([]byte, 64), 0); err == nil {
			t.Errorf("scheme %d joins", s)
		}
		if _, err := Recover(s, make([]byte, 32), make([]byte, 65)); err == nil {
			t.Errorf("scheme %d recovers", s)
		}
	}
}

func TestParsePointRefuses(t *testing.T) {
	generator := unhex(t, "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8")
	key, err := ParsePoint(Secp256k1, generator)
	if err != nil {
		t.Fatal(err)
	}
	if short, err := ParsePoint(Secp256k1, key.Bytes()); err != nil || short != key {
		t.Errorf("compressed: %v, %v", short, err)
	}
	with := func(i int, b byte) []byte {
		out := bytes.Clone(generator)
		out[i] = b
		return out
	}
	tests := []struct {
		name      string
		algorithm Algorithm
		encoded   []byte
	}{
		{"empty", Secp256k1, nil},
		{"infinity", Secp256k1, []byte{0}},
		{"hybrid", Secp256k1, with(0, 6)},
		{"wrong y", Secp256k1, with(64, 0xba)},
		{"y of the other sign's parity", Secp256k1, with(64, 0xb9)},
		{"cut", Secp256k1, generator[:64]},
		{"of another curve", P256, generator},
		{"compressed marker 4", Secp256k1, generator[:33]},
		{"x of the prime", Secp256k1, unhex(t, "02fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f")},
		{"x without y", Secp256k1, append([]byte{2}, append(make([]byte, 31), 5)...)},
		{"zeros", P256, make([]byte, 33)},
		{"P-256: x of the prime", P256, unhex(t, "02ffffffff00000001000000000000000000000000ffffffffffffffffffffffff")},
		{"no algorithm", NoAlgorithm, nil},
		{"Ed25519: y of the prime", Ed25519, unhex(t, "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")},
		{"Ed25519: minus zero", Ed25519, unhex(t, "0100000000000000000000000000000000000000000000000000000000000080")},
		{"Ed25519: y without x", Ed25519, unhex(t, "0200000000000000000000000000000000000000000000000000000000000000")},
		{"Ed25519: 33 bytes", Ed25519, make([]byte, 33)},
		{"Ed25519BIP32: y without x", Ed25519BIP32, unhex(t, "0200000000000000000000000000000000000000000000000000000000000000")},
		{"Ed25519BIP32: 64 bytes", Ed25519BIP32, make([]byte, 64)},
	}
	for _, test := range tests {
		if p, err := ParsePoint(test.algorithm, test.encoded); !fault.Is(err, fault.Invalid) || !p.IsZero() {
			t.Errorf("%s: %v, %v", test.name, p, err)
		}
	}
	if (PublicKey{}).Valid() == nil {
		t.Error("no key is valid")
	}
	for _, y := range []string{"0100000000000000000000000000000000000000000000000000000000000000", "5866666666666666666666666666666666666666666666666666666666666666"} {
		for _, a := range []Algorithm{Ed25519, Ed25519BIP32} {
			if p, err := ParsePoint(a, unhex(t, y)); err != nil || p.Algorithm() != a {
				t.Errorf("%s %s: %v", a, y, err)
			}
			if _, err := (PublicKey{algorithm: a}).Uncompressed(); err == nil {
				t.Errorf("%s has an uncompressed form", a)
			}
		}
	}
	for range 50 {
		public, _, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParsePoint(Ed25519, public); err != nil {
			t.Errorf("%x: %v", public, err)
		}
	}
}

func TestCanonical(t *testing.T) {
	number := func(first, second byte) []byte { return append([]byte{first, second}, make([]byte, 30)...) }
	for _, test := range []struct {
		number []byte
		want   bool
	}{
		{number(1, 0), true}, {number(0x7f, 0xff), true}, {number(0, 0x80), true},
		{number(0x80, 0), false}, {number(0, 0x7f), false}, {number(0, 0), false}, {nil, false},
	} {
		if got := Canonical(test.number); got != test.want {
			t.Errorf("%x: %v", test.number, got)
		}
	}
}

// No bytes make a verifier panic, and what it accepts has no second form.
func FuzzVerify(f *testing.F) {
	generator := append([]byte{2}, unhex(f, "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")...)
	f.Add(uint8(ECDSASecp256k1), generator, make([]byte, 32), make([]byte, 65))
	f.Add(uint8(AntelopeK1), generator, bytes.Repeat([]byte{0xff}, 32), bytes.Repeat([]byte{0x1f}, 65))
	f.Add(uint8(ECDSAP256), generator, make([]byte, 32), bytes.Repeat([]byte{1}, 65))
	f.Add(uint8(ECDSASecp256k1AnyS), generator, make([]byte, 32), bytes.Repeat([]byte{1}, 65))
	f.Add(uint8(PureEdDSA), generator[1:], []byte{}, make([]byte, 64))
	for _, input := range readKeyPaths(f) {
		key, message, signature := input.signed(f)
		f.Add(uint8(TaprootKey), key.Bytes(), message, signature)
	}
	for _, row := range readTable(f, "bitcoin-cash/schnorr.csv", ',') {
		f.Add(uint8(SchnorrBCH), unhex(f, row[2]), unhex(f, row[3]), unhex(f, row[4]))
	}
	f.Fuzz(func(t *testing.T, scheme uint8, point, digest, signature []byte) {
		s := Scheme(scheme)
		key, err := ParsePoint(s.Algorithm(), point)
		if err != nil {
			return
		}
		ok := Verify(s, key, digest, signature) == nil
		if s == TaprootKey && ok != libraryVerifiesTaproot(key, digest, signature) {
			t.Errorf("verified: %v, not as the library says", ok)
		}
		recovered, err := Recover(s, digest, signature)
		if _, joins := s.Join(make([]byte, 64), 0); joins == nil && ok != (err == nil && recovered == key) {
			t.Errorf("verified: %v, recovered: %v, %v", ok, recovered, err)
		}
		if err == nil && Verify(s, recovered, digest, signature) != nil {
			t.Errorf("%s does not verify with the key %s that it gives", s, recovered)
		}
	})
}

// libraryVerifiesTaproot is another implementation of [TaprootKey].
func libraryVerifiesTaproot(key PublicKey, message, signature []byte) bool {
	internal, err := btcec.ParsePubKey(key.Bytes())
	parsed, errSignature := schnorr.ParseSignature(signature)
	if err != nil || errSignature != nil || len(message) != 32 && len(message) != 64 {
		return false
	}
	output, err := schnorr.ParsePubKey(schnorr.SerializePubKey(txscript.ComputeTaprootOutputKey(internal, message[32:])))
	return err == nil && parsed.Verify(message[:32], output)
}
