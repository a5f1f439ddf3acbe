package beacon

import (
	"testing"

	"strongroom/internal/chain"
)

func BenchmarkDecode(b *testing.B) {
	_, key := readKey(b, aliceKey)
	for name, payload := range map[string][]byte{
		"transfer": signDoc(transfer(party(alice, oneBNB), party(bob, oneBNB))), "order": signDoc(order("1", "1", "1", "1")),
	} {
		b.Run(name, func(b *testing.B) {
			req := chain.Request{Form: FormTransaction, Payload: payload, Signer: key}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := mainNetwork().Decode(req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAddress(b *testing.B) {
	_, key := readKey(b, aliceKey)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := mainNetwork().Address(key); err != nil {
			b.Fatal(err)
		}
	}
}
