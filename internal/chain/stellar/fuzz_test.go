package stellar_test

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/stellar/go-stellar-sdk/xdr"

	"strongroom/internal/chain"
	"strongroom/internal/chain/stellar"
	"strongroom/internal/fault"
)

// FuzzDecode: what is accepted is the one encoding of an envelope, its effects end with
// the fee, and a signature does not change what is signed. That the digest is the
// SDK's is held by the tests in oracle/stellar.
func FuzzDecode(f *testing.F) {
	for _, v := range sdk(f).Transactions {
		if v.Network == "public" {
			f.Add(unbase64(f, v.Unsigned))
			f.Add(unbase64(f, v.Signed))
		}
	}
	c := public()
	f.Fuzz(func(t *testing.T, payload []byte) {
		in, err := c.Decode(chain.Request{Form: stellar.FormTransaction, Payload: payload})
		if err != nil {
			if fault.Is(err, fault.Internal) {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		var e xdr.TransactionEnvelope
		if err := xdr.SafeUnmarshal(payload, &e); err != nil {
			t.Fatal(err)
		}
		again, err := e.MarshalBinary()
		if err != nil || !bytes.Equal(again, payload) {
			t.Fatalf("%x is written as %x, %v", payload, again, err)
		}
		if n := len(in.Effects); n < 2 || in.Effects[n-1].Kind != chain.Fee || len(in.Tasks) != 1 {
			t.Fatalf("effects\n%s", lines(in))
		}
		signed, err := in.Finish([][]byte{bytes.Repeat([]byte{0x5a}, 64)})
		if err != nil {
			if !fault.Is(err, fault.InvalidPayload) {
				t.Fatal(err)
			}
			return
		}
		back, err := c.Decode(chain.Request{Form: stellar.FormTransaction, Payload: signed})
		if err != nil || !bytes.Equal(back.Tasks[0].Message, in.Tasks[0].Message) {
			t.Fatalf("signed %x: %v", signed, err)
		}
	})
}

// FuzzReadFile: whatever is read decodes.
func FuzzReadFile(f *testing.F) {
	for _, v := range sdk(f).Transactions[:20] {
		f.Add([]byte(v.Unsigned))
		f.Add([]byte(hex.EncodeToString(unbase64(f, v.Unsigned))))
		f.Add(unbase64(f, v.Unsigned))
	}
	c := testnet()
	f.Fuzz(func(t *testing.T, data []byte) {
		req, err := c.ReadFile(data)
		if err != nil {
			if !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.TooLarge) {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		if _, err := c.Decode(req); err != nil {
			t.Fatalf("%q was read but does not decode: %v", data, err)
		}
	})
}
