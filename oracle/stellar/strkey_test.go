package stellar

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stellar/go-stellar-sdk/strkey"
	"github.com/stellar/go-stellar-sdk/xdr"

	"strongroom/internal/chain"
	ours "strongroom/internal/chain/stellar"
	"strongroom/internal/curve"
	"strongroom/internal/secret"
	"strongroom/oracle/random"
)

func encoded(t testing.TB, version strkey.VersionByte, data ...[]byte) string {
	t.Helper()
	text, err := strkey.Encode(version, bytes.Join(data, nil))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// named are the texts that a transaction of the operations must be shown with, by
// the SDK, and the operations.
func named(t testing.TB, r *rand.Rand) (texts []string, operations []xdr.Operation) {
	t.Helper()
	add := func(text string, body xdr.OperationBody) {
		texts, operations = append(texts, text), append(operations, xdr.Operation{Body: body})
	}
	word := func() xdr.Uint256 { return xdr.Uint256(random.Bytes(r, 32)) }
	signer := func(text string, key xdr.SignerKey) {
		add(text, xdr.OperationBody{Type: xdr.OperationTypeSetOptions, SetOptionsOp: &xdr.SetOptionsOp{Signer: &xdr.Signer{Key: key, Weight: 1}}})
	}
	key := word()
	signer(encoded(t, strkey.VersionByteAccountID, key[:]), xdr.SignerKey{Type: xdr.SignerKeyTypeSignerKeyTypeEd25519, Ed25519: &key})
	hash := word()
	signer(encoded(t, strkey.VersionByteHashTx, hash[:]), xdr.SignerKey{Type: xdr.SignerKeyTypeSignerKeyTypePreAuthTx, PreAuthTx: &hash})
	preimage := word()
	signer(encoded(t, strkey.VersionByteHashX, preimage[:]), xdr.SignerKey{Type: xdr.SignerKeyTypeSignerKeyTypeHashX, HashX: &preimage})
	content := random.Bytes(r, 1+r.IntN(64))
	by, err := strkey.NewSignedPayload(encoded(t, strkey.VersionByteAccountID, key[:]), content)
	if err != nil {
		t.Fatal(err)
	}
	text, err := by.Encode()
	if err != nil {
		t.Fatal(err)
	}
	signer(text, xdr.SignerKey{Type: xdr.SignerKeyTypeSignerKeyTypeEd25519SignedPayload, Ed25519SignedPayload: &xdr.SignerKeyEd25519SignedPayload{Ed25519: key, Payload: content}})

	owner, id := word(), random.Edge(r, 64)
	add(encoded(t, strkey.VersionByteMuxedAccount, owner[:], binary.BigEndian.AppendUint64(nil, id)), xdr.OperationBody{
		Type: xdr.OperationTypePayment, PaymentOp: &xdr.PaymentOp{Destination: xdr.MuxedAccount{
			Type: xdr.CryptoKeyTypeKeyTypeMuxedEd25519, Med25519: &xdr.MuxedAccountMed25519{Id: xdr.Uint64(id), Ed25519: owner}}, Amount: 1}})
	pool := xdr.PoolId(word())
	add(encoded(t, strkey.VersionByteLiquidityPool, pool[:]), xdr.OperationBody{
		Type: xdr.OperationTypeLiquidityPoolWithdraw, LiquidityPoolWithdrawOp: &xdr.LiquidityPoolWithdrawOp{LiquidityPoolId: pool, Amount: 1}})
	balance := xdr.Hash(word())
	add(encoded(t, strkey.VersionByteClaimableBalance, []byte{0}, balance[:]), xdr.OperationBody{
		Type: xdr.OperationTypeClaimClaimableBalance, ClaimClaimableBalanceOp: &xdr.ClaimClaimableBalanceOp{BalanceId: xdr.ClaimableBalanceId{V0: &balance}}})
	return texts, operations
}

// shown decodes a transaction of operations and gives all that people are told of it.
func shown(t testing.TB, r *rand.Rand, operations []xdr.Operation) string {
	t.Helper()
	source := xdr.Uint256(random.Bytes(r, 32))
	e := xdr.TransactionEnvelope{Type: xdr.EnvelopeTypeEnvelopeTypeTx, V1: &xdr.TransactionV1Envelope{Tx: xdr.Transaction{
		SourceAccount: xdr.MuxedAccount{Ed25519: &source}, Fee: 1000, SeqNum: 1, Operations: operations}}}
	payload, err := e.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	in, err := public().Decode(chain.Request{Form: ours.FormTransaction, Payload: payload})
	if err != nil {
		t.Fatalf("%x: %v", payload, err)
	}
	return fmt.Sprintf("%+v %+v %+v", in.Effects, in.Names, in.Facts)
}

// agreeTexts names random accounts, signers, pools and balances as the SDK does.
func agreeTexts(t testing.TB, r *rand.Rand) {
	t.Helper()
	texts, operations := named(t, r)
	all := shown(t, r, operations)
	for _, text := range texts {
		if !strings.Contains(all, text) {
			t.Fatalf("%s is not shown in %s", text, all)
		}
	}
	contract := xdr.ContractId(random.Bytes(r, 32))
	call := xdr.HostFunction{Type: xdr.HostFunctionTypeHostFunctionTypeInvokeContract, InvokeContract: &xdr.InvokeContractArgs{
		ContractAddress: xdr.ScAddress{Type: xdr.ScAddressTypeScAddressTypeContract, ContractId: &contract}, FunctionName: "f"}}
	all = shown(t, r, []xdr.Operation{{Body: xdr.OperationBody{Type: xdr.OperationTypeInvokeHostFunction, InvokeHostFunctionOp: &xdr.InvokeHostFunctionOp{HostFunction: call}}}})
	if text := encoded(t, strkey.VersionByteContract, contract[:]); !strings.Contains(all, text) {
		t.Fatalf("%s is not shown in %s", text, all)
	}
}

// agreeSeed writes a key's account and seed as the SDK does, and reads the text of a
// seed if and only if the SDK does, after a change too.
func agreeSeed(t testing.TB, r *rand.Rand) (accepted bool) {
	t.Helper()
	data := random.Bytes(r, 32)
	key, err := curve.NewPublicKey(curve.Ed25519, data)
	if err == nil { // not all bytes are a point
		if got, err := public().Address(key); err != nil || got != encoded(t, strkey.VersionByteAccountID, data) {
			t.Fatalf("account of %x: %s, %v", data, got, err)
		}
	}
	text := []byte(encoded(t, strkey.VersionByteSeed, data))
	if key, err = curve.NewPublicKey(curve.Ed25519, append([]byte{1}, make([]byte, 31)...)); err != nil {
		t.Fatal(err)
	}
	if got, err := public().FormatPrivate(key, secret.Copy(data)); err != nil || !bytes.Equal(got.Expose(), text) {
		t.Fatalf("seed %x: %s, %v, want %s", data, got.Expose(), err, text)
	}
	at := r.IntN(len(text))
	switch r.IntN(4) {
	case 0:
		text[at] = random.Pick[byte](r, 'A', 'S', '2', '7', '1', '=', '\n', 'a')
	case 1:
		// Another version, with a checksum that is right.
		text = []byte(encoded(t, random.Pick[strkey.VersionByte](r, strkey.VersionByteHashX, strkey.VersionByteContract), data))
	case 2:
		text = append(text[:at], append([]byte{'\n'}, text[at:]...)...)[:56]
	}
	want, theirErr := strkey.Decode(strkey.VersionByteSeed, string(text))
	_, got, err := public().ParsePrivate(secret.Copy(text))
	if (err == nil) != (theirErr == nil) || err == nil && !bytes.Equal(got.Expose(), want) {
		t.Fatalf("%q: %x, %v, by the SDK: %x, %v", text, got.Expose(), err, want, theirErr)
	}
	return err == nil
}

func TestTexts(t *testing.T) {
	r := random.New(2)
	accepted := 0
	for range 2000 {
		agreeTexts(t, r)
		if agreeSeed(t, r) {
			accepted++
		}
	}
	if accepted < 400 || accepted > 1600 {
		t.Errorf("%d of 2000 texts of seeds were read: the comparison is empty", accepted)
	}
}

// FuzzTexts: the same for data that the fuzzer composes.
func FuzzTexts(f *testing.F) {
	f.Add([]byte("accounts, signers, pools"))
	f.Fuzz(func(t *testing.T, choices []byte) {
		r := random.From(choices)
		agreeTexts(t, r)
		agreeSeed(t, r)
	})
}
