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
}

func (o *keyNewOptions) Add(f *pflag.FlagSet) { o.Password.Add(f) }

func (a *app) newKeyNewCommand() *cobra.Command {
	var o keyNewOptions
	c := &cobra.Command{
		Use:   "new WALLET",
		Short: "Derive the next key of a wallet",
		Long: `Derives the next key from the seed of the wallet. The recovery words of the wallet
bring it back.`,
		Example:           "  strongroom key new treasury",
		Args:              exactly(1),
		ValidArgsFunction: a.completeWallets,
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runKeyNew(ctx, o, args[0]) })
	return c
}

func (a *app) runKeyNew(ctx context.Context, o keyNewOptions, wallet string) error {
	return a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		var key rest.Key
		err := a.opened(ctx, c, o.Password, wallet, func(id string, password secret.Bytes) (err error) {
			key, err = c.GenerateKey(ctx, id, password)
			return err
		})
		if err != nil {
			return err
		}
		return a.putKey(key)
	})
}
