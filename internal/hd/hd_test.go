package hd

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// counting is the master key 00 01 02 … 1f of the published vectors.
func counting() []byte {
	key := make([]byte, KeySize)
	for i := range key {
		key[i] = byte(i)
	}
	return key
}

// What the peer derives from the counting key, recorded from it.
func TestKmdSeedVectors(t *testing.T) {
	for index, want := range map[uint64]string{
		1:    "724db5dd2b5bff822d5e968fc401fdf80f778cf3a6812f2adc9629599b31b559",
		2:    "2fa706a61643be89ffb83b7f4b0a417b8011786a597222d2ac5a85411ba5136d",
		3:    "7260fb9efe1e4c909f57374a4c6a70ee6c4e36efc52348190b5cbe7d8cfe54b8",
		10:   "71dc042553cdaa69ca594fca16b681f05c2f7b17a0ced25197d833e861cac68c",
		1000: "00686cc36b91e910308563bcc330bc21f5e64211549ee23a1d50b147341afdcf",
	} {
		dst := make([]byte, KeySize)
		if err := KmdSeed(dst, counting(), index); err != nil || hex.EncodeToString(dst) != want {
			t.Errorf("index %d: %x, %v; want %s", index, dst, err, want)
		}
	}
}

// The standard library's HKDF is the oracle for keys and indexes beyond the vectors.
func TestKmdSeedIsHKDFExpand(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for i := range 200 {
		key := make([]byte, KeySize)
		for j := range key {
			key[j] = byte(random.Uint32())
		}
		index := 1 + random.Uint64()>>(i%64)
		if i == 0 {
			index = math.MaxUint64
		}
		want, err := hkdf.Expand(sha512.New512_256, key, fmt.Sprintf("AlgorandDeterministicKey-%d", index), KeySize)
		if err != nil {
			t.Fatal(err)
		}
		dst, given := make([]byte, KeySize), bytes.Clone(key)
		if err := KmdSeed(dst, key, index); err != nil || !bytes.Equal(dst, want) {
			t.Errorf("index %d: %x, %v; want %x", index, dst, err, want)
		}
		if !bytes.Equal(key, given) {
			t.Fatal("the master key was changed")
		}
	}
}

func TestKmdSeedArguments(t *testing.T) {
	for _, c := range []struct {
		dst, key int
		index    uint64
	}{{32, 32, 0}, {31, 32, 1}, {33, 32, 1}, {32, 31, 1}, {32, 64, 1}, {0, 0, 1}} {
		dst := make([]byte, c.dst)
		if err := KmdSeed(dst, make([]byte, c.key), c.index); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", c, err)
		}
		if !bytes.Equal(dst, make([]byte, c.dst)) {
			t.Errorf("%+v: wrote %x", c, dst)
		}
	}
}

func TestWordList(t *testing.T) {
	// The digest of bitcoin/bips bip-0039/english.txt.
	const want = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
	if got := sha256.Sum256([]byte(english)); hex.EncodeToString(got[:]) != want {
		t.Fatalf("the word list is not the published one: %x", got)
	}
	words, list := strings.Fields(english), englishWords()
	if len(words) != 1<<wordBits {
		t.Fatalf("%d words", len(words))
	}
	for i, word := range words {
		if n, ok := list.number([]byte(word)); n != i || !ok {
			t.Errorf("word %d is found as %d, %v", i, n, ok)
		}
		if got := string(list.append(nil, i)); got != word {
			t.Errorf("word %d is written as %q, want %q", i, got, word)
		}
	}
	for _, word := range []string{"", "a", "aban", "abandoned", "zooo", "abando\n", "abandon\n", "\x00bandon", "cactus\x00", "\x00\x00", strings.Repeat("x", 100)} {
		if _, ok := list.number([]byte(word)); ok {
			t.Errorf("%q is found in the list", word)
		}
	}
}

const countingWords = "cactus amount account expect army achieve embark anxiety lift crouch mandate abstract captain " +
	"setup party bench tissue gate arrive random deal mansion wedding abandon curtain"

// The first from the peer; the all-zero key is the SDKs' own test case.
var vectors = []struct{ key, words string }{
	{hex.EncodeToString(counting()), countingWords},
	{strings.Repeat("00", 32), strings.Repeat("abandon ", 24) + "invest"},
}

func TestAlgorandWordsVectors(t *testing.T) {
	for _, v := range vectors {
		key, err := hex.DecodeString(v.key)
		if err != nil {
			t.Fatal(err)
		}
		words, err := AlgorandWords(key)
		if err != nil || string(words.Expose()) != v.words {
			t.Errorf("words of %s: %q, %v", v.key, words.Expose(), err)
		}
		dst := make([]byte, KeySize)
		if err := ParseAlgorandWords(dst, secret.Copy([]byte(v.words))); err != nil || !bytes.Equal(dst, key) {
			t.Errorf("key of %q: %x, %v", v.words, dst, err)
		}
	}
}

func TestAlgorandWordsRoundTrip(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	keys := [][]byte{bytes.Repeat([]byte{0xFF}, KeySize)}
	for range 50 {
		key := make([]byte, KeySize)
		for j := range key {
			key[j] = byte(random.Uint32())
		}
		keys = append(keys, key)
	}
	for _, key := range keys {
		words, err := AlgorandWords(key)
		if err != nil {
			t.Fatal(err)
		}
		dst := make([]byte, KeySize)
		if err := ParseAlgorandWords(dst, words); err != nil || !bytes.Equal(dst, key) {
			t.Errorf("%x comes back as %x, %v", key, dst, err)
		}
		words.Wipe()
	}
}

