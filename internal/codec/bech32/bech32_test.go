package bech32

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// The strings of BIP-173 and BIP-350, "test vectors".
func TestValid(t *testing.T) {
	for text, want := range map[string]Variant{
		"A12UEL5L": Bech32, "a12uel5l": Bech32,
		"an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs": Bech32,
		"abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw":                                              Bech32,
		"11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j": Bech32,
		"split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w":                               Bech32,
		"?1ezyfcl": Bech32,
		"A1LQFN3A": Bech32m, "a1lqfn3a": Bech32m,
		"an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6": Bech32m,
		"abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx":                                              Bech32m,
		"11llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllludsr8": Bech32m,
		"split1checkupstagehandshakeupstreamerranterredcaperredlc445v":                               Bech32m,
		"?1v759aa": Bech32m,
	} {
		v, hrp, groups, err := Decode(text)
		if err != nil || v != want {
			t.Errorf("%s: variant %d, error %v", text, v, err)
			continue
		}
		back, err := Encode(v, hrp, groups)
		if err != nil || back != strings.ToLower(text) {
			t.Errorf("%s: written back as %s, error %v", text, back, err)
		}
	}
}

func TestInvalid(t *testing.T) {
	for _, text := range []string{
		"\x201nwldj5", "\x7f1axkwrx", "\x801eym55h",
		"pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "de1lg7wt\xff", "A1G7SGD8", "10a06t8", "1qzzfhee",
		"\x201xj0phk", "\x7f1g6xzxy", "\x801vctc34", "qyrz8wqd2c9m", "1qyrz8wqd2c9m", "y1b0jsk6g", "lt1igcx5c0", "in1muywd", "mm1crxm3i", "au1s5cgom", "M1VUXWEZ", "16plkw9", "1p2gdwpf",
		"a12UEL5L", "", strings.Repeat("q", MaxText+1), "a12uel5q",
	} {
		if _, _, _, err := Decode(text); err == nil {
			t.Errorf("%q was read", text)
		} else if strings.Contains(err.Error(), "uel5") {
			t.Errorf("the error quotes the text: %v", err)
		}
	}
}

func TestGroups(t *testing.T) {
	for size := range 40 {
		data := bytes.Repeat([]byte{0xa5, 0x3c, 0xff}, 14)[:size]
		groups := ToGroups(data)
		back, err := FromGroups(groups)
		if err != nil || !bytes.Equal(back, data) {
			t.Fatalf("%d bytes come back as %x, %v", size, back, err)
		}
		if _, err := FromGroups(append(groups, 0)); err == nil && len(groups)%8 != 0 && (len(groups)+1)*5%8 >= 5 {
			t.Errorf("%d bytes and a group more were read", size)
		}
	}
	if _, err := FromGroups([]byte{31, 1}); !errors.Is(err, ErrPadding) {
		t.Errorf("bits left over: %v", err)
	}
	if _, err := FromGroups([]byte{32}); err == nil {
		t.Error("a group of six bits was read")
	}
	if _, err := Encode(Bech32, "a", []byte{32}); err == nil {
		t.Error("a group of six bits was written")
	}
	if _, err := Encode(Bech32, "A", nil); err == nil {
		t.Error("a prefix in upper case was written")
	}
	if _, err := Encode(0, "a", nil); err == nil {
		t.Error("the zero variant wrote")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("a12uel5l")
	f.Add("split1checkupstagehandshakeupstreamerranterredcaperredlc445v")
	f.Fuzz(func(t *testing.T, text string) {
		v, hrp, groups, err := Decode(text)
		if err != nil {
			return
		}
		if back, err := Encode(v, hrp, groups); err != nil || back != strings.ToLower(text) {
			t.Errorf("%q comes back as %q, %v", text, back, err)
		}
	})
}
