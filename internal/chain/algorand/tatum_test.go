package algorand_test

import (
	"encoding/hex"
	"os"
	"testing"

	"github.com/go-json-experiment/json"

	"strongroom/internal/chain/algorand"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

const tatum = "../../../testdata/golden/tatum"

// TestTatumVectors signs what Tatum's API hands out, to the byte.
func TestTatumVectors(t *testing.T) {
	c := algorand.New()
	for _, testnet := range []bool{false, true} {
		vectors := chaintest.Vectors(t, tatum, testnet, "ALGO")
		if len(vectors) != 3 {
			t.Errorf("%d vectors, want 3", len(vectors))
		}
		for _, v := range vectors {
			req, err := c.ReadFile([]byte(v.Pending.SerializedTransaction))
			if err != nil {
				t.Fatalf("%s: %v", v.Name, err)
			}
			in, err := c.Decode(req)
			if err != nil {
				t.Fatalf("%s: %v", v.Name, err)
			}
			wallet := v.Wallets[v.Pending.Hashes[0]]
			text, ok := wallet["secret"].(string)
			if !ok {
				text = wallet["privateKey"].(string)
			}
			_, private, err := c.ParsePrivate(secret.Copy([]byte(text)))
			if err != nil {
				t.Fatalf("%s: %v", v.Name, err)
			}
			result, err := in.Finish(chaintest.SignAll(t, in, private.Expose()))
			if err != nil || hex.EncodeToString(result) != v.TxData(t) {
				t.Errorf("%s: %x, %v, want %s", v.Name, result, err, v.TxData(t))
			}
		}
	}
}

func TestTatumKeys(t *testing.T) {
	data, err := os.ReadFile(tatum + "/secrets.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Rows []struct{ Chain, Secret, Address string } `json:"rows"`
	}
	if err := json.Unmarshal(data, &file, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	c, rows := algorand.New(), 0
	for _, r := range file.Rows {
		if r.Chain != "ALGO" {
			continue
		}
		rows++
		a, private, err := c.ParsePrivate(secret.Copy([]byte(r.Secret)))
		if err != nil || a != curve.Ed25519 {
			t.Fatalf("%s: %v", r.Address, err)
		}
		key := chaintest.PublicKey(t, a, private.Expose())
		if address, err := c.Address(key); err != nil || address != r.Address {
			t.Errorf("address %s, %v, want %s", address, err, r.Address)
		}
		if text, err := c.FormatPrivate(key, private); err != nil || string(text.Expose()) != r.Secret {
			t.Errorf("%s: the key is written as another text, %v", r.Address, err)
		}
	}
	if rows != 9 {
		t.Errorf("%d rows, want 9", rows)
	}
}
