package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
	"strongroom/internal/secret"
)

// maxPayload bounds what is signed, in bytes: in base64 it still fits a request.
const maxPayload = 3 << 20

type signOptions struct {
	Password passwordOptions
	Wallet   string
	Chain    string
	Form     string
	Key      string
	Output   string
}

func (o *signOptions) Add(f *pflag.FlagSet) {
	o.Password.Add(f)
	f.StringVar(&o.Wallet, "wallet", "", "the `wallet` that holds the key")
	f.StringVar(&o.Chain, "chain", "", "the `chain` that the payload belongs to, by its id")
	f.StringVar(&o.Form, "form", "transaction", "the `kind` of payload")
	f.StringVar(&o.Key, "key", "", "the `address` or public key to sign with, where the payload does not say")
	f.StringVarP(&o.Output, "output", "o", "-", "the `file` to make (- for standard output); it must not exist")
}

func (a *app) newSignCommand() *cobra.Command {
	var o signOptions
	c := &cobra.Command{
		Use:   "sign --wallet WALLET --chain CHAIN FILE",
		Short: "Sign a payload in a chain's canonical encoding",
		Long: `Signs what is in a file (- for standard input), in the chain's own canonical encoding:
for Algorand, the msgpack of an unsigned transaction. Files as other tools keep them are
read by strongroom tx sign. The result is what the chain
accepts. What the signature does, and the number of its record in the journal, are
told on standard error; with --json everything is in one object.`,
		Example: "  strongroom sign --wallet treasury --chain algorand pay.txn -o pay.stxn\n  strongroom sign --wallet treasury --chain algorand - < pay.txn > pay.stxn",
		Args:    exactly(1),
	}
	o.Add(c.Flags())
	a.completeWalletFlag(c)
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runSign(ctx, o, args[0]) })
	return c
}

func (a *app) runSign(ctx context.Context, o signOptions, file string) error {
	if o.Wallet == "" || o.Chain == "" {
		return usage("--wallet and --chain are needed")
	}
	if o.Output == "-" && !a.global.JSON {
		if err := a.checkOutput(o.Output, true); err != nil {
			return err
		}
	}
	if err := checkNew(o.Output); err != nil {
		return err
	}
	payload, err := a.input(file, "the payload", maxPayload)
	if err != nil {
		return err
	}
	return a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		var signed rest.Signed
		err := a.opened(ctx, c, o.Password, o.Wallet, func(id string, password secret.Bytes) (err error) {
			signed, err = c.Sign(ctx, id, rest.Sign{
				Password: rest.Text{Bytes: password}, Chain: o.Chain, Form: o.Form, Payload: payload, Key: o.Key,
			})
			return err
		})
		if err != nil {
			return err
		}
		if a.global.JSON && o.Output == "-" {
			return a.put(signed, nil)
		}
		if !a.global.JSON {
			decimals := decimalsOn(o.Chain)
			for _, e := range signed.Effects {
				a.say("signed: %s", describeEffect(e, decimals))
			}
			a.say("journal record %d", signed.Record)
		}
		return a.deliver(o.Output, signed.Result)
	})
}

// completeWalletFlag offers the names of wallets for --wallet.
func (a *app) completeWalletFlag(c *cobra.Command) {
	_ = c.RegisterFlagCompletionFunc("wallet", func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return a.walletNames(cmd.Context()), cobra.ShellCompDirectiveNoFileComp
	})
}
