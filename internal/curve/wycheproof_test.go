package curve

import (
	"bytes"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"testing"
)

// wycheproof is the part of its files that is used here. The name of the key
// changed over the years.
type wycheproof struct {
	NumberOfTests int
	TestGroups    []struct {
		Key       struct{ Uncompressed string }
		PublicKey struct{ Uncompressed, Pk string }
		Tests     []struct {
			TcID                 int
			Comment, Msg, Result string
			Sig                  string
		}
	}
}

func readWycheproof(t testing.TB, file string) (vectors wycheproof) {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors/wycheproof/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	return vectors
}

// Only the variant for Bitcoin asks for a low s: where a signature that is valid for
// the others has a high one, it must be refused as it is and accepted with the other.
func TestWycheproof(t *testing.T) {
	plain := func(b []byte) []byte { return b }
	for _, file := range []struct {
		name   string
		scheme Scheme
		parse  func([]byte) []byte
		high   int // valid signatures with a high s
	}{
		{"ecdsa_secp256k1_sha256_p1363_test.json", ECDSASecp256k1, plain, 69},
		{"ecdsa_secp256r1_sha256_p1363_test.json", ECDSAP256, plain, 67},
		{"ecdsa_secp256k1_sha256_test.json", ECDSASecp256k1, parseDER, 72},
		{"ecdsa_secp256k1_sha256_bitcoin_test.json", ECDSASecp256k1, parseDER, 0},
	} {
		vectors := readWycheproof(t, file.name)
		var valid, high, invalid int
		for _, group := range vectors.TestGroups {
			uncompressed := group.Key.Uncompressed + group.PublicKey.Uncompressed
			key, err := ParsePoint(file.scheme.Algorithm(), unhex(t, uncompressed))
			if err != nil {
				t.Fatalf("%s: %v", file.name, err)
			}
			if long, err := key.Uncompressed(); err != nil || hex.EncodeToString(long) != uncompressed {
				t.Errorf("%s: uncompressed %x, %v", file.name, long, err)
			}
			for _, test := range group.Tests {
				digest, rs := sha256.Sum256(unhex(t, test.Msg)), file.parse(unhex(t, test.Sig))
				_, err := RecoveryID(key, digest[:], rs)
				if test.Result != "valid" { // "acceptable" are signatures of another size
					invalid++
					if err == nil {
						t.Errorf("%s: test %d (%s): verifies", file.name, test.TcID, test.Comment)
					}
					continue
				}
				valid++
				if low := lowered(file.scheme.Algorithm(), rs); !bytes.Equal(low, rs) {
					high++
					if err == nil {
						t.Errorf("%s: test %d: a high s verifies", file.name, test.TcID)
					}
					rs = low
				}
				checkSignature(t, file.scheme, key, digest[:], rs)
				if file.scheme == ECDSASecp256k1 {
					checkAnyS(t, key, digest[:], rs)
				}
			}
		}
		if valid+invalid != vectors.NumberOfTests || valid < 100 || high != file.high || invalid < 50 {
			t.Errorf("%s: %d valid (%d high), %d invalid", file.name, valid, high, invalid)
		}
	}
}

// parseDER gives r‖s of a signature in DER, nil for what is none.
func parseDER(der []byte) []byte {
	var numbers struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(der, &numbers)
	if err != nil || len(rest) != 0 || numbers.R.Sign() <= 0 || numbers.S.Sign() <= 0 || numbers.R.BitLen() > 256 || numbers.S.BitLen() > 256 {
		return nil
	}
	if again, err := asn1.Marshal(numbers); err != nil || !bytes.Equal(again, der) {
		return nil
	}
	rs := make([]byte, 64)
	numbers.R.FillBytes(rs[:32])
	numbers.S.FillBytes(rs[32:])
	return rs
}

// lowered is rs with the lower of s and order - s.
func lowered(a Algorithm, rs []byte) []byte {
	if other := negated(a, rs); bytes.Compare(other[32:], rs[32:]) < 0 {
		return other
	}
	return rs
}

// negated is rs with order - s.
func negated(a Algorithm, rs []byte) []byte {
	order := a.Order()
	s := new(big.Int).SetBytes(order[:])
	s.Sub(s, new(big.Int).SetBytes(rs[32:]))
	return append(bytes.Clone(rs[:32]), s.FillBytes(make([]byte, 32))...)
}

// checkAnyS holds both forms of a signature against ECDSASecp256k1AnyS: each
// verifies with one recovery id, and the two ids differ in the parity of y.
func checkAnyS(t *testing.T, key PublicKey, digest, low []byte) {
	t.Helper()
	id, err := RecoveryID(key, digest, low)
	if err != nil {
		t.Error(err)
		return
	}
	for rs, want := range map[string]byte{string(low): id, string(negated(Secp256k1, low)): id ^ 1} {
		for other := range byte(4) {
			signature, err := ECDSASecp256k1AnyS.Join([]byte(rs), other)
			if err != nil {
				t.Fatal(err)
			}
			if err := Verify(ECDSASecp256k1AnyS, key, digest, signature); (err == nil) != (other == want) {
				t.Errorf("%x by %s: recovery id %d, not %d: %v", rs, key, other, want, err)
			}
		}
	}
}

// The two algorithms of Ed25519 verify alike.
func TestWycheproofEd25519(t *testing.T) {
	vectors := readWycheproof(t, "ed25519_test.json")
	var valid, invalid int
	for _, group := range vectors.TestGroups {
		for scheme, algorithm := range map[Scheme]Algorithm{PureEdDSA: Ed25519, EdDSABIP32: Ed25519BIP32} {
			key, err := ParsePoint(algorithm, unhex(t, group.PublicKey.Pk))
			if err != nil {
				t.Fatal(err)
			}
			for _, test := range group.Tests {
				err := Verify(scheme, key, unhex(t, test.Msg), unhex(t, test.Sig))
				if (err == nil) != (test.Result == "valid") {
					t.Errorf("%s: test %d (%s) is %s: %v", scheme, test.TcID, test.Comment, test.Result, err)
				}
				if test.Result == "valid" {
					valid++
				} else {
					invalid++
				}
			}
		}
	}
	if valid+invalid != 2*vectors.NumberOfTests || valid != 2*88 {
		t.Errorf("%d valid, %d invalid", valid, invalid)
	}
}
