package cli

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
	"strongroom/internal/gate"
)

type walletImportOptions struct {
	Password passwordOptions
	Format   string
	Name     string
}

func (o *walletImportOptions) Add(f *pflag.FlagSet) {
	o.Password.Add(f)
	f.StringVar(&o.Format, "format", "", "the `program` whose file it is: keosd (kiod writes the same)")
	f.StringVar(&o.Name, "name", "", "the `name` of the wallet; the file's own without .wallet by default")
}

func (a *app) newWalletImportCommand() *cobra.Command {
	var o walletImportOptions
	c := &cobra.Command{
		Use:   "import --format PROGRAM FILE",
		Short: "Make a wallet of a file of another program",
		Long: `Copies the keys of a wallet file, with their names, into a new wallet under the same
password. The password is sealed far better there; the file stays as it is, so delete
it where nobody needs it any more. Files of kmd need no import: they are adopted from
their folder.`,
		Example: "  strongroom wallet import --format keosd ~/eosio-wallet/default.wallet --name treasury",
		Args:    exactly(1),
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runWalletImport(ctx, o, args[0]) })
	return c
}

func (a *app) runWalletImport(ctx context.Context, o walletImportOptions, name string) error {
	if o.Format != gate.FormatKeosd {
		return usage("wallet import needs --format keosd").withHint("files of kmd are adopted from their folder, without an import")
	}
	if o.Name == "" {
		o.Name = strings.TrimSuffix(filepath.Base(name), ".wallet")
	}
	file, err := a.input(name, "FILE", rest.MaxImportFile)
	if err != nil {
		return err
	}
	password, err := a.password(ctx, o.Password, o.Name)
	if err != nil {
		return err
	}
	defer password.Wipe()
	return a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		w, err := c.ImportWallet(ctx, rest.ImportWallet{
			Name: o.Name, Format: o.Format, Password: rest.Text{Bytes: password}, File: file,
		})
		if err != nil {
			return err
		}
		return a.putWallet(w)
	})
}
