package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"strongroom/internal/api/rest"
)

func (a *app) newWalletListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the wallets",
		Long: `Lists every wallet with its state: open, locked, or foreign (a file of another
program that will be copied into the store at the first right password).`,
		Example: "  strongroom wallet list --json | jq -r '.wallets[].name'",
		Args:    exactly(0),
		RunE:    a.run(func(ctx context.Context, _ []string) error { return a.runWalletList(ctx) }),
	}
}

func (a *app) runWalletList(ctx context.Context) error {
	return a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		all, err := c.Wallets(ctx)
		if err != nil {
			return err
		}
		if all == nil {
			all = []rest.Wallet{}
		}
		if err := a.put(rest.Wallets{Wallets: all}, func(out io.Writer) { writeWallets(out, all) }); err != nil {
			return err
		}
		if len(all) == 0 && !a.global.JSON {
			a.say("hint: make one with: strongroom wallet create NAME")
		}
		return nil
	})
}
