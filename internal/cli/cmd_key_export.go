package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
	"strongroom/internal/chain"
	"strongroom/internal/chain/algorand"
	"strongroom/internal/chain/all"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/hd"
	"strongroom/internal/secret"
)

type keyExportOptions struct {
	Password  passwordOptions
	Chain     chainOptions
	Format    string
	Output    string
	YesReveal string
}

func (o *keyExportOptions) Add(f *pflag.FlagSet) {
	o.Password.Add(f)
	o.Chain.Add(f, "write the key as the tools of a `chain` take it; the chain that it was made for if absent")
	f.StringVar(&o.Format, "format", "", "`form` of the key: chain, words, hex, base64 (default: chain where there is one, else words)")
	f.StringVarP(&o.Output, "output", "o", "-", "the `file` to make (- for standard output); it must not exist")
	f.StringVar(&o.YesReveal, "yes-reveal", "", "the wallet's `name`, instead of typing it")
}

func (a *app) newKeyExportCommand() *cobra.Command {
	var o keyExportOptions
	c := &cobra.Command{
		Use:   "export WALLET KEY",
		Short: "Reveal a private key",
		Long: `Writes a private key as the tools of its chain take it: WIF, hex, S..., or the 25 words
of Algorand. Whoever has it can sign everything, without strongroom and without a record.`,
		Example:           "  strongroom key export treasury YBQ3JCWW... --output key.txt",
		Args:              exactly(2),
		ValidArgsFunction: a.completeWallets,
	}
	o.Add(c.Flags())
	o.Chain.complete(c)
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runKeyExport(ctx, o, args[0], args[1]) })
	return c
}

// revealedKey is a private key under --json.
type revealedKey struct {
	Format string    `json:"format"`
	Key    rest.Text `json:"key"`
}

func (a *app) runKeyExport(ctx context.Context, o keyExportOptions, wallet, key string) error {
	if !slices.Contains([]string{"", formChain, formWords, formHex, formBase64}, o.Format) {
		return unknownForm(o.Format)
	}
	id, err := o.Chain.idOrNone()
	if err != nil {
		return err
	}
	return a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		w, err := findWallet(ctx, c, wallet)
		if err != nil {
			return err
		}
		if err := a.confirm(ctx, o.YesReveal, "--yes-reveal", w.Name, "this shows a private key of the wallet"); err != nil {
			return err
		}
		password, err := a.password(ctx, o.Password, w.Name)
		if err != nil {
			return err
		}
		defer password.Wipe()
		exported, err := c.ExportKey(ctx, w.ID, rest.NameKey{Password: rest.Text{Bytes: password}, Key: key})
		if err != nil {
			return err
		}
		defer func() { exported.Private.Wipe() }()
		if id != "" {
			exported.Key.Chain = id
		}
		text, form, err := exportForm(exported, o.Format)
		if err != nil {
			return err
		}
		defer text.Wipe()
		switch {
		case o.Output != "-":
			return a.deliverSecret(o.Output, text)
		case a.global.JSON:
			return a.put(revealedKey{Format: form, Key: rest.Text{Bytes: text}}, nil)
		}
		return a.writeSecret(text)
	})
}

// exportForm writes a private key in a form, or in the one that suits it.
func exportForm(exported rest.Private, form string) (secret.Bytes, string, error) {
	row, chainErr := chain.Find(all.Rows(), exported.Key.Chain, false)
	if form == "" {
		form = formWords
		if chainErr == nil && row.ID != algorand.ID {
			form = formChain
		}
	}
	if form != formChain {
		seed := exported.Private.Expose()
		if key, err := parsePublic(exported.Key.Public, row); err != nil || key.Algorithm() != curve.Ed25519 && form == formWords {
			return secret.Bytes{}, "", fault.Unsupported.New("only keys of Ed25519 have words").WithHint("write it with --chain CHAIN, or --format hex")
		} else if key.Algorithm() == curve.Ed25519 {
			seed = seed[:hd.KeySize] // the public key stands behind it
		}
		text, err := formatKey(seed, form)
		return text, form, err
	}
	if chainErr != nil {
		return secret.Bytes{}, "", usage("--format chain needs --chain: the key was made for none")
	}
	writer, ok := row.Chain.(chain.PrivateKeys)
	if !ok {
		return secret.Bytes{}, "", fault.Unsupported.New("%s has no text form of private keys here", row.Title).WithHint("write it with --format hex")
	}
	key, err := parsePublic(exported.Key.Public, row)
	if err != nil {
		return secret.Bytes{}, "", err
	}
	size := exported.Private.Len()
	if key.Algorithm() == curve.Ed25519 {
		size = hd.KeySize // the public key stands behind it
	}
	private := secret.Copy(exported.Private.Expose()[:size])
	defer private.Wipe()
	text, err := writer.FormatPrivate(key, private)
	return text, form, err
}
