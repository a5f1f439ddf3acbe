package evm

import (
	"strings"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
)

// contract is a contract of one network.
type contract struct {
	chainID uint64
	address address
}

// token is what people call a token, and how they count it.
type token struct {
	symbol   string
	decimals int
	native   bool // it is the native asset itself, under the address of a contract
}

// wellKnownTokens are tokens that people confuse at their cost: chain id, address,
// symbol, decimals. They are shown beside amounts and decide nothing. From the token
// list of Uniswap (default-token-list 22.21.0). The rest: cUSD (since 2025 also USDm) from
// docs.celo.org and Request Network's list, USDC on Sepolia and Amoy from the list at
// developer.interlace.money, USDT on Kaia from docs.kaia.io, WXDC from XinFin's token list,
// WONE and WKCS from integrations of exchanges there (SushiSwap, MojitoSwap).
// USDC and USDT with 18 decimals on Celo are the adapters in which fees are paid
// (docs.celo.org, fee currencies). What is native moves the same balance as a transfer
// of value does (docs.celo.org, token duality; addresses from celo-org/op-geth and of
// Alfajores from Ubeswap's list).
const wellKnownTokens = `
1 0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48 USDC 6
1 0xdAC17F958D2ee523a2206206994597C13D831ec7 USDT 6
1 0x6B175474E89094C44Da98b954EedeAC495271d0F DAI 18
1 0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2 WETH 18
1 0x2260FAC5E5542a773Aa44fBCfeDf7C193bc2C599 WBTC 8
10 0x0b2C639c533813f4Aa9D7837CAf62653d097Ff85 USDC 6
10 0x94b008aA00579c1307B0EF2c499aD98a8ce58e58 USDT 6
10 0xDA10009cBd5D07dd0CeCc66161FC93D7c9000da1 DAI 18
10 0x4200000000000000000000000000000000000006 WETH 18
10 0x68f180fcCe6836688e9084f035309E29Bf0A2095 WBTC 8
56 0x8AC76a51cc950d9822D68b83fE1Ad97B32Cd580d USDC 18
56 0x55d398326f99059fF775485246999027B3197955 USDT 18
56 0x1AF3F329e8BE154074D8769D1FFa4eE058B1DBc3 DAI 18
56 0xbb4CdB9CBd36B01bD1cBaEBF2De08d9173bc095c WBNB 18
56 0x2170Ed0880ac9A755fd29B2688956BD959F933F8 ETH 18
137 0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359 USDC 6
137 0x2791Bca1f2de4661ED88A30C99A7a9449Aa84174 USDC.e 6
137 0xc2132D05D31c914a87C6611C10748AEb04B58e8F USDT 6
137 0x8f3Cf7ad23Cd3CaDbD9735AFf958023239c6A063 DAI 18
137 0x7ceB23fD6bC0adD59E62ac25578270cFf1b9f619 WETH 18
137 0x1BFD67037B42Cf73acF2047067bd4F2C47D9BfD6 WBTC 8
137 0x0d500B1d8E8eF31E21C99d1Db9A6444d3ADf1270 WPOL 18
8453 0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913 USDC 6
8453 0x50c5725949A6F0c72E6C4a641F24049A917DB0Cb DAI 18
8453 0x4200000000000000000000000000000000000006 WETH 18
42161 0xaf88d065e77c8cC2239327C5EDb3A432268e5831 USDC 6
42161 0xFd086bC7CD5C481DCC9C85ebE478A1C0b69FCbb9 USDT0 6
42161 0xDA10009cBd5D07dd0CeCc66161FC93D7c9000da1 DAI 18
42161 0x82aF49447D8a07e3bd95BD0d56f35241523fBab1 WETH 18
42161 0x2f2a2543B76A4166549F7aaB2e75Bef0aefC5B0f WBTC 8
42220 0xcebA9300f2b948710d2653dD7B07f33A8B32118C USDC 6
42220 0x48065fbBE25f71C9282ddf5e1cD6D6A887483D5e USDT 6
42220 0x765DE816845861e75A25fCA122bb6898B8B1282a cUSD 18
42220 0x471EcE3750Da237f93B8E339c536989b8978a438 CELO 18 native
42220 0xD8763CBa276a3738E6DE85b4b3bF5FDed6D6cA73 cEUR 18
42220 0xe8537a3d056DA446677B9E9d6c5dB704EaAb4787 cREAL 18
42220 0x2F25deB3848C207fc8E0c34035B3Ba7fC157602B USDC 18
42220 0x0E2A3e05bc9A16F5292A6170456A710cb89C6f72 USDT 18
44787 0x874069Fa1Eb16D44d622F2e0Ca25eeA172369bC1 cUSD 18
44787 0xF194afDf50B03e69Bd7D057c1Aa9e10c9954E4C9 CELO 18 native
11142220 0x471EcE3750Da237f93B8E339c536989b8978a438 CELO 18 native
43114 0xB97EF9Ef8734C71904D8002F8b6Bc66Dd9c48a6E USDC 6
43114 0x9702230A8Ea53601f5cD2dc00fDBc13d4dF4A8c7 USDT 6
43114 0xB31f66AA3C1e785363F0875A1B74E27b85FD66c7 WAVAX 18
11155111 0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238 USDC 6
11155111 0xfFf9976782d46CC05630D1f6eBAb18b2324d6B14 WETH 18
80002 0x41E94Eb019C0762f9Bfcf9Fb1E58725BfB0e7582 USDC 6
1666600000 0xcF664087a5bB0237a0BAd6742852ec6c8d69A27a WONE 18
321 0x4446Fc4eb47f2f6586f9fAAb68B3498F86C07521 WKCS 18
50 0x951857744785E80e2De051c32EE7b25f9c458C42 WXDC 18
8217 0xd077A400968890Eacc75cdc901F0356c943e4fDb USDT 6
`

// name is what people are told of the contract.
func (t token) name() string {
	if t.native {
		return t.symbol + ", the native asset itself, as a token"
	}
	return t.symbol
}

// tokensOf reads the table for one network, or for all where chainID is 0.
func tokensOf(chainID uint64) map[contract]token {
	known := map[contract]token{}
	for line := range strings.Lines(strings.TrimSpace(wellKnownTokens)) {
		row := strings.Fields(line)
		id, decimals := number(row[0]), number(row[3])
		if a, err := hexaccount.Parse(row[1]); err == nil && (chainID == 0 || id == chainID) {
			known[contract{id, a}] = token{symbol: row[2], decimals: int(decimals), native: len(row) > 4}
		}
	}
	return known
}

// number reads the digits of the table above.
func number(digits string) (v uint64) {
	for _, c := range []byte(digits) {
		v = v*10 + uint64(c-'0')
	}
	return v
}

// tokenAsset is a token as effects name it. What is known of it is kept for people.
func (d *description) tokenAsset(a address) string {
	asset := "erc20 " + d.text(a)
	if t, ok := d.chain.tokens[contract{d.chainID, a}]; ok {
		if d.units == nil {
			d.units = make(map[string]chain.Unit, 2)
		}
		d.units[asset] = chain.Unit{Symbol: t.symbol, Decimals: t.decimals}
		if t.native {
			d.name(d.text(a), t.name())
		}
	}
	return asset
}

// contractName keeps what a token's contract is called, for the address text to.
func (d *description) contractName(a address, to string) {
	if t, ok := d.chain.tokens[contract{d.chainID, a}]; ok {
		d.name(to, t.name())
	}
}
