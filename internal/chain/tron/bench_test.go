package tron

import (
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
)

func BenchmarkDecode(b *testing.B) {
	c, key := tron(), signer(b)
	inJSON, err := c.ReadFile([]byte(tronweb(b).Transactions[0].JSON))
	if err != nil {
		b.Fatal(err)
	}
	inJSON.Signer = key
	for name, req := range map[string]chain.Request{
		"transfer":         {Form: FormTransaction, Payload: transfer(bob, 1000000), Signer: key},
		"trc20 transfer":   {Form: FormTransaction, Payload: call(usdt, trc20Transfer), Signer: key},
		"transfer in json": inJSON,
		"message":          {Form: FormMessage, Payload: []byte("hello"), Signer: key},
	} {
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
	key := signer(b)
	for name, c := range map[string]func() Chain{"new": tron, "again": func() Chain { return again }} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := c().Address(key); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

var again = New(chain.Network{ID: "tron", Symbol: "TRX", Algorithm: curve.Secp256k1})
