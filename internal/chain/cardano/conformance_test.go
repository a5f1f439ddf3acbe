package cardano_test

import (
	"bytes"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/cardano"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

func TestConformance(t *testing.T) {
	f := library(t)
	key := someKey(t)
	plain := chaintest.PublicKey(t, curve.Ed25519, bytes.Repeat([]byte{9}, 32))
	valid := map[string]chain.Request{
		"hash":         {Form: cardano.FormHash, Payload: bytes.Repeat([]byte{0x33}, 32), Signer: key},
		"message":      {Form: cardano.FormMessage, Payload: []byte("I own this"), Signer: key},
		"body alone":   {Form: cardano.FormTransaction, Payload: unhex(t, f.Transactions[0].Body), Signer: key},
		"Ed25519":      {Form: cardano.FormTransaction, Payload: unsigned(t, "payment"), Signer: plain},
		"several keys": {Form: cardano.FormTransaction, Payload: unsigned(t, "payment"), Signer: key, Signers: []curve.PublicKey{plain, key}},
	}
	for _, v := range f.Transactions {
		// Damaged witnesses that were there before change nothing that is signed.
		if v.Name != "one more witness" && v.Name != "testnet payment" {
			valid[v.Name] = chain.Request{Form: cardano.FormTransaction, Payload: unhex(t, v.Unsigned), Signer: key}
		}
	}
	chaintest.Run(t, chaintest.Config{Chain: mainnet(), Valid: valid, FreeForm: []string{cardano.FormMessage}})
}

func TestSigners(t *testing.T) {
	c, key := mainnet(), someKey(t)
	payload := unsigned(t, "payment")
	p256, err := curve.NewPublicKey(curve.P256, append([]byte{2}, make([]byte, 32)...))
	if err != nil {
		t.Fatal(err)
	}
	for name, req := range map[string]chain.Request{
		"nobody":                     {Form: cardano.FormTransaction, Payload: payload},
		"another curve":              {Form: cardano.FormTransaction, Payload: payload, Signer: p256},
		"two for a hash":             {Form: cardano.FormHash, Payload: make([]byte, 32), Signers: []curve.PublicKey{key, p256}},
		"a message of another's key": {Form: cardano.FormMessage, Payload: []byte("x"), Signer: key, Context: unhex(t, library(t).Messages[2].Address)},
		"too many":                   {Form: cardano.FormTransaction, Payload: payload, Signers: make([]curve.PublicKey, 1000)},
	} {
		if _, err := c.Decode(req); !fault.Is(err, fault.UnknownKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := c.Decode(chain.Request{Form: cardano.FormHash, Payload: make([]byte, 32), Signer: key, Context: []byte{1}}); err == nil {
		t.Error("a hash with a context was decoded")
	}
	in, err := c.Preview(chain.Request{Form: cardano.FormTransaction, Payload: payload})
	if err != nil || len(in.Tasks) != 0 || in.Effects[0].Kind != chain.Move {
		t.Errorf("preview: %v", err)
	}
}
