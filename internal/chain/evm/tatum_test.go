package evm

import (
	"encoding/json"
	"testing"

	"strongroom/internal/chain/chaintest"
	"strongroom/internal/secret"
)

// TestTatumVectors signs every recorded transaction of the chains that sign as
// Ethereum does, with what the nodes answered filled in as the peer does.
func TestTatumVectors(t *testing.T) {
	count := 0
	for _, test := range []bool{false, true} {
		for _, v := range chaintest.Vectors(t, golden, test, "ETH", "BSC", "MATIC", "ONE", "XDC", "KCS", "KLAY", "CELO") {
			count++
			name := v.Chain + " " + v.Name
			if test {
				name += " (testnet)"
			}
			t.Run(name, func(t *testing.T) {
				c := network(t, v.Chain, test)
				req, err := c.ReadFile(pendingTransaction(t, v))
				if err != nil {
					t.Fatal(err)
				}
				private := privateOf(t, v)
				req.Signer = chaintest.PublicKey(t, c.Algorithm(), private)
				in, err := c.Decode(req)
				if err != nil {
					t.Fatal(err)
				}
				out, err := in.Finish(chaintest.SignAll(t, in, private))
				if err != nil {
					t.Fatal(err)
				}
				if got := in.Encoding.Encode(out); got != v.TxData(t) {
					t.Errorf("got  %s\nwant %s", got, v.TxData(t))
				}
			})
		}
	}
	if count != 66 {
		t.Errorf("%d vectors, want 66", count)
	}
}

// pendingTransaction fills in what the peer asks nodes for (reference/tatum.md).
func pendingTransaction(t *testing.T, v chaintest.Vector) []byte {
	t.Helper()
	var tx map[string]any
	if err := json.Unmarshal([]byte(v.Pending.SerializedTransaction), &tx); err != nil {
		t.Fatal(err)
	}
	if v.Chain == "CELO" {
		return pendingCelo(t, v, tx)
	}
	missing := func(name string) bool { return tx[name] == nil || tx[name] == 0.0 }
	for _, call := range v.NodeCalls {
		var rpc struct{ Method string }
		var reply any
		if err := json.Unmarshal(call.Reply, &reply); err != nil {
			t.Fatal(err)
		}
		if len(call.RPC) > 0 {
			if err := json.Unmarshal(call.RPC, &rpc); err != nil {
				t.Fatal(err)
			}
		}
		fees, _ := reply.(map[string]any)
		switch rpc.Method {
		case "eth_chainId", "klay_chainID":
			tx["chainId"] = reply
		case "eth_estimateGas", "klay_estimateGas":
			if missing("gas") || v.Chain == "XDC" || v.Pending.WithdrawalID != "" {
				tx["gas"] = reply
			}
		case "eth_getTransactionCount", "klay_getTransactionCount":
			tx["nonce"] = reply
		case "eth_gasPrice", "klay_gasPrice":
			tx["gasPrice"] = reply
		case "":
			switch number, isNumber := reply.(float64); {
			case isNumber: // the transaction count
				tx["nonce"] = number
			case fees["medium"] != nil:
				tx["gasPrice"] = fees["medium"]
			case fees["fast"] != nil: // 45.5 gwei, rounded up
				tx["gasPrice"] = "46000000000"
			}
		}
	}
	if missing("gasPrice") {
		tx["gasPrice"] = map[string]string{"BSC": "10000000000", "KCS": "1000000000"}[v.Chain]
	}
	merged, err := json.Marshal(tx)
	if err != nil {
		t.Fatal(err)
	}
	return merged
}

// privateOf is the private key of the vector's wallet; of a mnemonic, the one that
// the list of addresses has for its number.
func privateOf(t *testing.T, v chaintest.Vector) []byte {
	t.Helper()
	for _, w := range v.Wallets {
		if key, ok := w["privateKey"].(string); ok {
			return unhex(t, key)
		}
		file := addresses(t)
		for _, row := range file.Rows {
			if row.Chain == v.Chain && row.Testnet == v.Testnet && v.Pending.Index != nil && row.Index == *v.Pending.Index &&
				file.Mnemonics[row.Mnemonic] == w["mnemonic"] {
				return unhex(t, row.PrivateKey)
			}
		}
	}
	t.Fatalf("no key for %s", v.Name)
	return nil
}

type addressFile struct {
	Mnemonics map[string]string
	Rows      []struct {
		Chain, Mnemonic, PrivateKey, Address string
		Testnet                              bool
		Index                                uint32
	}
}

func addresses(t testing.TB) addressFile { return readJSON[addressFile](t, golden+"/addresses.json") }

// TestTatumAddresses reproduces every row of the family: text of the private key,
// public key, address.
func TestTatumAddresses(t *testing.T) {
	count := map[string]int{}
	for _, row := range addresses(t).Rows {
		switch row.Chain {
		case "ETH", "BSC", "MATIC", "ONE", "XDC", "KCS", "KLAY", "CELO":
		default:
			continue
		}
		count[row.Chain]++
		c := network(t, row.Chain, row.Testnet)
		algorithm, private, err := c.ParsePrivate(secret.Copy([]byte(row.PrivateKey)))
		if err != nil {
			t.Fatal(err)
		}
		key := chaintest.PublicKey(t, algorithm, private.Expose())
		format := FormatLower
		if row.Chain == "XDC" {
			format = FormatXDC
		}
		if got, err := c.AddressAs(key, format); err != nil || got != row.Address {
			t.Errorf("%s: address %s, %v, want %s", row.Chain, got, err, row.Address)
		}
		if usual, err := c.Address(key); err != nil {
			t.Error(err)
		} else if a, err := c.ParseAddress(usual); err != nil || c.text(a) != usual {
			t.Errorf("%s is read as %x, %v", usual, a, err)
		}
		text, err := c.FormatPrivate(key, private)
		if err != nil || string(text.Expose()) != row.PrivateKey {
			t.Errorf("%s: the private key is written otherwise: %v", row.Chain, err)
		}
	}
	if len(count) != 8 {
		t.Errorf("rows of %v", count)
	}
	for symbol, n := range count {
		if n != 24 {
			t.Errorf("%d rows of %s, want 24", n, symbol)
		}
	}
}
