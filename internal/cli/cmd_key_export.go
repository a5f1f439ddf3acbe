package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
	"strongroom/internal/fault"
	"strongroom/internal/hd"
)

type keyExportOptions struct {
	Password  passwordOptions
	Format    string
	Output    string
	YesReveal string
}

func (o *keyExportOptions) Add(f *pflag.FlagSet) {
	o.Password.Add(f)
	f.StringVar(&o.Format, "format", formWords, "`form` of the key: words, hex, base64")
	f.StringVarP(&o.Output, "output", "o", "-", "the `file` to make (- for standard output); it must not exist")
	f.StringVar(&o.YesReveal, "yes-reveal", "", "the wallet's `name`, instead of typing it")
}

func (a *app) newKeyExportCommand() *cobra.Command {
	var o keyExportOptions
	c := &cobra.Command{
		Use:   "export WALLET KEY",
		Short: "Reveal a private key",
		Long: `Writes a private key, by default as the 25 words that Algorand's wallets take.
Whoever has it can sign everything, without strongroom and without a record.`,
		Example:           "  strongroom key export treasury YBQ3JCWW... --output key.txt",
		Args:              exactly(2),
		ValidArgsFunction: a.completeWallets,
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runKeyExport(ctx, o, args[0], args[1]) })
	return c
}

// revealedKey is a private key under --json.
type revealedKey struct {
	Format string    `json:"format"`
	Key    rest.Text `json:"key"`
}

func (a *app) runKeyExport(ctx context.Context, o keyExportOptions, wallet, key string) error {
	if !slices.Contains([]string{formWords, formHex, formBase64}, o.Format) {
		return unknownForm(o.Format)
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
		private, err := c.ExportKey(ctx, w.ID, rest.NameKey{Password: rest.Text{Bytes: password}, Key: key})
		if err != nil {
			return err
		}
		defer private.Wipe()
		if private.Len() != 2*hd.KeySize {
			return fault.Unsupported.New("keys of this algorithm have no text form here")
		}
		text, err := formatKey(private.Expose()[:hd.KeySize], o.Format)
		if err != nil {
			return err
		}
		defer text.Wipe()
		switch {
		case o.Output != "-":
			return a.deliverSecret(o.Output, text)
		case a.global.JSON:
			return a.put(revealedKey{Format: o.Format, Key: rest.Text{Bytes: text}}, nil)
		}
		return a.writeSecret(text)
	})
}
