package beacon

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
)

// FuzzDecode: what is signed is the digest of the payload, with effects, or nothing is.
func FuzzDecode(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add([]byte(v.Document))
	}
	f.Add(signDoc(`{"a":[1,-1,true,null,{"b":"c"}]}`))
	_, key := readKey(f, aliceKey)
	f.Fuzz(func(t *testing.T, payload []byte) {
		for _, context := range []string{"", prefixBurn, "\x01\x02\x03\x04\x05"} {
			in, err := mainNetwork().Decode(chain.Request{Form: FormTransaction, Payload: payload, Signer: key, Context: []byte(context)})
			if err != nil {
				if fault.Is(err, fault.Internal) {
					t.Fatalf("kind of %v", err)
				}
				continue
			}
			digest := sha256.Sum256(payload)
			if len(in.Effects) < 2 || in.Effects[len(in.Effects)-1].Kind != chain.Fee || !bytes.Equal(in.Tasks[0].Message, digest[:]) {
				t.Fatalf("%s: %+v", payload, in.Effects)
			}
			if _, err := in.Finish([][]byte{make([]byte, 65)}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// FuzzReadFile: whatever is read is canonical and read again as the same.
func FuzzReadFile(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add([]byte(v.Pending))
		f.Add([]byte(v.Document))
	}
	_, key := readKey(f, aliceKey)
	f.Fuzz(func(t *testing.T, data []byte) {
		c := mainNetwork()
		req, err := c.ReadFile(data)
		if err != nil {
			if fault.Is(err, fault.Internal) {
				t.Fatalf("kind of %v", err)
			}
			return
		}
		again, err := c.ReadFile(req.Payload)
		if err != nil || !bytes.Equal(again.Payload, req.Payload) {
			t.Fatalf("%s is read again as %s, %v", req.Payload, again.Payload, err)
		}
		req.Signer = key
		if _, err := c.Decode(req); err != nil && !fault.Is(err, fault.UnknownKey) && !fault.Is(err, fault.Invalid) {
			t.Fatalf("%s: %v", req.Payload, err)
		}
	})
}
