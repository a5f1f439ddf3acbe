package xrpl

import (
	"bytes"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

// Seeds of the wallets that sign the vectors.
const (
	seedEd25519   = "sEdTb25ejjJP4WG6kBa6TfqjP3bvq5B"
	seedSecp256k1 = "ssPpgh16RNwPmoEsViHi4HTexR34S"
)

// Addresses used in tests; alice's key is that of seedEd25519, carol's of seedSecp256k1.
const (
	alice   = "rwVNcK399svDQj5micDS3e5t7H1QFhv9vV"
	bob     = "rU6xGRKojMRPaQ6e7GtXNCmfN9JPvJfsf3"
	carol   = "rsDcHbikFyuGFn9s8n6YVm4fcdHd3UVbVd"
	mallory = "rQUT8Muu6W6wiEBh3DwBgViHW3R1p3sAqH"
)

func mainNetwork() Chain {
	return New(chain.Network{ID: "xrpl", Title: "XRP Ledger", Symbol: "XRP", Decimals: 6, Algorithm: curve.Ed25519}, 0)
}

func testNetwork() Chain {
	return New(chain.Network{ID: "xrpl-testnet", Symbol: "XRP", Decimals: 6, Algorithm: curve.Ed25519, Test: true}, 0)
}

// published is testdata/published.json.
type published struct {
	Transactions []struct {
		Name   string
		JSON   jsontext.Value
		Binary string
	}
	Objects    []string
	XAddresses []struct{ RJSON, XJSON jsontext.Value }
	Amounts    []struct {
		JSON jsontext.Value `json:"test_json"`
		Hex  string         `json:"expected_hex"`
		Err  string         `json:"error"`
	}
	Raw []string
}

// vectors is testdata/vectors.json.
type vectors struct {
	Transactions []vector
	Claims       []struct {
		JSON               jsontext.Value
		Ed25519, Secp256k1 string
	}
	Messages  []struct{ Text, Ed25519, Secp256k1 string }
	Addresses []struct {
		Classic, X string
		Tag        jsontext.Value
		Test       bool
	}
}

type vector struct {
	Name      string
	JSON      jsontext.Value
	Unsigned  string
	Ed25519   string
	Secp256k1 string
	Multisign string
}

func load[T any](t testing.TB, name string) (value T) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &value, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	return value
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// fromSeed is the private and the public key of a seed.
func fromSeed(t testing.TB, seed string) ([]byte, curve.PublicKey) {
	t.Helper()
	a, private, err := ParseFamilySeed(secret.New([]byte(seed)), func(a curve.Algorithm, private []byte) (curve.PublicKey, error) {
		return chaintest.PublicKey(t, a, private), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return private.Expose(), chaintest.PublicKey(t, a, private.Expose())
}

// encode is the canonical form of a JSON text.
func encode(t testing.TB, text string) []byte {
	t.Helper()
	n, err := parseJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	b, err := encoder{}.object(nil, &n, 0)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return b
}

// payload is a transaction of alice with these further members, as JSON. '@' before a
// name stands for its address.
func payload(t testing.TB, members string) []byte {
	t.Helper()
	for _, member := range []string{`"Account":"@alice"`, `"Fee":"12"`, `"Sequence":7`, `"LastLedgerSequence":99`} {
		if name, _, _ := strings.Cut(member, ":"); !strings.Contains(members, name+`:`) || name == `"Account"` && !strings.HasPrefix(members, name) {
			members += "," + member
		}
	}
	members = strings.NewReplacer("@alice", alice, "@bob", bob, "@carol", carol, "@mallory", mallory).Replace(members)
	return encode(t, "{"+members+"}")
}

func decodePayload(t testing.TB, raw []byte) *chain.Intent {
	t.Helper()
	_, key := fromSeed(t, seedEd25519)
	in, err := mainNetwork().Decode(chain.Request{Form: FormTransaction, Payload: raw, Signer: key})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// describe writes effects for messages of tests.
func describe(effects []chain.Effect) string {
	var b strings.Builder
	for _, e := range effects {
		b.WriteString(e.Kind.String())
		for _, part := range [][2]string{{"asset", e.Asset}, {"amount", e.Amount}, {"from", e.From}, {"to", e.To}, {"subject", e.Subject}, {"detail", e.Detail}, {"until", e.Until}} {
			if part[1] != "" {
				b.WriteString(" " + part[0] + "=" + part[1])
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func repeat(b byte, n int) []byte { return bytes.Repeat([]byte{b}, n) }
