package cli

import "github.com/spf13/cobra"

func (a *app) newChainCommand() *cobra.Command {
	c := a.group(&cobra.Command{
		Use:   "chain",
		Short: "The chains that this program knows, and addresses on them",
		Long: `A chain goes by its id, its symbol, or another name that its people use, in any case:
ethereum, ETH; polygon, MATIC, pol; kaia, klaytn; sepolia, amoy. With --testnet it is the
test network of that chain.`,
		Example: "  strongroom chain list\n  strongroom chain address --chain ETH --mnemonic-file words.txt",
	})
	c.AddCommand(a.newChainListCommand(), a.newChainAddressCommand())
	return c
}
