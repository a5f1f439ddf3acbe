package flow_test

import (
	"bytes"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/flow"
	"strongroom/internal/fault"
)

// FuzzDecode: what is accepted has effects that end with the fee, and JSON that leads
// back to it.
func FuzzDecode(f *testing.F) {
	tx := payment(f)
	tx.PayloadSignatures = []flow.Signature{{Account: tx.Proposer, Key: 3, Bytes: []byte{1}}}
	f.Add(tx.Payload(), false)
	f.Add(tx.Envelope(), true)
	c, key := mainnet(), someKey(f)
	f.Fuzz(func(t *testing.T, payload []byte, envelope bool) {
		form := flow.FormTransaction
		if envelope {
			form = flow.FormEnvelope
		}
		in, err := c.Decode(chain.Request{Form: form, Payload: payload, Signer: key})
		if err != nil {
			if fault.Is(err, fault.Internal) {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		if n := len(in.Effects); n < 2 || in.Effects[n-1].Kind != chain.Fee || len(in.Tasks) != 1 {
			t.Fatalf("effects\n%s", lines(in))
		}
		req, err := c.ReadFile(payload)
		if err != nil || !bytes.Equal(req.Payload, payload) || req.Form != form {
			t.Fatalf("read as %q, %v", req.Form, err)
		}
	})
}

// FuzzReadFile: whatever is read decodes, and JSON is written as it is read.
func FuzzReadFile(f *testing.F) {
	tx := payment(f)
	f.Add(tx.JSON())
	f.Add(tx.Payload())
	tx.PayloadSignatures = []flow.Signature{{Account: tx.Authorizers[0], Bytes: []byte{1}}, {Account: tx.Proposer, Key: 3, Bytes: []byte{2}}}
	f.Add(tx.JSON())
	c, key := mainnet(), someKey(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if tx, err := flow.ParseTransaction(data); err == nil {
			again, err := flow.ParseTransaction(tx.JSON())
			if err != nil || !bytes.Equal(again.Envelope(), tx.Envelope()) || !bytes.Equal(again.JSON(), tx.JSON()) {
				t.Fatalf("%s is not read again: %v", tx.JSON(), err)
			}
		}
		req, err := c.ReadFile(data)
		if err != nil {
			if !fault.Is(err, fault.InvalidPayload) && !fault.Is(err, fault.TooLarge) {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		req.Signer = key
		if _, err := c.Decode(req); err != nil {
			t.Fatalf("%q was read but does not decode: %v", data, err)
		}
	})
}

// FuzzContext: a context that is read has one encoding.
func FuzzContext(f *testing.F) {
	f.Add(flow.Context{Account: flow.Address{1}, Key: 2, Transaction: []byte("{}")}.Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := flow.DecodeContext(data)
		if err == nil && !bytes.Equal(x.Encode(), data) {
			t.Fatalf("%x is written as %x", data, x.Encode())
		}
	})
}
