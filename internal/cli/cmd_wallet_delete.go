package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
)

type walletDeleteOptions struct {
	Password  passwordOptions
	YesDelete string
}

func (o *walletDeleteOptions) Add(f *pflag.FlagSet) {
	o.Password.Add(f)
	f.StringVar(&o.YesDelete, "yes-delete", "", "the wallet's `name`, instead of typing it")
}

func (a *app) newWalletDeleteCommand() *cobra.Command {
	var o walletDeleteOptions
	c := &cobra.Command{
		Use:   "delete WALLET",
		Short: "Delete a wallet with all its keys, for ever",
		Long: `Deletes a wallet. Its keys are gone unless its recovery words, or copies of imported
keys, are kept elsewhere. A wallet file that it was adopted from is not touched: it
stays in its folder, is listed from there, and would be adopted again with its
password. Move it away if the wallet is to be gone.`,
		Example:           "  strongroom wallet delete treasury\n  strongroom wallet delete treasury --yes-delete treasury --password-file pw",
		Args:              exactly(1),
		ValidArgsFunction: a.completeWallets,
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runWalletDelete(ctx, o, args[0]) })
	return c
}

func (a *app) runWalletDelete(ctx context.Context, o walletDeleteOptions, named string) error {
	return a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		w, err := findWallet(ctx, c, named)
		if err != nil {
			return err
		}
		if err := a.confirm(ctx, o.YesDelete, "--yes-delete", w.Name, "this deletes the wallet and all its keys for ever"); err != nil {
			return err
		}
		password, err := a.password(ctx, o.Password, w.Name)
		if err != nil {
			return err
		}
		defer password.Wipe()
		if err := c.DeleteWallet(ctx, w.ID, password); err != nil {
			return err
		}
		if err := a.finished("wallet %s is deleted", shown(w.Name)); err != nil || w.File == "" {
			return err
		}
		return a.tellLeft(ctx, c, w)
	})
}

// tellLeft says so where the file that a deleted wallet was adopted from is listed
// as a wallet again.
func (a *app) tellLeft(ctx context.Context, c *rest.Client, deleted rest.Wallet) error {
	list, err := c.Wallets(ctx)
	if err != nil {
		return err
	}
	for _, w := range list.Wallets {
		if w.State == "foreign" && w.File == deleted.File {
			a.say("its file %s still lies in the wallet folder, keys included, and would be adopted again with its password", shown(w.File))
			a.say("hint: move the file away if the wallet is to be gone")
		}
	}
	return nil
}
