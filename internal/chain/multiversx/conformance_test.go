package multiversx_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/multiversx"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

func TestConformance(t *testing.T) {
	valid := map[string]chain.Request{
		"message": {Form: multiversx.FormMessage, Payload: []byte("hello"), Signer: publicKey(t, "alice")},
	}
	for _, name := range []string{"transfer", "hash", "everything", "multi", "deploy", "setGuardian", "roles", "usernames"} {
		valid[name] = chain.Request{Form: multiversx.FormTransaction, Payload: vector(t, name)}
	}
	valid["guardian"] = chain.Request{Form: multiversx.FormTransaction, Payload: vector(t, "guarded"), Signer: publicKey(t, "guardian")}
	valid["relayer"] = chain.Request{Form: multiversx.FormTransaction, Payload: vector(t, "relayed"), Signer: publicKey(t, "relayer")}
	chaintest.Run(t, chaintest.Config{Chain: mainnet(), Valid: valid, FreeForm: []string{multiversx.FormMessage}})
}

func TestRefusals(t *testing.T) {
	payload := vector(t, "transfer")
	p256, err := curve.NewPublicKey(curve.P256, bytes.Repeat([]byte{2}, 33))
	if err != nil {
		t.Fatal(err)
	}
	form := multiversx.FormTransaction
	for name, c := range map[string]struct {
		req  chain.Request
		kind fault.Kind
	}{
		"empty":                  {chain.Request{Form: form}, fault.InvalidPayload},
		"too large":              {chain.Request{Form: form, Payload: make([]byte, 3<<20)}, fault.TooLarge},
		"large message":          {chain.Request{Form: multiversx.FormMessage, Payload: make([]byte, 3<<20)}, fault.TooLarge},
		"context":                {chain.Request{Form: form, Payload: payload, Context: []byte{1}}, fault.Invalid},
		"key of another curve":   {chain.Request{Form: form, Payload: payload, Signer: p256}, fault.UnknownKey},
		"key without a part":     {chain.Request{Form: form, Payload: payload, Signer: publicKey(t, "guardian")}, fault.UnknownKey},
		"message without signer": {chain.Request{Form: multiversx.FormMessage, Payload: payload}, fault.UnknownKey},
		"unknown form":           {chain.Request{Form: "hash", Payload: payload}, fault.Unsupported},
		"another network":        {chain.Request{Form: form, Payload: vector(t, "testnet")}, fault.InvalidPayload},
	} {
		if _, err := mainnet().Decode(c.req); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v, want the kind %s", name, err, c.kind)
		}
	}
}

// TestSpellings: other spellings of the same transaction are refused.
func TestSpellings(t *testing.T) {
	base := string(vector(t, "everything"))
	replace := func(old, replacement string) string {
		if !strings.Contains(base, old) {
			t.Fatalf("no %q in %s", old, base)
		}
		return strings.Replace(base, old, replacement, 1)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, []byte(base), "", " "); err != nil {
		t.Fatal(err)
	}
	for name, payload := range map[string]string{
		"white space": indented.String(), "space at the end": base + " ", "leading zero": replace(`"nonce":7`, `"nonce":07`),
		"exponent": replace(`"nonce":7`, `"nonce":7e0`), "negative": replace(`"nonce":7`, `"nonce":-7`), "quoted number": replace(`"nonce":7`, `"nonce":"7"`),
		"too large a number": replace(`"nonce":7`, `"nonce":18446744073709551616`), "escape": replace(`"value":"5"`, `"value":"\u0035"`),
		"value with a zero": replace(`"value":"5"`, `"value":"05"`), "unquoted value": replace(`"value":"5"`, `"value":5`),
		"negative value": replace(`"value":"5"`, `"value":"-5"`), "value with a plus": replace(`"value":"5"`, `"value":"+5"`),
		"twice": replace(`"value":"5"`, `"value":"5","value":"6"`), "unknown member": replace(`"value":"5"`, `"memo":"","value":"5"`),
		"empty data": replace(`"data":"eA=="`, `"data":""`), "unpadded": replace(`"eA=="`, `"eA"`), "spare bits": replace(`"eA=="`, `"eB=="`),
		"options of zero": replace(`"options":3`, `"options":0`), "unknown options": replace(`"options":3`, `"options":7`), "no guardian": replace(`"options":3`, `"options":1`),
		"version 1": replace(`"version":2`, `"version":1`), "signature": replace(`}`, `,"signature":"00"}`),
		"capitals": replace(sdk(t).Keys["relayer"].Address, strings.ToUpper(sdk(t).Keys["relayer"].Address)),
	} {
		if in, err := mainnet().Decode(chain.Request{Form: multiversx.FormTransaction, Payload: []byte(payload)}); !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%s: %v, %+v", name, err, in)
		}
	}
}
