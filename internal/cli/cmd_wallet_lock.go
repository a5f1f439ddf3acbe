package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
)

type walletLockOptions struct {
	All bool
}

func (o *walletLockOptions) Add(f *pflag.FlagSet) {
	f.BoolVar(&o.All, "all", false, "end every session of every door, those of other protocols too")
}

func (a *app) newWalletLockCommand() *cobra.Command {
	var o walletLockOptions
	c := &cobra.Command{
		Use:   "lock WALLET | --all",
		Short: "Close a wallet",
		Long: `Ends what wallet unlock began. With --all, every session of every door ends at once
and all keys leave the memory.`,
		Example:           "  strongroom wallet lock treasury\n  strongroom wallet lock --all",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeWallets,
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runWalletLock(ctx, o, args) })
	return c
}

func (a *app) runWalletLock(ctx context.Context, o walletLockOptions, args []string) error {
	if o.All == (len(args) == 1) {
		return usage("wallet lock needs either a wallet or --all")
	}
	return a.withDaemon(ctx, func(ctx context.Context, c *rest.Client) error {
		if o.All {
			if err := c.LockAll(ctx); err != nil {
				return err
			}
			return a.finished("all wallets are locked")
		}
		w, err := findWallet(ctx, c, args[0])
		if err != nil {
			return err
		}
		if err := c.Lock(ctx, w.ID); err != nil {
			return err
		}
		return a.finished("wallet %s is locked here", shown(w.Name))
	})
}
