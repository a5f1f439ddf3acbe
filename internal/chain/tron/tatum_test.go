package tron

import (
	"encoding/json"
	"os"
	"testing"

	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

// row is a row of addresses.json.
type row struct {
	Chain      string
	Testnet    bool
	Mnemonic   string
	Index      uint32
	PrivateKey string
	Address    string
}

func addressRows(t *testing.T) (rows []row, mnemonics map[string]string) {
	t.Helper()
	data, err := os.ReadFile(golden + "/addresses.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Mnemonics map[string]string
		Rows      []row
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	for _, r := range file.Rows {
		if r.Chain == "TRON" {
			rows = append(rows, r)
		}
	}
	return rows, file.Mnemonics
}

// TestTatumAddresses reproduces every row: private key, its text, and address.
func TestTatumAddresses(t *testing.T) {
	rows, _ := addressRows(t)
	if len(rows) != 24 {
		t.Errorf("%d rows, want 24", len(rows))
	}
	for _, r := range rows {
		a, key, err := tron().ParsePrivate(secret.New([]byte(r.PrivateKey)))
		if err != nil || a != curve.Secp256k1 {
			t.Fatalf("%s: %v", r.Address, err)
		}
		public := chaintest.PublicKey(t, a, key.Expose())
		if got, err := tron().Address(public); err != nil || got != r.Address {
			t.Errorf("address %s, error %v, want %s", got, err, r.Address)
		}
		text, err := tron().FormatPrivate(public, key)
		if err != nil || string(text.Expose()) != r.PrivateKey {
			t.Errorf("%s: the private key is written otherwise, error %v", r.Address, err)
		}
		asHex, err := tron().AddressAs(public, FormatHex)
		if err != nil {
			t.Fatal(err)
		}
		base58, err := tron().AddressAs(public, FormatBase58)
		if err != nil || base58 != r.Address {
			t.Errorf("address %s, error %v, want %s", base58, err, r.Address)
		}
		for _, form := range []string{asHex, base58} {
			if hash, err := ParseAddress(form); err != nil || addressText(hash) != r.Address {
				t.Errorf("%s is read as %x, error %v", form, hash, err)
			}
		}
	}
}

// TestTatumVectors signs every recorded transaction as the peer does.
func TestTatumVectors(t *testing.T) {
	rows, mnemonics := addressRows(t)
	count := 0
	for _, test := range []bool{false, true} {
		for _, v := range chaintest.Vectors(t, golden, test, "TRON") {
			count++
			t.Run(v.Name, func(t *testing.T) {
				req, err := tron().ReadFile([]byte(v.Pending.SerializedTransaction))
				if err != nil {
					t.Fatal(err)
				}
				key := keyOf(t, v, rows, mnemonics)
				req.Signer = chaintest.PublicKey(t, curve.Secp256k1, key)
				in, err := tron().Decode(req)
				if err != nil {
					t.Fatal(err)
				}
				out, err := in.Finish(chaintest.SignAll(t, in, key))
				if err != nil {
					t.Fatal(err)
				}
				if got := in.Encoding.Encode(out); got != v.TxData(t) {
					t.Errorf("got  %s\nwant %s", got, v.TxData(t))
				}
			})
		}
	}
	if count != 6 {
		t.Errorf("%d vectors, want 6", count)
	}
}

// keyOf is the private key of a vector's wallet.
func keyOf(t *testing.T, v chaintest.Vector, rows []row, mnemonics map[string]string) []byte {
	t.Helper()
	wallet := v.Wallets[v.Pending.Hashes[0]]
	if text, ok := wallet["privateKey"].(string); ok {
		return unhex(text)
	}
	index := uint32(0)
	if v.Pending.Index != nil {
		index = *v.Pending.Index
	}
	for _, r := range rows {
		if mnemonics[r.Mnemonic] == wallet["mnemonic"] && r.Index == index && r.Testnet == v.Testnet {
			return unhex(r.PrivateKey)
		}
	}
	t.Fatalf("no private key for %v", wallet)
	return nil
}
