package weierstrass

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"math/big"
	"os"
	"slices"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

const vectors = "../../../../curve/testdata/vectors/"

// readTable reads a table of vectors, without its headings.
func readTable(t testing.TB, name string, separator rune) [][]string {
	t.Helper()
	file, err := os.Open(vectors + name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.Comma = separator
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// signBIP340 signs with a key that is not tweaked.
func signBIP340(t testing.TB, s *Signer, private, digest []byte) []byte {
	t.Helper()
	signature := new([64]byte)
	err := s.portable(func(w *work) error {
		w.d.SetByteSlice(private)
		return w.signBIP340(signature, digest)
	})
	if err != nil {
		t.Fatal(err)
	}
	return signature[:]
}

// The vector whose auxiliary randomness is zero is ours to the byte; for the keys of
// the others we make another signature of the same message, which verifies.
func TestBIP340Vectors(t *testing.T) {
	s := New(rand.Reader)
	same, others := 0, 0
	for _, row := range readTable(t, "bip340/test-vectors.csv", ',') {
		if row[1] == "" {
			continue
		}
		private, message, signature := unhex(t, row[1]), unhex(t, row[4]), unhex(t, row[5])
		got := signBIP340(t, s, private, message)
		if bytes.Equal(unhex(t, row[3]), make([]byte, 32)) {
			same++
			if !bytes.Equal(got, signature) {
				t.Errorf("vector %s: %x", row[0], got)
			}
			continue
		}
		others++
		key, err := schnorr.ParsePubKey(unhex(t, row[2]))
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := schnorr.ParseSignature(got)
		if err != nil || !parsed.Verify(message, key) || bytes.Equal(got, signature) {
			t.Errorf("vector %s: %x, %v", row[0], got, err)
		}
	}
	if same != 1 || others != 3 {
		t.Errorf("%d signatures with the published randomness, %d others", same, others)
	}
}

func TestBIP341KeyPath(t *testing.T) {
	data, err := os.ReadFile(vectors + "bip341/key-path.json")
	if err != nil {
		t.Fatal(err)
	}
	var inputs []struct {
		TxinIndex                             int
		InternalPrivkey, MerkleRoot, SigHash  string
		InternalPubkey, Witness, ScriptPubKey string
		HashType                              byte
	}
	if err := json.Unmarshal(data, &inputs); err != nil {
		t.Fatal(err)
	}
	if len(inputs) != 7 {
		t.Fatalf("%d inputs", len(inputs))
	}
	s := New(rand.Reader)
	for _, input := range inputs {
		private := unhex(t, input.InternalPrivkey)
		got := check(t, s, curve.TaprootKey, private, append(unhex(t, input.SigHash), unhex(t, input.MerkleRoot)...))
		if input.HashType != 0 {
			got = append(got, input.HashType)
		}
		if !bytes.Equal(got, unhex(t, input.Witness)) {
			t.Errorf("input %d: %x", input.TxinIndex, got)
		}
		key, err := s.PublicKey(curve.Secp256k1, private)
		if err != nil || !bytes.Equal(key.Bytes()[1:], unhex(t, input.InternalPubkey)) {
			t.Errorf("input %d: internal key %s, %v", input.TxinIndex, key, err)
		}
	}
}

func TestBitcoinCashVectors(t *testing.T) {
	s := New(rand.Reader)
	signed := 0
	for _, row := range readTable(t, "bitcoin-cash/schnorr.csv", ',') {
		if row[1] != "" {
			signed++
			if got := check(t, s, curve.SchnorrBCH, unhex(t, row[1]), unhex(t, row[3])); !bytes.Equal(got, unhex(t, row[4])) {
				t.Errorf("%s: %x", row[0], got)
			}
		}
	}
	for _, row := range readTable(t, "bitcoin-cash/recorded.tsv", '\t') {
		signed++
		if got := check(t, s, curve.SchnorrBCH, unhex(t, row[2]), unhex(t, row[3])); !bytes.Equal(got, unhex(t, row[4])) {
			t.Errorf("%s, %s: %x", row[0], row[1], got)
		}
	}
	if signed != 10 {
		t.Errorf("%d signatures", signed)
	}
}

// Random keys and digests, with and without a root, signed by implementations that
// share no code with this one.
func TestSchemesAgreeWithOthers(t *testing.T) {
	s := New(rand.Reader)
	seed := make([]byte, 32)
	rand.Read(seed)
	high := 0
	for i := range schemeChecks {
		private := sha256.Sum256(binary.BigEndian.AppendUint64(seed[:32:32], uint64(i)))
		digest := sha256.Sum256(private[:])
		root := sha256.Sum256(digest[:])

		key, _ := btcec.PrivKeyFromBytes(private[:])
		bare, err := schnorr.Sign(key, digest[:], schnorr.CustomNonce([32]byte{}))
		if err != nil {
			t.Fatal(err)
		}
		if got := signBIP340(t, s, private[:], digest[:]); !bytes.Equal(got, bare.Serialize()) {
			t.Errorf("BIP-340: key %x, digest %x: %x", private, digest, got)
		}
		message := digest[:]
		if i%2 == 1 {
			message = append(message, root[:]...)
		}
		for scheme, want := range map[curve.Scheme][]byte{
			curve.TaprootKey:         chaintest.Sign(t, chain.Task{Scheme: curve.TaprootKey, Message: message}, private[:]),
			curve.ECDSASecp256k1AnyS: chaintest.Sign(t, chain.Task{Scheme: curve.ECDSASecp256k1AnyS, Message: digest[:]}, private[:]),
			curve.SchnorrBCH:         libraryBCH(private[:], digest[:]),
		} {
			message := message
			if scheme != curve.TaprootKey {
				message = digest[:]
			}
			got, err := s.Sign(scheme, private[:], message)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: key %x, message %x: %x, not %x: %v", scheme, private, message, got, want, err)
			}
			if scheme == curve.ECDSASecp256k1AnyS && got[32] >= 0x80 {
				high++
			}
		}
	}
	if high < schemeChecks/4 || high > schemeChecks*3/4 {
		t.Errorf("%d of %d signatures have a high s", high, schemeChecks)
	}
}

// libraryBCH is 2019-05-15-schnorr.md with math/big and crypto/hmac.
func libraryBCH(private, digest []byte) []byte {
	c := secp256k1.Params()
	multiple := func(k []byte) *secp256k1.PublicKey { return secp256k1.PrivKeyFromBytes(k).PubKey() }
	mac := func(key []byte, parts ...[]byte) []byte {
		h := hmac.New(sha256.New, key)
		for _, p := range parts {
			h.Write(p)
		}
		return h.Sum(nil)
	}
	reduced := new(big.Int).SetBytes(digest)
	seed := slices.Concat(private, reduced.Mod(reduced, c.N).FillBytes(make([]byte, 32)), []byte("Schnorr+SHA256  "))
	key, v := make([]byte, 32), bytes.Repeat([]byte{1}, 32)
	for step := byte(0); step <= 1; step++ {
		key = mac(key, v, []byte{step}, seed)
		v = mac(key, v)
	}
	v = mac(key, v) // in range, but for one in 2^127
	k := new(big.Int).SetBytes(v)
	point := multiple(v)
	if big.Jacobi(point.Y(), c.P) != 1 {
		k.Sub(c.N, k)
	}
	r := point.X().FillBytes(make([]byte, 32))
	h := sha256.Sum256(slices.Concat(r, multiple(private).SerializeCompressed(), digest))
	s := new(big.Int).SetBytes(h[:])
	s.Mul(s, new(big.Int).SetBytes(private)).Add(s, k).Mod(s, c.N)
	return append(r, s.FillBytes(make([]byte, 32))...)
}

// The schemes of one key never share a nonce for one digest, or the key would be
// known from two signatures; except that a high s and its low form are one signature.
func TestNoncesOfSchemesDiffer(t *testing.T) {
	s := New(rand.Reader)
	private, digest := bytes.Repeat([]byte{7}, 32), bytes.Repeat([]byte{9}, 32)
	seen := map[string]string{}
	for name, signature := range map[string][]byte{
		"ecdsa":             check(t, s, curve.ECDSASecp256k1, private, digest),
		"antelope":          check(t, s, curve.AntelopeK1, private, digest)[1:],
		"bch":               check(t, s, curve.SchnorrBCH, private, digest),
		"taproot":           check(t, s, curve.TaprootKey, private, digest),
		"taproot with root": check(t, s, curve.TaprootKey, private, append(bytes.Clone(digest), digest...)),
		"bip340":            signBIP340(t, s, private, digest),
	} {
		if other, ok := seen[string(signature[:32])]; ok {
			t.Errorf("%s and %s have the same nonce", name, other)
		}
		seen[string(signature[:32])] = name
	}
	low, free := check(t, s, curve.ECDSASecp256k1, private, digest), check(t, s, curve.ECDSASecp256k1AnyS, private, digest)
	if !bytes.Equal(low[:32], free[:32]) {
		t.Error("the rule for s changes the nonce")
	}
}

// Where s is high, the form with the rule is its negative with the other parity of y.
func TestAnySIsTheSameSignature(t *testing.T) {
	s := New(rand.Reader)
	private := bytes.Repeat([]byte{3}, 32)
	high := 0
	for i := range 40 {
		digest := sha256.Sum256([]byte{byte(i)})
		low, free := check(t, s, curve.ECDSASecp256k1, private, digest[:]), check(t, s, curve.ECDSASecp256k1AnyS, private, digest[:])
		if bytes.Equal(low, free) {
			continue
		}
		high++
		order := curve.Secp256k1.Order()
		subtract(free[32:64], order[:], free[32:64])
		free[64] ^= 1
		if !bytes.Equal(low, free) {
			t.Errorf("digest %x: %x and %x", digest, low, free)
		}
	}
	if high < 5 || high > 35 {
		t.Errorf("%d of 40 have a high s", high)
	}
}

// A key whose y is odd and one whose y is even, tweaked or not, are signed for alike,
// and a key is refused where the message is no digest and root.
func TestTaprootMessages(t *testing.T) {
	s := New(rand.Reader)
	odd := 0
	for i := byte(1); i <= 16; i++ {
		private := append(make([]byte, 31), i)
		key, err := s.PublicKey(curve.Secp256k1, private)
		if err != nil {
			t.Fatal(err)
		}
		odd += int(key.Bytes()[0] & 1)
		digest := bytes.Repeat([]byte{i}, 32)
		without := check(t, s, curve.TaprootKey, private, digest)
		with := check(t, s, curve.TaprootKey, private, append(bytes.Clone(digest), make([]byte, 32)...))
		if bytes.Equal(without, with) {
			t.Error("a root of zeros is no root")
		}
	}
	if odd == 0 || odd == 16 {
		t.Errorf("%d keys have an odd y", odd)
	}
	for _, n := range []int{0, 31, 33, 63, 65, 96} {
		if signature, err := s.Sign(curve.TaprootKey, bytes.Repeat([]byte{1}, 32), make([]byte, n)); signature != nil || !fault.Is(err, fault.Invalid) {
			t.Errorf("%d bytes: %x, %v", n, signature, err)
		}
	}
}
