package web3file

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const vectorFile = "../../../testdata/golden/clef/keystore-v3-vectors.json"

// vector is a key file and what Clef makes of it.
type vector struct {
	Name, Password string
	JSON           json.RawMessage
	PrivateKey     string
	Address        string
	PeerImport     struct {
		Address string
		Error   struct {
			Code    int
			Message string
		}
	}
}

func vectors(t testing.TB) []vector {
	t.Helper()
	data, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Vectors []vector }
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	if len(all.Vectors) != 32 {
		t.Fatalf("%d vectors, want 32", len(all.Vectors))
	}
	return all.Vectors
}

// named gives the vector of a name.
func named(t testing.TB, name string) vector {
	t.Helper()
	for _, v := range vectors(t) {
		if v.Name == name {
			return v
		}
	}
	t.Fatalf("there is no vector %q", name)
	return vector{}
}

func password(text string) secret.Bytes { return secret.Copy([]byte(text)) }

// our texts where Clef's handler crashes, or shows a type of its own.
var ours = map[string]string{
	"salt-missing":     `the parameter "salt" of the key derivation is missing`,
	"n-missing":        `the parameter "n" of the key derivation is missing`,
	"iv-short":         "the initialization vector has 2 bytes, not 16",
	"version-string-3": `version not supported: "3"`,
}

// Every recorded file opens with the recorded key, or fails with the recorded text.
func TestVectors(t *testing.T) {
	good := 0
	for _, v := range vectors(t) {
		if v.PrivateKey != "" {
			good++
		}
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			f, err := Parse(v.JSON)
			var private secret.Bytes
			if err == nil {
				private, err = f.Open(password(v.Password))
			}
			if v.PrivateKey == "" {
				want := v.PeerImport.Error.Message
				if text, ok := ours[v.Name]; ok {
					want = text
				}
				if err == nil || fault.Text(err) != want || fault.KindOf(err) == fault.Internal {
					t.Fatalf("error %v of kind %s, want %q", err, fault.KindOf(err), want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer private.Wipe()
			if got := hex.EncodeToString(private.Expose()); got != v.PrivateKey {
				t.Errorf("the key is %s", got)
			}
			if says := strings.Contains(string(v.JSON), `"address"`); f.HasAddress != says {
				t.Errorf("has an address: %v, want %v", f.HasAddress, says)
			}
			if _, err := f.Open(password(v.Password + "x")); !fault.Is(err, fault.WrongPassword) || fault.Text(err) != "could not decrypt key with given password" {
				t.Errorf("a wrong password gives %v", err)
			}
		})
	}
	if good != 13 {
		t.Errorf("%d vectors open, want 13", good)
	}
}

func TestCheckKey(t *testing.T) {
	order := curve.Secp256k1.Order()
	below, above := order, order
	below[31]--
	above[31]++
	full := make([]byte, 32)
	for i := range full {
		full[i] = 0xff
	}
	one := make([]byte, 32)
	one[31] = 1
	for _, test := range []struct {
		name string
		key  []byte
		want string
	}{
		{"empty", nil, "invalid length, need 256 bits"},
		{"short", one[1:], "invalid length, need 256 bits"},
		{"long", append(one, 1), "invalid length, need 256 bits"},
		{"zero", make([]byte, 32), "invalid private key, zero or negative"},
		{"one", one, ""},
		{"largest", below[:], ""},
		{"order", order[:], "invalid private key, >=N"},
		{"order and one", above[:], "invalid private key, >=N"},
		{"all ones", full, "invalid private key, >=N"},
	} {
		err := CheckKey(secret.Copy(test.key))
		if (err == nil) != (test.want == "") || err != nil && (fault.Text(err) != test.want || !fault.Is(err, fault.Invalid)) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

func TestParseAddress(t *testing.T) {
	const digits = "cd2a3d9f938e13cd947ec05abc7fe734df8dd826"
	for text, want := range map[string]string{
		digits: digits, "0x" + digits: digits, "0X" + strings.ToUpper(digits): digits,
		"1": strings.Repeat("0", 39) + "1", "0x12": strings.Repeat("0", 38) + "12",
		"": "", "0x": "", "0": "", strings.Repeat("0", 40): "", strings.Repeat("1", 41): "", "z" + digits[1:]: "",
	} {
		got, ok := parseAddress(text)
		if ok != (want != "") || ok && hex.EncodeToString(got[:]) != want {
			t.Errorf("%q gives %x, %v; want %q", text, got, ok, want)
		}
	}
}
