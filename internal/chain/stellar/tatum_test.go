package stellar_test

import (
	"encoding/hex"
	"testing"

	"strongroom/internal/chain/chaintest"
	"strongroom/internal/curve"
	"strongroom/internal/secret"
)

const golden = "../../../testdata/golden/tatum"

// TestTatumVectors signs what Tatum's daemon signed, byte for byte.
func TestTatumVectors(t *testing.T) {
	for _, test := range []bool{false, true} {
		c := public()
		if test {
			c = testnet()
		}
		vectors := chaintest.Vectors(t, golden, test, "XLM")
		if len(vectors) != 3 {
			t.Errorf("%d vectors", len(vectors))
		}
		for _, v := range vectors {
			req, err := c.ReadFile([]byte(v.Pending.SerializedTransaction))
			if err != nil {
				t.Fatalf("%s: %v", v.Name, err)
			}
			wallet := v.Wallets[v.Pending.Hashes[0]]
			text, ok := wallet["secret"].(string)
			if !ok {
				text = wallet["privateKey"].(string)
			}
			in := decode(t, c, req)
			signed, err := in.Finish(chaintest.SignAll(t, in, seed(t, text)))
			if err != nil {
				t.Fatalf("%s: %v", v.Name, err)
			}
			if got := in.Encoding.Encode(signed); got != v.TxData(t) {
				t.Errorf("%s: %s, want %s", v.Name, got, v.TxData(t))
			}
		}
	}
}

// TestTatumKeys: texts of private keys, seeds and addresses belong together.
func TestTatumKeys(t *testing.T) {
	var file struct {
		Rows []struct {
			Chain   string `json:"chain"`
			Secret  string `json:"secret"`
			SeedHex string `json:"seedHex"`
			Address string `json:"address"`
		} `json:"rows"`
	}
	readJSON(t, golden+"/secrets.json", &file)
	rows := 0
	for _, row := range file.Rows {
		if row.Chain != "XLM" {
			continue
		}
		rows++
		checkKey(t, row.Secret, row.Address)
		if got := hex.EncodeToString(seed(t, row.Secret)); got != row.SeedHex {
			t.Errorf("%s: seed %s", row.Address, got)
		}
		if got := hex.EncodeToString(seed(t, row.SeedHex)); got != row.SeedHex {
			t.Errorf("%s: seed from hex %s", row.Address, got)
		}
	}
	if rows != 9 {
		t.Errorf("%d rows of XLM", rows)
	}
}

// TestAccountsOfSEP5 has the key pairs of SEP-5 and of the SDK's vectors.
func TestAccountsOfSEP5(t *testing.T) {
	var accounts []sdkKey
	readJSON(t, "testdata/sep5.json", &accounts)
	if len(accounts) != 30 {
		t.Errorf("%d accounts", len(accounts))
	}
	for _, k := range sdk(t).Keys {
		accounts = append(accounts, k)
	}
	for _, k := range accounts {
		checkKey(t, k.Secret, k.Address)
	}
}

func checkKey(t *testing.T, text, address string) {
	t.Helper()
	private := seed(t, text)
	key := chaintest.PublicKey(t, curve.Ed25519, private)
	if got, err := public().Address(key); err != nil || got != address {
		t.Errorf("address %s, want %s (%v)", got, address, err)
	}
	written, err := public().FormatPrivate(key, secret.Copy(private))
	if err != nil || string(written.Expose()) != text {
		t.Errorf("%s: the private key is written in another way (%v)", address, err)
	}
}

func TestBadPrivateKeys(t *testing.T) {
	for _, text := range []string{
		"", "S", "SCSH6A537P5HOU5E66YYMMMXHKEMFWJNQJB6GRLTPBINK4JJXLUI7YWL", "GCNSELAV36VYJJHGFG4RBLCVVUEGJLMKTT4J74FXXRIZPUCIOZWBFD7H",
		"scsh6a537p5hou5e66yymmmxhkemfwjnqjb6grltpbink4jjxlui7ywk", "zz7f03bbfbfa7753a4f7b18631973a88c2d92d8243e345737850d57129bae88f",
		"a47f03bbfbfa7753a4f7b18631973a88c2d92d8243e345737850d57129bae8", " CSH6A537P5HOU5E66YYMMMXHKEMFWJNQJB6GRLTPBINK4JJXLUI7YWK",
	} {
		if a, key, err := public().ParsePrivate(secret.New([]byte(text))); err == nil || a != curve.NoAlgorithm || !key.IsEmpty() {
			t.Errorf("%q was read", text)
		}
	}
	key := publicKey(t, sdk(t).Keys["alice"].Secret)
	if _, err := public().FormatPrivate(key, secret.New(make([]byte, 31))); err == nil {
		t.Error("a short private key was written")
	}
	other, err := curve.NewPublicKey(curve.P256, make([]byte, 33))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := public().FormatPrivate(other, secret.New(make([]byte, 32))); err == nil {
		t.Error("a key of another curve was written")
	}
}
