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
	Chain    chainOptions
}

func (o *keyListOptions) Add(f *pflag.FlagSet) {
	o.Password.Add(f)
	o.Chain.Add(f, "only keys that own addresses on a `chain`, with those addresses")
}

func (a *app) newKeyListCommand() *cobra.Command {
	var o keyListOptions
	c := &cobra.Command{
		Use:   "list WALLET",
		Short: "List the keys of a wallet",
		Long: `Lists the keys of a wallet with the addresses that they own: on the chain that they
were made for, or on every chain if they were made for none. Chains that share a path
share keys: with --chain, each key is shown with its address there.`,
		Example:           "  strongroom key list treasury --chain BSC\n  strongroom key list treasury --json | jq -r '.keys[].addresses.algorand'",
		Args:              exactly(1),
		ValidArgsFunction: a.completeWallets,
	}
	o.Add(c.Flags())
	o.Chain.complete(c)
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runKeyList(ctx, o, args[0]) })
	return c
}

func (a *app) runKeyList(ctx context.Context, o keyListOptions, wallet string) error {
	if _, err := o.Chain.idOrNone(); err != nil {
		return err
	}
	return a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		keys := []rest.Key{}
		err := a.opened(ctx, c, o.Password, wallet, func(id string, password secret.Bytes) error {
			found, err := c.Keys(ctx, id, password)
			if err != nil {
				return err
			}
			keys, err = o.on(found)
			return err
		})
		if err != nil {
			return err
		}
		return a.put(rest.Keys{Keys: keys}, func(out io.Writer) { writeKeys(out, keys) })
	})
}

// on gives the keys that own addresses on the chain that is named, with those.
func (o keyListOptions) on(keys []rest.Key) ([]rest.Key, error) {
	if o.Chain.Name == "" {
		return append([]rest.Key{}, keys...), nil
	}
	row, err := o.Chain.find()
	if err != nil {
		return nil, err
	}
	fit := []rest.Key{}
	for _, k := range keys {
		public, err := parsePublic(k.Public, row)
		if err != nil {
			return nil, err
		}
		address, err := row.Chain.Address(public)
		if err != nil {
			continue // a key of another algorithm
		}
		k.Addresses = map[string]string{row.ID: address}
		fit = append(fit, k)
	}
	return fit, nil
}
