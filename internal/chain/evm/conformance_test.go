package evm

import (
	"bytes"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
)

func TestConformance(t *testing.T) {
	key := signer(t)
	valid := map[string]chain.Request{}
	file := readJSON[ethersFile](t, "testdata/ethers.json")
	for i, name := range []string{"legacy", "legacy 2", "access list", "dynamic fee", "blobs", "set code"} {
		for k := i; k < len(file.Transactions); k += 6 {
			payload := unhex(t, file.Transactions[k].Unsigned)
			if bytes.HasPrefix(payload, []byte{4}) && len(payload) > 400 { // one signature to recover for each damage
				continue
			}
			valid[name] = chain.Request{Form: FormTransaction, Payload: payload, Signer: key}
			break
		}
	}
	typed, err := CanonicalTypedData([]byte(mail))
	if err != nil {
		t.Fatal(err)
	}
	a := authorization{chainID: bigOf("1"), address: addressOf(t, bob), nonce: 300}
	valid["authorization"] = chain.Request{Form: FormAuthorization, Payload: a.preimage(), Signer: key}
	valid["message"] = chain.Request{Form: FormMessage, Payload: []byte("hello"), Signer: key}
	valid["validator message"] = chain.Request{Form: FormValidatorMessage, Payload: append(make([]byte, 20), "hello"...), Signer: key}
	valid["typed data"] = chain.Request{Form: FormTypedData, Payload: typed, Signer: key}
	valid["header"] = chain.Request{Form: FormCliqueHeader, Payload: plainHeader().encode(), Signer: key}
	valid["digest"] = chain.Request{Form: FormDigest, Payload: bytes.Repeat([]byte{7}, 32), Signer: key}
	sender := addressOf(t, alice)
	valid["sender named"] = chain.Request{Form: FormTransaction, Payload: valid["legacy"].Payload, Signer: key, Context: sender[:]}
	if len(valid) != 13 {
		t.Fatalf("only %d requests", len(valid))
	}
	for _, c := range []Chain{generic(), ethereum()} {
		for name, req := range valid {
			if c.params.ChainID != 0 && name != "legacy" {
				continue
			}
			_, err := c.Decode(req)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	chaintest.Run(t, chaintest.Config{Chain: generic(), Valid: valid, FreeForm: []string{FormMessage, FormValidatorMessage}})
}

// TestPreview shows effects without a key, and the sender that a file names.
func TestPreview(t *testing.T) {
	c := ethereum()
	transfer := `{"to":"` + bob + `","value":"5","gas":21000,"gasPrice":1,"nonce":0`
	for file, from := range map[string]string{transfer + `}`: "signer", transfer + `,"from":"` + alice + `"}`: alice} {
		req, err := c.ReadFile([]byte(file))
		if err != nil {
			t.Fatal(err)
		}
		in, err := c.Preview(req)
		if err != nil {
			t.Fatal(err)
		}
		if len(in.Tasks) > 0 || !shows(in, chain.Effect{Kind: chain.Move, Amount: "5", From: from, To: bob}) {
			t.Errorf("%d tasks and\n%s", len(in.Tasks), describe(in.Effects))
		}
		if in.Finish != nil {
			t.Error("a preview can be finished")
		}
	}
	deploy, err := c.ReadFile([]byte(`{"data":"0x60","gas":21000,"gasPrice":1,"nonce":0}`))
	if err != nil {
		t.Fatal(err)
	}
	if in, err := c.Preview(deploy); err != nil || in.Effects[0].Kind != chain.Deploy || in.Effects[0].To != "" {
		t.Errorf("%v, %v", in, err)
	}
}
