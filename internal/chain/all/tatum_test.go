package all_test

import (
	"crypto/rand"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"strongroom/internal/chain"
	"strongroom/internal/chain/all"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
	"strongroom/internal/gate"
	"strongroom/internal/hd"
	"strongroom/internal/secret"
)

const golden = "../../../testdata/golden/tatum"

// addressRow is a row of addresses.json.
type addressRow struct {
	Chain, Mnemonic, Path, Address string
	Testnet                        bool
	Index                          uint32
	Xpub                           *string
	PrivateKey                     string
}

func readGolden(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(golden, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
}

// TestTatumAddresses reproduces every row of addresses.json, by the way that a wallet
// takes: words, the path of the registry, the vault's mathematics, the chain's own texts.
func TestTatumAddresses(t *testing.T) {
	var file struct {
		Mnemonics map[string]string
		Rows      []addressRow
	}
	readGolden(t, "addresses.json", &file)
	kit, rows := gate.NewDeriver(rand.Reader), all.Rows()
	counts := map[string]int{}
	for _, r := range file.Rows {
		name := fmt.Sprintf("%s testnet %t %s %s", r.Chain, r.Testnet, r.Mnemonic, r.Path)
		row, err := chain.Find(rows, r.Chain, r.Testnet)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		counts[r.Chain]++
		checkAddress(t, name, kit, row, secret.Copy([]byte(file.Mnemonics[r.Mnemonic])), r)
	}
	// 3 mnemonics, 2 networks, 4 numbers each; Flow has three more.
	for _, symbol := range []string{
		"BTC", "LTC", "DOGE", "BCH", "ETH", "BSC", "KCS", "CELO", "MATIC", "KLAY", "ONE", "XDC", "VET", "TRON", "EGLD", "SOL",
	} {
		if counts[symbol] != 24 {
			t.Errorf("%s: %d rows, want 24", symbol, counts[symbol])
		}
	}
	if counts["FLOW"] != 27 || len(counts) != 17 || len(file.Rows) != 411 {
		t.Errorf("rows were lost or added: %v, %d in all", counts, len(file.Rows))
	}
}

func checkAddress(t *testing.T, name string, kit *gate.Deriver, row chain.Row, words secret.Bytes, r addressRow) {
	path, err := hd.ParsePath(row.Path, r.Index)
	if err != nil || path.String() != r.Path {
		t.Errorf("%s: the registry has the path %v, %v", name, path, err)
		return
	}
	private := make([]byte, 64)
	n, err := hd.Derive(private, row.Algorithm, words, secret.Bytes{}, path, kit.Point)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	key, err := kit.Point(row.Algorithm, private[:n])
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if !hasAddress(row.Chain, key, r.Address) {
		t.Errorf("%s: no form of the address is %s", name, r.Address)
	}
	if r.Xpub != nil {
		x, err := hd.Extended(row.Algorithm, words, secret.Bytes{}, path[:len(path)-1], kit.Point)
		if err != nil || x.Text(row.Extended) != *r.Xpub {
			t.Errorf("%s: extended key %s, %v, want %s", name, x.Text(row.Extended), err, *r.Xpub)
		}
		if child, err := x.Child(r.Index); err != nil || child.Key != key {
			t.Errorf("%s: the extended key has another child: %v", name, err)
		}
	}
	checkPrivateText(t, name, row.Chain, key, private[:n], r.PrivateKey)
}

// hasAddress tells whether text is an address of the key in any form of the chain.
func hasAddress(c chain.Chain, key curve.PublicKey, text string) bool {
	if own, err := c.Address(key); err == nil && own == text {
		return true
	}
	f, ok := c.(chain.Formatter)
	return ok && slices.ContainsFunc(f.AddressFormats(), func(format string) bool {
		own, err := f.AddressAs(key, format)
		return err == nil && own == text
	})
}

// checkPrivateText reads and writes a private key in the form of the chain's tools.
// Where a recorded form has no leading zeros or another prefix, reading it is enough.
func checkPrivateText(t *testing.T, name string, c chain.Chain, key curve.PublicKey, private []byte, text string) {
	p, ok := c.(chain.PrivateKeys)
	if !ok {
		t.Errorf("%s: the chain has no text form of private keys", name)
		return
	}
	a, read, err := p.ParsePrivate(secret.Copy([]byte(text)))
	if err != nil || a != key.Algorithm() || string(read.Expose()) != string(private) {
		t.Errorf("%s: the private key reads as %s, %v", name, a, err)
	}
	written, err := p.FormatPrivate(key, secret.Copy(private))
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	bare := func(s string) string { return strings.TrimLeft(strings.TrimPrefix(s, "0x"), "0") }
	if got := string(written.Expose()); got != text && bare(got) != bare(text) {
		t.Errorf("%s: the private key is written as another text", name)
	}
}

// TestTatumChains: every chain of the recordings is in the registry, and the test of
// its family replays its signatures.
func TestTatumChains(t *testing.T) {
	rows := all.Rows()
	for _, testnet := range []bool{false, true} {
		name := "sign-mainnet.json"
		if testnet {
			name = "sign-testnet.json"
		}
		var file struct{ Vectors []struct{ Chain string } }
		readGolden(t, name, &file)
		if len(file.Vectors) != 85 {
			t.Errorf("%s has %d vectors, want 85", name, len(file.Vectors))
		}
		seen := map[string]bool{}
		for _, v := range file.Vectors {
			seen[v.Chain] = true
			if _, err := chain.Find(rows, v.Chain, testnet); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if len(chaintest.Vectors(t, golden, testnet, v.Chain)) == 0 {
				t.Errorf("%s: no vectors of %s", name, v.Chain)
			}
		}
		replayed := replayedChains(t)
		if want := slices.Sorted(maps.Keys(seen)); len(want) != 22 || !slices.Equal(want, replayed) {
			t.Errorf("%s has vectors of %v; the families replay those of %v", name, want, replayed)
		}
	}
}

// TestTatumSecrets counts the rows of chains whose keys are random; the tests of their
// families read and write each of them.
func TestTatumSecrets(t *testing.T) {
	var file struct{ Rows []struct{ Chain string } }
	readGolden(t, "secrets.json", &file)
	counts := map[string]int{}
	for _, r := range file.Rows {
		counts[r.Chain]++
	}
	if want := map[string]int{"XRP": 18, "XLM": 9, "ALGO": 9, "BNB": 9, "ADA": 12}; !maps.Equal(counts, want) {
		t.Errorf("rows %v, want %v", counts, want)
	}
}

// replayedChains reads which chains the tests of the families name.
func replayedChains(t *testing.T) []string {
	files, err := filepath.Glob("../*/tatum_test.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := string(source)
		if !strings.Contains(text, "func TestTatumVectors(") {
			continue
		}
		for _, symbol := range []string{
			"ADA", "ALGO", "BCH", "BNB", "BSC", "BTC", "CELO", "DOGE", "EGLD", "ETH", "FLOW", "KCS", "KLAY", "LTC", "MATIC", "ONE",
			"SOL", "TRON", "VET", "XDC", "XLM", "XRP",
		} {
			if strings.Contains(text, `"`+symbol+`"`) {
				found[symbol] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}
