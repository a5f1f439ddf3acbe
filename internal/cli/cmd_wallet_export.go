package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
	"strongroom/internal/gate"
)

type walletExportOptions struct {
	Password passwordOptions
	Format   string
	Layout   string
	Output   string
}

func (o *walletExportOptions) Add(f *pflag.FlagSet) {
	o.Password.Add(f)
	f.StringVar(&o.Format, "format", "kmd", "the `program` that shall read the file: kmd, keosd (kiod reads the same)")
	f.StringVar(&o.Layout, "layout", "", "of a keosd file: named keeps the names of keys (the default, which keosd passes over), unnamed is as keosd writes it")
	f.StringVarP(&o.Output, "output", "o", "", "the `file` to make (- for standard output); it must not exist")
}

func (a *app) newWalletExportCommand() *cobra.Command {
	var o walletExportOptions
	c := &cobra.Command{
		Use:   "export WALLET --output FILE",
		Short: "Write a wallet as a file of another program",
		Long: `Writes a wallet, keys included, as a file that another program opens with the same
password. How well the file is protected is that program's business. A keosd file has
no place for the wallet's seed: its keys are in it, what would be derived later is not.`,
		Example: `  strongroom wallet export treasury --format kmd --output treasury.db
  strongroom wallet export treasury --format keosd --output treasury.wallet`,
		Args:              exactly(1),
		ValidArgsFunction: a.completeWallets,
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runWalletExport(ctx, o, args[0]) })
	return c
}

// writtenFile is the result of commands that write a file.
type writtenFile struct {
	File  string `json:"file"`
	Bytes int    `json:"bytes"`
}

func (a *app) runWalletExport(ctx context.Context, o walletExportOptions, named string) error {
	format, err := o.format()
	if err != nil {
		return err
	}
	if err := a.checkOutput(o.Output, true); err != nil {
		return err
	}
	return a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		w, err := findWallet(ctx, c, named)
		if err != nil {
			return err
		}
		password, err := a.password(ctx, o.Password, w.Name)
		if err != nil {
			return err
		}
		defer password.Wipe()
		file, err := c.ExportWallet(ctx, w.ID, rest.ExportWallet{Password: rest.Text{Bytes: password}, Format: format})
		if err != nil {
			return err
		}
		return a.deliver(o.Output, file)
	})
}

// format is the format in the words of the API.
func (o *walletExportOptions) format() (string, error) {
	switch {
	case o.Layout == "" || (o.Format == gate.FormatKeosd && o.Layout == "named"):
		return o.Format, nil
	case o.Format != gate.FormatKeosd:
		return "", usage("--layout goes with --format keosd only")
	case o.Layout == "unnamed":
		return gate.FormatKeosdUnnamed, nil
	}
	return "", usage("--layout %s is not known", shown(o.Layout)).withHint("known layouts: named, unnamed")
}

// checkOutput refuses early what deliver could not do.
func (a *app) checkOutput(output string, binary bool) error {
	switch {
	case output == "":
		return usage("--output is needed").withHint("a file name, or - for standard output")
	case output == "-" && a.global.JSON:
		return usage("--output - and --json both want standard output")
	case output == "-" && binary && isTerminal(a.env.Stdout):
		return usage("this is binary data, not for a terminal").withHint("write it to a file with --output FILE")
	}
	return nil
}

// deliver writes data to a new file, or to standard output.
func (a *app) deliver(output string, data []byte) error {
	if output == "-" {
		return a.write(data)
	}
	if err := newFile(output, data); err != nil {
		return err
	}
	if a.global.JSON {
		return a.put(writtenFile{File: output, Bytes: len(data)}, nil)
	}
	a.say("wrote %d bytes to %s", len(data), shown(output))
	return nil
}
