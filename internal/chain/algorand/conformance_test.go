package algorand_test

import (
	"bytes"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/algorand"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/codec/msgpack"
	"strongroom/internal/curve"
)

func TestConformance(t *testing.T) {
	key, err := curve.NewPublicKey(curve.Ed25519, bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	account := algorand.NewMultisig(1, 1, [][32]byte{[32]byte(key.Bytes()), {9}})
	payment := msgpack.AppendMapHeader(nil, 3)
	payment = msgpack.AppendUint(msgpack.AppendText(payment, "fee"), 1000)
	payment = msgpack.AppendBinary(msgpack.AppendText(payment, "snd"), key.Bytes())
	payment = msgpack.AppendText(msgpack.AppendText(payment, "type"), "pay")
	context := algorand.MultisigContext{Multisig: account, Account: account.Address()}.Encode()

	chaintest.Run(t, chaintest.Config{
		Chain: algorand.New(),
		Valid: map[string]chain.Request{
			"transaction":          {Form: algorand.FormTransaction, Payload: payment},
			"message":              {Form: algorand.FormMessage, Payload: []byte("I own this"), Signer: key},
			"program":              {Form: algorand.FormProgram, Payload: []byte{6, 0x81, 1}, Signer: key},
			"multisig transaction": {Form: algorand.FormMultisigTransaction, Payload: payment, Signer: key, Context: context},
			"multisig program":     {Form: algorand.FormMultisigProgram, Payload: []byte{6, 0x81, 1}, Signer: key, Context: context},
			"legacy program":       {Form: algorand.FormMultisigProgramLegacy, Payload: []byte{6, 0x81, 1}, Signer: key, Context: context},
		},
		FreeForm: []string{algorand.FormMessage, algorand.FormProgram, algorand.FormMultisigProgram, algorand.FormMultisigProgramLegacy},
	})
}
