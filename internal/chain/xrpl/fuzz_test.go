package xrpl

import (
	"bytes"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

func seedPayloads(f *testing.F) {
	for _, v := range load[vectors](f, "vectors.json").Transactions {
		f.Add(unhex(f, v.Unsigned))
	}
	p := load[published](f, "published.json")
	for _, text := range append(p.Raw, p.Objects[:20]...) {
		f.Add(unhex(f, text))
	}
	f.Add(bytes.Repeat([]byte{0xea}, 100))
	f.Add(bytes.Repeat([]byte{0xf9, 0xea}, 50))
}

// FuzzDecode: what is signed is the payload, with effects, the fee last, or nothing is.
func FuzzDecode(f *testing.F) {
	seedPayloads(f)
	_, key := fromSeed(f, seedEd25519)
	f.Fuzz(func(t *testing.T, payload []byte) {
		for _, form := range []string{FormTransaction, FormMultisign} {
			in, err := mainNetwork().Decode(chain.Request{Form: form, Payload: payload, Signer: key})
			if err != nil {
				if fault.Is(err, fault.Internal) {
					t.Fatalf("kind of %v", err)
				}
				continue
			}
			if len(in.Effects) < 2 || in.Effects[len(in.Effects)-1].Kind != chain.Fee || len(in.Tasks) != 1 {
				t.Fatalf("effects of %x:\n%s", payload, describe(in.Effects))
			}
			for _, e := range in.Effects {
				if e.From == "" && e.To == "" {
					t.Fatalf("an effect on nobody:\n%s", describe(in.Effects))
				}
			}
			signed, err := in.Finish([][]byte{repeat(5, 64)})
			if err != nil {
				t.Fatal(err)
			}
			o, err := parseObject(signed)
			if err != nil {
				t.Fatalf("signed %x: %v", signed, err)
			}
			// Without what signing adds, it is the payload again.
			var rest []byte
			for _, v := range o.values {
				added := v.code == fieldTxnSignature || v.code == fieldSigners || v.code == fieldSigningPubKey
				if !added {
					rest = append(rest, o.raw[v.start:v.end]...)
				}
			}
			given, err := parseObject(payload)
			if err != nil {
				t.Fatal(err)
			}
			var want []byte
			for _, v := range given.values {
				if v.code != fieldSigningPubKey {
					want = append(want, given.raw[v.start:v.end]...)
				}
			}
			if !bytes.Equal(rest, want) {
				t.Fatalf("payload %x, signed %x", payload, signed)
			}
		}
	})
}

// FuzzReadFile: whatever is read, Decode takes, and reads the same again as hex.
func FuzzReadFile(f *testing.F) {
	for _, v := range load[vectors](f, "vectors.json").Transactions {
		f.Add([]byte(v.JSON))
		f.Add([]byte(v.Unsigned))
	}
	for _, x := range load[published](f, "published.json").XAddresses {
		f.Add([]byte(x.XJSON))
	}
	f.Add([]byte(`{"channel":"` + hash64 + `","amount":"1"}`))
	_, ed := fromSeed(f, seedEd25519)
	f.Fuzz(func(t *testing.T, data []byte) {
		c := mainNetwork()
		req, err := c.ReadFile(data)
		if err != nil {
			if !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.TooLarge) {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		if len(req.Payload) > 2*len(data)+64 {
			t.Fatalf("%d bytes became %d", len(data), len(req.Payload))
		}
		if req.Signer.IsZero() {
			req.Signer = ed
		}
		if _, err := c.Decode(req); err != nil && !fault.Is(err, fault.UnknownKey) {
			t.Fatalf("%s is read as %x, which is refused: %v", data, req.Payload, err)
		}
		if req.Form == FormClaim {
			return
		}
		again, err := c.ReadFile([]byte(upperHex(req.Payload)))
		if err != nil || !bytes.Equal(again.Payload, req.Payload) {
			t.Fatalf("%x is read again as %x, %v", req.Payload, again.Payload, err)
		}
	})
}

// FuzzAddress: an address that is read is written as the same text.
func FuzzAddress(f *testing.F) {
	f.Add(alice, false)
	for _, v := range load[vectors](f, "vectors.json").Addresses {
		f.Add(v.X, v.Test)
	}
	f.Fuzz(func(t *testing.T, text string, test bool) {
		a, tag, hasTag, err := parseAddress(text, test)
		if err != nil {
			if !fault.Is(err, fault.InvalidAddress) {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		if !hasTag && text != a.String() && text != a.xAddress(test) || !hasTag && tag != 0 {
			t.Fatalf("%q is read as %s", text, a)
		}
	})
}

// FuzzDecimal: a decimal number that an amount holds is shown as the same number.
func FuzzDecimal(f *testing.F) {
	for _, text := range []string{"0", "1", "-1.50", "1e80", "9999999999999999e80", "1e-96", "0.1e-5", "00.100", ".5", "5."} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b, err := appendIssued(nil, &node{kind: '"', text: text})
		if err != nil {
			return
		}
		full := append(b, repeat(1, 40)...)
		if err := checkAmount(full); err != nil {
			t.Fatalf("%q is encoded as %x: %v", text, full, err)
		}
		a := parseAmount(full)
		want, err := parseDecimal(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := parseDecimal(a.number()); err != nil || got != want {
			t.Fatalf("%q is shown as %s, %v", text, a.number(), err)
		}
		if n, err := encodeNumber(text); err == nil && checkNumber(n) != nil {
			t.Fatalf("%q is encoded as the number %x", text, n)
		}
	})
}
