package all

import (
	"strconv"

	"strongroom/internal/chain"
	"strongroom/internal/chain/algorand"
	"strongroom/internal/chain/antelope"
	"strongroom/internal/chain/beacon"
	"strongroom/internal/chain/bitcoin"
	"strongroom/internal/chain/cardano"
	"strongroom/internal/chain/evm"
	"strongroom/internal/chain/flow"
	"strongroom/internal/chain/multiversx"
	"strongroom/internal/chain/solana"
	"strongroom/internal/chain/stellar"
	"strongroom/internal/chain/tron"
	"strongroom/internal/chain/vechain"
	"strongroom/internal/chain/xrpl"
	"strongroom/internal/curve"
)

// Version bytes of extended public keys (BIP-32, SLIP-132).
const (
	xpub = 0x0488b21e // of everybody who did not choose others
	tpub = 0x043587cf // test networks of Bitcoin's family
	ltub = 0x019da462 // Litecoin
	ttub = 0x0436f6e1 // Litecoin's test network
)

// testPath is the path of all test networks: they share a number of SLIP-44.
const testPath = "m/44'/1'/0'/0/i"

// rows is the registry: every chain that strongroom knows, by family.
//
// A network has a row of its own where keys, addresses or signatures differ from those
// of other networks; where nothing tells them apart, one row serves all and its Network
// is "any". Paths are those of Tatum KMS where it has the chain (reference: its address
// vectors), else those of SLIP-44 and the chain's own standard. Where two chains claim a
// name, the first row has it: BNB is the Beacon Chain, as in Tatum.
func rows() []chain.Row {
	return []chain.Row{
		{Chain: algorand.New(), Network: chain.Network{
			ID: algorand.ID, Title: "Algorand", Symbol: "ALGO", Names: []string{"algo"}, Decimals: 6, Algorithm: curve.Ed25519,
			Format: "58 characters of base32", Network: "genesis hash in the transaction",
			Docs: "https://dev.algorand.co/concepts/transactions/reference/"}},
		{Chain: antelope.New(), Network: chain.Network{
			ID: antelope.ID, Title: "Antelope (EOS, Vaulta, WAX, Telos, Wire)", Symbol: "EOS", Names: []string{"vaulta", "wire", "wax", "telos"}, Decimals: 4, Algorithm: curve.Secp256k1,
			Path: "m/44'/194'/0'/0/i", Extended: xpub, Format: "public key PUB_K1_…; accounts have names", Network: "chain id beside the transaction",
			Docs: "https://docs.antelope.io/docs/latest/"}},

		bitcoinRow(bitcoin.Bitcoin(), chain.Network{ID: "bitcoin", Title: "Bitcoin", Symbol: "BTC",
			Path: "m/44'/0'/0'/0/i", Extended: xpub, Format: "bc1q… (P2WPKH); p2tr, p2sh-p2wpkh, p2pkh", Network: "any",
			Docs: "https://github.com/bitcoin/bips"}),
		bitcoinRow(bitcoin.BitcoinTestnet(), chain.Network{ID: "bitcoin-testnet", Title: "Bitcoin testnet and signet", Symbol: "BTC", Names: []string{"tbtc", "signet"}, Test: true,
			Path: testPath, Extended: tpub, Format: "tb1q… (P2WPKH); p2tr, p2sh-p2wpkh, p2pkh", Network: "any",
			Docs: "https://github.com/bitcoin/bips"}),
		bitcoinRow(bitcoin.Litecoin(), chain.Network{ID: "litecoin", Title: "Litecoin", Symbol: "LTC",
			Path: "m/44'/2'/0'/0/i", Extended: ltub, Format: "L… (P2PKH); p2wpkh, p2sh-p2wpkh, p2tr", Network: "any",
			Docs: "https://github.com/litecoin-project/lips"}),
		bitcoinRow(bitcoin.LitecoinTestnet(), chain.Network{ID: "litecoin-testnet", Title: "Litecoin testnet", Symbol: "LTC", Names: []string{"tltc"}, Test: true,
			Path: testPath, Extended: ttub, Format: "m… or n… (P2PKH); p2wpkh, p2sh-p2wpkh, p2tr", Network: "any",
			Docs: "https://github.com/litecoin-project/lips"}),
		bitcoinRow(bitcoin.Dogecoin(), chain.Network{ID: "dogecoin", Title: "Dogecoin", Symbol: "DOGE",
			Path: "m/44'/3'/0'/0/i", Extended: xpub, Format: "D… (P2PKH)", Network: "any",
			Docs: "https://github.com/dogecoin/dogecoin/tree/master/doc"}),
		bitcoinRow(bitcoin.DogecoinTestnet(), chain.Network{ID: "dogecoin-testnet", Title: "Dogecoin testnet", Symbol: "DOGE", Test: true,
			Path: testPath, Extended: tpub, Format: "n… (P2PKH)", Network: "any",
			Docs: "https://github.com/dogecoin/dogecoin/tree/master/doc"}),
		bitcoinRow(bitcoin.BitcoinCash(), chain.Network{ID: "bitcoin-cash", Title: "Bitcoin Cash", Symbol: "BCH", Names: []string{"bcash", "bitcoincash"},
			Path: "m/44'/145'/0'/0/i", Extended: xpub, Format: "bitcoincash:q… (CashAddr); legacy", Network: "fork id",
			Docs: "https://reference.cash/"}),
		bitcoinRow(bitcoin.BitcoinCashTestnet(), chain.Network{ID: "bitcoin-cash-testnet", Title: "Bitcoin Cash testnet", Symbol: "BCH", Names: []string{"bchtest"}, Test: true,
			Path: "m/44'/145'/0'/0/i", Extended: tpub, Format: "bchtest:q… (CashAddr); legacy", Network: "fork id",
			Docs: "https://reference.cash/"}),

		evmRow(1, evm.Ethereum, chain.Network{ID: "ethereum", Title: "Ethereum", Symbol: "ETH", Path: "m/44'/60'/0'/0/i", Docs: "https://eips.ethereum.org/"}),
		evmRow(11155111, evm.Ethereum, chain.Network{ID: "ethereum-testnet", Title: "Ethereum Sepolia", Symbol: "ETH", Names: []string{"sepolia"}, Test: true, Docs: "https://github.com/eth-clients/sepolia"}),
		evmRow(560048, evm.Ethereum, chain.Network{ID: "ethereum-hoodi", Title: "Ethereum Hoodi", Symbol: "ETH", Names: []string{"hoodi"}, Test: true, Docs: "https://github.com/eth-clients/hoodi"}),
		evmRow(17000, evm.Ethereum, chain.Network{ID: "ethereum-holesky", Title: "Ethereum Holesky", Symbol: "ETH", Names: []string{"holesky"}, Test: true, Ended: "ended; Hoodi takes its place", Docs: "https://github.com/eth-clients/holesky"}),
		evmRow(5, evm.Ethereum, chain.Network{ID: "ethereum-goerli", Title: "Ethereum Görli", Symbol: "ETH", Names: []string{"goerli"}, Test: true, Ended: "ended; Sepolia takes its place", Docs: "https://github.com/eth-clients/goerli"}),
		evmRow(3, evm.Ethereum, chain.Network{ID: "ethereum-ropsten", Title: "Ethereum Ropsten", Symbol: "ETH", Names: []string{"ropsten"}, Test: true, Ended: "ended; Sepolia takes its place", Docs: "https://github.com/ethereum/ropsten"}),

		beaconRow("bnb", "Binance-Chain-Tigris", chain.Network{ID: "bnb-beacon", Title: "BNB Beacon Chain", Symbol: "BNB", Names: []string{"beacon", "binance"}}),
		beaconRow("tbnb", "Binance-Chain-Ganges", chain.Network{ID: "bnb-beacon-testnet", Title: "BNB Beacon Chain testnet", Symbol: "BNB", Names: []string{"tbnb"}, Test: true}),
		evmRow(56, evm.Ethereum, chain.Network{ID: "bsc", Title: "BNB Smart Chain", Symbol: "BNB", Path: "m/44'/60'/0'/0/i", Docs: "https://docs.bnbchain.org/"}),
		evmRow(97, evm.Ethereum, chain.Network{ID: "bsc-testnet", Title: "BNB Smart Chain Chapel", Symbol: "BNB", Names: []string{"chapel"}, Test: true, Docs: "https://docs.bnbchain.org/"}),

		evmRow(137, evm.Ethereum, chain.Network{ID: "polygon", Title: "Polygon", Symbol: "POL", Names: []string{"matic"}, Path: "m/44'/966'/0'/0/i", Docs: "https://docs.polygon.technology/"}),
		evmRow(80002, evm.Ethereum, chain.Network{ID: "polygon-testnet", Title: "Polygon Amoy", Symbol: "POL", Names: []string{"amoy"}, Test: true, Docs: "https://docs.polygon.technology/"}),
		evmRow(80001, evm.Ethereum, chain.Network{ID: "polygon-mumbai", Title: "Polygon Mumbai", Symbol: "POL", Names: []string{"mumbai"}, Test: true, Ended: "ended; Amoy takes its place", Docs: "https://docs.polygon.technology/"}),
		evmRow(321, evm.Ethereum, chain.Network{ID: "kcc", Title: "KuCoin Community Chain", Symbol: "KCS", Names: []string{"kucoin"}, Path: "m/44'/60'/0'/0/i", Docs: "https://docs.kcc.io/"}),
		evmRow(322, evm.Ethereum, chain.Network{ID: "kcc-testnet", Title: "KuCoin Community Chain testnet", Symbol: "KCS", Test: true, Docs: "https://docs.kcc.io/"}),
		evmRow(1666600000, evm.Harmony, chain.Network{ID: "harmony", Title: "Harmony", Symbol: "ONE", Path: "m/44'/1023'/0'/0/i", Docs: "https://docs.harmony.one/"}),
		evmRow(1666700000, evm.Harmony, chain.Network{ID: "harmony-testnet", Title: "Harmony testnet", Symbol: "ONE", Test: true, Docs: "https://docs.harmony.one/"}),
		evmRow(50, evm.XDC, chain.Network{ID: "xdc", Title: "XDC Network", Symbol: "XDC", Names: []string{"xinfin"}, Path: "m/44'/550'/0'/0/i", Docs: "https://docs.xdc.network/"}),
		evmRow(51, evm.XDC, chain.Network{ID: "xdc-testnet", Title: "XDC Apothem", Symbol: "XDC", Names: []string{"apothem"}, Test: true, Docs: "https://docs.xdc.network/"}),
		evmRow(42220, evm.Celo, chain.Network{ID: "celo", Title: "Celo", Symbol: "CELO", Path: "m/44'/52752'/0'/0/i", Docs: "https://docs.celo.org/"}),
		evmRow(11142220, evm.Celo, chain.Network{ID: "celo-testnet", Title: "Celo Sepolia", Symbol: "CELO", Names: []string{"celo-sepolia"}, Test: true, Docs: "https://docs.celo.org/"}),
		evmRow(44787, evm.Celo, chain.Network{ID: "celo-alfajores", Title: "Celo Alfajores", Symbol: "CELO", Names: []string{"alfajores"}, Test: true, Ended: "ended; Celo Sepolia takes its place", Docs: "https://docs.celo.org/"}),
		evmRow(8217, evm.Kaia, chain.Network{ID: "kaia", Title: "Kaia (formerly Klaytn)", Symbol: "KAIA", Names: []string{"klay", "klaytn"}, Path: "m/44'/8217'/0'/0/i", Docs: "https://docs.kaia.io/"}),
		evmRow(1001, evm.Kaia, chain.Network{ID: "kaia-testnet", Title: "Kaia Kairos (formerly Baobab)", Symbol: "KAIA", Names: []string{"kairos", "baobab"}, Test: true, Docs: "https://docs.kaia.io/"}),
		evmRow(0, evm.Ethereum, chain.Network{ID: "evm", Title: "Any chain that signs as Ethereum does", Symbol: "native coin", Path: "m/44'/60'/0'/0/i", Docs: "https://eips.ethereum.org/EIPS/eip-155"}),

		vechainRow(vechain.MainTag, chain.Network{ID: "vechain", Title: "VeChain", Symbol: "VET", Path: "m/44'/818'/0'/0/i"}),
		vechainRow(vechain.TestTag, chain.Network{ID: "vechain-testnet", Title: "VeChain testnet", Symbol: "VET", Path: testPath, Test: true}),
		tronRow(chain.Network{ID: "tron", Title: "TRON", Symbol: "TRX", Names: []string{"nile", "shasta"}, Decimals: 6, Algorithm: curve.Secp256k1,
			Path: "m/44'/195'/0'/0/i", Extended: xpub, Format: "T…; hex", Network: "any, by a recent block",
			Docs: "https://developers.tron.network/docs/tron-protocol-transaction"}),
		solanaRow(chain.Network{ID: "solana", Title: "Solana", Symbol: "SOL", Names: []string{"devnet"}, Decimals: 9, Algorithm: curve.Ed25519,
			Path: "m/44'/501'/0'/0'/i'", Format: "base58 of the public key", Network: "any, by a recent block",
			Docs: "https://solana.com/docs/core/transactions"}),
		stellarRow(stellar.PublicPassphrase, chain.Network{ID: "stellar", Title: "Stellar", Symbol: "XLM", Names: []string{"lumens"}}),
		stellarRow(stellar.TestnetPassphrase, chain.Network{ID: "stellar-testnet", Title: "Stellar testnet", Symbol: "XLM", Test: true}),
		xrplRow(chain.Network{ID: "xrpl", Title: "XRP Ledger", Symbol: "XRP", Names: []string{"ripple"}, Decimals: 6, Algorithm: curve.Secp256k1,
			Path: "m/44'/144'/0'/0/i", Extended: xpub, Format: "r… (classic); x-address", Network: "any with an id below 1025",
			Docs: "https://xrpl.org/docs/references/protocol"}),
		multiversxRow("1", chain.Network{ID: "multiversx", Title: "MultiversX (formerly Elrond)", Symbol: "EGLD", Names: []string{"elrond", "egold"}, Path: "m/44'/508'/0'/0'/i'"}),
		multiversxRow("T", chain.Network{ID: "multiversx-testnet", Title: "MultiversX testnet", Symbol: "EGLD", Names: []string{"elrond-testnet"}, Path: "m/44'/1'/0'/0'/i'", Test: true}),
		multiversxRow("D", chain.Network{ID: "multiversx-devnet", Title: "MultiversX devnet", Symbol: "EGLD", Path: "m/44'/1'/0'/0'/i'", Test: true}),
		flowRow("flow-mainnet", chain.Network{ID: "flow", Title: "Flow", Symbol: "FLOW"}),
		flowRow("flow-testnet", chain.Network{ID: "flow-testnet", Title: "Flow testnet", Symbol: "FLOW", Test: true}),
		cardanoRow(true, chain.Network{ID: "cardano", Title: "Cardano", Symbol: "ADA", Format: "addr1v… (enterprise)"}),
		cardanoRow(false, chain.Network{ID: "cardano-testnet", Title: "Cardano preprod and preview", Symbol: "ADA", Names: []string{"preprod"}, Format: "addr_test1v… (enterprise)", Test: true}),
	}
}

