package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
)

type keyDeriveOptions struct {
	Password passwordOptions
	Chain    chainOptions
	Index    uint32
	Path     string
}

func (o *keyDeriveOptions) Add(f *pflag.FlagSet) {
	o.Password.Add(f)
	o.Chain.Add(f, "the `chain` of the key, by any of its names")
	f.Uint32Var(&o.Index, "index", 0, "the `number` of the key on the path, from 0")
	f.StringVar(&o.Path, "path", "", "the derivation `path` instead of the chain's own, such as m/84'/0'/0'/0/i, where i stands for the number")
}

func (a *app) newKeyDeriveCommand() *cobra.Command {
	var o keyDeriveOptions
	c := &cobra.Command{
		Use:   "derive WALLET --chain CHAIN",
		Short: "Derive a certain key of a wallet",
		Long: `Derives the key of a number, or of a path, from the seed of the wallet. Other wallets
with the same words give the same key for the same path. A key that the wallet has
already is shown as it is.`,
		Example: `  strongroom key derive treasury --chain ethereum --index 3
  strongroom key derive treasury --chain bitcoin --path "m/84'/0'/0'/0/i" --index 0`,
		Args:              exactly(1),
		ValidArgsFunction: a.completeWallets,
	}
	o.Add(c.Flags())
	o.Chain.complete(c)
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runKeyDerive(ctx, o, args[0]) })
	return c
}

func (a *app) runKeyDerive(ctx context.Context, o keyDeriveOptions, wallet string) error {
	row, err := o.Chain.find()
	if err != nil {
		return err
	}
	if o.Index != 0 && o.Path != "" && !strings.Contains(o.Path, "i") {
		return usage("--path has no i that --index could stand for")
	}
	return a.drawKey(ctx, o.Password, wallet, rest.DeriveKey{Chain: row.ID, Path: o.Path, Number: &o.Index})
}
