package bitcoin

import (
	"bytes"
	"strings"
	"testing"

	"strongroom/internal/codec/bech32"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// TestPublishedAddresses has the addresses of BIP-49, BIP-84 and BIP-86.
func TestPublishedAddresses(t *testing.T) {
	for _, v := range []struct {
		test                    bool
		format, public, address string
	}{
		{true, FormatNested, "03a1af804ac108a8a51782198c2d034b28bf90c8803f5a53f76276fa69a4eae77f", "2Mww8dCYPUpKHofjgcXcBCEGmniw9CoaiD2"},
		{false, FormatP2WPKH, "0330d54fd0dd420a6e5f8d3624f5f3482cae350f79d5f0753bf5beef9c2d91af3c", "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu"},
		{false, FormatP2WPKH, "03e775fd51f0dfb8cd865d9ff1cca2a158cf651fe997fdc9fee9c1d3b5e995ea77", "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g"},
		{false, FormatP2WPKH, "03025324888e429ab8e3dbaf1f7802648b9cd01e9b418485c5fa4c1b9b5700e1a6", "bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el"},
		{false, FormatP2TR, "02cc8a4bc64d897bddc5fbc2f670f7a8ba0b386779106cf1223c6fc5d7cd6fc115", "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr"},
		{false, FormatP2TR, "0283dfe85a3151d2517290da461fe2815591ef69f2b18a2ce63f01697a8b313145", "bc1p4qhjn9zdvkux4e44uhx8tc55attvtyu358kutcqkudyccelu0was9fqzwh"},
		{false, FormatP2TR, "03399f1b2f4393f29a18c937859c5dd8a77350103157eb880f02e8c08214277cef", "bc1p3qkhfews2uk44qtvauqyr2ttdsw7svhkl9nkm9s9c3x4ax5h60wqwruhk7"},
	} {
		key, err := curve.NewPublicKey(curve.Secp256k1, unhex(t, v.public))
		if err != nil {
			t.Fatal(err)
		}
		c := networks(v.test)["BTC"]
		if got, err := c.AddressAs(key, v.format); err != nil || got != v.address {
			t.Errorf("%s of %s: %q, %v, want %q", v.format, v.public, got, err, v.address)
		}
		if script, err := c.ParseAddress(v.address); err != nil || c.addressOf(script) != v.address {
			t.Errorf("%s is read as %x, %v", v.address, script, err)
		}
	}
}

// TestSegWitAddresses has the addresses of BIP-350, which include those of BIP-173
// that are still valid.
func TestSegWitAddresses(t *testing.T) {
	for text, script := range map[string]string{
		"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4":                                 "0014751e76e8199196d454941c45d1b3a323f1433bd6",
		"tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7":             "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262",
		"bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y": "5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6",
		"BC1SW50QGDZ25J":                       "6002751e",
		"bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs": "5210751e76e8199196d454941c45d1b3a323",
		"tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy": "0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
		"tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c": "5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0": "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
	} {
		c := networks(strings.HasPrefix(text, "tb"))["BTC"]
		got, err := c.ParseAddress(text)
		if err != nil || !bytes.Equal(got, unhex(t, script)) {
			t.Errorf("%s: script %x, %v, want %s", text, got, err, script)
		}
		if back := c.addressOf(got); back != strings.ToLower(text) {
			t.Errorf("%s comes back as %s", text, back)
		}
		if _, err := networks(!strings.HasPrefix(text, "tb"))["BTC"].ParseAddress(text); !fault.Is(err, fault.InvalidAddress) {
			t.Errorf("%s is an address of the other network too: %v", text, err)
		}
	}
	for text, why := range map[string]string{
		"tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut": "human-readable part",
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd": "Bech32 instead of Bech32m",
		"tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf": "Bech32 instead of Bech32m",
		"BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL": "Bech32 instead of Bech32m",
		"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh":                     "Bech32m instead of Bech32",
		"tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47": "Bech32m instead of Bech32",
		"bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4": "character in the checksum",
		"BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R": "witness version",
		"bc1pw5dgrnzv": "program of 1 byte",
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav": "program of 41 bytes",
		"BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P":                                         "program of a wrong length for version 0",
		"tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq":               "mixed case",
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf":             "padding of more than 4 bits",
		"tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j":               "padding that is not zero",
		"bc1gmk9yu": "nothing in it",
		"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5": "checksum (BIP-173)",
		"": "nothing",
	} {
		for _, test := range []bool{false, true} {
			if script, err := networks(test)["BTC"].ParseAddress(text); !fault.Is(err, fault.InvalidAddress) {
				t.Errorf("%s (%s): script %x, %v", text, why, script, err)
			}
		}
	}
}

// TestCashAddr has the translations of the specification, and its payloads of 20 bytes
// and, made by cashaddrjs 0.4.4, of 32.
func TestCashAddr(t *testing.T) {
	main, test := networks(false)["BCH"], networks(true)["BCH"]
	for legacy, cash := range map[string]string{
		"1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu": "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a",
		"1KXrWXciRDZUpQwQmuM1DbwsKDLYAYsVLR": "bitcoincash:qr95sy3j9xwd2ap32xkykttr4cvcu7as4y0qverfuy",
		"16w1D5WRVKJuZUsSRzdLp9w3YGcgoxDXb":  "bitcoincash:qqq3728yw0y47sqn6l2na30mcw6zm78dzqre909m2r",
		"3CWFddi6m4ndiGyKqzYvsFYagqDLPVMTzC": "bitcoincash:ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq",
		"3LDsS579y7sruadqu11beEJoTjdFiFCdX4": "bitcoincash:pr95sy3j9xwd2ap32xkykttr4cvcu7as4yc93ky28e",
		"31nwvkZwyPdgzjBJZXfDmSWsC4ZLKpYyUw": "bitcoincash:pqq3728yw0y47sqn6l2na30mcw6zm78dzq5ucqzc37",
	} {
		script, err := main.ParseAddress(legacy)
		if err != nil || main.addressOf(script) != cash {
			t.Errorf("%s is %s, %v, want %s", legacy, main.addressOf(script), err, cash)
		}
		for _, text := range []string{cash, strings.ToUpper(cash), strings.TrimPrefix(cash, "bitcoincash:")} {
			if got, err := main.ParseAddress(text); err != nil || !bytes.Equal(got, script) {
				t.Errorf("%s: script %x, %v, want %x", text, got, err, script)
			}
		}
		for _, wrong := range []string{strings.Replace(cash, "bitcoincash", "bchtest", 1), strings.ToUpper(cash[:20]) + cash[20:], cash[:len(cash)-1] + "q", cash[:len(cash)-1], "bitcoincash:" + cash} {
			if got, err := main.ParseAddress(wrong); err == nil && wrong != cash {
				t.Errorf("%s is read as %x", wrong, got)
			}
		}
		if got, err := test.ParseAddress(cash); err == nil {
			t.Errorf("%s is read as %x on the test network", cash, got)
		}
	}
	for _, v := range []struct {
		c            Chain
		script, text string
	}{
		{main, "76a914f5bf48b397dae70be82b3cca4793f8eb2b6cdac988ac", "bitcoincash:qr6m7j9njldwwzlg9v7v53unlr4jkmx6eylep8ekg2"},
		{main, "76a914f5bf48b397dae70be82b3cca4793f8eb2b6cdac988ac", "bitcoincash:zr6m7j9njldwwzlg9v7v53unlr4jkmx6eycnjehshe"}, // one that takes tokens
		{test, "a914f5bf48b397dae70be82b3cca4793f8eb2b6cdac987", "bchtest:pr6m7j9njldwwzlg9v7v53unlr4jkmx6eyvwc0uz5t"},
		{main, "aa203173ef6623c6b48ffd1a3dcc0cc6489b0a07bb47a37f47cfef4fe69de825c06087", "bitcoincash:pvch8mmxy0rtfrlarg7ucrxxfzds5pamg73h7370aa87d80gyhqxqaw3dsfwg"},
		{test, "aa203173ef6623c6b48ffd1a3dcc0cc6489b0a07bb47a37f47cfef4fe69de825c06087", "bchtest:pvch8mmxy0rtfrlarg7ucrxxfzds5pamg73h7370aa87d80gyhqxq7fqng6m6"},
	} {
		got, err := v.c.ParseAddress(v.text)
		if err != nil || !bytes.Equal(got, unhex(t, v.script)) {
			t.Errorf("%s: script %x, %v", v.text, got, err)
		}
		if back := v.c.addressOf(got); back != v.text && !strings.HasPrefix(v.text, "bitcoincash:z") {
			t.Errorf("%s comes back as %s", v.text, back)
		}
	}
	// Sizes that no script has, and bits that are reserved.
	for _, version := range []byte{1, 2, 3 | 4<<3, 0x80} {
		size := []int{20, 24, 28, 32}[version&3]
		groups := bech32.ToGroups(append([]byte{version}, make([]byte, size)...))
		if _, err := main.ParseAddress(cashText(groups)); !fault.Is(err, fault.InvalidAddress) {
			t.Errorf("version byte %#x is read: %v", version, err)
		}
	}
}

// cashText writes any groups as a CashAddr of the main network.
func cashText(groups []byte) string {
	check := cashPrefix("bitcoincash")
	text := []byte("bitcoincash:")
	for _, g := range groups {
		check, text = cashStep(check, g), append(text, cashAlphabet[g])
	}
	for range cashChecksumSize {
		check = cashStep(check, 0)
	}
	for i := range cashChecksumSize {
		text = append(text, cashAlphabet[(check^1)>>(5*(cashChecksumSize-1-i))&31])
	}
	return string(text)
}

// Each format of each network is read back to the script that it stands for, and no
// other network takes it, where the networks write it differently.
func TestFormats(t *testing.T) {
	key := publicOf(t, person("alice"))
	for _, test := range []bool{false, true} {
		for symbol, c := range networks(test) {
			formats := c.AddressFormats()
			if first, err := c.AddressAs(key, formats[0]); err != nil || first != must(c.Address(key)) {
				t.Errorf("%s: the first format is not the usual one", c.ID())
			}
			for _, format := range formats {
				text, err := c.AddressAs(key, format)
				if err != nil {
					t.Fatal(err)
				}
				want, _ := c.scriptOf(key, format)
				if got, err := c.ParseAddress(text); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s: %s is read as %x, %v, want %x", c.ID(), text, got, err, want)
				}
				if symbol == "DOGE" && !test {
					for _, other := range []string{"BTC", "LTC", "BCH"} {
						if _, err := networks(test)[other].ParseAddress(text); err == nil {
							t.Errorf("%s takes the address %s of Dogecoin", other, text)
						}
					}
				}
			}
			if _, err := c.AddressAs(key, "p2xyz"); !fault.Is(err, fault.Unsupported) {
				t.Errorf("%s: unknown format: %v", c.ID(), err)
			}
		}
	}
	for symbol, format := range map[string]string{"BCH": FormatP2WPKH, "DOGE": FormatP2TR, "BTC": FormatCashAddr, "LTC": FormatLegacy} {
		if a, err := networks(false)[symbol].AddressAs(key, format); err == nil {
			t.Errorf("%s has the address %s", symbol, a)
		}
	}
	// Litecoin's older addresses of scripts look like Bitcoin's.
	ltc := networks(false)["LTC"]
	if script, err := ltc.ParseAddress("3CWFddi6m4ndiGyKqzYvsFYagqDLPVMTzC"); err != nil || ltc.addressOf(script)[0] != 'M' {
		t.Errorf("%x, %v", script, err)
	}
}