// The functions below fill in what the rows of a family have in common.

func bitcoinRow(p bitcoin.Params, n chain.Network) chain.Row {
	n.Decimals, n.Algorithm = 8, curve.Secp256k1
	return chain.Row{Network: n, Chain: bitcoin.New(n, p)}
}

func evmRow(id uint64, d evm.Dialect, n chain.Network) chain.Row {
	n.Decimals, n.Algorithm, n.Extended = 18, curve.Secp256k1, xpub
	if n.Path == "" {
		n.Path = testPath
	}
	n.Network = "chain id " + strconv.FormatUint(id, 10)
	if id == 0 {
		n.Network = "chain id in the transaction"
	}
	switch d {
	case evm.XDC:
		n.Format = "xdc and 40 hex digits; 0x"
	case evm.Harmony:
		n.Format = "0x and 40 hex digits, EIP-55; one1…"
	default:
		n.Format = "0x and 40 hex digits, EIP-55"
	}
	return chain.Row{Network: n, Chain: evm.New(n, evm.Params{ChainID: id, Dialect: d})}
}

func beaconRow(hrp, chainID string, n chain.Network) chain.Row {
	n.Decimals, n.Algorithm, n.Path, n.Extended = 8, curve.Secp256k1, "m/44'/714'/0'/0/i", xpub
	n.Format, n.Network = hrp+"1…", "chain id "+chainID
	n.Ended = "ended in 2024; its assets moved to BNB Smart Chain"
	n.Docs = "https://docs.bnbchain.org/bnb-smart-chain/introduction/"
	return chain.Row{Network: n, Chain: beacon.New(n, hrp, chainID)}
}

