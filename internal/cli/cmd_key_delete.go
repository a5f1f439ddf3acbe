package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
)

type keyDeleteOptions struct {
	Password  passwordOptions
	YesDelete string
}

func (o *keyDeleteOptions) Add(f *pflag.FlagSet) {
	o.Password.Add(f)
	f.StringVar(&o.YesDelete, "yes-delete", "", "the wallet's `name`, instead of typing it")
}

func (a *app) newKeyDeleteCommand() *cobra.Command {
	var o keyDeleteOptions
	c := &cobra.Command{
		Use:   "delete WALLET KEY",
		Short: "Delete a key from a wallet",
		Long: `Deletes a key. An imported key is gone for ever unless a copy is kept elsewhere; a
derived one can be derived again from the recovery words.`,
		Example:           "  strongroom key delete treasury YBQ3JCWW...",
		Args:              exactly(2),
		ValidArgsFunction: a.completeWallets,
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runKeyDelete(ctx, o, args[0], args[1]) })
	return c
}

func (a *app) runKeyDelete(ctx context.Context, o keyDeleteOptions, wallet, key string) error {
	return a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		w, err := findWallet(ctx, c, wallet)
		if err != nil {
			return err
		}
		if err := a.confirm(ctx, o.YesDelete, "--yes-delete", w.Name, "this deletes a key of the wallet for ever"); err != nil {
			return err
		}
		password, err := a.password(ctx, o.Password, w.Name)
		if err != nil {
			return err
		}
		defer password.Wipe()
		if err := c.DeleteKey(ctx, w.ID, rest.NameKey{Password: rest.Text{Bytes: password}, Key: key}); err != nil {
			return err
		}
		return a.finished("the key is deleted")
	})
}
