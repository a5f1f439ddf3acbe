package selector

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
)

// word is one of call data.
func word(n uint64) []byte {
	var w [wordSize]byte
	binary.BigEndian.PutUint64(w[wordSize-8:], n)
	return w[:]
}

// callOf is call data for a signature.
func callOf(t testing.TB, signature string, args ...[]byte) []byte {
	t.Helper()
	m, err := parseSignature(signature)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.resolve(); err != nil {
		t.Fatal(err)
	}
	selector := m.selector()
	return append(selector[:], bytes.Join(args, nil)...)
}

// TestSelfReference: data whose offsets point at themselves would be read a number of
// times that grows with the power of the dimensions. What is read is bounded.
func TestSelfReference(t *testing.T) {
	const n = 4096
	args := [][]byte{word(32), word(n)}
	for range n {
		args = append(args, word(0)) // each element is this list again, whose length is its first offset
	}
	for _, dimensions := range []string{"[][]", "[][][]", "[][][][][][][][]"} {
		signature := "f(uint256" + dimensions + ")"
		for _, data := range [][]byte{callOf(t, signature, args...), callOf(t, signature, quadratic(n)...)} {
			if text, err := describe(signature, data); err == nil {
				t.Errorf("%s fits: %.100s", signature, text)
			}
		}
	}
	_, err := describe("f(uint256[][])", callOf(t, "f(uint256[][])", quadratic(n)...))
	if err == nil || !strings.Contains(fault.Text(err), fault.Text(errCostly)) {
		t.Errorf("n lists that are the same n words: %v", err)
	}
}

// quadratic is a list of n lists that are all the same n words.
func quadratic(n int) (args [][]byte) {
	args = append(args, word(32), word(uint64(n)))
	for range n {
		args = append(args, word(uint64(n)*wordSize))
	}
	args = append(args, word(uint64(n)))
	for range n {
		args = append(args, word(7))
	}
	return args
}

// TestSignatures: what is no signature, or of a size that nobody needs, is refused.
func TestSignatures(t *testing.T) {
	data := callOf(t, "f()")
	for text, want := range map[string]string{
		"":                                  "failed to parse selector: failed to parse selector '': empty token",
		"f":                                 "expected '(', got ''",
		"9f()":                              "invalid token start: 9",
		"f(":                                "empty type",
		"f(uint256":                         "expected ')', got ''",
		"f(uint256;bool)":                   "expected ')', got ';bool)'",
		"f(uint256,)":                       "invalid token start: )",
		"f(())":                             "invalid token start: )",
		"f()x":                              "unexpected string 'x'",
		"f(uint256[)":                       "expected ']', got )",
		"f(uint256[":                        "expected ']', got end of string",
		"f(uint)":                           "unsupported arg type: uint",
		"f(uint257)":                        "unsupported arg type: uint257",
		"f(uint08)":                         "unsupported arg type: uint08",
		"f(int7)":                           "unsupported arg type: int7",
		"f(bytes33)":                        "unsupported arg type: bytes33",
		"f(bytes0)":                         "unsupported arg type: bytes0",
		"f((bool,uint2569)[])":              "unsupported arg type: uint2569",
		"f(uint8[0])":                       "array size [0]",
		"f(uint8[01])":                      "array size [01]",
		"f(uint8[65537])":                   "array size [65537]",
		"f(uint8[9999][9999])":              "array size [9999]",
		"f(uint8[1][99999999999999999999])": "array size",
		"f(uint8" + strings.Repeat("[]", 17) + ")":                "more than 16 dimensions",
		"f" + strings.Repeat("(", 30):                             "more than 16 tuples",
		"f(" + strings.Repeat("bool,", 1000) + "bool)":            "more than 4096 bytes",
		"f(uint8[60000],uint8[60000],(uint8[60000],bool[60000]))": "more than 65536 words",
	} {
		_, err := describe(text, data)
		if err == nil || !strings.Contains(fault.Text(err), want) {
			t.Errorf("%.60s: %v, want %q", text, err, want)
		}
		if err := open(t, Config{}).Learn(text); err == nil {
			t.Errorf("%.60s was learned", text)
		}
	}
}

