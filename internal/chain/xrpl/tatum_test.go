package xrpl

import (
	"bytes"
	"os"
	"testing"

	"github.com/go-json-experiment/json"

	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

const golden = "../../../testdata/golden/tatum"

func TestTatumVectors(t *testing.T) {
	for _, testnet := range []bool{false, true} {
		c := mainNetwork()
		if testnet {
			c = testNetwork()
		}
		all := chaintest.Vectors(t, golden, testnet, "XRP")
		if len(all) != 3 {
			t.Errorf("%d vectors", len(all))
		}
		for _, v := range all {
			req, err := c.ReadFile([]byte(v.Pending.SerializedTransaction))
			if err != nil {
				t.Fatalf("%s: %v", v.Name, err)
			}
			wallet := v.Wallets[v.Pending.Hashes[0]]
			seed, ok := wallet["secret"].(string)
			if !ok {
				seed = wallet["privateKey"].(string)
			}
			private, key := fromSeed(t, seed)
			req.Signer = key
			sign(t, v.Name, c, req, private, v.TxData(t))
		}
	}
}

// TestTatumSecrets: every row of the ledger's keys.
func TestTatumSecrets(t *testing.T) {
	data, err := os.ReadFile(golden + "/secrets.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Rows []struct{ Chain, KeyType, Secret, PublicKey, PrivateKeyHex, Address string }
	}
	if err := json.Unmarshal(data, &file, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, row := range file.Rows {
		if row.Chain != "XRP" {
			continue
		}
		count[row.KeyType]++
		private, key := fromSeed(t, row.Secret)
		if key.Algorithm().String() != row.KeyType {
			t.Errorf("%s: a key of %s", row.Secret, key.Algorithm())
		}
		checkKey(t, row.Secret, private, key, row.PrivateKeyHex, row.PublicKey, row.Address)
		a, direct, err := mainNetwork().ParsePrivate(secret.New([]byte(row.Secret)))
		if key.Algorithm() == curve.Ed25519 {
			if err != nil || a != curve.Ed25519 || !bytes.Equal(direct.Expose(), private) {
				t.Errorf("%s: read as %x, %v", row.Secret, direct.Expose(), err)
			}
		} else if err == nil {
			t.Errorf("%s: read without the multiplication of a point", row.Secret)
		}
	}
	if count["ed25519"] != 9 || count["secp256k1"] != 9 {
		t.Errorf("rows %v", count)
	}
}
