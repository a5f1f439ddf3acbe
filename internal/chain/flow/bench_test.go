package flow_test

import (
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/flow"
)

func BenchmarkDecode(b *testing.B) {
	c, tx := mainnet(), payment(b)
	for form, payload := range map[string][]byte{flow.FormTransaction: tx.Payload(), flow.FormEnvelope: tx.Envelope()} {
		req := chain.Request{Form: form, Payload: payload, Signer: someKey(b)}
		b.Run(form, func(b *testing.B) {
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
