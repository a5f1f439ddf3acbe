package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
	"strongroom/internal/secret"
)

type keyListOptions struct {
	Password passwordOptions
}

func (o *keyListOptions) Add(f *pflag.FlagSet) { o.Password.Add(f) }

func (a *app) newKeyListCommand() *cobra.Command {
	var o keyListOptions
	c := &cobra.Command{
		Use:               "list WALLET",
		Short:             "List the keys of a wallet",
		Long:              `Lists the keys of a wallet with the addresses that they own.`,
		Example:           "  strongroom key list treasury --json | jq -r '.keys[].addresses.algorand'",
		Args:              exactly(1),
		ValidArgsFunction: a.completeWallets,
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runKeyList(ctx, o, args[0]) })
	return c
}

func (a *app) runKeyList(ctx context.Context, o keyListOptions, wallet string) error {
	return a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		keys := []rest.Key{}
		err := a.opened(ctx, c, o.Password, wallet, func(id string, password secret.Bytes) error {
			found, err := c.Keys(ctx, id, password)
			keys = append(keys, found...)
			return err
		})
		if err != nil {
			return err
		}
		return a.put(rest.Keys{Keys: keys}, func(out io.Writer) { writeKeys(out, keys) })
	})
}
