package algorand

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// TestDerivedAddresses: the published derivation table for the master key 00..1f.
func TestDerivedAddresses(t *testing.T) {
	master := make([]byte, 32)
	for i := range master {
		master[i] = byte(i)
	}
	for index, want := range map[int]struct{ seed, address string }{
		1:    {"724db5dd2b5bff822d5e968fc401fdf80f778cf3a6812f2adc9629599b31b559", "RARAQGGTYYIAKPP7M44M2ITTE2AXASJD5VIMPRQDU5VJTK3XAA62OLW7IM"},
		2:    {"2fa706a61643be89ffb83b7f4b0a417b8011786a597222d2ac5a85411ba5136d", "AY3EXNCEATTJ3KUPVEVDFUYMO6CT3R3S6QQSVIGTXKCFG26L4WGLJU5PF4"},
		3:    {"7260fb9efe1e4c909f57374a4c6a70ee6c4e36efc52348190b5cbe7d8cfe54b8", "WKDETHNVXAMUKONA73KFXKJB6ZNNUDZ3OH44K55BAUXEWPLC3ZEWHJEDG4"},
		10:   {"71dc042553cdaa69ca594fca16b681f05c2f7b17a0ced25197d833e861cac68c", "UF6LAEXODSNQTANAHQSD7ENBDYCUNESMZKANRDN5JS4HPQ2VSGRST4FISU"},
		1000: {"00686cc36b91e910308563bcc330bc21f5e64211549ee23a1d50b147341afdcf", "WV27HPRDXFO3GQVZFNKKWLHJLQ57MAQNCCFIZMTT6J2EBEGGEQWZHPVYTM"},
	} {
		seed := kmdSeed(master, index)
		if got := hex.EncodeToString(seed); got != want.seed {
			t.Errorf("seed %d is %s", index, got)
		}
		address := testKeys{}.add(seed)
		if got, err := New().Address(publicKey(t, address)); err != nil || got != want.address {
			t.Errorf("address %d is %s, %v", index, got, err)
		}
		if back, err := ParseAddress(want.address); err != nil || back != address {
			t.Errorf("address %d reads as %x, %v", index, back, err)
		}
	}
}

// TestZeroAddress is the spelling that explorers show for lost funds.
func TestZeroAddress(t *testing.T) {
	const want = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAY5HFKQ"
	if got := (Address{}).String(); got != want {
		t.Errorf("got %s", got)
	}
	if a, err := ParseAddress(want); err != nil || !a.IsZero() {
		t.Errorf("got %v, %v", a, err)
	}
}

func TestParseAddressRefuses(t *testing.T) {
	const good = "RARAQGGTYYIAKPP7M44M2ITTE2AXASJD5VIMPRQDU5VJTK3XAA62OLW7IM"
	bad := map[string]string{
		"empty":                    "",
		"short":                    good[:57],
		"long":                     good + "A",
		"lower case":               strings.ToLower(good),
		"one lower-case letter":    "r" + good[1:],
		"checksum":                 good[:56] + "JM",
		"another address":          "S" + good[1:],
		"padding":                  good[:57] + "=",
		"foreign digit":            "1" + good[1:],
		"space":                    " " + good[1:],
		"line end in place of end": good[:57] + "\n",
		"line end within":          good[:20] + "\n" + good[21:],
		"full-width letter":        "Ｒ" + good[3:],
	}
	// The last character carries three bits; the other spellings of them must not read.
	for _, c := range "NOP" {
		bad["spare bits "+string(c)] = good[:57] + string(c)
	}
	for name, text := range bad {
		if a, err := ParseAddress(text); !fault.Is(err, fault.InvalidAddress) || !a.IsZero() {
			t.Errorf("%s: got %x, %v", name, a, err)
		}
	}
}

func TestAddressNeedsEd25519(t *testing.T) {
	key, err := curve.NewPublicKey(curve.Secp256k1, bytes.Repeat([]byte{2}, 33))
	if err != nil {
		t.Fatal(err)
	}
	if a, err := New().Address(key); !fault.Is(err, fault.Invalid) {
		t.Errorf("got %q, %v", a, err)
	}
}

func FuzzParseAddress(f *testing.F) {
	f.Add("RARAQGGTYYIAKPP7M44M2ITTE2AXASJD5VIMPRQDU5VJTK3XAA62OLW7IM")
	f.Add("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAY5HFKQ")
	f.Add("x")
	f.Fuzz(func(t *testing.T, text string) {
		if a, err := ParseAddress(text); err == nil && a.String() != text {
			t.Errorf("%q reads as %s", text, a)
		}
	})
}
