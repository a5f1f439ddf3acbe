package clef

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/signer/core/apitypes"

	"strongroom/internal/api/clef/typed"
	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
	"strongroom/oracle/random"
)

// crash is what the peer's library answers to some documents.
const crash = "crash"

// theirs is what go-ethereum, of which Clef is made, says of typed data: the hash, or the
// text of the error that callers of Clef see.
func theirs(document []byte) (hash string, text string) {
	defer func() {
		if recover() != nil {
			hash, text = "", crash
		}
	}()
	var doc apitypes.TypedData
	if err := json.Unmarshal(document, &doc); err != nil {
		return "", err.Error()
	}
	if _, err := doc.Format(); err != nil {
		return "", err.Error()
	}
	digest, _, err := apitypes.TypedDataAndHash(doc)
	if err != nil {
		return "", err.Error()
	}
	return fmt.Sprintf("0x%x", digest), ""
}

func ours(t testing.TB, document []byte) (hash string, text string) {
	t.Helper()
	doc, err := typed.ReadDocument(document)
	if err != nil {
		return "", fault.Text(err)
	}
	r, err := typed.TypedData(wire.Address{}, doc)
	if err != nil {
		return "", fault.Text(err)
	}
	shown, err := json.Marshal(r.Ask.Messages)
	if err != nil || !json.Valid(shown) {
		t.Fatalf("%s is shown as %s, %v", document, shown, err)
	}
	return r.Ask.Hash.String(), ""
}

// agree compares the two. What is allowed to differ is listed.
func agree(t testing.TB, document []byte) (kind string) {
	t.Helper()
	hash, text := ours(t, document)
	theirHash, theirText := theirs(document)
	switch {
	case hash == theirHash && text == theirText:
		if text == "" {
			return "signed"
		}
		return "refused"
	case text == "" && isArrayText(theirText), text == "" && strings.Contains(string(document), "]["):
		return "better: an array that the peer cannot show"
	case theirText == crash && text != "":
		return "better: a crash"
	case isTableText(text) && isTableText(theirText), strings.Contains(text, "is given twice") && theirText != "",
		theirText == "empty type key" && text != "": // of a type that is null, which is none here
		return "refused: another of several wrong types"
	case text != "" && theirText == "" && isStricter(text):
		return "stricter"
	case text != "" && theirText != "" && (isArrayText(theirText) || strings.Contains(string(document), "][")):
		return "refused: other words about an array"
	case strings.Contains(theirText, "&{") && text != "": // a chain id that is no number of the type
		return "refused: other words about a chain id"
	case isMismatch(text) && isMismatch(theirText): // which quotes another part of a list of another shape
		return "refused: another part is quoted"
	case strings.HasPrefix(text, "integer larger than 'i") && theirText != "":
		return "refused: for a number that the peer takes, and another reason"
	case strings.HasPrefix(text, "json: ") && theirText != "":
		return "refused: malformed"
	}
	t.Errorf("%s:\nours   %s %s\ntheirs %s %s", document, hash, text, theirHash, theirText)
	return "different"
}

// isArrayText reports whether an error of the peer says that it cannot show an array.
func isArrayText(text string) bool {
	return (strings.HasPrefix(text, "unhandled type ") || strings.HasPrefix(text, "invalid size on integer: ")) && strings.Contains(text, "[")
}

func isMismatch(text string) bool {
	return strings.HasPrefix(text, "provided data '") && strings.Contains(text, "' doesn't match type '")
}

