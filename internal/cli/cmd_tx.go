package cli

import (
	"github.com/spf13/cobra"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

func (a *app) newTxCommand() *cobra.Command {
	c := a.group(&cobra.Command{
		Use:   "tx",
		Short: "Understand and sign transactions",
		Long: `A transaction is read from a file, in the forms in which the tools of its chain keep
unsigned transactions: hex, base64, their JSON, a PSBT.`,
		Example: "  strongroom tx decode --chain ETH transfer.json\n  strongroom tx sign --chain ETH --wallet treasury --key 0x9858... transfer.json",
	})
	c.AddCommand(a.newTxDecodeCommand(), a.newTxSignCommand())
	return c
}

// readTransaction has the chain read a file that people keep.
func readTransaction(row chain.Row, data []byte) (chain.Request, error) {
	reader, ok := row.Chain.(chain.FileReader)
	if !ok {
		return chain.Request{}, fault.Unsupported.New("files of %s are not read here", row.Title).
			WithHint("sign its canonical payload with: strongroom sign --chain %s", row.ID)
	}
	return reader.ReadFile(data)
}

// understand decodes a request, also where nobody is named who would sign it.
func understand(row chain.Row, req chain.Request) (*chain.Intent, error) {
	in, err := row.Chain.Decode(req)
	if fault.Is(err, fault.UnknownKey) && req.Signer == (curve.PublicKey{}) && len(req.Signers) == 0 {
		if p, ok := row.Chain.(chain.Previewer); ok {
			return p.Preview(req)
		}
	}
	return in, err
}

// needsKey makes clear what to do where a transaction leaves open which key signs it,
// and the command line does too.
func needsKey(err error, named bool, hint string) error {
	if named || !fault.Is(err, fault.UnknownKey) {
		return err
	}
	return usage("--key is needed: %s", fault.Text(err)).withHint("%s", hint)
}
