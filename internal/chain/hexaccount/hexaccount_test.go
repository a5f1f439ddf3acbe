package hexaccount

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// The addresses of EIP-55, "Test Cases".
func TestChecksum(t *testing.T) {
	for _, text := range []string{
		"0x52908400098527886E0F7030069857D2E4169EE7", "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
		"0xde709f2102306220921060314715629080e2fb77", "0x27b1fdb04752bbc536007a920d24acb045561c26",
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
		"0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
	} {
		a, err := Parse(text)
		if err != nil || Checksummed(a) != text || Lower(a) != strings.ToLower(text) {
			t.Errorf("%s: %s, %v", text, Checksummed(a), err)
		}
	}
	for _, text := range []string{
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAg0", "",
	} {
		if _, err := Parse(text); !fault.Is(err, fault.InvalidAddress) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// The account of the private key 1 and of 2, known from every implementation.
func TestAccounts(t *testing.T) {
	m := New(Checksummed)
	for n, want := range map[byte]string{1: "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf", 2: "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF"} {
		private := make([]byte, ScalarSize)
		private[31] = n
		key, err := curve.NewPublicKey(curve.Secp256k1, secp256k1.PrivKeyFromBytes(private).PubKey().SerializeCompressed())
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time it is remembered
			if account, err := m.Of(key); err != nil || account.Text != want || account.Key != key {
				t.Errorf("account %+v, %v, want %s", account, err, want)
			}
		}
	}
	other, err := curve.NewPublicKey(curve.Ed25519, make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	nowhere, err := curve.NewPublicKey(curve.Secp256k1, make([]byte, 33))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []curve.PublicKey{{}, other, nowhere} {
		if account, err := m.Of(key); !fault.Is(err, fault.UnknownKey) {
			t.Errorf("%s owns %+v, %v", key, account, err)
		}
	}
}

func TestIsBurn(t *testing.T) {
	for text, want := range map[string]bool{
		"0x0000000000000000000000000000000000000000": true, "0x000000000000000000000000000000000000dead": true,
		"0x000000000000000000000000000000000000beef": false, "0x100000000000000000000000000000000000dead": false,
	} {
		if a, err := Parse(text); err != nil || IsBurn(a) != want {
			t.Errorf("%s: %t, %v", text, IsBurn(a), err)
		}
	}
}

func TestPrivate(t *testing.T) {
	const digits = "1ab42cc412b618bdea3a599e3c9bae199ebf030895b039e9db1e30dafb12b727"
	order := curve.Secp256k1.Order()
	for text, ok := range map[string]bool{
		digits: true, "0x" + digits: true, strings.ToUpper(digits): true, "0X" + digits: false, digits[1:]: false, digits + "0": false,
		strings.Repeat("0", 64): false, hex.EncodeToString(order[:]): false, strings.Repeat("0", 63) + "1": true, strings.Repeat("f", 64): false, "": false,
	} {
		key, err := ParsePrivate(secret.Copy([]byte(text)))
		if (err == nil) != ok {
			t.Errorf("a text of %d characters: %v", len(text), err)
		}
		if err != nil && len(text) > 8 && strings.Contains(err.Error(), text[:8]) {
			t.Errorf("the error shows the text: %v", err)
		}
		if err != nil {
			continue
		}
		public, err := curve.NewPublicKey(curve.Secp256k1, make([]byte, 33))
		if err != nil {
			t.Fatal(err)
		}
		for _, lead := range []string{"", "0x"} {
			back, err := FormatPrivate(public, key, lead)
			if err != nil || string(back.Expose()) != lead+strings.ToLower(strings.TrimPrefix(text, "0x")) {
				t.Errorf("written back as another text, %v", err)
			}
		}
	}
}
