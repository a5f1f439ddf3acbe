package cardano_test

import (
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"strongroom/internal/chain"
	"strongroom/internal/chain/cardano"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

const golden = "../../../testdata/golden/tatum"

func mainnet() cardano.Chain {
	return cardano.New(chain.Network{ID: "cardano", Symbol: "ADA", Decimals: 6, Algorithm: curve.Ed25519BIP32}, true)
}

func testnet() cardano.Chain {
	return cardano.New(chain.Network{ID: "cardano-testnet", Symbol: "ADA", Decimals: 6, Algorithm: curve.Ed25519BIP32, Test: true}, false)
}

// libraryFile is testdata/library.json.
type libraryFile struct {
	Transactions []struct {
		Name, Unsigned, Body, Hash, Signed string
		Signers                            []string
	}
	Messages []struct {
		Message, Address, Bech32, PrivateKey, ToSign, Signed string
	}
}

func library(t testing.TB) (f libraryFile) {
	t.Helper()
	readJSON(t, "testdata/library.json", &f)
	if len(f.Transactions) != 11 || len(f.Messages) != 3 {
		t.Fatalf("%d transactions, %d messages", len(f.Transactions), len(f.Messages))
	}
	return f
}

// unsigned is a transaction of the library.
func unsigned(t testing.TB, name string) []byte {
	t.Helper()
	for _, v := range library(t).Transactions {
		if v.Name == name {
			return unhex(t, v.Unsigned)
		}
	}
	t.Fatalf("no transaction %q", name)
	return nil
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

// private is the private key of a text, as the vault would import it.
func private(t testing.TB, text string) (curve.Algorithm, []byte) {
	t.Helper()
	a, key, err := mainnet().ParsePrivate(secret.New([]byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	return a, key.Expose()
}

func public(t testing.TB, text string) curve.PublicKey {
	t.Helper()
	a, key := private(t, text)
	return chaintest.PublicKey(t, a, key)
}

// someKey is a key of the golden data.
func someKey(t testing.TB) curve.PublicKey { return public(t, library(t).Transactions[0].Signers[0]) }

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
