package base58

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// vectors are from the Internet draft on base58 (draft-msporny-base58-03, §5)
// and from Bitcoin Core's base58_encode_decode.json.
var vectors = []struct{ text, hex string }{
	{"", ""},
	{"2NEpo7TZRRrLZSi2U", hex.EncodeToString([]byte("Hello World!"))},
	{"USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z", hex.EncodeToString([]byte("The quick brown fox jumps over the lazy dog."))},
	{"11233QC4", "0000287fb4cd"},
	{"2g", "61"},
	{"a3gV", "626262"},
	{"aPEr", "636363"},
	{"2cFupjhnEsSn59qHXstmK2ffpLv2", "73696d706c792061206c6f6e6720737472696e67"},
	{"1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L", "00eb15231dfceb60925886b67d065299925915aeb172c06647"},
	{"ABnLTmg", "516b6fcd0f"},
	{"3SEo3LWLoPntC", "bf4f89001e670274dd"},
	{"EJDM8drfXA6uyA", "ecac89cad93923c02321"},
	{"1111111111", "00000000000000000000"},
	{"5Hx15HFGyep2CfPxsJKe2fXJsCVn5DEiyoeGGF6JZjGbTRnqfiD", "801184cd2cdd640ca42cfc3a091c51d549b2f016d454b2774019c2b2d2e08529fd206ec97e"},
}

func TestVectors(t *testing.T) {
	for _, v := range vectors {
		raw, err := hex.DecodeString(v.hex)
		if err != nil {
			t.Fatal(err)
		}
		if got := AppendEncode([]byte("x"), raw); string(got) != "x"+v.text {
			t.Errorf("%s encodes as %s, want x%s", v.hex, got, v.text)
		}
		got, err := AppendDecode([]byte{7}, v.text)
		if err != nil || !bytes.Equal(got, append([]byte{7}, raw...)) {
			t.Errorf("%s decodes to %x, %v", v.text, got, err)
		}
	}
}

func TestRefused(t *testing.T) {
	for _, text := range []string{"0", "O", "I", "l", " 2g", "2g ", "2g\n", "2-g", "2g\x00", "\xff", "é", "1l"} {
		if got, err := AppendDecode(nil, text); !errors.Is(err, ErrCharacter) || got != nil {
			t.Errorf("%q: %x, %v", text, got, err)
		}
	}
	if _, err := AppendDecode(nil, strings.Repeat("1", MaxText+1)); !errors.Is(err, ErrLarge) {
		t.Errorf("over the limit: %v", err)
	}
	if got, err := AppendDecode(nil, strings.Repeat("1", MaxText)); err != nil || len(got) != MaxText {
		t.Errorf("at the limit: %d bytes, %v", len(got), err)
	}
}

// TestXRPL: published texts of the XRP Ledger (xrpl.org, "Special Addresses"), and
// that its alphabet is the same digits in another order.
func TestXRPL(t *testing.T) {
	for text, account := range map[string]string{
		"rrrrrrrrrrrrrrrrrrrrrhoLvTp":        "000000000000000000000000000000000000000000",
		"rrrrrrrrrrrrrrrrrrrrBZbvji":         "000000000000000000000000000000000000000001",
		"rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh": "00b5f762798a53d543a014caf8b297cff8f2f937e8",
	} {
		raw, err := XRPL.AppendDecode(nil, []byte(text))
		if err != nil || len(raw) != 25 || hex.EncodeToString(raw[:21]) != account {
			t.Errorf("%s decodes to %x, %v", text, raw, err)
		}
		if back := XRPL.AppendEncode(nil, raw); string(back) != text {
			t.Errorf("%x encodes as %s, want %s", raw, back, text)
		}
	}
	sorted := func(a Alphabet) string { b := []byte(a); slices.Sort(b); return string(b) }
	if sorted(XRPL) != sorted(Bitcoin) || len(XRPL) != base {
		t.Error("the alphabets have other digits")
	}
	if got, err := XRPL.AppendDecode(nil, []byte("r0")); !errors.Is(err, ErrCharacter) {
		t.Errorf("r0: %x, %v", got, err)
	}
}

// reference is the definition, by long division of one big number.
func reference(src []byte) string {
	n, m, digits := new(big.Int).SetBytes(src), new(big.Int), []byte{}
	for n.Sign() > 0 {
		n.DivMod(n, big.NewInt(base), m)
		digits = append([]byte{Bitcoin[m.Int64()]}, digits...)
	}
	for i := 0; i < len(src) && src[i] == 0; i++ {
		digits = append([]byte{'1'}, digits...)
	}
	return string(digits)
}

// TestAgainstReference covers every length up to beyond the stack's scratch, with
// zeros in front, behind and all over.
func TestAgainstReference(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 200 {
		for _, shape := range []string{"random", "zeros in front", "zeros behind", "ones"} {
			src := make([]byte, n)
			for i := range src {
				src[i] = byte(random.Uint32())
				switch {
				case shape == "zeros in front" && i < n/2, shape == "zeros behind" && i >= n/2:
					src[i] = 0
				case shape == "ones":
					src[i] = 0xff
				}
			}
			text := AppendEncode(nil, src)
			if want := reference(src); string(text) != want {
				t.Fatalf("%x encodes as %s, want %s", src, text, want)
			}
			if len(text) > MaxEncoded(n) || n > MaxDecoded(len(text)) {
				t.Fatalf("%d bytes, %d characters: over the stated bounds", n, len(text))
			}
			back, err := AppendDecode(nil, text)
			if err != nil || !bytes.Equal(back, src) {
				t.Fatalf("%s decodes to %x, %v", text, back, err)
			}
		}
	}
}

// TestNoHiddenCopies: with room in dst, neither direction allocates, so no copy
// of a key is left on the heap.
func TestNoHiddenCopies(t *testing.T) {
	key := bytes.Repeat([]byte{0xee}, 68)
	text, raw := make([]byte, 0, MaxEncoded(len(key))), make([]byte, 0, 200)
	allocations := testing.AllocsPerRun(100, func() {
		text = AppendEncode(text[:0], key)
		var err error
		if raw, err = AppendDecode(raw[:0], text); err != nil {
			t.Fatal(err)
		}
	})
	if allocations != 0 {
		t.Errorf("%v allocations", allocations)
	}
}

func FuzzDecode(f *testing.F) {
	for _, v := range vectors {
		f.Add(v.text)
	}
	f.Add("0OIl")
	f.Add(strings.Repeat("z", 300))
	f.Fuzz(func(t *testing.T, text string) {
		raw, err := AppendDecode(nil, text)
		if err != nil {
			return
		}
		if back := AppendEncode(nil, raw); string(back) != text {
			t.Fatalf("%q decodes to %x, which encodes as %q", text, raw, back)
		}
	})
}

func BenchmarkEncodeSignature(b *testing.B) {
	src, dst := bytes.Repeat([]byte{0xab}, 69), make([]byte, 0, 256)
	for b.Loop() {
		dst = AppendEncode(dst[:0], src)
	}
}

func BenchmarkDecodeSignature(b *testing.B) {
	text, dst := AppendEncode(nil, bytes.Repeat([]byte{0xab}, 69)), make([]byte, 0, 256)
	for b.Loop() {
		if _, err := AppendDecode(dst[:0], text); err != nil {
			b.Fatal(err)
		}
	}
}
