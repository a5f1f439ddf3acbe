package cli

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/chain"
	"strongroom/internal/chain/all"
)

type chainListOptions struct {
	All bool
}

func (o *chainListOptions) Add(f *pflag.FlagSet) {
	f.BoolVarP(&o.All, "all", "a", false, "test networks too")
}

func (a *app) newChainListCommand() *cobra.Command {
	var o chainListOptions
	c := &cobra.Command{
		Use:   "list",
		Short: "List the chains",
		Long: `Lists the chains: their names, the curve of their keys, the path by which keys are
derived (i stands for the number of the key), how addresses look, and what tells the
network from others in what is signed ("any" where nothing does: such a signature is
valid on each network of the chain).`,
		Example: "  strongroom chain list\n  strongroom chain list --all --json | jq -r '.chains[].id'",
		Args:    exactly(0),
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(context.Context, []string) error { return a.runChainList(o) })
	return c
}

// listedChain is a row of the registry under --json. Its fields are a stable interface.
type listedChain struct {
	ID        string   `json:"id"`
	Title     string   `json:"title"`
	Symbol    string   `json:"symbol"`
	Names     []string `json:"names"`
	Decimals  int      `json:"decimals"`
	Algorithm string   `json:"algorithm"`
	Path      string   `json:"path,omitempty"`
	Extended  string   `json:"extended,omitempty"` // version bytes of extended public keys, in hex
	Address   string   `json:"address"`
	Network   string   `json:"network"`
	Test      bool     `json:"test"`
	Ended     string   `json:"ended,omitempty"`
	Reads     bool     `json:"reads"`    // tx decode and tx sign read its files
	Messages  bool     `json:"messages"` // message sign works
	Docs      string   `json:"docs"`
}

type listedChains struct {
	Chains []listedChain `json:"chains"`
}

func (a *app) runChainList(o chainListOptions) error {
	var out listedChains
	for _, row := range all.Rows() {
		if o.All || !row.Test || a.global.JSON {
			out.Chains = append(out.Chains, listed(row))
		}
	}
	return a.put(out, func(w io.Writer) {
		rows := [][]string{{"ID", "SYMBOL", "CURVE", "PATH", "DECIMALS", "ADDRESS", "NETWORK"}}
		for _, c := range out.Chains {
			path := c.Path
			if path == "" {
				path = "-"
			}
			rows = append(rows, []string{c.ID, c.Symbol, c.Algorithm, path, strconv.Itoa(c.Decimals), c.Address, c.Network})
		}
		table(w, rows)
		for _, c := range out.Chains {
			if c.Ended != "" {
				fmt.Fprintf(w, "%s: %s\n", c.ID, c.Ended)
			}
		}
	})
}

func listed(row chain.Row) listedChain {
	c := listedChain{
		ID: row.ID, Title: row.Title, Symbol: row.Symbol, Names: append([]string{}, row.Names...), Decimals: row.Decimals,
		Algorithm: row.Algorithm.String(), Path: row.Path, Address: row.Format, Network: row.Network.Network,
		Test: row.Test, Ended: row.Ended, Docs: row.Docs,
	}
	if row.Extended != 0 {
		c.Extended = fmt.Sprintf("%08x", row.Extended)
	}
	_, c.Reads = row.Chain.(chain.FileReader)
	_, c.Messages = row.Chain.(chain.Messenger)
	return c
}
