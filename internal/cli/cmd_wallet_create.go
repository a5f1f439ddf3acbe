package cli

import (
	"bytes"
	"context"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
	"strongroom/internal/fault"
	"strongroom/internal/hd"
	"strongroom/internal/secret"
)

type walletCreateOptions struct {
	Password   newPasswordOptions
	FromWords  bool
	WordsFile  string
	Passphrase string
	Words      int
}

func (o *walletCreateOptions) Add(f *pflag.FlagSet) {
	o.Password.Add(f, "password-file")
	f.BoolVar(&o.FromWords, "from-words", false, "make the wallet again from its recovery words, asked for on the terminal")
	f.StringVar(&o.WordsFile, "words-file", "", "read the recovery words from a `file` (- for standard input)")
	f.StringVar(&o.Passphrase, "passphrase-file", "", "the passphrase that belongs to the words (BIP-39), in a `file`; not the wallet's password")
	f.IntVar(&o.Words, "words", 24, "how many words the new seed has: 24, or 12 to 21, of which Algorand's keys can not be derived")
}

func (a *app) newWalletCreateCommand() *cobra.Command {
	var o walletCreateOptions
	c := &cobra.Command{
		Use:   "create NAME",
		Short: "Make a wallet",
		Long: `Makes a wallet with a new random seed and asks for its password twice. Write the
recovery words down afterwards (strongroom wallet seed): they bring back every key
that was derived from the seed, but not imported keys.

The words to make a wallet from are 12 to 24 words of BIP-39, as most wallets have them,
or the 25 words of Algorand.`,
		Example: "  strongroom wallet create treasury\n  strongroom wallet create treasury --from-words",
		Args:    exactly(1),
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runWalletCreate(ctx, o, args[0]) })
	return c
}

func (a *app) runWalletCreate(ctx context.Context, o walletCreateOptions, name string) error {
	create := rest.CreateWallet{Name: name}
	defer func() { create.Seed.Wipe(); create.Words.Wipe(); create.Passphrase.Wipe(); create.Password.Wipe() }()
	if err := a.seed(ctx, o, &create); err != nil {
		return err
	}
	var err error
	if create.Password.Bytes, err = a.newPassword(ctx, o.Password, name); err != nil {
		return err
	}
	return a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		w, err := c.CreateWallet(ctx, create)
		if err != nil {
			return err
		}
		if err := a.putWallet(w); err != nil || a.global.JSON {
			return err
		}
		if !o.FromWords && o.WordsFile == "" {
			a.say("hint: write its recovery words down: strongroom wallet seed %s", shellWord(name))
		}
		return nil
	})
}

// seed fills in what the wallet's seed is made of: nothing where 24 new words are
// wanted, which the daemon draws itself.
func (a *app) seed(ctx context.Context, o walletCreateOptions, create *rest.CreateWallet) (err error) {
	defer func() {
		if err == nil && o.Passphrase != "" {
			create.Passphrase.Bytes, err = a.secretFile(o.Passphrase, "--passphrase-file")
		}
	}()
	if !o.FromWords && o.WordsFile == "" {
		switch {
		case o.Words == 24 && o.Passphrase == "":
			return nil
		case o.Words < 12 || o.Words > 24 || o.Words%3 != 0:
			return usage("a seed has 12, 15, 18, 21 or 24 words, not %d", o.Words)
		}
		entropy := make([]byte, o.Words/3*4)
		defer clear(entropy)
		if _, err := io.ReadFull(a.env.Rand, entropy); err != nil {
			return fault.Internal.Wrap(err, "the system gave no randomness")
		}
		create.Words.Bytes, err = hd.NewMnemonic(entropy)
		return err
	}
	words, err := a.words(ctx, o.WordsFile, "--words-file", "recovery words: ")
	if err != nil {
		return err
	}
	if len(bytes.Fields(words.Expose())) != algorandWords {
		create.Words.Bytes = words
		return nil
	}
	defer words.Wipe()
	if o.Passphrase != "" {
		return usage("the 25 words of Algorand have no passphrase")
	}
	seed := make([]byte, hd.KeySize)
	create.Seed.Bytes = secret.New(seed)
	return hd.ParseAlgorandWords(seed, words)
}

// algorandWords is the number of words that only Algorand has.
const algorandWords = 25

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
