package chain

import (
	"strings"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// Network is a row of the registry: what a chain (or one of its networks) is called,
// how its keys and addresses are made, and what tells it from others. It is data for
// people and for derivation; nothing in it decides what may be signed.
type Network struct {
	ID        string          // stable, lower case: "ethereum"; of test networks "ethereum-testnet"
	Title     string          // as its people write it today: "Ethereum", "Ethereum Sepolia"
	Symbol    string          // of the native asset, as effects name it: "ETH"
	Names     []string        // other names that are accepted, today's and old ones, in lower case: "eth", "sepolia"
	Decimals  int             // of the native asset
	Algorithm curve.Algorithm // of the keys that are derived
	Path      string          // derivation path with i for the key's number: "m/44'/60'/0'/0/i"; "" where keys are only random
	Extended  uint32          // version bytes of extended public keys (BIP-32); 0 where there are none
	Format    string          // of addresses, in words: "0x and 40 hex digits, EIP-55"
	Network   string          // what tells the network apart in what is signed: "chain id 1", "genesis hash"; "any" where nothing does
	Test      bool            // a test network; of a chain without rows for them, signatures fit every network
	Ended     string          // for what has ended or changed: when, and what came after; "" for what lives
	Docs      string          // where its formats are described
}

// Is reports whether the network goes by that name, in any case: its id, symbol, or
// one of its names.
func (n *Network) Is(name string) bool {
	name = strings.ToLower(name)
	if name == n.ID || name == strings.ToLower(n.Symbol) && !n.Test {
		return true
	}
	for _, other := range n.Names {
		if name == other {
			return true
		}
	}
	return false
}

// Row is an entry of the registry (chain/all): a chain and what is known of it.
type Row struct {
	Network
	Chain Chain
}

// Find looks a chain up by any of its names. With test, it gives the test network of
// the chain that has that name, where it has one of its own: that whose id ends in
// "-testnet". Errors: fault.Unsupported.
func Find(rows []Row, name string, test bool) (Row, error) {
	for _, r := range rows {
		if !r.Is(name) {
			continue
		}
		if !test || r.Test {
			return r, nil
		}
		for _, t := range rows {
			if t.ID == r.ID+testSuffix {
				return t, nil
			}
		}
		return r, nil
	}
	return Row{}, fault.Unsupported.New("unknown chain %q", name).WithHint("list the chains with: strongroom chain list")
}

const testSuffix = "-testnet"
