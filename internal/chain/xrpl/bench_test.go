package xrpl

import (
	"testing"

	"strongroom/internal/chain"
)

func BenchmarkDecode(b *testing.B) {
	for name, text := range map[string]string{
		"payment": `"TransactionType":"Payment","Destination":"@bob","Amount":"1000000","DestinationTag":7,"Flags":0`,
		"issued":  `"TransactionType":"Payment","Destination":"@bob","Amount":{"currency":"USD","issuer":"@carol","value":"1.5"},"SendMax":{"currency":"USD","issuer":"@carol","value":"1.6"}`,
		"trust":   `"TransactionType":"TrustSet","LimitAmount":{"currency":"USD","issuer":"@carol","value":"1000"}`,
	} {
		for _, seed := range []string{seedEd25519, seedSecp256k1} {
			_, key := fromSeed(b, seed)
			req := chain.Request{Form: FormTransaction, Payload: payload(b, text), Signer: key}
			b.Run(name+"/"+key.Algorithm().String(), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := mainNetwork().Decode(req); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkAddress(b *testing.B) {
	_, key := fromSeed(b, seedEd25519)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := mainNetwork().Address(key); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadFile(b *testing.B) {
	data := []byte(load[vectors](b, "vectors.json").Transactions[0].JSON)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := mainNetwork().ReadFile(data); err != nil {
			b.Fatal(err)
		}
	}
}