// TestLearn: what is learned is known and kept, only it, and nothing that is known is
// replaced.
func TestLearn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "4byte-custom.json")
	d := open(t, Config{Custom: path})
	const own = "strongroomOnly(uint256,(bool,address)[])"
	call := callOf(t, own, word(1), word(64), word(0))
	validate := func(d *Database, signature *string) Result {
		t.Helper()
		data := wire.Data(call)
		to := wire.AddressOf([20]byte{1})
		r, err := d.Validate(t.Context(), signature, &wire.SendTxArgs{To: &to, GasPrice: &wire.Quantity{}, Data: &data}, true)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	given := own
	if r := validate(d, &given); r.Learn != own || r.Info[0].Type != wire.Info {
		t.Errorf("a signature that fits: %+v", r)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("it was kept before it was approved")
	}
	if r := validate(d, nil); r.Info[0].Type != wire.Warning {
		t.Errorf("it is known before it was approved: %+v", r)
	}
	for _, text := range []string{own, own, "transfer(address,uint256)", "join_tg_invmru_haha_fd06787(address,bool)"} {
		if err := d.Learn(text); err != nil { // the last two have the selector of the embedded transfer
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var kept map[string]string
	if err := json.Unmarshal(text, &kept); err != nil || len(kept) != 1 {
		t.Errorf("kept %s, %v", text, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if r := validate(open(t, Config{Custom: path}), nil); r.Info[0].Type != wire.Info || !strings.Contains(r.Info[0].Message, own[:14]) {
		t.Errorf("after a restart: %+v", r)
	}
	if s, ok, err := d.Signature([4]byte{0xa9, 0x05, 0x9c, 0xbb}); s != "transfer(address,uint256)" || !ok || err != nil {
		t.Errorf("transfer is %q, %v", s, err)
	}
}

// TestEmbedded: the table that comes with the program is loaded when it is needed.
func TestEmbedded(t *testing.T) {
	d, err := Open(Config{})
	if err != nil {
		t.Fatal(err)
	}
	if s, ok, err := d.Signature([4]byte{0x18, 0x16, 0x0d, 0xdd}); s != "totalSupply()" || !ok || err != nil {
		t.Errorf("%q, %t, %v", s, ok, err)
	}
	if _, ok, err := d.Signature([4]byte{0xde, 0xad, 0xbe, 0xe1}); ok || err != nil {
		t.Errorf("an unknown selector: %t, %v", ok, err)
	}
}

// TestLearnAtOnce: nothing gets lost.
func TestLearnAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "4byte-custom.json")
	d := open(t, Config{Custom: path})
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			if err := d.Learn("strongroom_" + strings.Repeat("x", i) + "(bool)"); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	again := open(t, Config{Custom: path})
	if len(again.learned) != 20 {
		t.Errorf("%d of 20 are kept", len(again.learned))
	}
}

// TestExtra: the owner's file comes before the embedded table and is not written.
func TestExtra(t *testing.T) {
	path := filepath.Join(t.TempDir(), "extra.json")
	if err := os.WriteFile(path, []byte(`{"a9059cbb": "owners(address,uint256)"}`), 0o400); err != nil {
		t.Fatal(err)
	}
	d := open(t, Config{Extra: path})
	if s, ok, err := d.Signature([4]byte{0xa9, 0x05, 0x9c, 0xbb}); s != "owners(address,uint256)" || !ok || err != nil {
		t.Errorf("%q, %v", s, err)
	}
	if err := d.Learn("strongroomOnly(bool)"); err != nil {
		t.Error(err) // without a file it is known until the end
	}
	if len(d.learned) != 1 || len(d.extra) != 1 {
		t.Errorf("%d learned, %d given", len(d.learned), len(d.extra))
	}
}

// TestMalformedFiles: a file that nobody understands stops the start. One that is to be
// written need not be there, one that is to be read has to.
func TestMalformedFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file.json")
	for _, text := range []string{"", "{", "[]", "7", `{"a9059cbb": 5}`, `{"a9059cbb": "a()", "a9059cbb": "b()"}`, "{} {}"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, cfg := range []Config{{Custom: path}, {Extra: path}} {
			if _, err := Open(cfg); !fault.Is(err, fault.Corrupt) {
				t.Errorf("%q as %+v: %v", text, cfg, err)
			}
		}
	}
	missing := filepath.Join(dir, "missing.json")
	if _, err := Open(Config{Custom: missing}); err != nil {
		t.Error(err)
	}
	if _, err := Open(Config{Extra: missing}); !fault.Is(err, fault.Storage) {
		t.Errorf("a file that is missing: %v", err)
	}
	if _, err := Open(Config{Extra: dir}); !fault.Is(err, fault.Corrupt) {
		t.Errorf("a directory: %v", err)
	}
	d := open(t, Config{Custom: filepath.Join(dir, "no", "such", "file")})
	if err := d.Learn("strongroomOnly(bool)"); !fault.Is(err, fault.Storage) {
		t.Errorf("a file that cannot be written: %v", err)
	}
	if len(d.learned) != 0 {
		t.Error("it is known although it is not kept")
	}
}

// TestBounds: more than any network takes is not looked at, and waiting for others that
// compute with blobs ends with the request.
func TestBounds(t *testing.T) {
	d := open(t, Config{})
	d.blobs <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Validate(ctx, nil, &wire.SendTxArgs{Blobs: []wire.Data{nil}}, true); !fault.Is(err, fault.Canceled) {
		t.Errorf("a request that ended: %v", err)
	}
	data := make(wire.Data, maxData+1)
	if _, err := d.Validate(t.Context(), nil, &wire.SendTxArgs{Data: &data}, true); !fault.Is(err, fault.TooLarge) {
		t.Errorf("%d bytes of data: %v", len(data), err)
	}
}

// FuzzDescribe: no signature and no data crash the reading, and what fits is encoded as
// it is.
func FuzzDescribe(f *testing.F) {
	for _, r := range recorded(f, "04-sign-calldata") {
		var tx struct{ Data string }
		if len(r.External.Request.Params) < 2 || json.Unmarshal(r.External.Request.Params[0], &tx) != nil {
			continue
		}
		var signature string
		if json.Unmarshal(r.External.Request.Params[1], &signature) == nil {
			data, err := wire.DataParam([]byte(`"` + tx.Data + `"`))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(signature, []byte(data))
		}
	}
	f.Add("f(uint256[][])", callOf(f, "f(uint256[][])", quadratic(8)...)[4:])
	f.Add("f((bytes,string[2])[1][],function)", []byte{})
	f.Fuzz(func(t *testing.T, signature string, args []byte) {
		m, err := parseSignature(signature)
		if err != nil {
			if _, err := describe(signature, append(make([]byte, 4), args...)); err == nil {
				t.Fatalf("%q is described", signature)
			}
			return
		}
		if m.resolve() != nil {
			return
		}
		if again, err := parseSignature(m.signature()); err != nil || again.resolve() != nil || again.signature() != m.signature() {
			t.Fatalf("%q is %q", signature, m.signature())
		}
		selector := m.selector()
		text, err := describe(signature, append(selector[:], args...))
		if err != nil {
			return
		}
		if len(text) > 8*(len(signature)+len(args))+64 {
			t.Fatalf("%d bytes of data are told in %d", len(args), len(text))
		}
	})
}

// TestLearnNoMore: callers whose requests rules approve can not fill the file.
func TestLearnNoMore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "4byte.json")
	d := open(t, Config{Custom: path})
	var err error
	learned := 0
	for ; err == nil && learned < 2*maxLearned/maxSignature; learned++ {
		name := "strongroom_" + strings.Repeat("x", maxSignature-30) + string(rune('a'+learned%26)) + strings.Repeat("y", learned/26)
		err = d.Learn(name + "(bool)")
	}
	if !fault.Is(err, fault.Exhausted) || learned < maxLearned/maxSignature {
		t.Errorf("%d learned, then %v", learned, err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() > 2*maxLearned {
		t.Errorf("the file has %d bytes, %v", info.Size(), err)
	}
	d = open(t, Config{Custom: path})
	if err := d.Learn("strongroom_again_" + strings.Repeat("x", maxSignature/2) + "(bool)"); !fault.Is(err, fault.Exhausted) {
		t.Errorf("after the next start: %v", err)
	}
}
