package antelope_test

import (
	"bytes"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/antelope"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
)

func TestConformance(t *testing.T) {
	var keys []antelope.PublicKey
	for _, text := range []string{
		"PUB_ED_H1t8QdWfY1H9GuHTW4NHMTcxcYDfTPWJdNJLVqNCydS2",
		"PUB_EM_044bc2a31265153f07e70e0bab08724e6b85e217f8cd628ceb62974247bb493382ce28cab79ad7119ee1ad3ebcdb98a16805211530ecc6cfefa1b88e6dff99232a",
		"PUB_R1_5nChikuswCT6xioyGSZ6jb33ZyZ5wfVQpWFiXMgcVQjtThA46T",
		"PUB_K1_7FwGzQo6CLhJCexq6BuJjv4FT4owFjPUzMVcXphH4PfA2GsW3t",
	} {
		key, err := antelope.ParsePublicKey(text)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	named := func(text string) antelope.Name {
		n, err := antelope.ParseName(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	small := antelope.SignedTransaction{Transaction: antelope.Transaction{
		Expiration: 1767225600,
		Actions:    []antelope.Action{{Account: named("eosio.null"), Name: named("nonce"), Data: []byte{1}}},
	}}
	full := small
	full.DelaySec, full.MaxNetUsageWords = 70000, 300
	full.ContextFreeActions = small.Actions
	full.Actions = []antelope.Action{{
		Account: named("eosio.token"), Name: named("transfer"), Data: bytes.Repeat([]byte{1}, 33),
		Authorization: []antelope.Permission{{Actor: named("alice"), Permission: named("active")}},
	}}
	full.Extensions = []antelope.Extension{{Type: 7, Data: []byte{1, 2}}}
	full.ContextFreeData = [][]byte{{}, {1, 2, 3}}
	chainID, digest := [32]byte{1, 2, 3}, bytes.Repeat([]byte{0xab}, 32)

	chaintest.Run(t, chaintest.Config{
		Chain: antelope.New(),
		Valid: map[string]chain.Request{
			"transaction, one signer": {Form: antelope.FormTransaction, Payload: small.Payload(chainID), Signer: keys[3].Key()},
			"transaction, all kinds":  {Form: antelope.FormTransaction, Payload: full.Payload(chainID), Context: antelope.EncodeSigners(keys)},
			"digest, K1":              {Form: antelope.FormDigest, Payload: digest, Signer: keys[3].Key()},
			"digest, R1":              {Form: antelope.FormDigest, Payload: digest, Signer: keys[2].Key()},
			"digest, EM":              {Form: antelope.FormDigest, Payload: digest, Context: antelope.EncodeSigners(keys[1:2])},
			"digest, ED":              {Form: antelope.FormDigest, Payload: digest, Signer: keys[0].Key()},
		},
	})
	for _, key := range keys {
		address, err := antelope.New().Address(key.Key())
		if err != nil || key.Type() != antelope.EM && address != key.String() {
			t.Errorf("address %s of %s, %v", address, key, err)
		}
	}
	if _, err := antelope.New().Address(curve.PublicKey{}); err == nil {
		t.Error("no key owns nothing")
	}
}
