package stellar_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/stellar"
	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

func public() stellar.Chain {
	return stellar.New(chain.Network{ID: "stellar", Symbol: "XLM", Decimals: 7, Algorithm: curve.Ed25519}, stellar.PublicPassphrase)
}

func testnet() stellar.Chain {
	return stellar.New(chain.Network{ID: "stellar-testnet", Symbol: "XLM", Decimals: 7, Algorithm: curve.Ed25519, Test: true}, stellar.TestnetPassphrase)
}

func named(name string) stellar.Chain {
	if name == "public" {
		return public()
	}
	return testnet()
}

// sdkVector is a transaction that Stellar's JavaScript SDK made and signed.
type sdkVector struct {
	Name     string `json:"name"`
	Network  string `json:"network"`
	Unsigned string `json:"unsigned"` // base64, like Signed
	Hash     string `json:"hash"`
	Signed   string `json:"signed"`
	Signer   string `json:"signer"` // S… text
}

type sdkKey struct {
	Secret  string `json:"secret"`
	Address string `json:"address"`
	Seed    string `json:"seed"` // hex
}

type sdkFile struct {
	Keys         map[string]sdkKey `json:"keys"`
	PoolID       string            `json:"poolId"`
	Transactions []sdkVector       `json:"transactions"`
}

func sdk(t testing.TB) sdkFile {
	t.Helper()
	var f sdkFile
	readJSON(t, "testdata/sdk.json", &f)
	if len(f.Transactions) < 100 {
		t.Fatalf("%d transactions", len(f.Transactions))
	}
	return f
}

func readJSON(t testing.TB, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// vector is the payload of one transaction of the SDK on the public network.
func vector(t testing.TB, name string) []byte {
	t.Helper()
	for _, v := range sdk(t).Transactions {
		if v.Name == name && v.Network == "public" {
			return unbase64(t, v.Unsigned)
		}
	}
	t.Fatalf("no transaction %q", name)
	return nil
}

func unbase64(t testing.TB, text string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// seed is the private key of a text, as the vault would import it.
func seed(t testing.TB, text string) []byte {
	t.Helper()
	a, key, err := public().ParsePrivate(secret.New([]byte(text)))
	if err != nil || a != curve.Ed25519 {
		t.Fatalf("private key: %v, %v", a, err)
	}
	return key.Expose()
}

func publicKey(t testing.TB, text string) curve.PublicKey {
	t.Helper()
	return chaintest.PublicKey(t, curve.Ed25519, seed(t, text))
}

func decode(t testing.TB, c stellar.Chain, req chain.Request) *chain.Intent {
	t.Helper()
	in, err := c.Decode(req)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// lines writes effects, one to a line, with what people are told besides.
func lines(in *chain.Intent) string {
	var b strings.Builder
	for _, e := range in.Effects {
		fmt.Fprintf(&b, "  %s", e.Kind)
		for _, f := range []struct{ name, value string }{
			{"asset", e.Asset}, {"amount", e.Amount}, {"from", e.From}, {"to", e.To}, {"subject", e.Subject}, {"detail", e.Detail}, {"until", e.Until},
		} {
			if f.value != "" {
				fmt.Fprintf(&b, " %s=%q", f.name, f.value)
			}
		}
		b.WriteByte('\n')
	}
	for _, f := range in.Facts {
		fmt.Fprintf(&b, "  fact %s: %s\n", f.Name, f.Value)
	}
	for _, w := range in.Warnings {
		fmt.Fprintf(&b, "  warning: %s\n", w)
	}
	return b.String()
}
