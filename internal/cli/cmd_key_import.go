package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
	"strongroom/internal/curve"
	"strongroom/internal/gate"
	"strongroom/internal/secret"
)

type keyImportOptions struct {
	Password passwordOptions
	Chain    chainOptions
	KeyFile  string
	Bulk     string
}

func (o *keyImportOptions) Add(f *pflag.FlagSet) {
	o.Password.Add(f)
	o.Chain.Add(f, "read the text forms of a `chain`'s private keys (WIF, hex, S..., s...), and note the chain with the key")
	f.StringVar(&o.KeyFile, "key-file", "", "read the private key from a `file` (- for standard input) instead of the terminal")
	f.StringVar(&o.Bulk, "bulk", "", "import every key of a `file` (- for standard input), one on each line, in one write")
}

func (a *app) newKeyImportCommand() *cobra.Command {
	var o keyImportOptions
	c := &cobra.Command{
		Use:   "import WALLET",
		Short: "Put an existing private key into a wallet",
		Long: `Takes an Ed25519 private key as 25 words of Algorand, as 64 hex digits, or as base64
of its 32-byte seed (with or without the public key behind it). With --chain, it takes
the forms in which the tools of that chain write private keys. The recovery words of the
wallet do not bring it back: keep a copy.

With --bulk, each line of a file is such a key, or one of Antelope: WIF, PVT_K1_...,
PVT_R1_..., PVT_EM_..., PVT_ED_.... Empty lines and lines that begin with # are passed
over, and so are keys that the wallet has. Up to 10,000 keys are added in one write,
all or none; a longer file takes several.`,
		Example: `  strongroom key import treasury
  strongroom key import treasury --key-file words.txt
  strongroom key import treasury --chain BTC --key-file wif.txt
  strongroom key import treasury --bulk keys.txt`,
		Args:              exactly(1),
		ValidArgsFunction: a.completeWallets,
	}
	o.Add(c.Flags())
	o.Chain.complete(c)
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runKeyImport(ctx, o, args[0]) })
	return c
}

func (a *app) runKeyImport(ctx context.Context, o keyImportOptions, wallet string) error {
	switch {
	case o.Bulk != "" && o.KeyFile != "":
		return usage("--bulk and --key-file both say what to import")
	case o.Bulk != "" && o.Chain.Name != "":
		return usage("--bulk reads every line by its own form; it takes no --chain")
	case o.Bulk != "":
		return a.runKeyImportBulk(ctx, o, wallet)
	}
	text, err := a.words(ctx, o.KeyFile, "--key-file", "private key or its 25 words: ")
	if err != nil {
		return err
	}
	defer text.Wipe()
	algorithm, private, id, err := a.parseImport(o.Chain, text)
	if err != nil {
		return err
	}
	defer private.Wipe()
	return a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		var key rest.Key
		err := a.opened(ctx, c, o.Password, wallet, func(walletID string, password secret.Bytes) (err error) {
			key, err = c.ImportKey(ctx, walletID, rest.ImportKey{
				Password: rest.Text{Bytes: password}, Chain: id, Algorithm: algorithm.String(), Private: rest.Binary{Bytes: private},
			})
			return err
		})
		if err != nil {
			return err
		}
		return a.putKey(key)
	})
}

// parseImport reads a private key in the forms of the chain that is named, if one is.
func (a *app) parseImport(o chainOptions, text secret.Bytes) (_ curve.Algorithm, private secret.Bytes, id string, err error) {
	if id, err = o.idOrNone(); err != nil {
		return 0, secret.Bytes{}, "", err
	}
	if id == "" {
		private, err = parseKey(text)
		return curve.Ed25519, private, "", err
	}
	row, err := o.find()
	if err != nil {
		return 0, secret.Bytes{}, "", err
	}
	algorithm, private, err := parsePrivate(row.Chain, text, gate.NewDeriver(a.env.Rand))
	return algorithm, private, id, err
}
