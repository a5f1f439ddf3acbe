package cli

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/chain"
	"strongroom/internal/chain/all"
)

// chainOptions name a chain.
type chainOptions struct {
	Name    string
	Testnet bool
}

func (o *chainOptions) Add(f *pflag.FlagSet, what string) {
	f.StringVar(&o.Name, "chain", "", what)
	f.BoolVar(&o.Testnet, "testnet", false, "the test network of the chain")
}

// complete offers the ids of the chains on the command line.
func (o *chainOptions) complete(c *cobra.Command) {
	_ = c.RegisterFlagCompletionFunc("chain", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var ids []string
		for _, row := range all.Rows() {
			ids = append(ids, row.ID)
		}
		slices.Sort(ids)
		return ids, cobra.ShellCompDirectiveNoFileComp
	})
}

// find looks up the chain that is named, which must be.
func (o *chainOptions) find() (chain.Row, error) {
	if o.Name == "" {
		return chain.Row{}, usage("--chain is needed").withHint("list the chains with: strongroom chain list")
	}
	return chain.Find(all.Rows(), o.Name, o.Testnet)
}

// idOrNone is the id of the chain that is named, "" where none is.
func (o *chainOptions) idOrNone() (string, error) {
	if o.Name == "" {
		if o.Testnet {
			return "", usage("--testnet needs --chain")
		}
		return "", nil
	}
	row, err := o.find()
	return row.ID, err
}