func vechainRow(tag uint8, n chain.Network) chain.Row {
	n.Decimals, n.Algorithm, n.Extended = 18, curve.Secp256k1, xpub
	n.Format, n.Network = "0x and 40 hex digits, EIP-55", "chain tag "+strconv.Itoa(int(tag))
	n.Docs = "https://docs.vechain.org/core-concepts/transactions"
	return chain.Row{Network: n, Chain: vechain.New(n, tag)}
}

func tronRow(n chain.Network) chain.Row { return chain.Row{Network: n, Chain: tron.New(n)} }

func solanaRow(n chain.Network) chain.Row { return chain.Row{Network: n, Chain: solana.New(n)} }

func stellarRow(passphrase string, n chain.Network) chain.Row {
	n.Decimals, n.Algorithm, n.Path = 7, curve.Ed25519, "m/44'/148'/i'"
	n.Format, n.Network = "G… (StrKey)", "passphrase "+strconv.Quote(passphrase)
	n.Docs = "https://developers.stellar.org/docs/learn/fundamentals/transactions"
	return chain.Row{Network: n, Chain: stellar.New(n, passphrase)}
}

func xrplRow(n chain.Network) chain.Row { return chain.Row{Network: n, Chain: xrpl.New(n, 0)} }

func multiversxRow(chainID string, n chain.Network) chain.Row {
	n.Decimals, n.Algorithm = 18, curve.Ed25519
	n.Format, n.Network = "erd1…", "chain id "+chainID
	n.Docs = "https://docs.multiversx.com/developers/signing-transactions/"
	return chain.Row{Network: n, Chain: multiversx.New(n, chainID)}
}

func flowRow(chainID string, n chain.Network) chain.Row {
	n.Decimals, n.Algorithm, n.Path, n.Extended = 8, curve.Secp256k1, "m/44'/539'/0'/0/i", xpub
	n.Format, n.Network = "public key in hex; accounts have addresses of their own", "any, by a reference block"
	n.Docs = "https://developers.flow.com/build/cadence/basics/transactions"
	return chain.Row{Network: n, Chain: flow.New(n, chainID)}
}

func cardanoRow(mainnet bool, n chain.Network) chain.Row {
	n.Decimals, n.Algorithm, n.Path = 6, curve.Ed25519BIP32, "m/1852'/1815'/0'/0'/i"
	n.Network = "network id in addresses"
	n.Docs = "https://cips.cardano.org/"
	return chain.Row{Network: n, Chain: cardano.New(n, mainnet)}
}
