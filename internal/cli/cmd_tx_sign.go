package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

type txSignOptions struct {
	Password passwordOptions
	Wallet   string
	Chain    chainOptions
	Form     string
	Keys     []string
	Output   string
}

func (o *txSignOptions) Add(f *pflag.FlagSet) {
	o.Password.Add(f)
	f.StringVar(&o.Wallet, "wallet", "", "the `wallet` that holds the key; the only one, or the open one, if absent")
	o.Chain.Add(f, "the `chain`, by any of its names")
	f.StringVar(&o.Form, "form", "", "another `form` of result or payload, see the chain's documentation (of a PSBT: psbt to add signatures, transaction for the finished one)")
	f.StringArrayVar(&o.Keys, "key", nil, "the `address` or public key to sign with, where the transaction does not say (may be repeated)")
	f.StringVarP(&o.Output, "output", "o", "-", "the `file` to make (- for standard output); it must not exist")
}

func (a *app) newTxSignCommand() *cobra.Command {
	var o txSignOptions
	c := &cobra.Command{
		Use:   "sign --chain CHAIN FILE",
		Short: "Sign a transaction",
		Long: `Signs the transaction in a file (- for standard input), if the rules allow each thing
that it does. The result is written as the chain's tools take it: hex, base64 or JSON.
What the signature does, what a careful reader would stop at, and the number of the
record in the journal are told on standard error; with --json everything is in one object.`,
		Example: `  strongroom tx sign --chain ETH --key 0x9858EfFD232B4033E47d90003D41EC34EcaEda94 transfer.json
  strongroom tx sign --chain BTC --wallet cold payment.psbt -o signed.psbt
  strongroom tx sign --chain BTC --wallet cold --form transaction payment.psbt`,
		Args: exactly(1),
	}
	o.Add(c.Flags())
	o.Chain.complete(c)
	a.completeWalletFlag(c)
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runTxSign(ctx, o, args[0]) })
	return c
}

// signedText is a signed transaction or message under --json.
type signedText struct {
	Result   string        `json:"result"` // as the chain's tools write it; base64 where that is no text
	Effects  []rest.Effect `json:"effects"`
	Warnings []string      `json:"warnings"`
	Record   uint64        `json:"record"` // in the journal
}

func (a *app) runTxSign(ctx context.Context, o txSignOptions, file string) error {
	row, err := o.Chain.find()
	if err != nil {
		return err
	}
	data, err := a.input(file, "the transaction", maxPayload)
	if err != nil {
		return err
	}
	req, err := readTransaction(row, data)
	if err != nil {
		return err
	}
	if o.Form != "" {
		req.Form = o.Form
	}
	return a.signRequest(ctx, o, row, func([]curve.PublicKey) (chain.Request, error) { return req, nil })
}

// signRequest finds wallet and keys, has the daemon sign what make gives for them, and
// delivers the result in the chain's own text form.
func (a *app) signRequest(ctx context.Context, o txSignOptions, row chain.Row, make func(keys []curve.PublicKey) (chain.Request, error)) error {
	if err := checkNew(o.Output); err != nil {
		return err
	}
	return a.withCore(ctx, func(ctx context.Context, c *rest.Client) error {
		wallet, err := chooseWallet(ctx, c, o.Wallet)
		if err != nil {
			return err
		}
		var in *chain.Intent
		var signed rest.Signed
		err = a.opened(ctx, c, o.Password, wallet, func(id string, password secret.Bytes) error {
			keys, err := chooseKeys(ctx, c, id, password, row, o.Keys)
			if err != nil {
				return err
			}
			req, err := make(keys)
			if err != nil {
				return err
			}
			sign := rest.Sign{Password: rest.Text{Bytes: password}, Chain: row.ID, Form: req.Form, Payload: req.Payload, Context: req.Context}
			for i, k := range keys {
				if i == 0 {
					req.Signer, sign.Key = k, k.String()
				} else {
					req.Signers, sign.Keys = append(req.Signers, k), append(sign.Keys, k.String())
				}
			}
			if in, err = row.Chain.Decode(req); err != nil {
				return needsKey(err, len(o.Keys) > 0, "see what the wallet has with: strongroom key list "+shellWord(wallet))
			}
			if in.Encoding == chain.Binary && !a.global.JSON {
				if err := a.checkOutput(o.Output, true); err != nil {
					return err
				}
			}
			signed, err = c.Sign(ctx, id, sign)
			return missingKey(err, row, in)
		})
		if err != nil {
			return err
		}
		return a.deliverSigned(o.Output, row, in, signed)
	})
}

// deliverSigned writes a result as text where the chain has a text form for it.
func (a *app) deliverSigned(output string, row chain.Row, in *chain.Intent, signed rest.Signed) error {
	if a.global.JSON && output == "-" {
		encoding := in.Encoding
		if encoding == chain.Binary {
			encoding = chain.Base64
		}
		return a.put(signedText{encoding.Encode(signed.Result), signed.Effects, append([]string{}, in.Warnings...), signed.Record}, nil)
	}
	decimals := func(asset string) int {
		u, known := unitOf(in, row, asset)
		if !known {
			return 0
		}
		return u.Decimals
	}
	for _, e := range signed.Effects {
		a.say("signed: %s", describeEffect(e, decimals))
	}
	for _, w := range in.Warnings {
		a.say("warning: %s", shown(w))
	}
	a.say("journal record %d", signed.Record)
	if in.Encoding == chain.Binary {
		return a.deliver(output, signed.Result)
	}
	return a.deliver(output, []byte(in.Encoding.Encode(signed.Result)+"\n"))
}
