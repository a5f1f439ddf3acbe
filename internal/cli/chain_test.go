package cli

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"strongroom/internal/api/rest"
	"strongroom/internal/chain"
	"strongroom/internal/chain/all"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/hd"
	"strongroom/internal/secret"
)

// TestCompareKeys: lists are in the order of chains and numbers, whatever the order of
// the keys.
func TestCompareKeys(t *testing.T) {
	want := []rest.Key{
		{Chain: "algorand", Index: 2}, {Chain: "algorand", Index: 10}, {Chain: "algorand"},
		{Chain: "ethereum", Path: "m/44'/60'/0'/0/2"}, {Chain: "ethereum", Path: "m/44'/60'/0'/0/9"}, {Chain: "ethereum", Path: "m/44'/60'/0'/0/10"},
		{Chain: "ethereum"},
	}
	for range 20 {
		got := slices.Clone(want)
		rand.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		slices.SortFunc(got, compareKeys)
		if !slices.EqualFunc(got, want, func(a, b rest.Key) bool { return compareKeys(a, b) == 0 }) {
			t.Fatalf("got %v", got)
		}
	}
}

// TestNeedsKey: only a missing key is the command line's fault.
func TestNeedsKey(t *testing.T) {
	missing := fault.UnknownKey.New("the request does not say which key")
	for _, c := range []struct {
		err   error
		named bool
		want  int
	}{{missing, false, exitUsage}, {missing, true, exitNotFound}, {fault.InvalidPayload.New("x"), false, exitFailure}, {nil, false, exitFailure}} {
		got := needsKey(c.err, c.named, "hint")
		if c.err == nil {
			if got != nil {
				t.Errorf("an error of nothing: %v", got)
			}
			continue
		}
		if exitCode(got) != c.want {
			t.Errorf("%v, named %t: status %d, want %d", c.err, c.named, exitCode(got), c.want)
		}
	}
}

// TestMissingKey names the address whose key is wanted, where there is exactly one.
func TestMissingKey(t *testing.T) {
	row, err := chain.Find(all.Rows(), "XLM", false)
	if err != nil {
		t.Fatal(err)
	}
	key, err := parsePublic("7691d85048acc4ed085d9061ce0948bbdf7de6a92b790aaf241d31b7dcaa4238", row)
	if err != nil {
		t.Fatal(err)
	}
	one := &chain.Intent{Tasks: []chain.Task{{Key: key}}}
	two := &chain.Intent{Tasks: []chain.Task{{Key: key}, {Key: curve.PublicKey{}}}}
	unknown := fault.UnknownKey.New("key does not exist in this wallet")
	const address = "GB3JDWCQJCWMJ3IILWIGDTQJJC5567PGVEVXSCVPEQOTDN64VJBDQBYX"
	if got := missingKey(unknown, row, one); !fault.Is(got, fault.UnknownKey) || !strings.Contains(fault.Text(got), address) {
		t.Errorf("got %v", got)
	}
	denied := fault.Denied.New("not allowed")
	if missingKey(nil, row, one) != nil || missingKey(unknown, row, two) != error(unknown) || missingKey(denied, row, one) != error(denied) {
		t.Error("another error was changed")
	}
}

// TestParsePublic: each spelling of a public key is the same key, on the chain's curve
// where none is named.
func TestParsePublic(t *testing.T) {
	row, err := chain.Find(all.Rows(), "XRP", false)
	if err != nil {
		t.Fatal(err)
	}
	const digits = "031d68bc1a142e6766b2bdfb006ccfe135ef2e0e2e94abb5cf5c9ab6104776fbae"
	want, err := parsePublic(digits, row)
	if err != nil || want.Algorithm() != curve.Secp256k1 {
		t.Fatal(want, err)
	}
	for _, text := range []string{"0x" + digits, "secp256k1:" + digits, strings.ToUpper(digits)} {
		if got, err := parsePublic(text, row); err != nil || got != want {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "0x", "zz", digits[2:], digits + "00", "rsa:" + digits, "ed25519:" + digits, "02" + strings.Repeat("00", 32)} {
		if got, err := parsePublic(text, row); err == nil {
			t.Errorf("%q is taken as %v", text, got)
		}
	}
}

// TestCanonicalWords: 25 words of Algorand and 24 of BIP-39 are one seed in two
// spellings.
func TestCanonicalWords(t *testing.T) {
	seed := make([]byte, hd.KeySize)
	for i := range seed {
		seed[i] = byte(i)
	}
	algorand, err := hd.AlgorandWords(seed)
	if err != nil {
		t.Fatal(err)
	}
	want, err := hd.NewMnemonic(seed)
	if err != nil {
		t.Fatal(err)
	}
	for name, words := range map[string]secret.Bytes{"algorand": algorand, "bip39": want} {
		if got, err := canonicalWords(words); err != nil || !got.Equal(want) {
			t.Errorf("%s: other words: %v", name, err)
		}
	}
	damaged := secret.Copy(algorand.Expose()[1:])
	if _, err := canonicalWords(damaged); err == nil {
		t.Error("25 words without a right checksum are taken")
	}
}
