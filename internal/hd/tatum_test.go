package hd

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"strongroom/internal/codec/base58"
	"strongroom/internal/curve"
)

// tatumFile is the part of the recorded files that is derivation.
type tatumFile struct {
	Mnemonics map[string]string
	Rows      []struct {
		Chain, Mnemonic, Set, Path, Xpub string
		PrivateKey, PublicKey, Address   string
		Index                            uint32
		LegacyV1                         *struct{ Path, Xpub, PrivateKey string }
	}
}

func readTatum(t *testing.T, name string) (file tatumFile) {
	t.Helper()
	b, err := os.ReadFile("../../testdata/golden/tatum/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	return file
}

// tatumPrivate reads a private key as the peer shows it for a chain.
func tatumPrivate(t *testing.T, chain, text string) []byte {
	t.Helper()
	switch chain {
	case "BTC", "LTC", "DOGE", "BCH": // a version, the key, and a mark of compressed public keys
		b := unbase58(t, text)
		if len(b) != 34 || b[33] != 1 {
			t.Fatalf("%s: no WIF", text)
		}
		return b[1:33]
	case "SOL": // the seed and the public key
		b, err := base58.AppendDecode(nil, text)
		if err != nil || len(b) != 64 {
			t.Fatalf("%s: %v", text, err)
		}
		if key, err := testPoint(curve.Ed25519, b[:32]); err != nil || !bytes.Equal(key.Bytes(), b[32:]) {
			t.Fatalf("%s: the halves do not belong together", text)
		}
		return b[:32]
	}
	text = strings.TrimPrefix(text, "0x")
	return unhex(t, strings.Repeat("0", 64-len(text))+text) // FLOW leaves out zeros in front
}

func TestTatumAddresses(t *testing.T) {
	file := readTatum(t, "addresses.json")
	if len(file.Rows) != 411 {
		t.Errorf("%d rows", len(file.Rows))
	}
	chains, last, extended := map[string]int{}, 0, map[string]ExtendedPublic{}
	for _, r := range file.Rows {
		a := curve.Secp256k1
		if r.Chain == "EGLD" || r.Chain == "SOL" {
			a = curve.Ed25519
		}
		chains[r.Chain]++
		if r.Index == Hardened-1 {
			last++
		}
		phrase := words(file.Mnemonics[r.Mnemonic])
		path := mustPath(t, r.Path)
		if number := path[len(path)-1] &^ Hardened; number != r.Index {
			t.Errorf("%s: the index is %d", r.Path, r.Index)
		}
		private := make([]byte, 32)
		if _, err := Derive(private, a, phrase, words(""), path, testPoint); err != nil || !bytes.Equal(private, tatumPrivate(t, r.Chain, r.PrivateKey)) {
			t.Errorf("%s %s %s: %x, %v", r.Chain, r.Mnemonic, r.Path, private, err)
			continue
		}
		if a == curve.Ed25519 {
			if r.Xpub != "" {
				t.Errorf("%s has the extended public key %s", r.Chain, r.Xpub)
			}
			continue
		}
		key, err := testPoint(a, private)
		if err != nil {
			t.Fatal(err)
		}
		if r.Chain == "FLOW" {
			if long, err := key.Uncompressed(); err != nil || hex.EncodeToString(long[1:]) != r.Address {
				t.Errorf("FLOW %s: public key %x, %v", r.Path, long, err)
			}
		}
		at := r.Mnemonic + " " + path[:len(path)-1].String()
		x, known := extended[at]
		if !known {
			if x, err = Extended(a, phrase, words(""), path[:len(path)-1], testPoint); err != nil {
				t.Fatal(err)
			}
			extended[at] = x
		}
		parsed, version, err := ParseExtended(r.Xpub)
		if err != nil || parsed != x || x.Text(version) != r.Xpub {
			t.Errorf("%s %s: %s, %v, want %s", r.Chain, r.Path, x.Text(version), err, r.Xpub)
		}
		if child, err := parsed.Child(r.Index); err != nil || child.Key != key {
			t.Errorf("%s child %d of %s: %v, %v", r.Chain, r.Index, r.Xpub, child, err)
		}
	}
	if len(chains) != 17 || last != 102 {
		t.Errorf("%d chains, %d rows with the last index: %v", len(chains), last, chains)
	}
}

// Cardano's rows, with the keys that releases before 6.3 made: kL, kR, public key and
// chain code, and as extended public key those of the addresses and of the stake.
func TestTatumCardano(t *testing.T) {
	file := readTatum(t, "secrets.json")
	rows := 0
	for _, r := range file.Rows {
		if r.Chain != "ADA" {
			continue
		}
		rows++
		phrase := words(file.Mnemonics[r.Set])
		extended := func(path Path) ExtendedPublic {
			x, err := Extended(curve.Ed25519BIP32, phrase, words(""), path, testPoint)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		private := func(path Path) string {
			b := make([]byte, 64)
			if _, err := Derive(b, curve.Ed25519BIP32, phrase, words(""), path, testPoint); err != nil {
				t.Fatal(err)
			}
			return hex.EncodeToString(b)
		}
		path := mustPath(t, r.Path)
		if got := private(path); got != r.PrivateKey {
			t.Errorf("%s %s: %s", r.Set, r.Path, got)
		}
		if got := extended(path); hex.EncodeToString(got.Key.Bytes()) != r.PublicKey {
			t.Errorf("%s %s: %s", r.Set, r.Path, got.Key)
		}
		if got := extended(path[:4]).Text(0); got != r.Xpub {
			t.Errorf("%s %s: %s", r.Set, path[:4], got)
		}
		path = mustPath(t, r.LegacyV1.Path)
		if got := private(path) + extended(path).Text(0); got != r.LegacyV1.PrivateKey {
			t.Errorf("%s %s: %s", r.Set, r.LegacyV1.Path, got)
		}
		stake := mustPath(t, "m/1852'/1815'/0'/2/0")
		if got := extended(path[:4]).Text(0) + extended(stake).Text(0); got != r.LegacyV1.Xpub {
			t.Errorf("%s %s: %s", r.Set, path[:4], got)
		}
	}
	if rows != 12 {
		t.Errorf("%d rows", rows)
	}
}