func must(text string, err error) string {
	if err != nil {
		return err.Error()
	}
	return text
}

func TestPrivateTexts(t *testing.T) {
	c := btc()
	digits := "0c28fca386c7a227600b2fe50b7cae11ec86d3bf1fbe471be89827e19d72aa1d"
	for _, text := range []string{
		digits, "0x" + digits, strings.ToUpper(digits),
		"5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ", // uncompressed, Bitcoin wiki
		"KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617",
	} {
		if got := privateText(t, c, text); !bytes.Equal(got, unhex(t, digits)) {
			t.Errorf("%s is read as %x", text, got)
		}
	}
	order := curve.Secp256k1.Order()
	for _, text := range []string{
		"", "0x", digits[2:], digits + "00", "zz" + digits[2:], strings.Repeat("0", 64), strings.Repeat("f", 64),
		string(hexOf(order[:])), "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK",
		"T5b4RiWRs7XG8xZ2bCHBoJcn4JrpMTbGRFYXgoZHd7nD8izwqhMK", // Litecoin's
		strings.Repeat("1", 51), strings.Repeat("1", 5000),
	} {
		if _, key, err := c.ParsePrivate(secret.Copy([]byte(text))); err == nil {
			t.Errorf("%.80s is read as %x", text, key.Expose())
		} else if len(text) > 8 && strings.Contains(err.Error(), text[:8]) {
			t.Errorf("the error %q holds part of the text", err)
		}
	}
	if _, err := c.FormatPrivate(publicOf(t, person("alice")), secret.Copy(make([]byte, 32))); err == nil {
		t.Error("zero is written as a private key")
	}
	if _, err := c.FormatPrivate(publicOf(t, person("alice")), secret.Copy(make([]byte, 31))); err == nil {
		t.Error("31 bytes are written as a private key")
	}
}

func hexOf(b []byte) []byte {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 2*len(b))
	for _, c := range b {
		out = append(out, digits[c>>4], digits[c&15])
	}
	return out
}
