package evm

import (
	"strings"
	"testing"

	"strongroom/internal/chain/chaintest"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// TestChecksum holds the examples of EIP-55.
func TestChecksum(t *testing.T) {
	c := ethereum()
	for _, text := range []string{
		"0x52908400098527886E0F7030069857D2E4169EE7", "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
		"0xde709f2102306220921060314715629080e2fb77", "0x27b1fdb04752bbc536007a920d24acb045561c26",
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
		"0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
	} {
		a, err := c.ParseAddress(text)
		if err != nil || c.text(a) != text {
			t.Errorf("%s is written as %s, %v", text, c.text(a), err)
		}
		lower, err := c.ParseAddress(strings.ToLower(text))
		if err != nil || lower != a {
			t.Errorf("%s in lower case: %x, %v", text, lower, err)
		}
	}
	for _, text := range []string{
		"", "0x", "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
		"0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAedd", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg",
		"xdc5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "one1a0x3d6xpmr6f8wsyaxd9v36pytvp48zckswvv9",
	} {
		if a, err := c.ParseAddress(text); !fault.Is(err, fault.InvalidAddress) {
			t.Errorf("%q is read as %x, %v", text, a, err)
		}
	}
}

// TestForms holds the other forms of addresses. The pair of Harmony is the example of
// its documentation (docs.harmony.one, "Address format").
func TestForms(t *testing.T) {
	one, xdc := network(t, "ONE", false), network(t, "XDC", false)
	a, err := one.ParseAddress("0xeBCD16e8c1D8f493bA04E99a56474122D81A9c58")
	if err != nil {
		t.Fatal(err)
	}
	const pair = "one1a0x3d6xpmr6f8wsyaxd9v36pytvp48zckswvv9"
	if text, err := formatAddress(a, FormatOne); err != nil || text != pair {
		t.Errorf("%s, %v", text, err)
	}
	for _, text := range []string{pair, strings.ToUpper(pair)} {
		if b, err := one.ParseAddress(text); err != nil || a != b {
			t.Errorf("%s is read as %x, %v", text, b, err)
		}
	}
	for _, text := range []string{pair[:len(pair)-1] + "x", "one1", "one1qqqqqqqqqqqqqq", "One1a0x3d6xpmr6f8wsyaxd9v36pytvp48zckswvv9"} {
		if b, err := one.ParseAddress(text); !fault.Is(err, fault.InvalidAddress) {
			t.Errorf("%s is read as %x, %v", text, b, err)
		}
	}
	b, err := xdc.ParseAddress("xdcf4f4ec5a2380a1599ff802b798fc002f83a001a8")
	if err != nil || xdc.text(b) != "xdcf4f4ec5a2380a1599ff802b798fc002f83a001a8" {
		t.Errorf("%s, %v", xdc.text(b), err)
	}
	if other, err := xdc.ParseAddress("0xf4f4ec5a2380a1599ff802b798fc002f83a001a8"); err != nil || other != b {
		t.Errorf("%x, %v", other, err)
	}
	key := signer(t)
	for _, c := range []Chain{ethereum(), one, xdc} {
		formats := c.AddressFormats()
		usual, err := c.Address(key)
		first, err2 := c.AddressAs(key, formats[0])
		if err != nil || err2 != nil || usual != first {
			t.Errorf("%s: %s and %s, %v, %v", c.ID(), usual, first, err, err2)
		}
		for _, format := range formats {
			text, err := c.AddressAs(key, format)
			if err != nil {
				t.Error(err)
			}
			if back, err := c.ParseAddress(text); err != nil || hexaccount.Checksummed(back) != alice {
				t.Errorf("%s %s: %s is read as %x, %v", c.ID(), format, text, back, err)
			}
		}
		if text, err := c.AddressAs(key, "base58"); !fault.Is(err, fault.Unsupported) {
			t.Errorf("%s, %v", text, err)
		}
	}
}

func TestAddressRefusesOtherKeys(t *testing.T) {
	ed, err := curve.NewPublicKey(curve.Ed25519, make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	noPoint, err := curve.NewPublicKey(curve.Secp256k1, append([]byte{2}, make([]byte, 32)...))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []curve.PublicKey{{}, ed, noPoint} {
		if a, err := ethereum().Address(key); !fault.Is(err, fault.UnknownKey) {
			t.Errorf("address %s of %s, %v", a, key, err)
		}
	}
}

// TestAccountsAreRemembered: keys that share a place do not share an address.
func TestAccountsAreRemembered(t *testing.T) {
	c := ethereum()
	scalar := make([]byte, 32)
	for round := range 2 {
		for i := 1; i <= 600; i++ {
			scalar[30], scalar[31] = byte(i>>8), byte(i)
			key := chaintest.PublicKey(t, curve.Secp256k1, scalar)
			got, err := c.Address(key)
			if want, err2 := New(c.network, c.params).Address(key); err != nil || err2 != nil || got != want {
				t.Fatalf("round %d: %s, want %s, %v, %v", round, got, want, err, err2)
			}
		}
	}
}

func TestPrivateKeys(t *testing.T) {
	order := curve.Secp256k1.Order()
	for name, text := range map[string]string{
		"empty": "", "short": aliceKey[1:], "long": aliceKey + "0", "no hex": strings.Repeat("g", 64), "zero": strings.Repeat("0", 64),
		"the order": hexOf(order[:]), "0X": "0X" + aliceKey, "space": " " + aliceKey, "prefix only": "0x",
	} {
		if _, key, err := ethereum().ParsePrivate(secret.Copy([]byte(text))); !fault.Is(err, fault.Invalid) || len(text) > 2 && strings.Contains(err.Error(), text) {
			t.Errorf("%s: %d bytes, %v", name, key.Len(), err)
		}
	}
	for _, text := range []string{aliceKey, "0x" + aliceKey, "0x" + strings.ToUpper(aliceKey)} {
		a, key, err := ethereum().ParsePrivate(secret.Copy([]byte(text)))
		if err != nil || a != curve.Secp256k1 || hexOf(key.Expose()) != aliceKey {
			t.Errorf("%v, %v", a, err)
		}
	}
	if _, err := ethereum().FormatPrivate(signer(t), secret.Copy([]byte{1})); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	if _, err := ethereum().FormatPrivate(curve.PublicKey{}, secret.Copy(make([]byte, 32))); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

// TestKnownTokens: a typing error in the table would be a wrong name for a contract.
func TestKnownTokens(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(wellKnownTokens), "\n")
	for _, row := range rows {
		text := strings.Fields(row)[1]
		if a, err := hexaccount.Parse(text); err != nil || hexaccount.Checksummed(a) != text {
			t.Errorf("%s has no checksum: %v", text, err)
		}
	}
	if all := tokensOf(0); len(all) != len(rows) {
		t.Errorf("%d tokens of %d rows", len(all), len(rows))
	}
	if got := tokensOf(1)[contract{1, addressOf(t, usdc)}]; got != (token{symbol: "USDC", decimals: 6}) {
		t.Errorf("%+v", got)
	}
}
