package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
)

type walletRenameOptions struct {
	Password passwordOptions
}

func (o *walletRenameOptions) Add(f *pflag.FlagSet) { o.Password.Add(f) }

func (a *app) newWalletRenameCommand() *cobra.Command {
	var o walletRenameOptions
	c := &cobra.Command{
		Use:   "rename WALLET NEWNAME",
		Short: "Give a wallet another name",
		Long: `Gives a wallet another name. Its id, and what the journal knows of it, stay. Rules
that speak of the wallet by its old name do not match any more.`,
		Example:           "  strongroom wallet rename treasury treasury-2026",
		Args:              exactly(2),
		ValidArgsFunction: a.completeWallets,
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runWalletRename(ctx, o, args[0], args[1]) })
	return c
}

func (a *app) runWalletRename(ctx context.Context, o walletRenameOptions, named, name string) error {
	return a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		w, err := findWallet(ctx, c, named)
		if err != nil {
			return err
		}
		password, err := a.password(ctx, o.Password, w.Name)
		if err != nil {
			return err
		}
		defer password.Wipe()
		renamed, err := c.Rename(ctx, w.ID, rest.Rename{Password: rest.Text{Bytes: password}, Name: name})
		if err != nil {
			return err
		}
		return a.putWallet(renamed)
	})
}
