package kiod

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestHostileBodies: what is no proper body is refused with the envelope, and
// nothing is carried out.
func TestHostileBodies(t *testing.T) {
	b := newBench(t, nil, "alpha")
	unlockAlpha(t, b)
	trx := func(transaction string) string {
		return `[` + transaction + `,["` + alphaKey + `"],"` + someDigest + `"]`
	}
	deep := strings.Repeat("[", 100_000)
	for name, c := range map[string]struct{ endpoint, body string }{
		"deep array":          {"unlock", deep},
		"deep balanced":       {"unlock", strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)},
		"deep object":         {"sign_transaction", trx(strings.Repeat(`{"a":`, 1000) + "1" + strings.Repeat("}", 1000))},
		"deep in a string":    {"unlock", `["` + deep + `",`},
		"duplicate member":    {"sign_transaction", trx(`{"delay_sec":1,"delay_sec":2}`)},
		"duplicate unknown":   {"sign_transaction", trx(`{"x":1,"x":2}`)},
		"duplicate escaped":   {"sign_transaction", trx(`{"delay_sec":1,"delay\u005fsec":2}`)},
		"two values":          {"create", `"a" "b"`},
		"two lists":           {"unlock", `["alpha","x"]["alpha","y"]`},
		"trailing comma":      {"unlock", `["alpha","x",]`},
		"missing comma":       {"unlock", `["alpha" "x"]`},
		"bad utf-8":           {"create", "\"a\xff\""},
		"bad utf-8 password":  {"unlock", "[\"alpha\",\"\xc3\x28\"]"},
		"half a surrogate":    {"create", `"\ud800"`},
		"raw control":         {"create", "\"a\nb\""},
		"nul":                 {"create", "\x00"},
		"huge number":         {"set_timeout", strings.Repeat("9", 100_000)},
		"number of a name":    {"create", `-`},
		"huge exponent":       {"set_timeout", `1e999999999`},
		"number too large":    {"sign_transaction", trx(`{"delay_sec":4294967296}`)},
		"negative number":     {"sign_transaction", trx(`{"delay_sec":-1}`)},
		"fraction":            {"sign_transaction", trx(`{"delay_sec":1.5}`)},
		"array for object":    {"sign_transaction", trx(`[]`)},
		"null transaction":    {"sign_transaction", trx(`null`)},
		"keys in an object":   {"sign_transaction", `[{},{"a":1},"` + someDigest + `"]`},
		"many keys":           {"sign_transaction", `[{},[` + strings.Repeat(`"`+alphaKey+`",`, 300) + `"` + alphaKey + `"],"` + someDigest + `"]`},
		"key of another kind": {"sign_transaction", `[{},[[]],"` + someDigest + `"]`},
		"many arguments":      {"unlock", `[` + strings.Repeat(`"a",`, 10_000) + `"a"]`},
		"comment":             {"create", `/* */"a"`},
		"byte order mark":     {"create", "\ufeff\"a\""},
		"single quotes":       {"create", `'a'`},
		"html":                {"create", `<html>`},
	} {
		t.Run(name, func(t *testing.T) {
			status, text := b.do(walletPath+c.endpoint, c.body)
			if status != 400 && status != 500 {
				t.Errorf("status %d: %s", status, text)
			}
			checkEnvelope(t, status, text)
		})
	}
	if got := b.wallet(t, "list_wallets", "", 200); got != `["alpha *"]` {
		t.Error(got)
	}
}

// checkEnvelope holds an error answer against §4.1.
func checkEnvelope(t testing.TB, status int, text string) {
	t.Helper()
	var e struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
		Error   struct {
			Code    *int    `json:"code"`
			Name    *string `json:"name"`
			What    *string `json:"what"`
			Details []struct {
				Message, File, Method *string
				Line                  *int `json:"line_number"`
			} `json:"details"`
		} `json:"error"`
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil || e.Code != status || e.Message == "" || e.Error.Code == nil || e.Error.Name == nil || e.Error.What == nil {
		t.Fatalf("no envelope: %q (%v)", text, err)
	}
	for _, one := range e.Error.Details {
		if one.Message == nil || one.File == nil || one.Method == nil || one.Line == nil {
			t.Errorf("a detail lacks a member: %s", text)
		}
	}
}

// TestEmptyBodies: what counts as no body (§3).
func TestEmptyBodies(t *testing.T) {
	for body, want := range map[string]bool{
		"": true, " ": true, "\t \n": true, "{}": true, " { \t } ": true, "{}\n": true,
		"{\n}": false, "{\r}": false, "[]": false, "null": false, "{{}}": false, "{ }{ }": false, "{": false, "}": false, "}{": false, `""`: false, "\x00": false,
	} {
		if got := isEmpty([]byte(body)); got != want {
			t.Errorf("%q: %v", body, got)
		}
	}
}

// TestBodiesAreWiped: neither the buffer nor the recycled reader keeps a password.
func TestBodiesAreWiped(t *testing.T) {
	var p bodies
	buf := []byte(`["alpha","hunter2 \u0041","x"]`)
	b := p.of(buf)
	if err := b.read(3); err != nil {
		t.Fatal(err)
	}
	password, err := hiddenText(b.values[1])
	if err != nil || !bytes.Equal(password.Expose(), []byte("hunter2 A")) {
		t.Fatalf("%v %q", err, password.Expose())
	}
	p.put(b)
	if !bytes.Equal(buf, make([]byte, len(buf))) {
		t.Errorf("the buffer still has %q", buf)
	}
	if len(b.values) != 0 || b.buf != nil {
		t.Error("the reader still points to the body")
	}
	for _, v := range b.values[:cap(b.values)] {
		if v != nil {
			t.Error("the reader still has a value")
		}
	}
}

// FuzzBody: every body is either refused with a proper envelope, or carried out by
// the endpoint with an answer that is JSON.
func FuzzBody(f *testing.F) {
	all := endpoints()
	for _, s := range []string{
		"", "{}", `"alpha"`, "null", "12345", "true", `["alpha","` + alphaPassword + `"]`, `["alpha","PVT_K1_x"]`, `["alpha","` + alphaPassword + `","` + alphaKey + `"]`,
		`["` + someDigest + `","` + alphaKey + `"]`, `[{"expiration":"2026-01-01T00:00:00","actions":[{"account":"a","name":"b","authorization":[{"actor":"c","permission":"d"}],"data":"00"}]},["` + alphaKey + `"],"` + someDigest + `"]`,
		`[[],"x"]`, `["a","b","c","d"]`, "\"\xff\"", `"\u0000"`, `-1`, `1.5`, `[`, `{"a":1}`, "9223372036854775807",
	} {
		for i := range all {
			f.Add(uint8(i), []byte(s))
		}
	}
	b := newBench(f, nil, "alpha")
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		to := all[int(which)%len(all)]
		if to.path == walletPath+"create" && len(body) < 300 {
			return // it would fill the folder
		}
		status, text := b.do(to.path, string(body))
		if !utf8.ValidString(text) || !json.Valid([]byte(text)) {
			t.Fatalf("%s: no JSON: %q", to.path, text)
		}
		if status >= 400 {
			checkEnvelope(t, status, text)
		} else if status != to.status {
			t.Errorf("%s: status %d", to.path, status)
		}
	})
}
