package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
	"strongroom/internal/hd"
	"strongroom/internal/secret"
)

type walletCreateOptions struct {
	Password  newPasswordOptions
	FromWords bool
	WordsFile string
}

func (o *walletCreateOptions) Add(f *pflag.FlagSet) {
	o.Password.Add(f, "password-file")
	f.BoolVar(&o.FromWords, "from-words", false, "make the wallet again from its 25 recovery words, asked for on the terminal")
	f.StringVar(&o.WordsFile, "words-file", "", "read the recovery words from a `file` (- for standard input)")
}

func (a *app) newWalletCreateCommand() *cobra.Command {
	var o walletCreateOptions
	c := &cobra.Command{
		Use:   "create NAME",
		Short: "Make a wallet",
		Long: `Makes a wallet with a new random seed and asks for its password twice. Write the
recovery words down afterwards (strongroom wallet seed): they bring back every key
that was derived from the seed, but not imported keys.`,
		Example: "  strongroom wallet create treasury\n  strongroom wallet create treasury --from-words",
		Args:    exactly(1),
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runWalletCreate(ctx, o, args[0]) })
	return c
}

func (a *app) runWalletCreate(ctx context.Context, o walletCreateOptions, name string) error {
	seed, err := a.seed(ctx, o)
	if err != nil {
		return err
	}
	defer seed.Wipe()
	password, err := a.newPassword(ctx, o.Password, name)
	if err != nil {
		return err
	}
	defer password.Wipe()
	return a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		w, err := c.CreateWallet(ctx, rest.CreateWallet{Name: name, Password: rest.Text{Bytes: password}, Seed: rest.Binary{Bytes: seed}})
		if err != nil {
			return err
		}
		if err := a.putWallet(w); err != nil || a.global.JSON {
			return err
		}
		if seed.IsEmpty() {
			a.say("hint: write its recovery words down: strongroom wallet seed %s", shellWord(name))
		}
		return nil
	})
}

// seed gives what the recovery words stand for, or nothing where none are given.
func (a *app) seed(ctx context.Context, o walletCreateOptions) (secret.Bytes, error) {
	if !o.FromWords && o.WordsFile == "" {
		return secret.Bytes{}, nil
	}
	words, err := a.words(ctx, o.WordsFile, "--words-file", "recovery words: ")
	if err != nil {
		return secret.Bytes{}, err
	}
	defer words.Wipe()
	seed := make([]byte, hd.KeySize)
	if err := hd.ParseAlgorandWords(seed, words); err != nil {
		return secret.Bytes{}, err
	}
	return secret.New(seed), nil
}

// words reads a secret from a file or, where none is named, from the terminal.
func (a *app) words(ctx context.Context, file, flag, prompt string) (secret.Bytes, error) {
	if file != "" {
		return a.secretFile(file, flag)
	}
	t, err := openTerminal("it")
	if err != nil {
		return secret.Bytes{}, usage("there is no terminal to type it").withHint("give it with %s FILE, or - for standard input", flag)
	}
	defer t.Close()
	return t.ask(ctx, prompt, false)
}
