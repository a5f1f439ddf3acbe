package cli

import (
	"context"

	"github.com/spf13/cobra"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

func (a *app) newMessageCommand() *cobra.Command {
	c := a.group(&cobra.Command{
		Use:   "message",
		Short: "Sign statements that are no transactions",
		Long: `A message is signed by the standard of the chain, under a prefix that keeps it from
ever being a transaction: EIP-191, BIP-137, Solana's off-chain messages, SEP-53 and so on.`,
		Example: "  strongroom message sign --chain ETH --key 0x9858... statement.txt",
	})
	c.AddCommand(a.newMessageSignCommand())
	return c
}

func (a *app) newMessageSignCommand() *cobra.Command {
	var o txSignOptions
	c := &cobra.Command{
		Use:   "sign --chain CHAIN FILE",
		Short: "Sign a message",
		Long: `Signs the bytes of a file (- for standard input), as they are, by the chain's standard
for messages. The rules see it as a message; what could be something else is opaque.`,
		Example: "  printf 'I own this address' | strongroom message sign --chain ETH --wallet treasury --key 0x9858... -",
		Args:    exactly(1),
	}
	o.Add(c.Flags())
	o.Chain.complete(c)
	a.completeWalletFlag(c)
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runMessageSign(ctx, o, args[0]) })
	return c
}

func (a *app) runMessageSign(ctx context.Context, o txSignOptions, file string) error {
	row, err := o.Chain.find()
	if err != nil {
		return err
	}
	messenger, ok := row.Chain.(chain.Messenger)
	if !ok {
		return fault.Unsupported.New("%s has no standard for messages", row.Title)
	}
	message, err := a.input(file, "the message", maxPayload)
	if err != nil {
		return err
	}
	return a.signRequest(ctx, o, row, func(keys []curve.PublicKey) (chain.Request, error) {
		if len(keys) != 1 {
			return chain.Request{}, usage("--key is needed: which key signs the message")
		}
		named := ""
		if len(o.Keys) == 1 {
			named = o.Keys[0]
		}
		return messageRequest(row, messenger, message, keys[0], o.Form, named)
	})
}

// messageRequest is the request that signs a message. A key that is named by an address
// signs for that very address, where the chain has several for a key.
func messageRequest(row chain.Row, m chain.Messenger, message []byte, key curve.PublicKey, form, named string) (chain.Request, error) {
	if by, ok := row.Chain.(chain.AddressMessenger); ok {
		format, err := formatOf(row.Chain, key, named)
		if err != nil {
			return chain.Request{}, err
		}
		if format != "" {
			return by.MessageRequestAs(message, key, form, format)
		}
	}
	if form == "" {
		return m.MessageRequest(message, key)
	}
	return chain.Request{Form: form, Payload: message, Signer: key}, nil
}

// formatOf is the form of address by which a key is named, "" if it is named otherwise.
func formatOf(c chain.Chain, key curve.PublicKey, named string) (string, error) {
	f, ok := c.(chain.Formatter)
	if !ok {
		return "", nil
	}
	for _, format := range f.AddressFormats() {
		own, err := f.AddressAs(key, format)
		if err != nil {
			return "", err
		}
		if own == named {
			return format, nil
		}
	}
	return "", nil
}
