package solana

import (
	"crypto/ed25519"
	"testing"

	"strongroom/internal/chain"
)

func publicBytes(seed []byte) []byte { return ed25519.NewKeyFromSeed(seed)[32:] }

func BenchmarkDecode(b *testing.B) {
	usdc, ok := decodeBase58("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", keySize)
	if !ok {
		b.Fatal("no mint")
	}
	for name, req := range map[string]chain.Request{
		"transfer": {Form: FormTransaction, Payload: compile("mine", transfer("mine", "bob", 1e9))},
		"token": {Form: FormTransaction, Payload: compile("mine",
			tokenStep(metas(other("a"), exact(string(usdc)), other("b"), signer("mine")), uint8(tokenTransferChecked), uint64(5), uint8(6)))},
		"raw message": {Form: FormRawMessage, Payload: []byte("Log in to example.com"), Signer: publicOf("mine")},
	} {
		b.Run(name, func(b *testing.B) {
			c := mainnet()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Decode(req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFinish(b *testing.B) {
	in := decodePayload(b, compile("mine", transfer("mine", "bob", 1e9)))
	made := [][]byte{make([]byte, signatureSize)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := in.Finish(made); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAddress(b *testing.B) {
	c, key := mainnet(), publicOf("mine")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Address(key); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRecompile(b *testing.B) {
	payload := compile("mine", transfer("mine", "bob", 1e9))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Recompile(payload, [32]byte{1}); err != nil {
			b.Fatal(err)
		}
	}
}
