package multiversx_test

import (
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/multiversx"
)

func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"transfer", "hash", "esdt", "everything"} {
		req := chain.Request{Form: multiversx.FormTransaction, Payload: vector(b, name)}
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
	key, c := publicKey(b, "alice"), mainnet()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Address(key); err != nil {
			b.Fatal(err)
		}
	}
}
