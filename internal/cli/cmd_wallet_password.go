package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
)

type walletPasswordOptions struct {
	Password passwordOptions
	New      newPasswordOptions
}

func (o *walletPasswordOptions) Add(f *pflag.FlagSet) {
	o.Password.Add(f)
	o.New.Add(f, "new-password-file")
}

func (a *app) newWalletPasswordCommand() *cobra.Command {
	var o walletPasswordOptions
	c := &cobra.Command{
		Use:   "password WALLET",
		Short: "Change the password of a wallet",
		Long: `Asks for the password and twice for the new one. The keys are not touched, and
sessions that are open stay open. Copies of the data directory that were made before
still open with the old password.`,
		Example:           "  strongroom wallet password treasury",
		Args:              exactly(1),
		ValidArgsFunction: a.completeWallets,
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runWalletPassword(ctx, o, args[0]) })
	return c
}

func (a *app) runWalletPassword(ctx context.Context, o walletPasswordOptions, named string) error {
	return a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		w, err := findWallet(ctx, c, named)
		if err != nil {
			return err
		}
		before, err := a.password(ctx, o.Password, w.Name)
		if err != nil {
			return err
		}
		defer before.Wipe()
		after, err := a.newPassword(ctx, o.New, w.Name)
		if err != nil {
			return err
		}
		defer after.Wipe()
		if err := c.ChangePassword(ctx, w.ID, rest.ChangePassword{Password: rest.Text{Bytes: before}, New: rest.Text{Bytes: after}}); err != nil {
			return err
		}
		return a.finished("wallet %s has a new password", shown(w.Name))
	})
}
