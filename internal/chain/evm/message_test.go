package evm

import (
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/fault"
)

func message(t testing.TB, text string) *chain.Intent {
	t.Helper()
	req, err := ethereum().MessageRequest([]byte(text), signer(t))
	if err != nil {
		t.Fatal(err)
	}
	in, err := ethereum().Decode(req)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// TestPersonalMessages signs what ethers signed.
func TestPersonalMessages(t *testing.T) {
	vectors := readJSON[ethersFile](t, "testdata/ethers.json").Messages
	if len(vectors) < 5 {
		t.Fatalf("only %d vectors", len(vectors))
	}
	for _, v := range vectors {
		in := message(t, v.Text)
		if got := in.Encoding.Encode(sign(t, in)); got != v.Signature || "0x"+hexOf(in.Tasks[0].Message) != v.Digest {
			t.Errorf("%q: signature %s of %x", v.Text, got, in.Tasks[0].Message)
		}
	}
}

func TestMessageKinds(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want chain.EffectKind
	}{
		"text":                       {"I agree to the terms.", chain.Message},
		"empty":                      {"", chain.Message},
		"several lines":              {"a\r\n\tb\nß", chain.Message},
		"short hex":                  {"0x1234", chain.Message},
		"32 bytes":                   {strings.Repeat("\x8a", 32), chain.Opaque},
		"32 letters":                 {strings.Repeat("a", 32), chain.Opaque},
		"text of a hash":             {"0x" + strings.Repeat("8a", 32), chain.Opaque},
		"text of a hash without 0x":  {strings.Repeat("8a", 32), chain.Opaque},
		"text of a hash, then space": {strings.Repeat("8A", 32) + "\n", chain.Opaque},
		"binary":                     {"\x00\x01\x02", chain.Opaque},
		"broken UTF-8":               {"abc\xff", chain.Opaque},
		"text that runs backwards":   {"pay \u202e001", chain.Opaque},
		"transaction":                {string(unhex(t, "ec098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080")), chain.Opaque},
		"text of a transaction":      {"0xec098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080", chain.Opaque},
		"what EIP-712 signs":         {"\x19\x01" + strings.Repeat("a", 64), chain.Opaque},
	} {
		in := message(t, c.text)
		if in.Effects[0].Kind != c.want || (c.want == chain.Opaque) != (len(in.Warnings) > 0) {
			t.Errorf("%s: %s with the warnings %q", name, in.Effects[0].Kind, in.Warnings)
		}
	}
	long := message(t, strings.Repeat("ß", 5000))
	for _, f := range long.Facts {
		if len(f.Value) > maxShown+20 || strings.ContainsRune(f.Value, '\ufffd') {
			t.Errorf("%s has %d bytes", f.Name, len(f.Value))
		}
	}
	if _, err := ethereum().MessageRequest(make([]byte, maxPayload+1), signer(t)); !fault.Is(err, fault.TooLarge) {
		t.Error(err)
	}
	in := message(t, "example.com wants you to sign in with your Ethereum account:\n"+alice+"\n\n\nURI: https://example.com")
	if f := in.Facts[len(in.Facts)-1]; f.Value != "example.com" || in.Effects[0].Kind != chain.Message {
		t.Errorf("%+v", in.Facts)
	}
}

// TestValidatorMessage has the digest of go-ethereum's Clef (signer/core, SignTextValidator).
func TestValidatorMessage(t *testing.T) {
	validator := addressOf(t, bob)
	payload := append(validator[:], "data"...)
	in, err := ethereum().Decode(chain.Request{Form: FormValidatorMessage, Payload: payload, Signer: signer(t)})
	if err != nil {
		t.Fatal(err)
	}
	want := hexaccount.Keccak([]byte("\x19\x00"), validator[:], []byte("data"))
	if string(in.Tasks[0].Message) != string(want[:]) || !shows(in, chain.Effect{Kind: chain.Opaque, To: bob}) {
		t.Errorf("%x\n%s", in.Tasks[0].Message, describe(in.Effects))
	}
}
