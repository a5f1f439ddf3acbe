package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
	"strongroom/internal/gate"
)

type walletResolveOptions struct {
	Password passwordOptions
	Keep     bool
	AsNew    string
}

func (o *walletResolveOptions) Add(f *pflag.FlagSet) {
	o.Password.Add(f)
	f.BoolVar(&o.Keep, "keep", false, "stay with what was adopted; the file as it is now is no conflict any more")
	f.StringVar(&o.AsNew, "as-new", "", "adopt the changed file as a wallet of its own, under this `name`")
}

func (a *app) newWalletResolveCommand() *cobra.Command {
	var o walletResolveOptions
	c := &cobra.Command{
		Use:   "resolve WALLET --keep | --as-new NAME",
		Short: "Settle a wallet's conflict with the file it was adopted from",
		Long: `A file that another program changed after it was adopted is shown as a conflict and
never merged. Say what shall hold: the wallet as it was adopted, or both.`,
		Example:           "  strongroom wallet resolve treasury --keep\n  strongroom wallet resolve treasury --as-new treasury-from-kmd",
		Args:              exactly(1),
		ValidArgsFunction: a.completeWallets,
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runWalletResolve(ctx, o, args[0]) })
	return c
}

func (a *app) runWalletResolve(ctx context.Context, o walletResolveOptions, named string) error {
	if o.Keep == (o.AsNew != "") {
		return usage("wallet resolve needs either --keep or --as-new NAME")
	}
	return a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		w, err := findWallet(ctx, c, named)
		if err != nil {
			return err
		}
		request := rest.Resolve{How: string(gate.KeepOurs)}
		if !o.Keep {
			password, err := a.password(ctx, o.Password, w.Name)
			if err != nil {
				return err
			}
			defer password.Wipe()
			request = rest.Resolve{How: string(gate.AdoptAsNew), Password: rest.Text{Bytes: password}, Name: o.AsNew}
		}
		settled, err := c.Resolve(ctx, w.ID, request)
		if err != nil {
			return err
		}
		return a.putWallet(settled)
	})
}
