package bitcoin

import (
	"bytes"
	"encoding/hex"
	"os"
	"testing"

	"github.com/go-json-experiment/json"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// stated is a request to sign an unsigned transaction of which the spent outputs are
// only stated.
func stated(t testing.TB, c Chain, unsigned string, coins ...coinOf) chain.Request {
	t.Helper()
	tx, err := c.parseUnsigned(unhex(t, unsigned))
	if err != nil {
		t.Fatal(err)
	}
	p := newPacket(tx, nil)
	for i, coin := range coins {
		p.inputs[i] = p.inputs[i].with(inWitnessUTXO, nil, encodeOutput(coin.value, coin.script))
	}
	return chain.Request{Form: FormTransaction, Payload: p.encode(), Context: Context{Stated: true}.Encode()}
}

// TestBIP143 signs the examples of BIP-143 that need no script of their own.
func TestBIP143(t *testing.T) {
	for _, v := range []struct {
		name, unsigned, signed string
		coins                  []coinOf
		private                []string
		digest                 string // of the last input
	}{
		{
			"native P2WPKH beside P2PK",
			"0100000002fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f0000000000eeffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac11000000",
			"01000000000102fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f00000000494830450221008b9d1dc26ba6a9cb62127b02742fa9d754cd3bebf337f7a55d114c8e5cdd30be022040529b194ba3f9281a99f2b1c0a19c0489bc22ede944ccf4ecbab4cc618ef3ed01eeffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac000247304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c4518331561406f90300e8f3358f51928d43c212a8caed02de67eebee0121025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee635711000000",
			[]coinOf{{625000000, unhex(t, "2103c9f4836b9a4f77fc0d81f7bcb01b7f1b35916864b9476c241ce9fc198bd25432ac")}, {600000000, unhex(t, "00141d0f172a0ecb48aee1be1f2687d2963ae33f71a1")}},
			[]string{"bbc27228ddcb9209d7fd6f36b02f7dfa6252af40bb2f1cbc7a557da8027ff866", "619c335025c7f4012e556c2a58b2506e30b8511b53ade95ea316fd8c3286feb9"},
			"c37af31116d1b27caf68aae9e3ac82f1477929014d5b917657d0eb49478cb670",
		},
		{
			"P2SH-P2WPKH",
			"0100000001db6b1b20aa0fd7b23880be2ecbd4a98130974cf4748fb66092ac4d3ceb1a54770100000000feffffff02b8b4eb0b000000001976a914a457b684d7f0d539a46a45bbc043f35b59d0d96388ac0008af2f000000001976a914fd270b1ee6abcaea97fea7ad0402e8bd8ad6d77c88ac92040000",
			"01000000000101db6b1b20aa0fd7b23880be2ecbd4a98130974cf4748fb66092ac4d3ceb1a5477010000001716001479091972186c449eb1ded22b78e40d009bdf0089feffffff02b8b4eb0b000000001976a914a457b684d7f0d539a46a45bbc043f35b59d0d96388ac0008af2f000000001976a914fd270b1ee6abcaea97fea7ad0402e8bd8ad6d77c88ac02473044022047ac8e878352d3ebbde1c94ce3a10d057c24175747116f8288e5d794d12d482f0220217f36a485cae903c713331d877c1f64677e3622ad4010726870540656fe9dcb012103ad1d8e89212f0b92c74d23bb710c00662ad1470198ac48c43f7d6f93a2a2687392040000",
			[]coinOf{{1000000000, unhex(t, "a9144733f37cf4db86fbc2efed2500b4f4e49f31202387")}},
			[]string{"eb696a065ef48a2192da5b28b694f87544b30fae8327c4510137a922f32c6dcf"},
			"64f3b0f4dd2bb3aa1ce8566d220cc74dda9df97d8490cc81d89d735c92e59fb6",
		},
	} {
		t.Run(v.name, func(t *testing.T) {
			req := stated(t, btc(), v.unsigned, v.coins...)
			var private [][]byte
			for _, text := range v.private {
				private = append(private, unhex(t, text))
				req.Signers = append(req.Signers, publicOf(t, unhex(t, text)))
			}
			in, signed := sign(t, btc(), req, private...)
			if got := in.Encoding.Encode(signed); got != v.signed {
				t.Errorf("got  %s\nwant %s", got, v.signed)
			}
			if got := hex.EncodeToString(in.Tasks[len(in.Tasks)-1].Message); got != v.digest {
				t.Errorf("digest %s, want %s", got, v.digest)
			}
			verify(t, signed, v.coins)
		})
	}
}

// TestBIP341 signs the inputs of the wallet test vectors, each as a partial signature.
func TestBIP341(t *testing.T) {
	data, err := os.ReadFile("testdata/bip341.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Unsigned string
		Spent    []struct {
			Script string
			Amount int64
		}
		Inputs []struct {
			Index                                      int
			HashType                                   byte
			Private, Root, Internal, Digest, Signature string
		}
	}
	if err := json.Unmarshal(data, &file, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	var coins []coinOf
	for _, s := range file.Spent {
		coins = append(coins, coinOf{s.Amount, unhex(t, s.Script)})
	}
	if len(coins) != 9 || len(file.Inputs) != 7 {
		t.Fatalf("%d outputs, %d inputs", len(coins), len(file.Inputs))
	}
	req := stated(t, btc(), file.Unsigned, coins...)
	req.Form, req.Context = FormPSBT, nil
	c := btc()
	p, err := c.parsePacket(req.Payload, true)
	if err != nil {
		t.Fatal(err)
	}
	var private [][]byte
	for _, v := range file.Inputs {
		f := p.inputs[v.Index].with(inTapInternal, nil, unhex(t, v.Internal))
		if v.Root != "" {
			f = f.with(inTapRoot, nil, unhex(t, v.Root))
		}
		if v.HashType != 0 {
			f = f.with(inSighash, nil, []byte{v.HashType, 0, 0, 0})
		}
		p.inputs[v.Index] = f
		private = append(private, unhex(t, v.Private))
		req.Signers = append(req.Signers, publicOf(t, unhex(t, v.Private)))
	}
	req.Payload = p.encode()
	in, signed := sign(t, c, req, private...)
	result, err := c.parsePacket(signed, true)
	if err != nil {
		t.Fatal(err)
	}
	for n, v := range file.Inputs {
		if got := hex.EncodeToString(in.Tasks[n].Message); got != v.Digest+v.Root {
			t.Errorf("input %d: digest %s, want %s", v.Index, got, v.Digest)
		}
		if got := result.inputs[v.Index].get(inTapKeySig); hex.EncodeToString(got) != v.Signature {
			t.Errorf("input %d: signature %x, want %s", v.Index, got, v.Signature)
		}
	}
}

type bip174 struct {
	Valid   []string
	Invalid []struct{ Why, PSBT string }
	Signer  map[string]string
}

func readBIP174(t testing.TB) (file bip174) {
	t.Helper()
	data, err := os.ReadFile("testdata/bip174.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &file, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestBIP174 reads the valid and the invalid PSBTs. Of the valid ones one has no inputs,
// so that there is nothing to sign, and is refused here.
func TestBIP174(t *testing.T) {
	file := readBIP174(t)
	refused := 0
	for i, text := range file.Valid {
		req, err := btc().ReadFile([]byte(text))
		if err != nil {
			refused++
			continue
		}
		again, err := btc().ReadFile(req.Payload)
		if err != nil || !bytes.Equal(again.Payload, req.Payload) {
			t.Errorf("valid %d changes when it is read again: %v", i, err)
		}
		if _, err := btc().Decode(chain.Request{Form: FormPSBT, Payload: req.Payload, Signer: publicOf(t, person("nobody"))}); !fault.Is(err, fault.UnknownKey) {
			t.Errorf("valid %d: %v", i, err)
		}
	}
	if len(file.Valid) != 15 || refused != 1 {
		t.Errorf("%d of %d valid PSBTs are refused", refused, len(file.Valid))
	}
	for i, v := range file.Invalid {
		if _, err := btc().ReadFile([]byte(v.PSBT)); err == nil {
			t.Errorf("invalid %d is read: %s", i, v.Why)
		}
	}
	if len(file.Invalid) != 31 {
		t.Errorf("%d invalid PSBTs, not 31", len(file.Invalid))
	}
}

// TestBIP174Signers is the example of the standard in which two signers each sign one
// key of a P2SH and of a P2SH-P2WSH multi-signature input.
func TestBIP174Signers(t *testing.T) {
	file, c := readBIP174(t), networks(true)["BTC"]
	for _, v := range []struct {
		psbt, result string
		keys         []string
	}{
		{"signer1PsbtB64", "signer1Result", []string{"signer1Privkey1", "signer1Privkey2"}},
		{"signer2Psbt", "signer2Result", []string{"signer2Privkey1", "signer2Privkey2"}},
	} {
		req, err := c.ReadFile([]byte(file.Signer[v.psbt]))
		if err != nil {
			t.Fatal(err)
		}
		want, err := c.ReadFile([]byte(file.Signer[v.result]))
		if err != nil {
			t.Fatal(err)
		}
		var private [][]byte
		for _, name := range v.keys {
			private = append(private, privateText(t, c, file.Signer[name]))
			req.Signers = append(req.Signers, publicOf(t, private[len(private)-1]))
		}
		in, got := sign(t, c, req, private...)
		if !bytes.Equal(got, want.Payload) {
			t.Errorf("%s:\ngot  %x\nwant %x", v.psbt, got, want.Payload)
		}
		if in.Encoding != chain.Base64 || len(in.Tasks) != 2 {
			t.Errorf("%s: encoding %d, %d tasks", v.psbt, in.Encoding, len(in.Tasks))
		}
		// Signed once more, there is nothing left to do.
		req.Payload = got
		if _, err := c.Decode(req); !fault.Is(err, fault.UnknownKey) {
			t.Errorf("%s: signed again: %v", v.psbt, err)
		}
	}
}

// TestBIP322 has the vectors of BIP-322 (basic-test-vectors.json), of the two signatures
// that it allows those whose nonce is not varied for a low r, and the one of P2TR of
// Bitcoin Core's util_tests.cpp.
func TestBIP322(t *testing.T) {
	private := privateText(t, btc(), "L3VFeEujGtevx9w18HD1fhRbCH67Az2dpCymeRE1SoPK6XQtaN2k")
	key := publicOf(t, private)
	for _, v := range []struct {
		message, format, address, want string
	}{
		{"", "", "bc1q9vza2e8x573nczrlzms0wvx3gsqjx7vavgkx0l", "AkgwRQIhAPkJ1Q4oYS0htvyuSFHLxRQpFAY56b70UvE7Dxazen0ZAiAtZfFz1S6T6I23MWI2lK/pcNTWncuyL8UL+oMdydVgzAEhAsfxIAMZZEKUPYWI4BruhAQjzFT8FSFSajuFwrDL1Yhy"},
		{"Hello World", FormatP2WPKH, "bc1q9vza2e8x573nczrlzms0wvx3gsqjx7vavgkx0l", "AkgwRQIhAOzyynlqt93lOKJr+wmmxIens//zPzl9tqIOua93wO6MAiBi5n5EyAcPScOjf1lAqIUIQtr3zKNeavYabHyR8eGhowEhAsfxIAMZZEKUPYWI4BruhAQjzFT8FSFSajuFwrDL1Yhy"},
		{"Hello World", FormatP2TR, "bc1ppv609nr0vr25u07u95waq5lucwfm6tde4nydujnu8npg4q75mr5sxq8lt3", "AUHd69PrJQEv+oKTfZ8l+WROBHuy9HKrbFCJu7U1iK2iiEy1vMU5EfMtjc+VSHM7aU0SDbak5IUZRVno2P5mjSafAQ=="},
	} {
		in, signed := sign(t, btc(), chain.Request{Form: FormBIP322, Payload: []byte(v.message), Signer: key, Context: []byte(v.format)}, private)
		if got := in.Encoding.Encode(signed); got != v.want {
			t.Errorf("%q, %s:\ngot  %s\nwant %s", v.message, v.format, got, v.want)
		}
		if len(in.Effects) != 1 || in.Effects[0].Kind != chain.Message || in.Effects[0].From != v.address {
			t.Errorf("%q, %s:\n%s", v.message, v.format, describe(in))
		}
	}
	for message, want := range map[string][2]string{
		"":            {"c5680aa69bb8d860bf82d4e9cd3504b55dde018de765a91bb566283c545a99a7", "1e9654e951a5ba44c8604c4de6c67fd78a27e81dcadcfe1edf638ba3aaebaed6"},
		"Hello World": {"b79d196740ad5217771c1098fc4a4b51e0535c32236c71f1ea4d61a2d603352b", "88737ae86f2077145f93cc4b153ae9a1cb8d56afa511988c149c5c8c9d93bddf"},
		"UTF-8 support: öäüéàè 测试文本 \U0001F604": {"c8f4f525fe8afb1bc09b44175bd2096f079c98425e8a1be676b712add1fb62f0", "8f488e06b89eafd019ec528109eafaf7f1d1811fd617aa1eeb9658f1c1be6586"},
	} {
		script, err := btc().ParseAddress("bc1q9vza2e8x573nczrlzms0wvx3gsqjx7vavgkx0l")
		if err != nil {
			t.Fatal(err)
		}
		toSpend, toSign := virtual([]byte(message), script)
		if toSpend.TxHash().String() != want[0] || toSign.TxHash().String() != want[1] {
			t.Errorf("%q: hashes %s and %s", message, toSpend.TxHash(), toSign.TxHash())
		}
	}
	req, err := btc().MessageRequest([]byte("Hello World"), key)
	if err != nil || req.Form != FormBIP322 {
		t.Errorf("%+v, %v", req, err)
	}
}
