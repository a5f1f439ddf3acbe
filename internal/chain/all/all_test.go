package all

import (
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
)

// TestRows: requests, rules and the journal name chains by id, and people by any name.
func TestRows(t *testing.T) {
	list := Rows()
	ids, names := map[string]bool{}, map[string]string{}
	for _, r := range list {
		if r.ID == "" || r.ID != r.Chain.ID() || ids[r.ID] || r.ID != strings.ToLower(r.ID) {
			t.Errorf("the id %q of %s is empty, taken twice, or not that of its chain", r.ID, r.Title)
		}
		ids[r.ID] = true
		if known, ok := r.Chain.(chain.Registered); ok && known.Network().ID != r.ID {
			t.Errorf("%s was made from another row", r.ID)
		}
		if r.Title == "" || r.Symbol == "" || r.Format == "" || r.Network.Network == "" || !strings.HasPrefix(r.Docs, "https://") || r.Algorithm == curve.NoAlgorithm {
			t.Errorf("the row of %s has empty columns: %+v", r.ID, r.Network)
		}
		for _, name := range r.Names {
			if other := names[name]; other != "" || name != strings.ToLower(name) {
				t.Errorf("the name %q of %s is not in lower case, or belongs to %q too", name, r.ID, other)
			}
			names[name] = r.ID
		}
		if strings.HasSuffix(r.ID, "-testnet") && !r.Test {
			t.Errorf("%s is a test network by its name only", r.ID)
		}
	}
	for name, id := range names {
		if ids[name] && id != name {
			t.Errorf("%q is a name of %s and an id", name, id)
		}
	}
}

// The symbols of Tatum, today's names, and test networks by flag or by name.
func TestFind(t *testing.T) {
	list := Rows()
	for _, c := range []struct {
		name string
		test bool
		want string
	}{
		{"ALGO", false, "algorand"}, {"BTC", false, "bitcoin"}, {"BTC", true, "bitcoin-testnet"}, {"BCH", true, "bitcoin-cash-testnet"},
		{"BNB", false, "bnb-beacon"}, {"BSC", false, "bsc"}, {"CELO", true, "celo-testnet"}, {"DOGE", false, "dogecoin"}, {"EGLD", false, "multiversx"},
		{"elrond", true, "multiversx-testnet"}, {"ETH", false, "ethereum"}, {"eth", true, "ethereum-testnet"}, {"Sepolia", false, "ethereum-testnet"},
		{"sepolia", true, "ethereum-testnet"}, {"ropsten", false, "ethereum-ropsten"}, {"FLOW", true, "flow-testnet"}, {"ONE", false, "harmony"}, {"KLAY", false, "kaia"},
		{"KAIA", true, "kaia-testnet"}, {"baobab", false, "kaia-testnet"}, {"KCS", false, "kcc"}, {"LTC", true, "litecoin-testnet"}, {"MATIC", false, "polygon"}, {"POL", true, "polygon-testnet"},
		{"amoy", false, "polygon-testnet"}, {"mumbai", false, "polygon-mumbai"}, {"SOL", false, "solana"}, {"SOL", true, "solana"}, {"XLM", true, "stellar-testnet"},
		{"TRON", false, "tron"}, {"TRX", true, "tron"}, {"VET", true, "vechain-testnet"}, {"XDC", true, "xdc-testnet"}, {"XRP", false, "xrpl"}, {"ADA", true, "cardano-testnet"}, {"EOS", false, "antelope"},
	} {
		if r, err := chain.Find(list, c.name, c.test); err != nil || r.ID != c.want {
			t.Errorf("%s (test %t) is %q, %v, want %s", c.name, c.test, r.ID, err, c.want)
		}
	}
	for _, name := range []string{"", "bitcoin ", "native", "no such chain"} {
		if r, err := chain.Find(list, name, false); err == nil {
			t.Errorf("%q is %s", name, r.ID)
		}
	}
}
