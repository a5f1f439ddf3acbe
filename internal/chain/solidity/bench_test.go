package solidity

import "testing"

func BenchmarkRead(b *testing.B) {
	c := Caller{Address: func([20]byte) string { return "0x" }, Native: "ETH", Token: func([20]byte) string { return "erc20 0x" }}
	transfer := encode("transfer(address,uint256)", bob, 1000000)
	for name, call := range map[string]Call{
		"transfer":  {From: alice, HasFrom: true, To: token, Data: transfer},
		"swap":      {From: alice, HasFrom: true, To: target, Data: encode("swapExactTokensForTokens(uint256,uint256,address[],address,uint256)", 5, 4, list{token, other}, alice, 1900000000)},
		"multicall": {From: alice, HasFrom: true, To: target, Data: encode("multicall(bytes[])", list{transfer, transfer})},
		"unknown":   {From: alice, HasFrom: true, To: target, Data: []byte{1, 2, 3, 4}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Read(call)
			}
		})
	}
}
