package vechain

import (
	"encoding/hex"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const tatum = "../../../testdata/golden/tatum"

func mainnet() Chain {
	return New(chain.Network{ID: "vechain", Title: "VeChain", Symbol: "VET", Decimals: 18}, MainTag)
}

func testnet() Chain {
	return New(chain.Network{ID: "vechain-testnet", Title: "VeChain testnet", Symbol: "VET", Decimals: 18}, TestTag)
}

// TestTatumVectors signs what Tatum's API hands out, with the node's answers that the
// peer asks for, to the byte.
func TestTatumVectors(t *testing.T) {
	for _, test := range []bool{false, true} {
		c := mainnet()
		if test {
			c = testnet()
		}
		vectors := chaintest.Vectors(t, tatum, test, "VET")
		if len(vectors) != 4 {
			t.Errorf("%d vectors, want 4", len(vectors))
		}
		for _, v := range vectors {
			var members map[string]jsontext.Value
			if err := json.Unmarshal([]byte(v.Pending.SerializedTransaction), &members); err != nil {
				t.Fatal(err)
			}
			members["gas"] = jsontext.Value("21000")
			if members["data"] != nil {
				members["gas"] = jsontext.Value("23192") // what the peer computes of the data
			}
			req, err := c.ReadFile(object(members))
			if err != nil {
				t.Fatalf("%s: %v", v.Name, err)
			}
			text, ok := v.Wallets[v.Pending.Hashes[0]]["privateKey"].(string)
			if !ok { // key 0 of the mnemonic is the private key of the other vectors
				text = vectors[0].Wallets[vectors[0].Pending.Hashes[0]]["privateKey"].(string)
			}
			private, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
			if err != nil {
				t.Fatal(err)
			}
			req.Signer = chaintest.PublicKey(t, c.Algorithm(), private)
			in, err := c.Decode(req)
			if err != nil {
				t.Fatalf("%s: %v", v.Name, err)
			}
			result, err := in.Finish(chaintest.SignAll(t, in, private))
			if err != nil {
				t.Fatalf("%s: %v", v.Name, err)
			}
			if v.PeerError != "" { // the peer does not know its own chain's name here
				continue
			}
			if got := in.Encoding.Encode(result); got != v.TxData(t) {
				t.Errorf("%s: %s, want %s", v.Name, got, v.TxData(t))
			}
		}
	}
}

// object writes members as JSON.
func object(members map[string]jsontext.Value) []byte {
	var b strings.Builder
	for i, name := range slices.Sorted(maps.Keys(members)) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + name + `":` + string(members[name]))
	}
	return []byte("{" + b.String() + "}")
}

// TestTatumAddresses: every recorded private key is read, written and owns its address.
func TestTatumAddresses(t *testing.T) {
	data, err := os.ReadFile(tatum + "/addresses.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Rows []struct {
			Chain, PrivateKey, Address string
			Testnet                    bool
		}
	}
	if err := json.Unmarshal(data, &file, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, r := range file.Rows {
		if r.Chain != "VET" {
			continue
		}
		count++
		c := mainnet()
		if r.Testnet {
			c = testnet()
		}
		algorithm, private, err := c.ParsePrivate(secret.Copy([]byte(r.PrivateKey)))
		if err != nil {
			t.Fatalf("%s: %v", r.Address, err)
		}
		public := chaintest.PublicKey(t, algorithm, private.Expose())
		if text, err := c.FormatPrivate(public, private); err != nil || string(text.Expose()) != r.PrivateKey {
			t.Errorf("%s: the private key is written otherwise, %v", r.Address, err)
		}
		checked, err := c.Address(public)
		if err != nil || !strings.EqualFold(checked, r.Address) {
			t.Errorf("address %s, %v, want %s", checked, err, r.Address)
		}
		for i, want := range []string{checked, r.Address} {
			if got, err := c.AddressAs(public, c.AddressFormats()[i]); err != nil || got != want {
				t.Errorf("address %s, %v, want %s", got, err, want)
			}
		}
		if a, err := hexaccount.Parse(checked); err != nil || hexaccount.Lower(a) != r.Address {
			t.Errorf("%s is read as %x, %v", checked, a, err)
		}
	}
	if count != 24 {
		t.Errorf("%d rows, want 24", count)
	}
}

func TestPrivateRefused(t *testing.T) {
	const digits = "307f098332f41fe361243bcfb6b5605bf7c31052c3cde7a57434cd3199c7f6"
	for _, text := range []string{"", digits, "0x" + digits + "c0ff", digits + "g0", strings.Repeat("0", 64), strings.Repeat("f", 64)} {
		a, private, err := mainnet().ParsePrivate(secret.Copy([]byte(text)))
		if err == nil || a != curve.NoAlgorithm || !private.IsEmpty() {
			t.Errorf("a text of %d characters was read", len(text))
		} else if strings.Contains(err.Error(), digits[:8]) {
			t.Errorf("the error shows the text: %v", err)
		}
	}
	if _, err := mainnet().AddressAs(key(t, 1), "no-such-form"); !fault.Is(err, fault.Unsupported) {
		t.Errorf("a form that there is not: %v", err)
	}
}
