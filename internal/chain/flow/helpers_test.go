package flow_test

import (
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/flow"
	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

const golden = "../../../testdata/golden/tatum"

func mainnet() flow.Chain {
	return flow.New(chain.Network{ID: "flow", Symbol: "FLOW", Decimals: 8, Algorithm: curve.Secp256k1}, flow.Mainnet)
}

func testnet() flow.Chain {
	return flow.New(chain.Network{ID: "flow-testnet", Symbol: "FLOW", Decimals: 8, Algorithm: curve.Secp256k1, Test: true}, flow.Testnet)
}

// someKey is the public key of the scalar 7.
func someKey(t testing.TB) curve.PublicKey {
	private := make([]byte, 32)
	private[31] = 7
	return chaintest.PublicKey(t, curve.Secp256k1, private)
}

func at(t testing.TB, text string) flow.Address {
	t.Helper()
	a, err := flow.ParseAddress(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// payment is the transaction of the first golden vector.
func payment(t testing.TB) *flow.Transaction {
	t.Helper()
	tx, err := mainnet().BuildTransfer(flow.Transfer{
		Account: "0xe467b9dd11fa00df", To: "0x1654653399040a61", Amount: "1.5", Currency: "FLOW",
		Proposer: at(t, "955cd3f17b2fd8ad"), ProposerKey: 3, Sequence: 8, Payer: at(t, "955cd3f17b2fd8ad"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

func private(t testing.TB, text string) []byte {
	t.Helper()
	a, key, err := mainnet().ParsePrivate(secret.New([]byte(text)))
	if err != nil || a != curve.Secp256k1 {
		t.Fatalf("private key: %v, %v", a, err)
	}
	return key.Expose()
}

func readJSON(t testing.TB, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// lines writes effects, one to a line, with what people are told besides.
func lines(in *chain.Intent) string {
	var b strings.Builder
	for _, e := range in.Effects {
		fmt.Fprintf(&b, "%s asset=%s amount=%s from=%s to=%s subject=%s detail=%s until=%s\n", e.Kind, e.Asset, e.Amount, e.From, e.To, e.Subject, e.Detail, e.Until)
	}
	for _, f := range in.Facts {
		fmt.Fprintf(&b, "fact %s: %s\n", f.Name, f.Value)
	}
	for _, w := range in.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", w)
	}
	return b.String()
}
