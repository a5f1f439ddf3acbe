package solana

import (
	"encoding/json"
	"os"
	"strconv"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

const golden = "../../../testdata/golden/tatum"

// addressRow is a row of addresses.json.
type addressRow struct {
	Chain      string `json:"chain"`
	Testnet    bool   `json:"testnet"`
	Mnemonic   string `json:"mnemonic"`
	Index      uint32 `json:"index"`
	PrivateKey string `json:"privateKey"`
	Address    string `json:"address"`
}

type addressFile struct {
	Mnemonics map[string]string `json:"mnemonics"`
	Rows      []addressRow      `json:"rows"`
}

func readAddresses(t testing.TB) (f addressFile) {
	t.Helper()
	data, err := os.ReadFile(golden + "/addresses.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// parsed is the seed in the text of a private key.
func parsed(t testing.TB, text string) []byte {
	t.Helper()
	a, s, err := mainnet().ParsePrivate(secret.New([]byte(text)))
	if err != nil || a != curve.Ed25519 {
		t.Fatalf("algorithm %s, %v", a, err)
	}
	return s.Expose()
}

// TestTatumAddresses: private key, public key and address of every row fit together.
func TestTatumAddresses(t *testing.T) {
	rows := 0
	for _, row := range readAddresses(t).Rows {
		if row.Chain != "SOL" {
			continue
		}
		rows++
		private := parsed(t, row.PrivateKey)
		public := chaintest.PublicKey(t, curve.Ed25519, private)
		if address, err := mainnet().Address(public); err != nil || address != row.Address {
			t.Errorf("%s of %s has the address %s, want %s, %v", strconv.Itoa(int(row.Index)), row.Mnemonic, address, row.Address, err)
		}
		text, err := mainnet().FormatPrivate(public, secret.Copy(private))
		if err != nil || string(text.Expose()) != row.PrivateKey {
			t.Errorf("the private key of %s is written in another way, %v", row.Address, err)
		}
	}
	if rows != 24 {
		t.Errorf("%d rows of SOL", rows)
	}
}

// TestTatumVectors: with the blockhash that the node gave, what is sent to it is
// what the daemon sent.
func TestTatumVectors(t *testing.T) {
	addresses, count := readAddresses(t), 0
	for _, testnet := range []bool{false, true} {
		c := mainnet()
		if testnet {
			c = devnet()
		}
		for _, v := range chaintest.Vectors(t, golden, testnet, "SOL") {
			count++
			t.Run(v.Pending.ID, func(t *testing.T) {
				var node struct {
					Blockhash string `json:"solBlockhash"`
				}
				var sent struct{ Data, TxID string }
				if err := json.Unmarshal(v.Node, &node); err != nil {
					t.Fatal(err)
				}
				if err := json.Unmarshal(v.SentToNode, &sent); err != nil {
					t.Fatal(err)
				}
				hash, ok := decodeBase58(node.Blockhash, hashSize)
				if !ok {
					t.Fatal("no blockhash")
				}
				req, err := c.ReadFile([]byte(v.Pending.SerializedTransaction))
				if err != nil {
					t.Fatal(err)
				}
				if req.Payload, err = Recompile(req.Payload, [32]byte(hash)); err != nil {
					t.Fatal(err)
				}
				in, err := c.Decode(req)
				if err != nil {
					t.Fatal(err)
				}
				signed, err := in.Finish(chaintest.SignAll(t, in, wallets(t, addresses, v)...))
				if err != nil {
					t.Fatal(err)
				}
				if got := in.Encoding.Encode(signed); got != sent.Data {
					t.Errorf("signed as %s, want %s", got, sent.Data)
				}
				// The id of a transaction is its first signature, and what the daemon reports.
				if id := base58Text(signed[1 : 1+signatureSize]); id != sent.TxID || id != v.TxData(t) {
					t.Errorf("id %s, want %s", id, sent.TxID)
				}
				if !has(in.Effects, chain.Move) || has(in.Effects, chain.Opaque) {
					t.Errorf("effects:\n%s", show(in.Effects))
				}
			})
		}
	}
	if count != 6 {
		t.Errorf("%d vectors of SOL", count)
	}
}

// wallets are the seeds of a vector's wallets.
func wallets(t testing.TB, f addressFile, v chaintest.Vector) (seeds [][]byte) {
	t.Helper()
	for _, w := range v.Wallets {
		private, ok := w["privateKey"].(string)
		if words, generated := w["mnemonic"].(string); generated {
			ok = false
			for _, row := range f.Rows {
				if row.Chain == "SOL" && row.Testnet == v.Testnet && row.Index == 0 && f.Mnemonics[row.Mnemonic] == words {
					private, ok = row.PrivateKey, true
				}
			}
		}
		if !ok {
			t.Fatal("a wallet without a key")
		}
		seeds = append(seeds, parsed(t, private))
	}
	return seeds
}
