package antelope

import (
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
)

func BenchmarkPackAndDigest(b *testing.B) {
	tx, id := transaction(transfer("alice", "bob", 10000, "hello")), mainnet(b)
	b.ReportAllocs()
	for b.Loop() {
		tx.Digest(id)
	}
}

func BenchmarkParseTransaction(b *testing.B) {
	tx := transaction(transfer("alice", "bob", 10000, "hello"))
	value := tx.AppendJSON(nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseTransaction(value); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	for form, req := range map[string]chain.Request{
		"transfer": request(b, transaction(transfer("alice", "bob", 10000, "hello"))),
		"digest":   {Form: FormDigest, Payload: make([]byte, curve.DigestSize), Signer: parsePublic(b, k1Public).Key()},
	} {
		b.Run(form, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := New().Decode(req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFinish(b *testing.B) {
	in, err := New().Decode(chain.Request{Form: FormDigest, Payload: make([]byte, curve.DigestSize), Signer: parsePublic(b, k1Public).Key()})
	if err != nil {
		b.Fatal(err)
	}
	made := [][]byte{append([]byte{31}, make([]byte, 64)...)}
	for b.Loop() {
		if _, err := in.Finish(made); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPublicKeyText(b *testing.B) {
	for _, text := range []string{k1Public, emPublic} {
		key := parsePublic(b, text)
		b.Run(key.Type().String(), func(b *testing.B) {
			for b.Loop() {
				_ = key.Text(Keosd)
			}
		})
	}
}
