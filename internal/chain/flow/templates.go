package flow

import "strongroom/internal/chain"

// template is a script whose meaning is known.
type template struct {
	name  string // in words, for people
	ended bool   // written in Cadence before 1.0, which the networks no longer run
	// read takes the arguments and says what the script does with the account of its
	// authorizer; every known script has exactly one.
	read func(a *arguments, from string) []chain.Effect
}

// templates are the known scripts by the SHA-256 of their normalised text (see
// [Chain.recognise]), in hex.
func templates() map[string]template {
	return map[string]template{
		// Tatum's library, release 1.37: what testdata/golden/tatum holds.
		"155966db0b8f617d3649b2dc60e300c2a9c4309a6ee17e6ae4c8aa06fcac6a21": {"transfer of FLOW", true, transfer(symbol, false)},
		"f46d2b314db7a0bd3e18722b25e24e125407b87032ec63351ece4d494fc95770": {"transfer of FUSD", true, transfer("FUSD", false)},
		// onflow/flow-core-contracts transactions/flowToken/transfer_tokens.cdc, as it was
		// before Cadence 1.0 and as onflow/flow-go's benchmarks have it since.
		"e21055aa57fd7073d741663f25aeca8c4802124868b1102c0be53c9cc5628b98": {"transfer of FLOW", true, transfer(symbol, false)},
		"1351f20570d6dccafa89385cc29a430825350a13a92c4cc2f4f984a27eb2e67b": {"transfer of FLOW", false, transfer(symbol, false)},
		// onflow/rosetta script/cadence/transactions/basic-transfer.cdc
		"e04cef94988541b0be7c7e2cd39845f875d6cec190cb53f7e872f7f9d2c1884b": {"transfer of FLOW", false, transfer(symbol, true)},
		// onflow/flow-ft and onflow/flow-nft transactions/generic_transfer_with_paths.cdc
		"cef1b10b44dc2f10faaa6ebabd4a0cf8d292798aa2d3b1e8cf03287fecfd750a": {"transfer of a token", false, transferPaths},
		"30653fceb30a6a9aba24cf230b64d067d31e2eb550112a25e8249f465ab2e0ef": {"transfer of an NFT", false, transferNFT},
		// onflow/sdks templates/cadence, which onflow/flow-go-sdk and the Flow CLI use.
		"477846a5809187c52754a9bc51ebdd365e6188b23dfac3122d99f701d48cd2fd": {"account creation", false, createAccount},
		"ae2ebc6b8e81916563c8dfea31186b5d8cfb6f31adf97da12cad063bd1c7e626": {"account key", false, addKey},
		"ad1624388de2bc65f473291701f4b8cab475aab4fd05dcdb12c7c9ac84f6e2f3": {"account key", false, revokeKey},
		"ea4278a8dee1c69e237b9643611cd7f6fbcce9aecc29030e8cc2921957059744": {"account key", true, revokeKey},
		"8563c947d962719223d66a994ff8c92213659dc4372349b48e62ec18e8923291": {"contract", false, deploy("contract")},
		"052708f7c4f29dbbcf58a4887d9b72e644e3c86fb8d14c1df6e070436093264f": {"contract", false, deploy("update of a contract")},
		"13e097524911a8ca2396aa69611974a348b55526bfcb000426586227b8d7a1b1": {"contract", false, removeContract},
		// onflow/flow-core-contracts lib/go/templates/manifest.mainnet.json, SCO.01 to SCO.16
		// except for those that make machine accounts.
		"9b58f6e0cbf5d6aca1d781e7cd5e1d4319108b5f501e021abf29ad9c2eb7abd0": {"staking collection", false, setupStaking},
		"e374d56da6fcde1ac496a48b96e9bccc64b70678ebe56b746d7e9649c984a45a": {"staking collection", false, stake("delegates newly to the node", noDelegator)},
		"0355aabcd9620d228425f075051894d481543f55f5c5c051fff1e8e4decf7023": {"staking collection", false, stake("requests unstaking", maybeDelegator)},
		"0355758e60682c071ca74d994842cb93c9b7fba0b09ca2d82ea68781504017bc": {"staking collection", false, stake("stakes new tokens", maybeDelegator)},
		"10499ebe6f26c0e4fcd56623b03eb96b55a79d5138b47357f80b823b1d7f09c2": {"staking collection", false, stake("stakes rewards", maybeDelegator)},
		"33d4fd24e31bf0bee1fc5b8346db1e5304547a5eee06b765f22d57f370a9d813": {"staking collection", false, stake("stakes unstaked tokens again", maybeDelegator)},
		"0aaf749e268d8df5345a2db09f54da28ef489b8b398a6b520e2002bc1f32a7b5": {"staking collection", false, unstakeAll},
		"b2a61546ad5212708960c7210c73260a3e1795a1b8b4578dcd11639d52790577": {"staking collection", false, stake("withdraws rewards to the account", maybeDelegator)},
		"bc1b7d106f10f65ee09d477de67ffa8be763b74154b4e143ab381b34cbf7a0d6": {"staking collection", false, stake("withdraws unstaked tokens to the account", maybeDelegator)},
		"b2c653f42b49ef8027b6f51a799a03778dcde8c9d428eddc4cf731d8a70694e7": {"staking collection", false, closeStake},
		"bea460bb77358fe8a8f7b568615551f30b7e8ff3dc394cc30a3e43252fd186f9": {"staking collection", false, transferNode},
		"98a50641bc6ae139b9e0847361dd24fd4ee5bc02f314522beaf669d297c81b3d": {"staking collection", false, transferDelegator},
		"7e9266499d212539633e526d8b6f8ec2f4b5825c2418e4cc7a42821d77fe24df": {"staking collection", false, stake("withdraws from the node's machine account to the account", noDelegator)},
		"e095aafd748fcdbc7f2524262d6ad99c950490293ee6bca4fc01ff8cc0d7efb7": {"staking collection", false, networkingAddress},
	}
}
