package multiversx_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/multiversx"
	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

const golden = "../../../testdata/golden/tatum"

// goldenKey is a row of addresses.json.
type goldenKey struct {
	Chain      string `json:"chain"`
	Testnet    bool   `json:"testnet"`
	Mnemonic   string `json:"mnemonic"`
	Index      uint32 `json:"index"`
	PrivateKey string `json:"privateKey"`
	Address    string `json:"address"`
}

func goldenKeys(t *testing.T) (keys []goldenKey) {
	t.Helper()
	var file struct {
		Rows []goldenKey `json:"rows"`
	}
	readJSON(t, golden+"/addresses.json", &file)
	for _, row := range file.Rows {
		if row.Chain == "EGLD" {
			keys = append(keys, row)
		}
	}
	if len(keys) != 24 {
		t.Fatalf("%d rows of EGLD", len(keys))
	}
	return keys
}

// TestTatumVectors signs what Tatum's daemon signed, byte for byte, from the pending
// transaction and what the recorded node answered.
func TestTatumVectors(t *testing.T) {
	for _, test := range []bool{false, true} {
		c := network(multiversx.MainnetID)
		if test {
			c = network(multiversx.TestnetID)
		}
		vectors := chaintest.Vectors(t, golden, test, "EGLD")
		if len(vectors) != 3 {
			t.Errorf("%d vectors", len(vectors))
		}
		for _, v := range vectors {
			private := tatumPrivate(t, v)
			key := chaintest.PublicKey(t, curve.Ed25519, private)
			sender, err := c.Address(key)
			if err != nil {
				t.Fatal(err)
			}
			tx := tatumTransaction(t, v, sender)
			payload := tx.AppendPayload(nil)
			req, err := c.ReadFile(payload)
			if err != nil || string(req.Payload) != string(payload) {
				t.Fatalf("%s: %v", v.Name, err)
			}
			in := decode(t, c, req)
			signed, err := in.Finish(chaintest.SignAll(t, in, private))
			if err != nil {
				t.Fatalf("%s: %v", v.Name, err)
			}
			if got := in.Encoding.Encode(signed); got != v.TxData(t) {
				t.Errorf("%s: %s, want %s", v.Name, got, v.TxData(t))
			}
		}
	}
}

// tatumPrivate is the private key of a vector's wallet.
func tatumPrivate(t *testing.T, v chaintest.Vector) []byte {
	t.Helper()
	wallet := v.Wallets[v.Pending.Hashes[0]]
	if text, ok := wallet["privateKey"].(string); ok {
		return unhex(t, text)
	}
	if wallet["mnemonic"] != "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about" {
		t.Fatalf("%s: another mnemonic than M1", v.Name)
	}
	for _, row := range goldenKeys(t) {
		if row.Mnemonic == "M1" && row.Testnet == v.Testnet && v.Pending.Index != nil && row.Index == *v.Pending.Index {
			return unhex(t, row.PrivateKey)
		}
	}
	t.Fatalf("%s: no such key", v.Name)
	return nil
}

// tatumTransaction merges a pending transaction with the answers of the node.
func tatumTransaction(t *testing.T, v chaintest.Vector, sender string) (tx multiversx.Transaction) {
	t.Helper()
	var pending struct {
		From, To, Value, Data string
	}
	if err := json.Unmarshal([]byte(v.Pending.SerializedTransaction), &pending, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	if pending.From != "" && pending.From != sender {
		t.Errorf("%s: sent by %s, not by %s", v.Name, pending.From, sender)
	}
	var node struct {
		Data struct {
			Config struct {
				ChainID  string `json:"erd_chain_id"`
				GasPrice uint64 `json:"erd_min_gas_price"`
				Version  uint32 `json:"erd_min_transaction_version"`
			} `json:"config"`
			Nonce    uint64 `json:"nonce"`
			GasUnits uint64 `json:"txGasUnits"`
		} `json:"data"`
	}
	for _, answer := range v.NodeCalls { // each fills in its own members
		if err := json.Unmarshal(answer.Reply, &node); err != nil {
			t.Fatal(err)
		}
	}
	value, err := multiversx.Units(pending.Value)
	if err != nil {
		t.Fatal(err)
	}
	return multiversx.Transaction{
		Nonce: node.Data.Nonce, Value: value, Receiver: pending.To, Sender: sender, GasPrice: node.Data.Config.GasPrice,
		GasLimit: node.Data.GasUnits, Data: []byte(pending.Data), ChainID: node.Data.Config.ChainID, Version: node.Data.Config.Version,
	}
}

// TestTatumKeys: private keys and addresses belong together.
func TestTatumKeys(t *testing.T) {
	for _, row := range goldenKeys(t) {
		checkKey(t, row.PrivateKey, row.PrivateKey, row.Address)
	}
}

// TestPrivateKeys reads every form of the SDK's keys.
func TestPrivateKeys(t *testing.T) {
	for _, k := range sdk(t).Keys {
		checkKey(t, k.Seed, k.Seed, k.Address)
		checkKey(t, " "+strings.ToUpper(k.Seed)+"\n", k.Seed, k.Address)
		checkKey(t, k.PEM, k.Seed, k.Address)
		checkKey(t, strings.ReplaceAll(k.PEM, "\n", "\r\n")+"\r\n", k.Seed, k.Address)
		public := chaintest.PublicKey(t, curve.Ed25519, unhex(t, k.Seed)).Bytes()
		checkKey(t, k.Seed+hex.EncodeToString(public), k.Seed, k.Address)
	}
}

func checkKey(t *testing.T, text, seed, address string) {
	t.Helper()
	a, private, err := mainnet().ParsePrivate(secret.New([]byte(text)))
	if err != nil || a != curve.Ed25519 || hex.EncodeToString(private.Expose()) != seed {
		t.Fatalf("%s: %v, %v", address, a, err)
	}
	key := chaintest.PublicKey(t, curve.Ed25519, private.Expose())
	if got, err := mainnet().Address(key); err != nil || got != address {
		t.Errorf("address %s, want %s (%v)", got, address, err)
	}
	written, err := mainnet().FormatPrivate(key, private)
	if err != nil || string(written.Expose()) != seed {
		t.Errorf("%s: the private key is written in another way (%v)", address, err)
	}
}

func TestBadPrivateKeys(t *testing.T) {
	alice, bob := sdk(t).Keys["alice"], sdk(t).Keys["bob"]
	public := chaintest.PublicKey(t, curve.Ed25519, unhex(t, bob.Seed)).Bytes()
	for _, text := range []string{
		"", "00", alice.Seed[:63], alice.Seed + "0", "g" + alice.Seed[1:], alice.Seed + hex.EncodeToString(public),
		strings.ReplaceAll(alice.PEM, alice.Address, bob.Address), strings.Replace(alice.PEM, alice.Address, bob.Address, 1),
		alice.PEM + "\n" + bob.PEM, alice.PEM[:100], strings.ReplaceAll(alice.PEM, "PRIVATE", "PUBLIC"),
		strings.Replace(alice.PEM, "\n", "\n*", 1), strings.ReplaceAll(alice.PEM, alice.Address, "erd1"), strings.Repeat("-----BEGIN PRIVATE KEY for ", 200),
	} {
		if a, key, err := mainnet().ParsePrivate(secret.New([]byte(text))); err == nil || a != curve.NoAlgorithm || !key.IsEmpty() {
			t.Errorf("%.40q was read", text)
		}
	}
	if _, err := mainnet().FormatPrivate(publicKey(t, "alice"), secret.New(make([]byte, 31))); err == nil {
		t.Error("a short private key was written")
	}
}
