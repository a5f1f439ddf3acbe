package evm

import (
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
)

func BenchmarkDecode(b *testing.B) {
	c, key := ethereum(), signer(b)
	token := `"to":"` + usdc + `","data":"0xa9059cbb0000000000000000000000006fac4d18c912343bf86fa7049364dd4e424ab9c0000000000000000000000000000000000000000000000000000000000016e360","gas":90000,"nonce":5,`
	for _, v := range []struct{ name, file string }{
		{"transfer", `{"to":"` + bob + `","value":"1000000000000000000","gas":21000,"gasPrice":20000000000,"nonce":5}`},
		{"transfer, dynamic fee", `{"to":"` + bob + `","value":"1000000000000000000","gas":21000,"maxFeePerGas":20000000000,"maxPriorityFeePerGas":1,"nonce":5}`},
		{"token", `{` + token + `"gasPrice":20000000000}`},
		{"permit", permitFile(usdc, "1000000")},
	} {
		req, err := c.ReadFile([]byte(v.file))
		if err != nil {
			b.Fatal(err)
		}
		req.Signer = key
		b.Run(v.name, func(b *testing.B) { benchmarkDecode(b, c, req) })
	}
	b.Run("message", func(b *testing.B) {
		benchmarkDecode(b, c, chain.Request{Form: FormMessage, Payload: []byte("I agree to the terms."), Signer: key})
	})
}

func benchmarkDecode(b *testing.B, c Chain, req chain.Request) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Decode(req); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFinish(b *testing.B) {
	in := decode(b, ethereum(), `{"to":"`+bob+`","value":"1000000000000000000","gas":21000,"gasPrice":20000000000,"nonce":5}`)
	made := [][]byte{append(make([]byte, 64), 1)}
	for b.Loop() {
		if _, err := in.Finish(made); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAddress(b *testing.B) {
	key := signer(b)
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			m := hexaccount.New(hexaccount.Checksummed)
			if _, err := m.Of(key); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("again", func(b *testing.B) {
		c := ethereum()
		for b.Loop() {
			if _, err := c.Address(key); err != nil {
				b.Fatal(err)
			}
		}
	})
}
