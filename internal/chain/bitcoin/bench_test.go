package bitcoin

import (
	"testing"

	"strongroom/internal/chain"
)

func BenchmarkDecode(b *testing.B) {
	c := btc()
	for _, v := range []struct {
		name     string
		c        Chain
		format   string
		previous bool
	}{
		{"p2wpkh", c, FormatP2WPKH, false},
		{"p2wpkh-previous", c, FormatP2WPKH, true},
		{"p2pkh", c, FormatP2PKH, true},
		{"p2tr", c, FormatP2TR, false},
		{"doge", networks(false)["DOGE"], FormatP2PKH, true},
		{"bch", networks(false)["BCH"], FormatCashAddr, false},
	} {
		script := payTo(b, v.c, "alice", v.format)
		d := newDraft(v.previous, []coinOf{{9 * coin, script}}, coinOf{5 * coin, payTo(b, v.c, "bob", v.format)}, coinOf{3 * coin, script})
		req := d.request(b, FormTransaction, "alice")
		b.Run(v.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.c.Decode(req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	script := payTo(b, c, "alice", FormatP2WPKH)
	many := newDraft(true, manyCoins(100, 1000, script), manyCoins(50, 1000, script)...).request(b, FormTransaction, "alice")
	b.Run("100-inputs", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Decode(many); err != nil {
				b.Fatal(err)
			}
		}
	})
	message := chain.Request{Form: FormMessage, Payload: []byte("hello"), Signer: publicOf(b, person("alice"))}
	b.Run("message", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := c.Decode(message); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkAddress(b *testing.B) {
	key := publicOf(b, person("alice"))
	for symbol, c := range networks(false) {
		for _, format := range c.AddressFormats() {
			b.Run(symbol+"-"+format, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := c.AddressAs(key, format); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkReadFile(b *testing.B) {
	c := btc()
	for b.Loop() {
		if _, err := c.ReadFile([]byte(bitcoreJSON)); err != nil {
			b.Fatal(err)
		}
	}
}
