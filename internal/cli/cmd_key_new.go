package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
	"strongroom/internal/secret"
)

type keyNewOptions struct {
	Password passwordOptions
	Chain    chainOptions
	Random   bool
}

func (o *keyNewOptions) Add(f *pflag.FlagSet) {
	o.Password.Add(f)
	o.Chain.Add(f, "make a key for a `chain`, by any of its names; Algorand if absent")
	f.BoolVar(&o.Random, "random", false, "draw a random key, which the recovery words do not bring back")
}

func (a *app) newKeyNewCommand() *cobra.Command {
	var o keyNewOptions
	c := &cobra.Command{
		Use:   "new WALLET",
		Short: "Make the next key of a wallet",
		Long: `Derives the next key from the seed of the wallet, along the usual path of the chain.
The recovery words of the wallet bring it back. Without --chain it is a key of Algorand,
numbered as kmd does.

With --random the key is drawn at random instead: keep a copy, because the words do not
bring it back.`,
		Example: `  strongroom key new treasury
  strongroom key new treasury --chain ethereum
  strongroom key new treasury --chain BTC --testnet`,
		Args:              exactly(1),
		ValidArgsFunction: a.completeWallets,
	}
	o.Add(c.Flags())
	o.Chain.complete(c)
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runKeyNew(ctx, o, args[0]) })
	return c
}

func (a *app) runKeyNew(ctx context.Context, o keyNewOptions, wallet string) error {
	id, err := o.Chain.idOrNone()
	if err != nil {
		return err
	}
	if o.Random && id == "" {
		return usage("--random needs --chain, which says what kind of key it is")
	}
	return a.drawKey(ctx, o.Password, wallet, rest.DeriveKey{Chain: id, Random: o.Random})
}

// drawKey has a wallet make a key and shows it.
func (a *app) drawKey(ctx context.Context, o passwordOptions, wallet string, d rest.DeriveKey) error {
	return a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		var key rest.Key
		err := a.opened(ctx, c, o, wallet, func(id string, password secret.Bytes) (err error) {
			d.Password = rest.Text{Bytes: password}
			key, err = c.DeriveKey(ctx, id, d)
			return err
		})
		if err != nil {
			return err
		}
		return a.putKey(key)
	})
}