func TestWordsAsPeopleTypeThem(t *testing.T) {
	for name, text := range map[string]string{
		"upper case": strings.ToUpper(countingWords),
		"lines":      strings.ReplaceAll(countingWords, " ", "\r\n"),
		"padding":    " \t" + strings.ReplaceAll(countingWords, " ", "   ") + "\n",
	} {
		dst := make([]byte, KeySize)
		if err := ParseAlgorandWords(dst, secret.Copy([]byte(text))); err != nil || !bytes.Equal(dst, counting()) {
			t.Errorf("%s: %x, %v", name, dst, err)
		}
	}
}

func TestBadWords(t *testing.T) {
	words := strings.Fields(countingWords)
	with := func(at int, word string) string {
		changed := append([]string(nil), words...)
		changed[at] = word
		return strings.Join(changed, " ")
	}
	swapped := append([]string(nil), words...)
	swapped[3], swapped[4] = swapped[4], swapped[3]
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "has 0 words"},
		{"24 words", strings.Join(words[:24], " "), "has 24 words"},
		{"26 words", countingWords + " zoo", "has 26 words"},
		{"1000 words", strings.Repeat("zoo ", 1000), "has 1000 words"},
		{"unknown first", with(0, "cactuz"), "word 1 of"},
		{"unknown seventh", with(6, "xylophone"), "word 7 of"},
		{"unknown last", with(24, "xylophone"), "word 25 of"},
		{"first of two", strings.Replace(with(9, "qqqq"), "setup", "wwww", 1), "word 10 of"},
		{"abbreviated", with(0, "cact"), "word 1 of"},
		{"other separators", strings.ReplaceAll(countingWords, " ", ","), "has 1 words"},
		{"no-break space", strings.Replace(countingWords, " ", "\u00a0", 1), "has 24 words"},
		{"other word", with(0, "zoo"), "checksum"},
		{"other checksum", with(24, "zoo"), "checksum"},
		{"swapped", strings.Join(swapped, " "), "checksum"},
		{"bits beyond the key", with(23, "arrive"), "checksum"},
	} {
		dst := bytes.Repeat([]byte{0xEE}, KeySize)
		err := ParseAlgorandWords(dst, secret.Copy([]byte(c.text)))
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
			continue
		}
		if !bytes.Equal(dst, make([]byte, KeySize)) {
			t.Errorf("%s: a failed parse left %x", c.name, dst)
		}
		for _, word := range append(words, "zoo", "cactuz", "xylophone", "qqqq", "wwww") {
			if strings.Contains(" "+err.Error()+" "+fault.Hint(err)+" ", " "+word+" ") {
				t.Errorf("%s: the error repeats the word %q: %v", c.name, word, err)
			}
		}
	}
	long := secret.New(bytes.Repeat([]byte{' '}, maxWordsText+1))
	if err := ParseAlgorandWords(make([]byte, KeySize), long); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a very long text: %v", err)
	}
}

// The unused bits of word 24 are checked by themselves: with them set, the key and
// so the checksum stay the same.
func TestOneSpellingPerKey(t *testing.T) {
	all := strings.Fields(english)
	words := strings.Fields(countingWords)
	if words[23] != all[0] {
		t.Fatal("word 24 of the vector is not number 0")
	}
	for _, number := range []int{8, 16, 1024, 2040} {
		words[23] = all[number]
		dst := make([]byte, KeySize)
		if err := ParseAlgorandWords(dst, secret.New([]byte(strings.Join(words, " ")))); !fault.Is(err, fault.Invalid) {
			t.Errorf("word 24 = number %d gives %x, %v", number, dst, err)
		}
	}
}

func TestSizes(t *testing.T) {
	for _, n := range []int{0, 31, 33, 64} {
		if _, err := AlgorandWords(make([]byte, n)); !fault.Is(err, fault.Invalid) {
			t.Errorf("AlgorandWords of %d bytes: %v", n, err)
		}
		if err := ParseAlgorandWords(make([]byte, n), secret.Copy([]byte(countingWords))); !fault.Is(err, fault.Invalid) {
			t.Errorf("ParseAlgorandWords into %d bytes: %v", n, err)
		}
	}
}

// Whatever is accepted is one key in its one spelling, up to case and white space.
func FuzzParseAlgorandWords(f *testing.F) {
	for _, v := range vectors {
		f.Add([]byte(v.words))
		f.Add([]byte(strings.ToUpper(v.words)))
	}
	f.Add([]byte(countingWords + " zoo"))
	f.Add([]byte(strings.Replace(countingWords, "abandon", "arrive", 1)))
	f.Add([]byte("\x00 \xff"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, text []byte) {
		dst := make([]byte, KeySize)
		if err := ParseAlgorandWords(dst, secret.Copy(text)); err != nil {
			if !bytes.Equal(dst, make([]byte, KeySize)) {
				t.Fatal("a failed parse left bytes")
			}
			if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.TooLarge) {
				t.Fatalf("unexpected error %v", err)
			}
			return
		}
		words, err := AlgorandWords(dst)
		if err != nil {
			t.Fatal(err)
		}
		if want := strings.ToLower(strings.Join(strings.Fields(string(text)), " ")); string(words.Expose()) != want {
			t.Fatalf("%q is accepted and written again as %q", text, words.Expose())
		}
	})
}

func BenchmarkKmdSeed(b *testing.B) {
	dst, key := make([]byte, KeySize), counting()
	for b.Loop() {
		if err := KmdSeed(dst, key, 12345); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAlgorandWords(b *testing.B) {
	key := counting()
	for b.Loop() {
		words, err := AlgorandWords(key)
		if err != nil {
			b.Fatal(err)
		}
		words.Wipe()
	}
}
