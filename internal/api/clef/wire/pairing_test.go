package wire

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"

	"strongroom/internal/fault"
)

// TestSmallOrder: keys with which everybody's signatures fit are refused, in every
// encoding, and no other.
func TestSmallOrder(t *testing.T) {
	weak := 0
	for _, text := range []string{
		"0000000000000000000000000000000000000000000000000000000000000000", "0000000000000000000000000000000000000000000000000000000000000080",
		"0100000000000000000000000000000000000000000000000000000000000000", "0100000000000000000000000000000000000000000000000000000000000080",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	} {
		raw, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		if !smallOrder(PairingKey(raw)) {
			t.Errorf("%s is no key of a small order", text)
		}
		// That such keys are weak: a signature of zeros fits one message in eight.
		signature := make([]byte, ed25519.SignatureSize)
		signature[0] = 1
		for i := range 200 {
			if ed25519.Verify(raw, []byte{byte(i)}, signature) {
				weak++
				break
			}
		}
	}
	if weak < 7 {
		t.Errorf("only %d of the keys are weak", weak)
	}
	if smallOrder(PairingKey(ed25519.NewKeyFromSeed(make([]byte, 32))[32:])) {
		t.Error("an honest key is refused")
	}
}

func TestPairStart(t *testing.T) {
	key := `"0x` + hex.EncodeToString(ed25519.NewKeyFromSeed(make([]byte, 32))[32:]) + `"`
	word := `"0x` + strings.Repeat("ab", 32) + `"`
	start := func(name string) string { return `{"name":"` + name + `","key":` + key + `,"commitment":` + word + `}` }
	for _, name := range []string{"a", "treasury bot", "A-1.b_c", strings.Repeat("x", 32)} {
		if s, err := ParsePairStart([]byte(start(name))); err != nil || s.Name != name || s.Commitment[31] != 0xab {
			t.Errorf("%q: %+v, %v", name, s, err)
		}
	}
	for _, name := range []string{"", " a", "a ", "a  b", "-a", "a.", "a\\nb", "é", "a/b", "\\u202ea", strings.Repeat("x", 33)} {
		if _, err := ParsePairStart([]byte(start(name))); err == nil {
			t.Errorf("the name %q was taken", name)
		}
	}
	for _, text := range []string{
		`{}`, `null`, `[]`, `{"name":"a","key":` + key + `}`, `{"name":"a","key":` + word[:10] + `","commitment":` + word + `}`,
		`{"name":"a","key":` + key + `,"commitment":` + word + `,"x":1}`, `{"name":"a","name":"b","key":` + key + `,"commitment":` + word + `}`,
		`{"name":"a","key":"0x` + strings.Repeat("00", 32) + `","commitment":` + word + `}`,
	} {
		if s, err := ParsePairStart([]byte(text)); err == nil {
			t.Errorf("%s is %+v", text, s)
		}
	}
}

// TestPairCall: a signature is good for what was signed and for nothing else.
func TestPairCall(t *testing.T) {
	private := ed25519.NewKeyFromSeed(make([]byte, 32))
	pairing := PairingID{1}
	call := &PairCall{Key: PairingKey(private[32:]), Session: PairingID{2}, Number: 3, Request: `{"method":"account_list"}`}
	copy(call.Signature[:], ed25519.Sign(private, call.Preimage(pairing)))
	if !call.Verify(pairing) {
		t.Fatal("the signature is not good")
	}
	if call.Verify(PairingID{2}) {
		t.Error("it is good for another pairing")
	}
	for name, change := range map[string]func(c *PairCall){
		"session": func(c *PairCall) { c.Session[15]++ }, "number": func(c *PairCall) { c.Number++ }, "request": func(c *PairCall) { c.Request += " " },
		"signature": func(c *PairCall) { c.Signature[40]++ }, "key": func(c *PairCall) { c.Key = PairingKey(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32))[32:]) },
	} {
		other := *call
		if change(&other); other.Verify(pairing) {
			t.Errorf("it is good for another %s", name)
		}
	}
}

func TestInnerCall(t *testing.T) {
	for text, want := range map[string]InnerCall{
		`{"method":"account_list"}`: {Method: "account_list"},
		` {"jsonrpc":"2.0","id":[],"method":"account_version","params":[1, 2]}`: {Method: "account_version", Params: []byte("[1, 2]")},
	} {
		c := PairCall{Request: text}
		if got, err := c.Inner(); err != nil || got.Method != want.Method || !bytes.Equal(got.Params, want.Params) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		``, `[]`, `null`, `{}`, `{"method":5}`, `{"method":"clef_new"}`, `{"method":"rpc_modules"}`, `{"method":"account_pairCall"}`, `{"method":"account_pairStart"}`,
		`{"method":"account_list","method":"account_new"}`, `{"method":"account_list","x":1}`, `{"method":"account_list"}{}`, `[{"method":"account_list"}]`,
	} {
		c := PairCall{Request: text}
		if got, err := c.Inner(); err == nil {
			t.Errorf("%s is %+v", text, got)
		}
	}
	if _, err := ParsePairCall([]byte(`{"number":"0x1"}`)); err == nil || fault.Text(err) != "missing required field 'key' for PairCall" {
		t.Errorf("%v", err)
	}
}

// TestWindow compares the window with a list of all numbers that were ever used.
func TestWindow(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var w Window
	used, highest := map[uint64]bool{}, uint64(0)
	check := func(n uint64) {
		t.Helper()
		want := n != 0 && !used[n] && (highest < WindowSize || n > highest-WindowSize)
		if got := w.Use(n); got != want {
			t.Fatalf("number %d after %d: %t", n, highest, got)
		}
		used[n] = true
		highest = max(highest, n)
	}
	for range 200_000 {
		switch r.IntN(50) {
		case 0:
			check(highest + r.Uint64N(3*WindowSize))
		case 1:
			check(r.Uint64N(highest + 1))
		default:
			check(highest + r.Uint64N(4) - min(highest, r.Uint64N(WindowSize+4)))
		}
	}
	for _, n := range []uint64{1<<64 - 1, 1<<64 - 1, 1<<64 - 2, 1<<64 - WindowSize, 1<<64 - WindowSize - 1, 0, 5} {
		check(n)
	}
}