// isTableText reports whether an error is one of the table of types, which the peer goes
// through in any order.
func isTableText(text string) bool {
	for _, part := range []string{"empty type key", "empty Type", "empty Name", "cannot reference itself", "reference type", "is given twice"} {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// isStricter reports whether an error is one for what the peer signs.
func isStricter(text string) bool {
	for _, part := range []string{
		"typed data: ",           // of package chain/evm: names and lengths that cannot be
		"json: ",                 // a member twice
		"primary type ",          // that does not exist
		"integer larger than 'i", // a signed number out of range
		"is given twice",         // a member of a type
		"provided data '[",       // an array of another length or depth
		"provided data 'map[",
		"invalid hex or decimal integer", // 0x and a sign
		"invalid float value",            // a fraction that a float64 does not keep
	} {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// seeds are the documents of Clef's recordings.
func seeds(t testing.TB) (all [][]byte) {
	t.Helper()
	data, err := os.ReadFile("../../testdata/golden/clef/10-sign-typed-data.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Transcripts []struct {
			External struct {
				Request struct{ Params []json.RawMessage }
			}
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	for _, v := range file.Transcripts {
		if p := v.External.Request.Params; len(p) > 0 && p[len(p)-1][0] == '{' {
			all = append(all, p[len(p)-1])
		}
	}
	if len(all) < 110 {
		t.Fatalf("only %d documents", len(all))
	}
	return all
}

// mutate changes one place of a document.
func mutate(r *rand.Rand, v any) any {
	switch v := v.(type) {
	case map[string]any:
		keys := slices.Sorted(maps.Keys(v))
		if len(keys) == 0 || r.IntN(8) == 0 {
			v[random.Pick(r, "x", "name", "wallet", "chainId", "", "S")] = replacement(r)
			return v
		}
		key := random.Pick(r, keys...)
		if r.IntN(10) == 0 {
			delete(v, key)
			return v
		}
		v[key] = mutate(r, v[key])
		return v
	case []any:
		if len(v) == 0 || r.IntN(6) == 0 {
			return append(v, replacement(r))
		}
		i := r.IntN(len(v))
		if r.IntN(8) == 0 {
			return slices.Delete(v, i, i+1)
		}
		v[i] = mutate(r, v[i])
		return v
	}
	return replacement(r)
}

func replacement(r *rand.Rand) any {
	return random.Pick[any](r,
		nil, true, false, "", "x", "true", 0, 1, -1, 255, 256, 1.5, 1e10, -129, "0x", "0x00", "0xff", "0XFF", "-1", "+1", "007", "0x1g", "256", "1e3",
		"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826", "cd2a3d9f938e13cd947ec05abc7fe734df8dd826", "0x"+strings.Repeat("ab", 32), strings.Repeat("9", 78),
		[]any{}, []any{1}, []any{1, 2}, []any{nil}, []any{"0x01"}, []any{[]any{1}}, []any{map[string]any{}}, map[string]any{}, map[string]any{"name": "a"}, map[string]any{"name": "x", "type": "uint8"},
		"Person", "Person[]", "Person[2]", "Person[][]", "S", "S[]", "string", "string[]", "bytes", "bytes[]", "bytes4", "bytes4[2]", "bytes33", "bytes33[]", "bytes[", "bytes]",
		"uint8", "uint8[]", "uint8[2]", "uint8[][]", "uint9", "uint", "int", "int8", "int8[]", "uintx", "uint256[", "uint8[x]", "uint8]", "[]", "bool", "bool[]", "address", "address[]", "float", "A B", "9Bad", "EIP712Domain")
}

// TestTypedData: typed data is refused with the words of go-ethereum, or signed with its
// hash, but for what is listed.
func TestTypedData(t *testing.T) {
	r := random.New(5)
	count := map[string]int{}
	all := seeds(t)
	for _, document := range all {
		count[agree(t, document)]++
	}
	for i := range 20_000 {
		var v any
		if err := json.Unmarshal(all[i%len(all)], &v); err != nil {
			t.Fatal(err)
		}
		for range 1 + r.IntN(3) {
			v = mutate(r, v)
		}
		document, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		count[agree(t, document)]++
		if t.Failed() && count["different"] > 20 {
			t.FailNow()
		}
	}
	t.Log(count)
	if count["signed"] < 1000 || count["refused"] < 10_000 {
		t.Error("too few documents are compared")
	}
}

// FuzzTypedData: the same for documents that the fuzzer makes.
func FuzzTypedData(f *testing.F) {
	for i, document := range seeds(f) {
		if i%4 == 0 {
			f.Add([]byte(document))
		}
	}
	f.Fuzz(func(t *testing.T, document []byte) { agree(t, document) })
}
