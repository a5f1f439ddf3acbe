package selector

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/ethereum/go-ethereum/signer/fourbyte"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
)

// transcript is one recorded request.
type transcript struct {
	Name     string
	External struct {
		Request struct {
			Method string
			Params []json.RawMessage
		}
		Response struct {
			Result json.RawMessage
			Error  *struct {
				Code    int
				Message string
			}
		}
	}
	UI []struct {
		Request struct {
			Method string
			Params []struct {
				Info []wire.Message `json:"call_info"`
			}
		}
	}
}

func recorded(t testing.TB, group string) (all []transcript) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../../../testdata/golden/clef", group+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Transcripts []transcript }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Transcripts
}

// table is the embedded one, loaded once for all tests.
var table = sync.OnceValues(fourbyte.New)

func open(t testing.TB, cfg Config) *Database {
	t.Helper()
	d, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	d.embedded = table
	return d
}

// TestRecordedValidation holds what is said of every recorded transaction, and what it is
// refused for, in their order: signatures that fit are learned on the way.
func TestRecordedValidation(t *testing.T) {
	for group, advanced := range map[string]bool{
		"02-sign-legacy": false, "03-sign-creation": false, "04-sign-calldata": false, "05-sign-eip2930": false,
		"06-sign-eip1559": false, "08-sign-advanced-mode": true,
	} {
		d := open(t, Config{Custom: filepath.Join(t.TempDir(), "4byte-custom.json")})
		said := 0
		for _, r := range recorded(t, group) {
			said += d.replay(t, r, advanced)
		}
		if said < map[string]int{"02-sign-legacy": 6, "03-sign-creation": 5, "04-sign-calldata": 18, "05-sign-eip2930": 0, "06-sign-eip1559": 4, "08-sign-advanced-mode": 30}[group] {
			t.Errorf("%s: only %d transcripts in which something is said", group, said)
		}
	}
}

// replay is one request: 1 if something was said of it.
func (d *Database) replay(t *testing.T, r transcript, advanced bool) (said int) {
	t.Helper()
	params := r.External.Request.Params
	if r.External.Request.Method != "account_signTransaction" || len(params) == 0 || len(params) > 2 {
		return 0
	}
	a, err := wire.ParseTransaction(params[0])
	if err != nil {
		return 0 // see package wire
	}
	var signature *string
	if len(params) == 2 {
		if signature, err = wire.SelectorParam(params[1]); err != nil {
			return 0
		}
	}
	got, err := d.Validate(t.Context(), signature, a, advanced)
	want := ""
	if e := r.External.Response.Error; e != nil && len(r.UI) == 0 && !strings.HasPrefix(e.Message, "requested chainid ") {
		want = e.Message
	}
	if text := fault.Text(err); err != nil && text != want || err == nil && want != "" {
		t.Errorf("%s: error\n%q, want\n%q", r.Name, text, want)
	}
	for _, u := range r.UI {
		if u.Request.Method != "ui_approveTx" {
			continue
		}
		wantInfo := u.Request.Params[0].Info
		if len(got.Info) != len(wantInfo) {
			t.Errorf("%s: says %q, want %q", r.Name, got.Info, wantInfo)
			continue
		}
		for i := range wantInfo {
			if got.Info[i] != wantInfo[i] {
				t.Errorf("%s: says\n%q, want\n%q", r.Name, got.Info[i], wantInfo[i])
			}
		}
		if got.Learn != "" {
			if err := d.Learn(got.Learn); err != nil {
				t.Error(err)
			}
		}
		if len(wantInfo) > 0 {
			said = 1
		}
	}
	if want != "" {
		said = 1
	}
	return said
}
