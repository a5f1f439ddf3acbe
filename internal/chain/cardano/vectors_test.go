package cardano_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/cardano"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/codec/bech32"
	"strongroom/internal/curve"
)

// TestLibrary: transactions have the hash, and become signed, as in the library that most
// wallets are made with.
func TestLibrary(t *testing.T) {
	for _, v := range library(t).Transactions {
		c := mainnet()
		if v.Name == "testnet payment" {
			c = testnet()
		}
		for _, file := range []string{v.Unsigned, `{"type":"Tx ConwayEra","description":"","cborHex":"` + v.Unsigned + `"}`, string(unhex(t, v.Unsigned))} {
			req, err := c.ReadFile([]byte(file))
			if err != nil {
				t.Fatalf("%s: %v", v.Name, err)
			}
			var keys [][]byte
			for _, text := range v.Signers {
				req.Signers = append(req.Signers, public(t, text))
				_, key := private(t, text)
				keys = append(keys, key)
			}
			in, err := c.Decode(req)
			if err != nil {
				t.Fatalf("%s: %v", v.Name, err)
			}
			if got := hex.EncodeToString(in.Tasks[0].Message); got != v.Hash {
				t.Errorf("%s: hash %s, want %s", v.Name, got, v.Hash)
			}
			signed, err := in.Finish(chaintest.SignAll(t, in, keys...))
			if err != nil {
				t.Fatalf("%s: %v", v.Name, err)
			}
			if got := in.Encoding.Encode(signed); got != v.Signed {
				t.Errorf("%s: signed\n%s, want\n%s", v.Name, got, v.Signed)
			}
			// What is signed is not signed again with the same key.
			req.Payload = signed
			if _, err := c.Decode(req); err == nil {
				t.Errorf("%s: signed twice", v.Name)
			}
		}
		req, err := c.ReadFile([]byte(v.Body))
		if err != nil || !bytes.Equal(req.Payload, unhex(t, v.Body)) {
			t.Errorf("%s: body: %v", v.Name, err)
		}
	}
}

// TestMessages: messages are signed as CIP-30 wallets do.
func TestMessages(t *testing.T) {
	for _, m := range library(t).Messages {
		_, key := private(t, m.PrivateKey)
		in, err := mainnet().Decode(chain.Request{Form: cardano.FormMessage, Payload: []byte(m.Message), Signer: public(t, m.PrivateKey), Context: unhex(t, m.Address)})
		if err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString(in.Tasks[0].Message); got != m.ToSign {
			t.Errorf("signs\n%s, want\n%s", got, m.ToSign)
		}
		signed, err := in.Finish(chaintest.SignAll(t, in, key))
		if err != nil || in.Encoding.Encode(signed) == "" {
			t.Fatal(err)
		}
		if got := in.Encoding.Encode(signed); got != m.Signed {
			t.Errorf("signed\n%s, want\n%s", got, m.Signed)
		}
		if in.Effects[0].Kind != chain.Message || in.Effects[0].From != m.Bech32 {
			t.Errorf("effects\n%s", lines(in))
		}
	}
	first := library(t).Messages[0]
	req, err := mainnet().MessageRequest([]byte(first.Message), public(t, first.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	in, err := mainnet().Decode(req)
	if err != nil || hex.EncodeToString(in.Tasks[0].Message) != first.ToSign {
		t.Errorf("without an address: %v", err)
	}
}

// TestAddresses has the keys and addresses of CIP-19.
func TestAddresses(t *testing.T) {
	payment := fromBech32(t, "addr_vk1w0l2sr2zgfm26ztc6nl9xy8ghsk5sh6ldwemlpmp9xylzy4dtf7st80zhd")
	stake := fromBech32(t, "stake_vk1px4j0r2fk7ux5p23shz8f3y5y2qam7s954rgf3lg5merqcj6aetsft99wu")
	for _, c := range []struct {
		chain                    cardano.Chain
		base, enterprise, reward string
	}{
		{mainnet(), "addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3n0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgse35a3x",
			"addr1vx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzers66hrl8", "stake1uyehkck0lajq8gr28t9uxnuvgcqrc6070x3k9r8048z8y5gh6ffgw"},
		{testnet(), "addr_test1qz2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3n0d3vllmyqwsx5wktcd8cc3sq835lu7drv2xwl2wywfgs68faae",
			"addr_test1vz2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzerspjrlsz", "stake_test1uqehkck0lajq8gr28t9uxnuvgcqrc6070x3k9r8048z8y5gssrtvn"},
	} {
		if got, err := c.chain.BaseAddress(payment, stake); err != nil || got != c.base {
			t.Errorf("base %s, want %s (%v)", got, c.base, err)
		}
		if got, err := c.chain.AddressAs(payment, cardano.FormatEnterprise); err != nil || got != c.enterprise {
			t.Errorf("enterprise %s, want %s (%v)", got, c.enterprise, err)
		}
		if got, err := c.chain.AddressAs(stake, cardano.FormatReward); err != nil || got != c.reward {
			t.Errorf("reward %s, want %s (%v)", got, c.reward, err)
		}
		if _, err := c.chain.AddressAs(stake, "base"); err == nil {
			t.Error("a base address of one key")
		}
	}
}

func fromBech32(t *testing.T, text string) curve.PublicKey {
	t.Helper()
	_, _, groups, err := bech32.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := bech32.FromGroups(groups)
	if err != nil {
		t.Fatal(err)
	}
	key, err := curve.NewPublicKey(curve.Ed25519BIP32, raw)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
