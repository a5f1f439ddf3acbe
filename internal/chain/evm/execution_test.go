package evm

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// executionFile is testdata/execution.json.
type executionFile struct {
	Signed    []struct{ Source, Key, Signed string }
	Recovered []struct{ Source, Sender, Signed string }
	Refused   []struct{ Name, Signed string }
	File      struct {
		JSON      json.RawMessage
		Key, Hash string
	}
}

// membersOf are the members of the list in a payload or a transaction, each with its
// encoding, behind the type byte if there is one.
func membersOf(t testing.TB, encoded []byte) (prefix []byte, members [][]byte) {
	t.Helper()
	if encoded[0] < 0xc0 {
		prefix, encoded = encoded[:1:1], encoded[1:]
	}
	r := rlp.ReadList(encoded)
	for r.More() {
		content, list := r.Item()
		if list {
			members = append(members, rlp.AppendList(nil, content))
		} else {
			members = append(members, rlp.AppendBytes(nil, content))
		}
	}
	if err := r.End(); err != nil {
		t.Fatal(err)
	}
	return prefix, members
}

// listOf is the reverse of membersOf.
func listOf(prefix []byte, members [][]byte) []byte {
	return rlp.AppendList(prefix, bytes.Join(members, nil))
}

// numberOf is a member that is a small number.
func numberOf(t testing.TB, member []byte) uint64 {
	t.Helper()
	r := rlp.ReadList(rlp.AppendList(nil, member))
	n := r.Uint64()
	if err := r.End(); err != nil {
		t.Fatal(err)
	}
	return n
}

// withoutSignature takes the last three members off a signed transaction, without a
// look at the others, and gives a legacy transaction what EIP-155 signs instead.
func withoutSignature(t *testing.T, signed []byte) []byte {
	t.Helper()
	prefix, members := membersOf(t, signed)
	v := members[len(members)-3]
	members = members[:len(members)-3]
	if prefix == nil {
		id := numberOf(t, v)
		if id < 35 {
			t.Fatalf("v of %d", id)
		}
		members = append(members, rlp.AppendUint(nil, (id-35)/2), []byte{0x80}, []byte{0x80})
	}
	return listOf(prefix, members)
}

// withSignature writes a signature of a payload behind its members, as EIP-155 and
// EIP-2718 have it.
func withSignature(t testing.TB, payload, made []byte) []byte {
	t.Helper()
	prefix, members := membersOf(t, payload)
	v := uint64(made[64])
	switch {
	case prefix == nil && len(members) == 9:
		v += 35 + 2*numberOf(t, members[6])
		members = members[:6]
	case prefix == nil:
		v += 27
	}
	return listOf(prefix, append(members, rlp.AppendUint(nil, v), rlp.AppendDigits(nil, made[:32]), rlp.AppendDigits(nil, made[32:64])))
}

// TestExecutionLayer signs what the tests of execution clients have signed, of every
// type, byte for byte.
func TestExecutionLayer(t *testing.T) {
	file := readJSON[executionFile](t, "testdata/execution.json")
	seen := map[byte]int{}
	for _, v := range file.Signed {
		want := unhex(t, strings.TrimPrefix(v.Signed, "0x"))
		payload, key := withoutSignature(t, want), unhex(t, v.Key)
		in, err := generic().Decode(chain.Request{Form: FormTransaction, Payload: payload, Signer: chaintest.PublicKey(t, curve.Secp256k1, key)})
		if err != nil {
			t.Errorf("%s: %x: %v", v.Source, payload, err)
			continue
		}
		got, err := in.Finish(chaintest.SignAll(t, in, key))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: got %x, %v\nwant %x", v.Source, got, err, want)
		}
		seen[want[0]]++
	}
	for kind, least := range map[byte]int{1: 8, 2: 8, 3: 8, 4: 1} {
		if seen[kind] < least {
			t.Errorf("%d transactions of type %d", seen[kind], kind)
		}
	}

	for _, v := range file.Recovered {
		want := unhex(t, strings.TrimPrefix(v.Signed, "0x"))
		digest := hexaccount.Keccak(withoutSignature(t, want))
		// The signatures are of nobody's key: whom they belong to follows from the digest.
		rs := append(bytes.Clone(want[len(want)-65:len(want)-33]), want[len(want)-32:]...)
		key, err := curve.Recover(curve.ECDSASecp256k1, digest[:], append(rs, want[len(want)-67]&1))
		if err != nil {
			t.Errorf("%s: %v", v.Source, err)
			continue
		}
		if got, err := generic().Address(key); err != nil || !strings.EqualFold(got, v.Sender) {
			t.Errorf("%s: sent by %s, %v, want %s", v.Source, got, err, v.Sender)
		}
		if _, err := generic().Decode(chain.Request{Form: FormTransaction, Payload: withoutSignature(t, want), Signer: key}); err != nil {
			t.Errorf("%s: %v", v.Source, err)
		}
	}

	for _, v := range file.Refused {
		payload := withoutSignature(t, unhex(t, strings.TrimPrefix(v.Signed, "0x")))
		if _, err := generic().Decode(chain.Request{Form: FormTransaction, Payload: payload, Signer: signer(t)}); !fault.Is(err, fault.InvalidPayload) {
			t.Errorf("%s: %x: %v", v.Name, payload, err)
		}
	}
	if len(file.Recovered) < 2 || len(file.Refused) < 9 {
		t.Errorf("%d recovered, %d refused", len(file.Recovered), len(file.Refused))
	}
}

// TestExecutionLayerFile reads the JSON with which go-ethereum tests EIP-7702, and
// makes the transaction with the hash that it has there.
func TestExecutionLayerFile(t *testing.T) {
	file := readJSON[executionFile](t, "testdata/execution.json").File
	req, err := ethereum().ReadFile(file.JSON)
	if err != nil {
		t.Fatal(err)
	}
	key := unhex(t, file.Key)
	req.Signer = chaintest.PublicKey(t, curve.Secp256k1, key)
	in, err := ethereum().Decode(req)
	if err != nil {
		t.Fatal(err)
	}
	out, err := in.Finish(chaintest.SignAll(t, in, key))
	if hash := hexaccount.Keccak(out); err != nil || "0x"+hexOf(hash[:]) != file.Hash {
		t.Errorf("hash %x, %v, want %s", hash, err, file.Hash)
	}
	for _, want := range []chain.Effect{
		{Kind: chain.Authority, From: "0x71562b71999873DB5b286dF957af199Ec94617F7", To: "0x000000000000000000000000000000000000aaaa", Detail: "on chain id 1"},
		{Kind: chain.Authority, From: "0x703c4b2bD70c169f5717101CaeE543299Fc946C7", To: "0x000000000000000000000000000000000000BbBB", Detail: "on every network"},
		{Kind: chain.Opaque, To: "0x71562b71999873DB5b286dF957af199Ec94617F7", Subject: "authorization"},
	} {
		if !shows(in, want) {
			t.Errorf("no effect %+v in\n%s", want, describe(in.Effects))
		}
	}
}
