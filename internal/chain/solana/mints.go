package solana

import "strongroom/internal/chain"

// knownMint is how people count a well-known token. Test networks have mints of their
// own, and whoever likes may have the key of a main network's address there.
func knownMint(mint string, test bool) (u chain.Unit, ok bool) {
	switch mint {
	case "So11111111111111111111111111111111111111112", // Token
		"9pan9bMn5HatX4EJdBwg9VgCa7Uz5HL8N1m5D3NdXejP": // Token-2022
		return chain.Unit{Symbol: "wSOL", Decimals: 9}, true
	}
	if test {
		if mint == "4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU" {
			return chain.Unit{Symbol: "USDC", Decimals: 6}, true
		}
		return u, false
	}
	switch mint {
	case "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v":
		u = chain.Unit{Symbol: "USDC", Decimals: 6}
	case "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB":
		u = chain.Unit{Symbol: "USDT", Decimals: 6}
	case "mSoLzYCxHdYgdzU16g5QSh3i5K3z3KZK7ytfqcJm7So":
		u = chain.Unit{Symbol: "mSOL", Decimals: 9}
	case "JUPyiwrYJFskUPiHa7hkeR8VUtAeFoSYbKedZNsDvCN":
		u = chain.Unit{Symbol: "JUP", Decimals: 6}
	case "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263":
		u = chain.Unit{Symbol: "BONK", Decimals: 5}
	default:
		return u, false
	}
	return u, true
}
