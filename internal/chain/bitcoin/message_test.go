package bitcoin

import (
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// TestBIP137 has signatures of bitcoinjs-message 2.2.0, which signs with the nonce of
// RFC 6979, too.
func TestBIP137(t *testing.T) {
	private := unhex(t, "bb051cd0dda0246f33c5a9e133ebd8e7bc02a92af6c41adc131ccd7826c5b004")
	const text = "This is an example of a signed message."
	for _, v := range []struct{ symbol, message, format, want string }{
		{"BTC", text, FormatP2PKH, "IBvhYGFH/heMzey8DURryXOy5vCKbx4UXTuBgbyQ7x7Ed+uoIrYQbnhMLKJnf7cVAiIDcVgPxGfD1drguXWWK04="},
		{"BTC", text, FormatUncompressed, "HBvhYGFH/heMzey8DURryXOy5vCKbx4UXTuBgbyQ7x7Ed+uoIrYQbnhMLKJnf7cVAiIDcVgPxGfD1drguXWWK04="},
		{"BTC", text, FormatNested, "JBvhYGFH/heMzey8DURryXOy5vCKbx4UXTuBgbyQ7x7Ed+uoIrYQbnhMLKJnf7cVAiIDcVgPxGfD1drguXWWK04="},
		{"BTC", text, FormatP2WPKH, "KBvhYGFH/heMzey8DURryXOy5vCKbx4UXTuBgbyQ7x7Ed+uoIrYQbnhMLKJnf7cVAiIDcVgPxGfD1drguXWWK04="},
		{"BTC", text, "", "KBvhYGFH/heMzey8DURryXOy5vCKbx4UXTuBgbyQ7x7Ed+uoIrYQbnhMLKJnf7cVAiIDcVgPxGfD1drguXWWK04="},
		{"BTC", strings.Repeat("x", 300), FormatP2PKH, "H0AoBZdS7jamfoYgi5Xf3Gd1BJKJK8jVox1peqRJUOUsS9OzxiiUSwYqiFomJxTydwGTq25JkceAdusmwlf+VN4="},
		{"BCH", text, "", "IBvhYGFH/heMzey8DURryXOy5vCKbx4UXTuBgbyQ7x7Ed+uoIrYQbnhMLKJnf7cVAiIDcVgPxGfD1drguXWWK04="},
		{"LTC", text, "", "H36BuozcmTcu17ld34xkvk7OWpfz6zXo9pqAyWazsrVAIyhZOU0n/rhCdC4F0CDlT8sHAJA4qolaKBhxZQ4L734="},
		{"LTC", text, FormatP2WPKH, "J36BuozcmTcu17ld34xkvk7OWpfz6zXo9pqAyWazsrVAIyhZOU0n/rhCdC4F0CDlT8sHAJA4qolaKBhxZQ4L734="},
		{"DOGE", text, FormatP2PKH, "IKcXX+qIfhHCwNmzKcLsX5/dussOe51kn62spJZgNRtHV4XYl9P8l6VaixJPowtDVV20zXDyJQyI8eR2qV6zbcA="},
	} {
		c := networks(false)[v.symbol]
		req := chain.Request{Form: FormMessage, Payload: []byte(v.message), Signer: publicOf(t, private), Context: []byte(v.format)}
		in, signed := sign(t, c, req, private)
		if got := in.Encoding.Encode(signed); got != v.want {
			t.Errorf("%s, %s:\ngot  %s\nwant %s", v.symbol, v.format, got, v.want)
		}
		if len(in.Effects) != 1 || !finds(in, chain.Effect{Kind: chain.Message, Detail: v.message[:20]}) {
			t.Errorf("%s:\n%s", v.symbol, describe(in))
		}
	}
}

func TestMessageRequest(t *testing.T) {
	key := publicOf(t, person("alice"))
	for symbol, form := range map[string]string{"BTC": FormBIP322, "LTC": FormMessage, "DOGE": FormMessage, "BCH": FormMessage} {
		c := networks(false)[symbol]
		req, err := c.MessageRequest([]byte("hello"), key)
		if err != nil || req.Form != form || string(req.Payload) != "hello" {
			t.Fatalf("%s: %+v, %v", symbol, req, err)
		}
		in, _ := sign(t, c, req, person("alice"))
		if !finds(in, chain.Effect{Kind: chain.Message, From: must(c.Address(key)), Detail: `"hello"`}) {
			t.Errorf("%s:\n%s", symbol, describe(in))
		}
	}
	if _, err := btc().MessageRequest(nil, curve.PublicKey{}); !fault.Is(err, fault.UnknownKey) {
		t.Errorf("no key: %v", err)
	}
	if _, err := btc().MessageRequest(make([]byte, maxMessage+1), key); !fault.Is(err, fault.TooLarge) {
		t.Errorf("large message: %v", err)
	}
}

func TestMessagesRefused(t *testing.T) {
	key := publicOf(t, person("alice"))
	for name, c := range map[string]struct {
		req  chain.Request
		want fault.Kind
	}{
		"BIP-137 for P2TR":           {chain.Request{Form: FormMessage, Signer: key, Context: []byte(FormatP2TR)}, fault.Unsupported},
		"BIP-137 for nothing known":  {chain.Request{Form: FormMessage, Signer: key, Context: []byte("x")}, fault.Unsupported},
		"BIP-137 for CashAddr":       {chain.Request{Form: FormMessage, Signer: key, Context: []byte(FormatCashAddr)}, fault.Unsupported},
		"BIP-322 for P2PKH":          {chain.Request{Form: FormBIP322, Signer: key, Context: []byte(FormatP2PKH)}, fault.Unsupported},
		"two keys":                   {chain.Request{Form: FormMessage, Signer: key, Signers: []curve.PublicKey{publicOf(t, person("bob"))}}, fault.UnknownKey},
		"no key":                     {chain.Request{Form: FormBIP322}, fault.UnknownKey},
		"more than a message may be": {chain.Request{Form: FormBIP322, Signer: key, Payload: make([]byte, maxMessage+1)}, fault.TooLarge},
	} {
		if _, err := btc().Decode(c.req); !fault.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Without SegWit there is no BIP-322.
	if _, err := networks(false)["DOGE"].Decode(chain.Request{Form: FormBIP322, Signer: key}); !fault.Is(err, fault.Unsupported) {
		t.Errorf("Dogecoin: %v", err)
	}
}

// What a person cannot read is shown in hex, so that nothing hides in it.
func TestUnreadableMessages(t *testing.T) {
	for message, want := range map[string]string{
		"\x00\x01":                   "bytes 0001",
		"pay \u202e me":              "bytes 70617920e280ae206d65",
		"\xff":                       "bytes ff",
		strings.Repeat("a", 100):     `"` + strings.Repeat("a", 80) + `" (cut)`,
		strings.Repeat("\x01", 1000): "(cut)",
		"one\ntwo":                   `"one\ntwo"`,
	} {
		in, err := btc().Decode(chain.Request{Form: FormMessage, Payload: []byte(message), Signer: publicOf(t, person("alice"))})
		if err != nil || !finds(in, chain.Effect{Kind: chain.Message, Detail: want}) {
			t.Errorf("%q: %v\n%s", message, err, describe(in))
		}
	}
}
