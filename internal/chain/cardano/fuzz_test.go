package cardano_test

import (
	"bytes"
	"testing"

	"golang.org/x/crypto/blake2b"

	"strongroom/internal/chain"
	"strongroom/internal/chain/cardano"
	"strongroom/internal/fault"
)

// FuzzDecode: what is accepted has effects that end with the fee; the signed transaction
// has the body's bytes, is read again, and says the same.
func FuzzDecode(f *testing.F) {
	for _, v := range library(f).Transactions {
		f.Add(unhex(f, v.Unsigned))
		f.Add(unhex(f, v.Body))
		f.Add(unhex(f, v.Signed))
	}
	c, key := mainnet(), someKey(f)
	f.Fuzz(func(t *testing.T, payload []byte) {
		in, err := c.Decode(chain.Request{Form: cardano.FormTransaction, Payload: payload, Signer: key})
		if err != nil {
			if fault.Is(err, fault.Internal) {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		if n := len(in.Effects); n < 1 || in.Effects[n-1].Kind != chain.Fee || len(in.Tasks) != 1 {
			t.Fatalf("effects\n%s", lines(in))
		}
		if sum := blake2b.Sum256(payload); payload[0]>>5 == 5 && !bytes.Equal(sum[:], in.Tasks[0].Message) {
			t.Fatal("not the hash of the body")
		}
		signed, err := in.Finish([][]byte{bytes.Repeat([]byte{0x5a}, 64)})
		if err != nil {
			t.Fatal(err)
		}
		again, err := c.Preview(chain.Request{Form: cardano.FormTransaction, Payload: signed})
		switch {
		case err != nil && payload[0]>>5 == 5 && bytes.Contains([]byte(err.Error()), []byte("auxiliary data")):
			// A body alone may promise auxiliary data that nobody showed.
		case err != nil:
			t.Fatalf("signed %x: %v", signed, err)
		case lines(again) != lines(in):
			t.Fatalf("signed, it says\n%s, before\n%s", lines(again), lines(in))
		}
	})
}

// FuzzReadFile: whatever is read decodes.
func FuzzReadFile(f *testing.F) {
	for _, v := range library(f).Transactions {
		f.Add([]byte(v.Unsigned))
		f.Add(unhex(f, v.Unsigned))
		f.Add([]byte(`{"type":"Tx ConwayEra","description":"","cborHex":"` + v.Unsigned + `"}`))
	}
	c, key := mainnet(), someKey(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		req, err := c.ReadFile(data)
		if err != nil {
			if !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.TooLarge) {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		if _, err := c.Preview(req); err != nil {
			t.Fatalf("%q was read but does not decode: %v", data, err)
		}
		req.Signer = key
		if _, err := c.Decode(req); err != nil && !fault.Is(err, fault.InvalidPayload) {
			t.Fatalf("%q: %v", data, err) // signed with that key already
		}
	})
}

// FuzzMessage: whatever address a message is from, it is one of the key's own or refused.
func FuzzMessage(f *testing.F) {
	for _, m := range library(f).Messages {
		f.Add([]byte(m.Message), unhex(f, m.Address))
	}
	c, key := mainnet(), someKey(f)
	f.Fuzz(func(t *testing.T, message, address []byte) {
		in, err := c.Decode(chain.Request{Form: cardano.FormMessage, Payload: message, Context: address, Signer: key})
		if err != nil {
			if !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.UnknownKey) {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		if in.Effects[0].Kind != chain.Message || in.Effects[0].From == "" || !bytes.Contains(in.Tasks[0].Message, address) {
			t.Fatalf("effects\n%s", lines(in))
		}
	})
}
