package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
	"strongroom/internal/hd"
)

type walletSeedOptions struct {
	Password  passwordOptions
	YesReveal string
}

func (o *walletSeedOptions) Add(f *pflag.FlagSet) {
	o.Password.Add(f)
	f.StringVar(&o.YesReveal, "yes-reveal", "", "the wallet's `name`, instead of typing it")
}

func (a *app) newWalletSeedCommand() *cobra.Command {
	var o walletSeedOptions
	c := &cobra.Command{
		Use:   "seed WALLET",
		Short: "Reveal the recovery words of a wallet",
		Long: `Writes the 25 recovery words of a wallet, in Algorand's form, to standard output.
Whoever has them has every key that is derived in the wallet, now and later. Imported
keys are not in them. The same words make the same keys in goal and other wallets of
Algorand, and with strongroom wallet create --from-words.`,
		Example:           "  strongroom wallet seed treasury",
		Args:              exactly(1),
		ValidArgsFunction: a.completeWallets,
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runWalletSeed(ctx, o, args[0]) })
	return c
}

// revealedWords is a seed under --json.
type revealedWords struct {
	Words rest.Text `json:"words"`
}

func (a *app) runWalletSeed(ctx context.Context, o walletSeedOptions, named string) error {
	return a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		w, err := findWallet(ctx, c, named)
		if err != nil {
			return err
		}
		if err := a.confirm(ctx, o.YesReveal, "--yes-reveal", w.Name, "this shows the words that all derived keys come from"); err != nil {
			return err
		}
		password, err := a.password(ctx, o.Password, w.Name)
		if err != nil {
			return err
		}
		defer password.Wipe()
		seed, err := c.ExportSeed(ctx, w.ID, password)
		if err != nil {
			return err
		}
		defer seed.Wipe()
		words, err := hd.AlgorandWords(seed.Expose())
		if err != nil {
			return err
		}
		defer words.Wipe()
		if a.global.JSON {
			return a.put(revealedWords{rest.Text{Bytes: words}}, nil)
		}
		return a.writeSecret(words)
	})
}
