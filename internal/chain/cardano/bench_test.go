package cardano_test

import (
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/cardano"
)

func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"payment", "tokens", "plutus", "certificates"} {
		req := chain.Request{Form: cardano.FormTransaction, Payload: unsigned(b, name), Signer: someKey(b)}
		c := mainnet()
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Decode(req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAddress(b *testing.B) {
	c, key := mainnet(), someKey(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Address(key); err != nil {
			b.Fatal(err)
		}
	}
}
