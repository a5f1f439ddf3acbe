package xrpl

import (
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
)

func TestConformance(t *testing.T) {
	_, ed := fromSeed(t, seedEd25519)
	_, k1 := fromSeed(t, seedSecp256k1)
	// Optional fields at the end (arrays, paths) can be cut off and leave a transaction,
	// another one; so there are none here.
	simple := `"TransactionType":"Payment","Destination":"@bob","Amount":"1000000"`
	issued := `"TransactionType":"Payment","Destination":"@bob","Amount":{"currency":"USD","issuer":"@carol","value":"1.5"},"SendMax":"77"`
	named := `"SigningPubKey":"023C74C8D3536B151D45D0556C9212DF47863B00B57A7AF36D754D26814BC34359",`
	chaintest.Run(t, chaintest.Config{
		Chain: mainNetwork(),
		Valid: map[string]chain.Request{
			"payment":             {Form: FormTransaction, Payload: payload(t, simple), Signer: ed},
			"payment, secp256k1":  {Form: FormTransaction, Payload: payload(t, simple), Signer: k1},
			"payment, key inside": {Form: FormTransaction, Payload: payload(t, named+issued)},
			"trust line":          {Form: FormTransaction, Payload: payload(t, `"TransactionType":"TrustSet","LimitAmount":{"currency":"USD","issuer":"@bob","value":"1"}`), Signer: ed},
			"several signers":     {Form: FormMultisign, Payload: payload(t, `"SigningPubKey":"",`+issued), Signer: k1},
			"regular key of a signer": {
				Form: FormMultisign, Payload: payload(t, `"SigningPubKey":"",`+simple), Signer: k1, Context: repeat(7, accountSize),
			},
			"message": {Form: FormMessage, Payload: []byte("hello"), Signer: ed},
			"claim":   {Form: FormClaim, Payload: append(repeat(3, 32), 0, 0, 0, 0, 0, 0, 1, 0), Signer: ed},
		},
		FreeForm: []string{FormMessage},
	})
}
