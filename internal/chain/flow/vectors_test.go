package flow_test

import (
	"bytes"
	"crypto/sha3"
	"encoding/hex"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/flow"
)

// TestEncodingOfFCL: transactions encode as FCL's own tests demand, both ways.
func TestEncodingOfFCL(t *testing.T) {
	var cases []struct {
		Name, Script, Reference, Proposer, Payer, Payload, Envelope string
		GasLimit, Sequence                                          uint64
		KeyID                                                       uint32
		Authorizers                                                 []string
		Signatures                                                  [][]any
	}
	readJSON(t, "testdata/fcl.json", &cases)
	if len(cases) != 10 {
		t.Errorf("%d cases", len(cases))
	}
	padded := func(text string) flow.Address { return at(t, strings.Repeat("0", 16-len(text))+text) }
	for _, c := range cases {
		tx := &flow.Transaction{
			Script: []byte(c.Script), GasLimit: c.GasLimit, Proposer: padded(c.Proposer), ProposerKey: c.KeyID, Sequence: c.Sequence, Payer: padded(c.Payer),
		}
		copy(tx.Reference[:], unhex(t, strings.Repeat("0", 64-len(c.Reference))+c.Reference))
		for _, a := range c.Authorizers {
			tx.Authorizers = append(tx.Authorizers, padded(a))
		}
		for _, s := range c.Signatures {
			tx.PayloadSignatures = append(tx.PayloadSignatures, flow.Signature{
				Account: padded(s[0].(string)), Key: uint32(s[1].(float64)), Bytes: unhex(t, s[2].(string)),
			})
		}
		if got := hex.EncodeToString(tx.Payload()); got != c.Payload {
			t.Errorf("%s: payload %s, want %s", c.Name, got, c.Payload)
		}
		if got := hex.EncodeToString(tx.Envelope()); got != c.Envelope {
			t.Errorf("%s: envelope %s, want %s", c.Name, got, c.Envelope)
		}
		for form, payload := range map[string]string{flow.FormTransaction: c.Payload, flow.FormEnvelope: c.Envelope} {
			req, err := mainnet().ReadFile([]byte(payload))
			if err != nil || req.Form != form || !bytes.Equal(req.Payload, unhex(t, payload)) {
				t.Errorf("%s: read as %q, %v", c.Name, req.Form, err)
			}
		}
	}
}

// TestDigests: what is hashed begins with the tags of Flow's SDKs, filled to 32 bytes.
func TestDigests(t *testing.T) {
	// flow-go-sdk, sign.go and transaction.go
	const transaction = "464c4f572d56302e302d7472616e73616374696f6e0000000000000000000000"
	const user = "464c4f572d56302e302d75736572000000000000000000000000000000000000"
	tx := payment(t)
	for _, c := range []struct {
		form, tag string
		payload   []byte
	}{
		{flow.FormTransaction, transaction, tx.Payload()}, {flow.FormEnvelope, transaction, tx.Envelope()}, {flow.FormUserMessage, user, []byte("hello")},
	} {
		in, err := mainnet().Decode(chain.Request{Form: c.form, Payload: c.payload, Signer: someKey(t)})
		if err != nil {
			t.Fatal(err)
		}
		want := sha3.Sum256(append(unhex(t, c.tag), c.payload...))
		if !bytes.Equal(in.Tasks[0].Message, want[:]) {
			t.Errorf("%s: digest %x, want %x", c.form, in.Tasks[0].Message, want)
		}
	}
}
