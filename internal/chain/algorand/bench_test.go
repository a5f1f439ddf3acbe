package algorand

import (
	"testing"

	"strongroom/internal/chain"
)

func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"sign-pay", "sign-asset-transfer", "sign-app-call", "sign-heartbeat"} {
		for _, rec := range readRecordings(b) {
			if rec.Name != name {
				continue
			}
			b.Run(name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := New().Decode(chain.Request{Form: FormTransaction, Payload: rec.Transaction}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkCanonicalize(b *testing.B) {
	raw := readRecordings(b)[0].Transaction
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Canonicalize(raw); err != nil {
			b.Fatal(err)
		}
	}
}
