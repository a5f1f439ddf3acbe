package multiversx_test

import (
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/multiversx"
	"strongroom/internal/curve"
)

func network(chainID string) multiversx.Chain {
	return multiversx.New(chain.Network{ID: "multiversx-" + chainID, Symbol: "EGLD", Decimals: 18, Algorithm: curve.Ed25519}, chainID)
}

func mainnet() multiversx.Chain { return network(multiversx.MainnetID) }

// sdkVector is a transaction that the JavaScript SDK made and signed.
type sdkVector struct {
	Name      string `json:"name"`
	ChainID   string `json:"chainID"`
	Payload   string `json:"payload"`
	Message   string `json:"message"` // hex, like Signature
	Signer    string `json:"signer"`  // name of a key
	Signature string `json:"signature"`
	Plain     string `json:"plain"` // the object that the SDK writes into files
}

type sdkKey struct {
	Seed    string `json:"seed"` // hex
	Address string `json:"address"`
	PEM     string `json:"pem"`
}

type sdkMessage struct {
	Text      string `json:"text"`
	Digest    string `json:"digest"`
	Signature string `json:"signature"`
}

type sdkFile struct {
	Keys         map[string]sdkKey `json:"keys"`
	Contract     string            `json:"contract"`
	Transactions []sdkVector       `json:"transactions"`
	Messages     []sdkMessage      `json:"messages"`
}

func sdk(t testing.TB) sdkFile {
	t.Helper()
	var f sdkFile
	readJSON(t, "testdata/sdk.json", &f)
	if len(f.Transactions) < 45 {
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

func vector(t testing.TB, name string) []byte {
	t.Helper()
	for _, v := range sdk(t).Transactions {
		if v.Name == name {
			return []byte(v.Payload)
		}
	}
	t.Fatalf("no transaction %q", name)
	return nil
}

func seed(t testing.TB, name string) []byte {
	t.Helper()
	return unhex(t, sdk(t).Keys[name].Seed)
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil || len(b) == 0 {
		t.Fatalf("%q is not hex: %v", text, err)
	}
	return b
}

func publicKey(t testing.TB, name string) curve.PublicKey {
	t.Helper()
	return chaintest.PublicKey(t, curve.Ed25519, seed(t, name))
}

func decode(t testing.TB, c multiversx.Chain, req chain.Request) *chain.Intent {
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
