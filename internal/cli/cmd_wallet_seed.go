package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
	"strongroom/internal/fault"
	"strongroom/internal/hd"
	"strongroom/internal/secret"
)

type walletSeedOptions struct {
	Password  passwordOptions
	Format    string
	YesReveal string
}

func (o *walletSeedOptions) Add(f *pflag.FlagSet) {
	o.Password.Add(f)
	f.StringVar(&o.Format, "format", formBIP39, "`form` of the words: bip39 (24 words, or as many as it was made from), algorand (25 words)")
	f.StringVar(&o.YesReveal, "yes-reveal", "", "the wallet's `name`, instead of typing it")
}

func (a *app) newWalletSeedCommand() *cobra.Command {
	var o walletSeedOptions
	c := &cobra.Command{
		Use:   "seed WALLET",
		Short: "Reveal the recovery words of a wallet",
		Long: `Writes the recovery words of a wallet to standard output: the words of BIP-39 that
wallets of every chain take, or with --format algorand the 25 words that stand for the
same seed in goal and other wallets of Algorand. Whoever has them has every key that is
derived in the wallet, now and later. Imported and random keys are not in them.

strongroom wallet create --from-words takes both. A passphrase that belongs to the words
is not shown, except with --json.`,
		Example:           "  strongroom wallet seed treasury",
		Args:              exactly(1),
		ValidArgsFunction: a.completeWallets,
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runWalletSeed(ctx, o, args[0]) })
	return c
}

// The forms of recovery words.
const (
	formBIP39    = "bip39"
	formAlgorand = "algorand"
)

// revealedWords is a seed under --json.
type revealedWords struct {
	Words      rest.Text `json:"words"`
	Passphrase rest.Text `json:"passphrase,omitzero"`
}

func (a *app) runWalletSeed(ctx context.Context, o walletSeedOptions, named string) error {
	if o.Format != formBIP39 && o.Format != formAlgorand {
		return usage("--format %s is not known", shown(o.Format)).withHint("known formats: %s, %s", formBIP39, formAlgorand)
	}
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
		defer func() { seed.Words.Wipe(); seed.Passphrase.Wipe() }()
		words := seed.Words.Bytes
		if o.Format == formAlgorand {
			if words, err = algorandForm(seed); err != nil {
				return err
			}
			defer words.Wipe()
		}
		if a.global.JSON {
			return a.put(revealedWords{rest.Text{Bytes: words}, seed.Passphrase}, nil)
		}
		if !seed.Passphrase.IsEmpty() {
			a.say("warning: a passphrase belongs to these words; without it they make other keys")
		}
		return a.writeSecret(words)
	})
}

// algorandForm is the same seed in the 25 words of Algorand.
func algorandForm(seed rest.Seed) (secret.Bytes, error) {
	entropy := make([]byte, hd.KeySize)
	defer clear(entropy)
	n, err := hd.MnemonicEntropy(entropy, seed.Words.Bytes)
	if err != nil {
		return secret.Bytes{}, err
	}
	if n != hd.KeySize || !seed.Passphrase.IsEmpty() {
		return secret.Bytes{}, fault.Unsupported.New("this seed has no form in Algorand's words: it has fewer than 24 words, or a passphrase")
	}
	return hd.AlgorandWords(entropy)
}
