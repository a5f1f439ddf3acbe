package curve

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"strongroom/internal/fault"
)

// readTable reads a table of vectors, without its headings.
func readTable(t testing.TB, name string, separator rune) [][]string {
	t.Helper()
	file, err := os.Open("testdata/vectors/" + name)
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

func TestBIP340Vectors(t *testing.T) {
	rows := readTable(t, "bip340/test-vectors.csv", ',')
	if len(rows) != 15 {
		t.Fatalf("%d vectors", len(rows))
	}
	for _, row := range rows {
		key, message, signature := unhex(t, row[2]), unhex(t, row[4]), unhex(t, row[5])
		if got, want := verifyBIP340(key, message, signature), row[6] == "TRUE"; got != want {
			t.Errorf("vector %s (%s): %v", row[0], row[7], got)
		}
	}
}

// keyPath is an input of BIP-341's test vectors.
type keyPath struct {
	TxinIndex                                int
	InternalPrivkey, InternalPubkey          string
	MerkleRoot, SigHash, Tweak, ScriptPubKey string
	TweakedPrivkey, Witness                  string
	HashType                                 byte
}

func readKeyPaths(t testing.TB) (inputs []keyPath) {
	t.Helper()
	data, err := os.ReadFile("testdata/vectors/bip341/key-path.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &inputs); err != nil {
		t.Fatal(err)
	}
	if len(inputs) != 7 {
		t.Fatalf("%d inputs", len(inputs))
	}
	return inputs
}

// signed is the key with even y, the message of [TaprootKey], and the signature.
func (k keyPath) signed(t testing.TB) (key PublicKey, message, signature []byte) {
	t.Helper()
	key, err := ParsePoint(Secp256k1, append([]byte{2}, unhex(t, k.InternalPubkey)...))
	if err != nil {
		t.Fatal(err)
	}
	return key, append(unhex(t, k.SigHash), unhex(t, k.MerkleRoot)...), unhex(t, k.Witness)[:64]
}

func TestBIP341KeyPath(t *testing.T) {
	for _, input := range readKeyPaths(t) {
		key, message, signature := input.signed(t)
		output, err := key.Taproot(message[32:])
		if want := strings.TrimPrefix(input.ScriptPubKey, "5120"); err != nil || hex.EncodeToString(output) != want {
			t.Errorf("input %d: output key %x, not %s: %v", input.TxinIndex, output, want, err)
		}
		odd := key
		odd.bytes[0] = 3 // only the x of the internal key counts
		for _, key := range []PublicKey{key, odd} {
			if err := Verify(TaprootKey, key, message, signature); err != nil {
				t.Errorf("input %d: %v", input.TxinIndex, err)
			}
		}
		checkStrict(t, TaprootKey, key, message, signature)
		other := bytes.Clone(message)
		other[len(other)-1] ^= 1
		if Verify(TaprootKey, key, other, signature) == nil {
			t.Errorf("input %d: verifies for another root or digest", input.TxinIndex)
		}
		for _, n := range []int{0, 31, 33, 63} {
			if n < len(message) && Verify(TaprootKey, key, message[:n], signature) == nil {
				t.Errorf("input %d: verifies with a message of %d bytes", input.TxinIndex, n)
			}
		}
	}
}

func TestBitcoinCashVectors(t *testing.T) {
	valid := 0
	for _, row := range readTable(t, "bitcoin-cash/schnorr.csv", ',') {
		key, err := ParsePoint(Secp256k1, unhex(t, row[2]))
		if err != nil {
			t.Fatal(err)
		}
		message, signature := unhex(t, row[3]), unhex(t, row[4])
		err = Verify(SchnorrBCH, key, message, signature)
		if want := row[5] == "TRUE"; (err == nil) != want {
			t.Errorf("vector %s (%s): %v", row[0], row[6], err)
		}
		if err == nil {
			valid++
			checkStrict(t, SchnorrBCH, key, message, signature)
			key.bytes[0] ^= 1
			if Verify(SchnorrBCH, key, message, signature) == nil {
				t.Errorf("vector %s: verifies by the negated key", row[0])
			}
		}
	}
	if valid != 7 {
		t.Errorf("%d valid signatures", valid)
	}
}

// checkStrict alters a valid signature in all the ways that could leave it valid.
func checkStrict(t *testing.T, s Scheme, key PublicKey, message, signature []byte) {
	t.Helper()
	refuse := func(what string, altered []byte) {
		t.Helper()
		if err := Verify(s, key, message, altered); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %s: %v", s, what, err)
		}
	}
	for i := range len(signature) * 8 {
		flipped := bytes.Clone(signature)
		flipped[i/8] ^= 1 << (i % 8)
		refuse("a flipped bit", flipped)
	}
	refuse("order - s", negated(Secp256k1, signature))
	refuse("cut", signature[:63])
	refuse("extended", append(bytes.Clone(signature), 0))
	refuse("swapped", append(bytes.Clone(signature[32:]), signature[:32]...))
	refuse("zeros", make([]byte, 64))
	refuse("none", nil)
	if _, err := Recover(s, message, signature); err == nil {
		t.Errorf("%s: a key is recovered", s)
	}
	if _, _, err := s.Split(append(bytes.Clone(signature), 0)); err == nil {
		t.Errorf("%s: splits", s)
	}
}

func TestTaprootRefuses(t *testing.T) {
	good, _, _ := readKeyPaths(t)[0].signed(t)
	noPoint := PublicKey{algorithm: Secp256k1, bytes: [33]byte{0: 2, 32: 5}}
	noPrefix := good
	noPrefix.bytes[0] = 4
	for name, test := range map[string]struct {
		key  PublicKey
		root []byte
	}{
		"no key":             {PublicKey{}, nil},
		"another algorithm":  {PublicKey{algorithm: P256, bytes: good.bytes}, nil},
		"Ed25519":            {PublicKey{algorithm: Ed25519}, nil},
		"no point":           {noPoint, nil},
		"unknown form":       {noPrefix, nil},
		"root of 31 bytes":   {good, make([]byte, 31)},
		"root of 33 bytes":   {good, make([]byte, 33)},
		"root with a digest": {good, make([]byte, 64)},
	} {
		if x, err := test.key.Taproot(test.root); x != nil || !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %x, %v", name, x, err)
		}
	}
	none, err := good.Taproot(nil)
	zeros, errZeros := good.Taproot(make([]byte, 32))
	if err != nil || errZeros != nil || bytes.Equal(none, zeros) {
		t.Errorf("a root of zeros is no root: %x %v, %x %v", none, err, zeros, errZeros)
	}
}
