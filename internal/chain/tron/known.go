package tron

import "strongroom/internal/chain"

// wellKnown is the unit of a well-known token of the main network, by the address of
// its contract; the zero unit for others. The decimals are those that the contracts
// say themselves.
func (c Chain) wellKnown(contract string) chain.Unit {
	if c.network.Test {
		return chain.Unit{}
	}
	switch contract {
	case "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t":
		return chain.Unit{Symbol: "USDT", Decimals: 6}
	case "TEkxiTehnzSmSe2XqrBj4w32RUN966rdz8":
		return chain.Unit{Symbol: "USDC", Decimals: 6}
	case "TNUC9Qb1rRpS5CbWLmNMxXBjyFoydXjWFR":
		return chain.Unit{Symbol: "WTRX", Decimals: 6}
	case "TCFLL5dx5ZJdKnWuesXxi1VPwjLVmWZZy9":
		return chain.Unit{Symbol: "JST", Decimals: 18}
	case "TSSMHYeV2uE9qYH95DqyoCuNCzEL1NvU3S":
		return chain.Unit{Symbol: "SUN", Decimals: 18}
	case "TAFjULxiVgT4qWk6UZwjqwZXTSaGaqnVp4":
		return chain.Unit{Symbol: "BTT", Decimals: 18}
	case "TLa2f6VPqDgRE67v1736s7bJ8Ray5wYjU7":
		return chain.Unit{Symbol: "WIN", Decimals: 6}
	}
	return chain.Unit{}
}
