package hd

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

func TestMnemonicVectors(t *testing.T) {
	lines := vectorLines(t, "bip39.txt")
	sizes := map[int]int{}
	for _, line := range lines {
		f := strings.Split(line, "|")
		entropy, seed := unhex(t, f[0]), make([]byte, 64)
		sizes[len(entropy)]++
		got, err := NewMnemonic(entropy)
		if err != nil || string(got.Expose()) != f[1] {
			t.Errorf("words of %s: %q, %v", f[0], got.Expose(), err)
		}
		parsed, err := ParseMnemonic(words(f[1]))
		if err != nil || string(parsed.Expose()) != f[1] {
			t.Errorf("%s: %q, %v", f[1], parsed.Expose(), err)
		}
		dst := bytes.Repeat([]byte{7}, 40)
		if n, err := MnemonicEntropy(dst, words(f[1])); err != nil || !bytes.Equal(dst[:n], entropy) || !bytes.Equal(dst[n:], make([]byte, 40-n)) {
			t.Errorf("%s: entropy %x (%d), %v", f[1], dst, n, err)
		}
		if err := MnemonicSeed(seed, words(f[1]), words(f[2])); err != nil || !bytes.Equal(seed, unhex(t, f[3])) {
			t.Errorf("seed of %s, %q: %x, %v", f[1], f[2], seed, err)
		}
	}
	if len(lines) != 68 || sizes[16] != 20 || sizes[20] != 4 || sizes[24] != 20 || sizes[28] != 4 || sizes[32] != 20 {
		t.Errorf("%d vectors, by size %v", len(lines), sizes)
	}
}

// Phrases of no word list, and texts beyond ASCII.
func TestSeedOfForeignPhrases(t *testing.T) {
	lines := vectorLines(t, "bip39-foreign.txt")
	if len(lines) != 9 {
		t.Errorf("%d vectors", len(lines))
	}
	for _, line := range lines {
		f := strings.Split(line, "|")
		seed := make([]byte, 64)
		if err := MnemonicSeed(seed, words(f[0]), words(f[1])); err != nil || !bytes.Equal(seed, unhex(t, f[2])) {
			t.Errorf("seed of %q, %q: %x, %v", f[0], f[1], seed, err)
		}
	}
}

func TestMnemonicRoundTrip(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 9))
	for i := range 200 {
		entropy := make([]byte, 16+4*(i%5))
		for j := range entropy {
			entropy[j] = byte(random.Uint32())
		}
		text, err := NewMnemonic(entropy)
		if err != nil {
			t.Fatal(err)
		}
		dst := make([]byte, 32)
		if n, err := MnemonicEntropy(dst, text); err != nil || !bytes.Equal(dst[:n], entropy) {
			t.Errorf("%x comes back as %x, %v", entropy, dst[:n], err)
		}
	}
}

const shortWords = "legal winner thank year wave sausage worth useful legal winner thank yellow"

func TestMnemonicAsPeopleTypeIt(t *testing.T) {
	for name, text := range map[string]string{
		"upper case":   strings.ToUpper(shortWords),
		"title":        "L" + shortWords[1:],
		"lines":        strings.ReplaceAll(shortWords, " ", "\r\n"),
		"padding":      " \t" + strings.ReplaceAll(shortWords, " ", "   ") + "\n",
		"no-break":     strings.ReplaceAll(shortWords, " ", "\u00a0"),
		"ideographic":  strings.ReplaceAll(shortWords, " ", "\u3000"),
		"line by line": strings.ReplaceAll(shortWords, " ", "\u2028"),
	} {
		if got, err := ParseMnemonic(words(text)); err != nil || string(got.Expose()) != shortWords {
			t.Errorf("%s: %q, %v", name, got.Expose(), err)
		}
	}
}

func TestBadMnemonics(t *testing.T) {
	list := strings.Fields(shortWords)
	with := func(at int, word string) string {
		changed := append([]string(nil), list...)
		changed[at] = word
		return strings.Join(changed, " ")
	}
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "has 0 words"},
		{"space", " \n ", "has 0 words"},
		{"9 words", strings.Join(list[:9], " "), "has 9 words"},
		{"11 words", strings.Join(list[:11], " "), "has 11 words"},
		{"13 words", shortWords + " zoo", "has 13 words"},
		{"25 words", countingWords, "has 25 words"},
		{"27 words", strings.Repeat("zoo ", 27), "has 27 words"},
		{"800 words", strings.Repeat("zoo ", 800), "has 800 words"},
		{"unknown first", with(0, "legall"), "word 1 of"},
		{"unknown last", with(11, "yelow"), "word 12 of"},
		{"first of two", strings.Replace(with(9, "qqqq"), "wave", "wwww", 1), "word 5 of"},
		{"abbreviated", with(0, "lega"), "word 1 of"},
		{"other separators", strings.ReplaceAll(shortWords, " ", ","), "has 1 words"},
		{"zero-width space", strings.Replace(shortWords, " ", "\u200b", 1), "has 11 words"},
		{"letter beyond ASCII", with(3, "ye\u0430r"), "word 4 of"},
		{"not UTF-8", with(3, "ye\xffr"), "word 4 of"},
		{"other word", with(0, "zoo"), "checksum"},
		{"other last word", with(11, "zoo"), "checksum"},
		{"swapped", strings.Replace(shortWords, "thank year", "year thank", 1), "checksum"},
		{"all the same", strings.Repeat("abandon ", 12), "checksum"},
	} {
		dst := bytes.Repeat([]byte{0xEE}, 32)
		n, err := MnemonicEntropy(dst, words(c.text))
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.want) || n != 0 {
			t.Errorf("%s: %d, %v, want %q", c.name, n, err, c.want)
			continue
		}
		if !bytes.Equal(dst, make([]byte, 32)) {
			t.Errorf("%s: a failed parse left %x", c.name, dst)
		}
		if got, err := ParseMnemonic(words(c.text)); err == nil || !got.IsEmpty() {
			t.Errorf("%s: parses", c.name)
		}
		for _, word := range append(list, "zoo", "legall", "yelow", "qqqq", "wwww", "abandon") {
			if strings.Contains(" "+err.Error()+" "+fault.Hint(err)+" ", " "+word+" ") {
				t.Errorf("%s: the error repeats the word %q: %v", c.name, word, err)
			}
		}
	}
	long := secret.New(bytes.Repeat([]byte{' '}, maxWordsText+1))
	if _, err := ParseMnemonic(long); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a very long text: %v", err)
	}
	for _, n := range []int{0, 16, 31} {
		if _, err := MnemonicEntropy(make([]byte, n), words(shortWords)); !fault.Is(err, fault.Invalid) {
			t.Errorf("into %d bytes: %v", n, err)
		}
	}
	for _, n := range []int{0, 4, 12, 15, 17, 18, 31, 33, 36, 64} {
		if got, err := NewMnemonic(make([]byte, n)); !fault.Is(err, fault.Invalid) || !got.IsEmpty() {
			t.Errorf("words of %d bytes: %v", n, err)
		}
	}
}

// Each of the 2048 last words but the right 128 is refused.
func TestChecksumIsWhole(t *testing.T) {
	start := strings.Join(strings.Fields(shortWords)[:11], " ") + " "
	accepted := 0
	for _, last := range strings.Fields(english) {
		if _, err := MnemonicEntropy(make([]byte, 32), words(start+last)); err == nil {
			accepted++
		}
	}
	if accepted != 128 {
		t.Errorf("%d last words are accepted", accepted)
	}
}
