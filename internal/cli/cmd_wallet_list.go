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
		list, err := c.Wallets(ctx)
		if err != nil {
			return err
		}
		if list.Wallets == nil {
			list.Wallets = []rest.Wallet{}
		}
		if err := a.put(list, func(out io.Writer) { writeWallets(out, list.Wallets) }); err != nil {
			return err
		}
		switch {
		case list.Trouble != "":
			if !a.global.JSON {
				a.say("warning: wallet files of another program may be missing here: %s", shown(list.Trouble))
			}
		case len(list.Wallets) == 0 && !a.global.JSON:
			a.say("hint: make one with: strongroom wallet create NAME")
		}
		return nil
	})
}
