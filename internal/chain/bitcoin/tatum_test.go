package bitcoin

import (
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"strongroom/internal/chain"
	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

const golden = "../../../testdata/golden/tatum"

type addressRow struct {
	Chain, Mnemonic, PrivateKey, Address string
	Testnet                              bool
	Index                                uint32
}

// addressRows are the rows of this family in addresses.json, with the mnemonics.
func addressRows(t testing.TB) (rows []addressRow, mnemonics map[string]string) {
	t.Helper()
	data, err := os.ReadFile(golden + "/addresses.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Mnemonics map[string]string
		Rows      []addressRow
	}
	if err := json.Unmarshal(data, &file, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	for _, r := range file.Rows {
		if _, ours := networks(r.Testnet)[r.Chain]; ours {
			rows = append(rows, r)
		}
	}
	return rows, file.Mnemonics
}

func TestTatumAddresses(t *testing.T) {
	rows, _ := addressRows(t)
	for _, r := range rows {
		c := networks(r.Testnet)[r.Chain]
		algorithm, private, err := c.ParsePrivate(secret.Copy([]byte(r.PrivateKey)))
		if err != nil || algorithm != curve.Secp256k1 {
			t.Fatalf("%+v: %v", r, err)
		}
		key := publicOf(t, private.Expose())
		if a, err := c.Address(key); err != nil || a != r.Address {
			t.Errorf("%s: address %q, %v, want %q", c.ID(), a, err, r.Address)
		}
		if text, err := c.FormatPrivate(key, private); err != nil || string(text.Expose()) != r.PrivateKey {
			t.Errorf("%s: another private key than was read, %v", c.ID(), err)
		}
		script, err := c.ParseAddress(r.Address)
		if err != nil || c.addressOf(script) != r.Address {
			t.Errorf("%s: %q is read as %x, %v", c.ID(), r.Address, script, err)
		}
	}
	if len(rows) != 96 {
		t.Errorf("%d rows, not 96", len(rows))
	}
}

// A transaction that the peer refuses for its checks of dust and fees is signed here:
// those checks are the API's.
func TestTatumVectors(t *testing.T) {
	rows, mnemonics := addressRows(t)
	for _, test := range []bool{false, true} {
		vectors := chaintest.Vectors(t, golden, test, "BTC", "LTC", "DOGE", "BCH")
		if len(vectors) != 21 {
			t.Errorf("%d vectors, not 21", len(vectors))
		}
		for _, v := range vectors {
			t.Run(v.Chain+"/"+v.Name, func(t *testing.T) {
				c := networks(test)[v.Chain]
				req, err := c.ReadFile([]byte(v.Pending.SerializedTransaction))
				if err != nil {
					t.Fatal(err)
				}
				var private [][]byte
				take := func(id string, index uint32) {
					wallet := v.Wallets[id]
					text, _ := wallet["privateKey"].(string)
					for _, r := range rows {
						if text == "" && mnemonics[r.Mnemonic] == wallet["mnemonic"] && r.Chain == v.Chain && r.Testnet == test && r.Index == index {
							text = r.PrivateKey
						}
					}
					private = append(private, privateText(t, c, text))
				}
				for _, id := range v.Pending.Hashes {
					take(id, 0)
				}
				for _, s := range v.Pending.Signatures {
					take(s.ID, s.Index)
				}
				for _, p := range private {
					req.Signers = append(req.Signers, publicOf(t, p))
				}
				in, signed := sign(t, c, req, private...)
				got := in.Encoding.Encode(signed)
				if v.PeerError != "" {
					if !strings.Contains(v.PeerError, "Dust") || !warns(in, "dust") {
						t.Errorf("peer says %q, we warn of %q", v.PeerError, in.Warnings)
					}
				} else if want := v.TxData(t); got != want {
					t.Errorf("got  %s\nwant %s\n%s", got, want, describe(in))
				}
				if !c.params.ForkID {
					o, err := c.readOrder(req.Form, req.Payload, req.Context)
					if err != nil {
						t.Fatal(err)
					}
					var spent []coinOf
					for _, s := range o.spends {
						spent = append(spent, coinOf{s.amount, s.script})
					}
					verify(t, signed, spent)
				}
				fee := in.Effects[len(in.Effects)-1]
				if fee.Kind != chain.Fee {
					t.Errorf("the last effect is no fee:\n%s", describe(in))
				}
			})
		}
	}
}
