package flow_test

import (
	"bytes"
	"crypto/sha3"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/flow"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

func TestConformance(t *testing.T) {
	key := someKey(t)
	tx := payment(t)
	tx.PayloadSignatures = []flow.Signature{{Account: tx.Proposer, Key: 3, Bytes: bytes.Repeat([]byte{0x11}, 64)}}
	context := flow.Context{Account: tx.Authorizers[0], Key: 2}
	holding := context
	holding.Transaction = tx.JSON()
	unknown := payment(t)
	unknown.Script = []byte("transaction {}")
	unknown.Arguments = nil
	p256, err := curve.NewPublicKey(curve.P256, append([]byte{3}, bytes.Repeat([]byte{0x6b}, 32)...))
	if err != nil {
		t.Fatal(err)
	}
	chaintest.Run(t, chaintest.Config{
		Chain: mainnet(),
		Valid: map[string]chain.Request{
			"transaction":                {Form: flow.FormTransaction, Payload: tx.Payload(), Signer: key},
			"transaction for an account": {Form: flow.FormTransaction, Payload: tx.Payload(), Signer: key, Context: context.Encode()},
			"transaction in JSON":        {Form: flow.FormTransaction, Payload: tx.Payload(), Signer: key, Context: holding.Encode()},
			"unknown script":             {Form: flow.FormTransaction, Payload: unknown.Payload(), Signer: key},
			"envelope":                   {Form: flow.FormEnvelope, Payload: tx.Envelope(), Signer: key},
			"P-256":                      {Form: flow.FormEnvelope, Payload: unknown.Envelope(), Signer: p256},
			"message":                    {Form: flow.FormUserMessage, Payload: []byte("I own this"), Signer: key},
		},
		FreeForm: []string{flow.FormUserMessage},
	})
}

// TestContext: a context names an account that signs the form, and a transaction that is
// the one to sign and not signed with that key.
func TestContext(t *testing.T) {
	c, key, tx := mainnet(), someKey(t), payment(t)
	other := payment(t)
	other.Sequence++
	signed := payment(t)
	signed.PayloadSignatures = []flow.Signature{{Account: tx.Authorizers[0], Key: 0, Bytes: []byte{1}}}
	spaced := append([]byte(" "), tx.JSON()...)
	for name, context := range map[string][]byte{
		"too short":           make([]byte, 12),
		"an unknown hash":     append(append(tx.Authorizers[0][:], 0, 0, 0, 0), 9),
		"a stranger":          flow.Context{Account: at(t, "1654653399040a61"), Hash: flow.SHA3}.Encode(),
		"another transaction": flow.Context{Account: tx.Authorizers[0], Transaction: other.JSON()}.Encode(),
		"another spelling":    flow.Context{Account: tx.Authorizers[0], Transaction: spaced}.Encode(),
		"signed already":      flow.Context{Account: tx.Authorizers[0], Transaction: signed.JSON()}.Encode(),
	} {
		_, err := c.Decode(chain.Request{Form: flow.FormTransaction, Payload: tx.Payload(), Signer: key, Context: context})
		if !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%s: %v", name, err)
		}
	}
	payer := flow.Context{Account: tx.Authorizers[0]}.Encode()
	if _, err := c.Decode(chain.Request{Form: flow.FormEnvelope, Payload: tx.Envelope(), Signer: key, Context: payer}); err == nil {
		t.Error("somebody else than the payer signs an envelope")
	}
	if _, err := c.Decode(chain.Request{Form: flow.FormTransaction, Payload: tx.Payload()}); !fault.Is(err, fault.UnknownKey) {
		t.Errorf("without a signer: %v", err)
	}
	sha2 := flow.Context{Account: tx.Authorizers[0], Hash: flow.SHA2}.Encode()
	in, err := c.Decode(chain.Request{Form: flow.FormTransaction, Payload: tx.Payload(), Signer: key, Context: sha2})
	if err != nil {
		t.Fatal(err)
	}
	tag := append([]byte("FLOW-V0.0-transaction"), make([]byte, 11)...)
	if sum := sha3.Sum256(append(tag, tx.Payload()...)); bytes.Equal(in.Tasks[0].Message, sum[:]) {
		t.Error("a key with SHA2-256 signs SHA3-256")
	}
}

// TestAddresses: those of the networks' own contracts are known, and no others.
func TestAddresses(t *testing.T) {
	for _, text := range []string{"", "0x", "0xe467b9dd11fa00d", "e467b9dd11fa00dff", "0xe467b9dd11fa00dg"} {
		if _, err := flow.ParseAddress(text); !fault.Is(err, fault.InvalidAddress) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if a := at(t, "E467b9dd11fa00df"); a.String() != "0xe467b9dd11fa00df" {
		t.Error(a)
	}
	tx := payment(t)
	warned := func(c flow.Chain, to string) bool {
		tx.Arguments[1] = []byte(`{"type":"Address","value":"` + to + `"}`)
		in, err := c.Preview(chain.Request{Form: flow.FormTransaction, Payload: tx.Payload()})
		if err != nil {
			t.Fatal(err)
		}
		return len(in.Warnings) == 2 // besides that for the ended script
	}
	for to, want := range map[string]bool{
		"0xf233dcee88fe0abe": false, "0x8624b52f9ddcd04a": false, "0x9a0766d93b6608b7": true, "0xf8d6e0586b0a20c7": true, "0x0000000000000000": true,
	} {
		if got := warned(mainnet(), to); got != want {
			t.Errorf("%s: warned %v", to, got)
		}
	}
}
