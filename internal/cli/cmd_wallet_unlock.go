package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
)

type walletUnlockOptions struct {
	Password passwordOptions
	For      time.Duration
}

func (o *walletUnlockOptions) Add(f *pflag.FlagSet) {
	o.Password.Add(f)
	f.DurationVar(&o.For, "for", 10*time.Minute, "how long the wallet stays open: 90s, 10m, 8h")
}

func (a *app) newWalletUnlockCommand() *cobra.Command {
	var o walletUnlockOptions
	c := &cobra.Command{
		Use:   "unlock WALLET",
		Short: "Hold a wallet open for a while",
		Long: `Opens a wallet in the daemon, so that strongroom's own commands need no password for
it until the time is over. Doors of other protocols have sessions of their own.`,
		Example:           "  strongroom wallet unlock treasury --for 8h",
		Args:              exactly(1),
		ValidArgsFunction: a.completeWallets,
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runWalletUnlock(ctx, o, args[0]) })
	return c
}

func (a *app) runWalletUnlock(ctx context.Context, o walletUnlockOptions, named string) error {
	if o.For <= 0 {
		return usage("--for needs a length of time above zero")
	}
	return a.withDaemon(ctx, func(ctx context.Context, c *rest.Client) error {
		w, err := findWallet(ctx, c, named)
		if err != nil {
			return err
		}
		password, err := a.password(ctx, o.Password, w.Name)
		if err != nil {
			return err
		}
		defer password.Wipe()
		s, err := c.Unlock(ctx, w.ID, rest.Unlock{Password: rest.Text{Bytes: password}, For: o.For.String()})
		if err != nil {
			return err
		}
		return a.put(s, func(out io.Writer) {
			fmt.Fprintf(out, "wallet %s is open until %s\n", shown(s.Wallet.Name), until(s.Deadline))
		})
	})
}
