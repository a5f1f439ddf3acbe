package stellar_test

import (
	"bytes"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/stellar"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

func TestConformance(t *testing.T) {
	valid := map[string]chain.Request{
		"message": {Form: stellar.FormMessage, Payload: []byte("hello"), Signer: publicKey(t, sdk(t).Keys["alice"].Secret)},
	}
	// A vector with signatures would not do here: they are not part of the message.
	for _, name := range []string{
		"payment", "v0", "setOptionsAll", "createClaimableBalance", "preconditions", "changeTrustPool", "sponsoring", "revokeTrustline",
		"sorobanUnknown", "sorobanCreate", "memoText",
	} {
		valid[name] = chain.Request{Form: stellar.FormTransaction, Payload: vector(t, name)}
	}
	valid["fee bump"] = chain.Request{Form: stellar.FormTransaction, Payload: vector(t, "feeBump")}
	valid["another signer"] = chain.Request{
		Form: stellar.FormTransaction, Payload: vector(t, "payment"), Signer: publicKey(t, sdk(t).Keys["bob"].Secret),
	}
	chaintest.Run(t, chaintest.Config{Chain: public(), Valid: valid, FreeForm: []string{stellar.FormMessage}})
}

func TestRefusals(t *testing.T) {
	payload := vector(t, "payment")
	p256, err := curve.NewPublicKey(curve.P256, bytes.Repeat([]byte{2}, 33))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		req  chain.Request
		kind fault.Kind
	}{
		"empty":                  {chain.Request{Form: stellar.FormTransaction}, fault.InvalidPayload},
		"too large":              {chain.Request{Form: stellar.FormTransaction, Payload: make([]byte, 300<<10)}, fault.TooLarge},
		"large message":          {chain.Request{Form: stellar.FormMessage, Payload: make([]byte, 300<<10)}, fault.TooLarge},
		"context":                {chain.Request{Form: stellar.FormTransaction, Payload: payload, Context: []byte{1}}, fault.Invalid},
		"key of another curve":   {chain.Request{Form: stellar.FormTransaction, Payload: payload, Signer: p256}, fault.UnknownKey},
		"message without signer": {chain.Request{Form: stellar.FormMessage, Payload: payload}, fault.UnknownKey},
		"unknown form":           {chain.Request{Form: "hash", Payload: payload}, fault.Unsupported},
	} {
		if _, err := public().Decode(c.req); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v, want the kind %s", name, err, c.kind)
		}
	}
	if _, err := public().MessageRequest(nil, p256); !fault.Is(err, fault.UnknownKey) {
		t.Errorf("message: %v", err)
	}
	if _, err := public().MessageRequest(make([]byte, 300<<10), p256); !fault.Is(err, fault.TooLarge) {
		t.Errorf("large message: %v", err)
	}
}

// TestSecondCopy: a signature that is there already is not added again.
func TestSecondCopy(t *testing.T) {
	secretText := sdk(t).Keys["alice"].Secret
	in := decode(t, public(), chain.Request{Form: stellar.FormTransaction, Payload: vector(t, "payment")})
	signed, err := in.Finish(chaintest.SignAll(t, in, seed(t, secretText)))
	if err != nil {
		t.Fatal(err)
	}
	again := decode(t, public(), chain.Request{Form: stellar.FormTransaction, Payload: signed})
	if !bytes.Equal(again.Tasks[0].Message, in.Tasks[0].Message) {
		t.Error("a signature changed what is signed")
	}
	if len(again.Warnings) != 1 {
		t.Errorf("warnings %q", again.Warnings)
	}
	if out, err := again.Finish(chaintest.SignAll(t, again, seed(t, secretText))); !fault.Is(err, fault.InvalidPayload) {
		t.Errorf("signed twice: %x, %v", out, err)
	}
}
