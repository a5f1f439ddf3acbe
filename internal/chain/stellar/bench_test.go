package stellar_test

import (
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/stellar"
)

func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"payment", "paymentCredit", "setOptionsAll", "feeBump", "sorobanTransferUsd"} {
		req := chain.Request{Form: stellar.FormTransaction, Payload: vector(b, name)}
		c := public()
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
	key := publicKey(b, sdk(b).Keys["alice"].Secret)
	c := public()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Address(key); err != nil {
			b.Fatal(err)
		}
	}
}
