package evm

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/curve"
)

const golden = "../../../testdata/golden/tatum"

// Networks of the tests; the registry's rows say more.
func ethereum() Chain {
	return New(chain.Network{ID: "ethereum", Symbol: "ETH", Decimals: 18}, Params{ChainID: 1})
}

func generic() Chain {
	return New(chain.Network{ID: "evm", Symbol: "ETH", Decimals: 18}, Params{})
}

// network is a network of the golden data by its symbol there.
func network(t testing.TB, symbol string, test bool) Chain {
	t.Helper()
	for _, row := range []struct {
		symbol     string
		main, test uint64
		dialect    Dialect
	}{
		{"ETH", 1, 11155111, Ethereum}, {"BSC", 56, 97, Ethereum}, {"MATIC", 137, 80002, Ethereum},
		{"ONE", 1666600000, 1666700000, Harmony}, {"KCS", 321, 322, Ethereum}, {"XDC", 50, 51, XDC},
		{"KLAY", 8217, 1001, Kaia}, {"CELO", 42220, 44787, Celo},
	} {
		if row.symbol != symbol {
			continue
		}
		n, id := chain.Network{ID: strings.ToLower(symbol), Symbol: symbol, Decimals: 18, Test: test}, row.main
		if test {
			n.ID, id = n.ID+"-testnet", row.test
		}
		return New(n, Params{ChainID: id, Dialect: row.dialect})
	}
	t.Fatalf("no network %s", symbol)
	return Chain{}
}

// aliceKey is the private key of the first account of the golden data.
const aliceKey = "1ab42cc412b618bdea3a599e3c9bae199ebf030895b039e9db1e30dafb12b727"

const (
	alice   = "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"
	mallory = "0x6Fac4D18c912343BF86fa7049364Dd4E424Ab9C0"
	bob     = "0x3535353535353535353535353535353535353535"
	usdc    = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func signer(t testing.TB) curve.PublicKey {
	return chaintest.PublicKey(t, curve.Secp256k1, unhex(t, aliceKey))
}

func addressOf(t testing.TB, text string) address {
	t.Helper()
	a, err := hexaccount.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// decode reads a file as people have it and decodes it for alice.
func decode(t testing.TB, c Chain, file string) *chain.Intent {
	t.Helper()
	req, err := c.ReadFile([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	req.Signer = signer(t)
	in, err := c.Decode(req)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// sign signs an intent with alice's key.
func sign(t testing.TB, in *chain.Intent) []byte {
	t.Helper()
	out, err := in.Finish(chaintest.SignAll(t, in, unhex(t, aliceKey)))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// readJSON reads a file of test data.
func readJSON[T any](t testing.TB, name string) (data T) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &data); err != nil {
		t.Fatal(err)
	}
	return data
}

func describe(effects []chain.Effect) string {
	var b strings.Builder
	for _, e := range effects {
		fmt.Fprintf(&b, "  %s %+v\n", e.Kind, e)
	}
	return b.String()
}

// matches compares the fields of want that are not empty; Detail matches a part.
func matches(want, got chain.Effect) bool {
	same := func(w, g string) bool { return w == "" || w == g }
	return want.Kind == got.Kind && same(want.Asset, got.Asset) && same(want.Amount, got.Amount) && same(want.From, got.From) &&
		same(want.To, got.To) && same(want.Subject, got.Subject) && same(want.Until, got.Until) && strings.Contains(got.Detail, want.Detail)
}

func shows(in *chain.Intent, want chain.Effect) bool {
	for _, e := range in.Effects {
		if matches(want, e) {
			return true
		}
	}
	return false
}

// ethersFile is testdata/ethers.json.
type ethersFile struct {
	Key          string
	Transactions []struct {
		Type                     int
		Unsigned, Digest, Signed string
		JSON                     json.RawMessage
	}
	Messages       []struct{ Text, Digest, Signature string }
	Authorizations []struct {
		ChainID, Nonce             uint64
		Address, Digest, Signature string
	}
}

func hexOf(data []byte) string { return hex.EncodeToString(data) }

// typed is a document of a primary type, whose other types and members it is given,
// in a domain of Ethereum with a contract.
func typed(contract, primary, types, message string) string {
	return `{"types":{` + types + `},"primaryType":"` + primary + `","domain":{"name":"x","version":"1","chainId":1,"verifyingContract":"` +
		contract + `"},"message":` + message + `}`
}

// typeOf writes the definition of a type from its encoding: "Permit(address owner,…)".
func typeOf(encoded string) string {
	var all []string
	for len(encoded) > 0 {
		name, rest, _ := strings.Cut(encoded, "(")
		inside, after, _ := strings.Cut(rest, ")")
		var members []string
		for _, m := range strings.Split(inside, ",") {
			kind, member, _ := strings.Cut(m, " ")
			members = append(members, `{"name":"`+member+`","type":"`+kind+`"}`)
		}
		all = append(all, `"`+name+`":[`+strings.Join(members, ",")+`]`)
		encoded = after
	}
	return strings.Join(all, ",")
}

func permitFile(token, amount string) string {
	return typed(token, "Permit", typeOf(permitType),
		`{"owner":"`+alice+`","spender":"`+mallory+`","value":"`+amount+`","nonce":0,"deadline":1900000000}`)
}
