package wire

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// transcript is one recorded request.
type transcript struct {
	Name     string
	External *struct {
		Request  struct{ Params []json.RawMessage }
		Response struct {
			Result json.RawMessage
			Error  *struct {
				Code    int
				Message string
			}
		}
	}
	UI []struct {
		From    string
		Request struct {
			Method string
			Params []json.RawMessage
		}
		Response struct {
			Result json.RawMessage
			Error  json.RawMessage
		}
	}
}

// recorded reads groups of recordings.
func recorded(t testing.TB, groups ...string) (all []transcript) {
	t.Helper()
	for _, group := range groups {
		text, err := os.ReadFile(filepath.Join("../../../../testdata/golden/clef", group+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var file struct{ Transcripts []transcript }
		if err := json.Unmarshal(expand(t, text), &file); err != nil {
			t.Fatal(err)
		}
		if len(file.Transcripts) == 0 {
			t.Fatalf("%s has no transcripts", group)
		}
		all = append(all, file.Transcripts...)
	}
	return all
}

// expand writes out the hex strings that the recordings abbreviate:
// {"$hex": ["03fa", {"zeros": 4}]} is "0x03fa00000000".
func expand(t testing.TB, text []byte) []byte {
	t.Helper()
	const mark = `{"$hex":`
	value := jsontext.Value(text)
	if err := value.Compact(); err != nil {
		t.Fatal(err)
	}
	rest, out := string(value), []byte(nil)
	for {
		before, after, found := strings.Cut(rest, mark)
		out = append(out, before...)
		if !found {
			return out
		}
		// A list of strings and objects without lists within.
		end := strings.Index(after, "]}")
		var pieces []any
		if err := json.Unmarshal([]byte(after[:end+1]), &pieces); err != nil {
			t.Fatal(err)
		}
		out = append(out, `"0x`...)
		for _, p := range pieces {
			switch p := p.(type) {
			case string:
				out = append(out, p...)
			case map[string]any:
				out = append(out, strings.Repeat("00", int(p["zeros"].(float64)))...)
			}
		}
		out, rest = append(out, '"'), after[end+2:]
	}
}

// asked is what the UI was asked with a method, and its answer; nil if it was not.
func (r transcript) asked(method string) (parameter, answer json.RawMessage) {
	for _, u := range r.UI {
		if u.From == "signer" && u.Request.Method == method {
			return u.Request.Params[0], u.Response.Result
		}
	}
	return nil, nil
}
