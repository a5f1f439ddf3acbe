package hd

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// Whatever is accepted is one entropy in its one spelling, up to case and white space.
func FuzzParseMnemonic(f *testing.F) {
	f.Add([]byte(shortWords))
	f.Add([]byte(strings.ToUpper(shortWords)))
	f.Add([]byte(strings.ReplaceAll(shortWords, " ", "\u3000")))
	f.Add([]byte(strings.Repeat("abandon ", 23) + "art"))
	f.Add([]byte(countingWords))
	f.Add([]byte("\x00 \xff"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, text []byte) {
		canonical, err := ParseMnemonic(secret.Copy(text))
		dst := bytes.Repeat([]byte{7}, 32)
		n, entropyErr := MnemonicEntropy(dst, secret.Copy(text))
		if (err == nil) != (entropyErr == nil) {
			t.Fatalf("%v and %v", err, entropyErr)
		}
		if err != nil {
			if !bytes.Equal(dst, make([]byte, 32)) || !canonical.IsEmpty() {
				t.Fatal("a failed parse left bytes")
			}
			if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.TooLarge) {
				t.Fatalf("unexpected error %v", err)
			}
			return
		}
		if want := strings.ToLower(strings.Join(strings.Fields(string(text)), " ")); string(canonical.Expose()) != want {
			t.Fatalf("%q is accepted and written again as %q", text, canonical.Expose())
		}
		again, err := NewMnemonic(dst[:n])
		if err != nil || !again.Equal(canonical) {
			t.Fatalf("%q stands for %x, which is written as %q, %v", text, dst[:n], again.Expose(), err)
		}
	})
}

// Whatever is accepted is bounded, and written again it is read as the same.
func FuzzParsePath(f *testing.F) {
	for _, text := range []string{"m", "m/44'/60'/0'/0/i", "m/44h/501H/0'/i'", "m/2147483647'/2147483648", "m//1", "m/i/i/i/i/i/i/i/i/i/i"} {
		f.Add(text, uint32(7))
	}
	f.Add("m/i'", uint32(Hardened))
	f.Fuzz(func(t *testing.T, text string, index uint32) {
		path, err := ParsePath(text, index)
		if err != nil {
			if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.TooLarge) {
				t.Fatalf("unexpected error %v", err)
			}
			return
		}
		if len(path) > maxDepth {
			t.Fatalf("%q has %d numbers", text, len(path))
		}
		back, err := ParsePath(path.String(), 0)
		if err != nil || !slices.Equal(back, path) {
			t.Fatalf("%q is %s, which is %v, %v", text, path, back, err)
		}
	})
}

// Whatever is accepted is written as it was read, and has children that are accepted.
func FuzzParseExtended(f *testing.F) {
	f.Add(exampleXpub)
	f.Add("Ltub2ba35pYfv93JM545xB7g8vjVVeoVGkeba5aVDKkSMWiJM9dRsQiCFCpEs99ytNeJuEzoNSwKqchBSc5UBgn9BtjLLysPrHyMTX9gp7D46dD")
	f.Add("1fc934eb28dc4331b92365b90f784c46218193db2b63ec54761624273d8b059173b0e91ef6f67f3b9194741c7cf069c4af775443b25da2675bba63891f5cd12a")
	f.Add(strings.Repeat("1", 111))
	f.Fuzz(func(t *testing.T, text string) {
		// A checksum is hard to guess: the text is also tried as what a checksum belongs to.
		for _, text := range []string{text, base58check([]byte(text))} {
			x, version, err := ParseExtended(text)
			if err != nil {
				if !fault.Is(err, fault.Invalid) || x != (ExtendedPublic{}) {
					t.Fatalf("%v, %v", x, err)
				}
				continue
			}
			if got := x.Text(version); got != text {
				t.Fatalf("%q is written again as %q", text, got)
			}
			child, err := x.Child(5)
			if err != nil {
				if !fault.Is(err, fault.Unsupported) && x.Depth < 255 {
					t.Fatalf("%s has no child: %v", text, err)
				}
				continue
			}
			if back, _, err := ParseExtended(child.Text(version)); err != nil || back != child {
				t.Fatalf("the child of %s is read as %v, %v", text, back, err)
			}
		}
	})
}
