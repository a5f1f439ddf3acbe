package e2e

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

// TestClefFixture: the directory that the peer made opens as it is: its rules run, its
// stored passwords open keys, and what it does not have is asked for.
func TestClefFixture(t *testing.T) {
	t.Parallel()
	s := clefPlace(t, true).unattended()
	s.mustSign(payOf(accountA, 0, 1))
	s.mustRefuse("could not decrypt key with given password", "account_signTransaction", payOf(accountB, 0, 1))
	s.mustRefuse("could not decrypt key with given password", "account_signTransaction", payOf(accountB, 0, 1)) // also from memory
	s.mustRefuse("internal error", "account_signTransaction", payOf(accountC, 0, 1))                            // nobody to ask
	s.mustRefuse("request denied", "account_signTransaction", payOf(accountA, 1, 1))
	s.mustRefuse("unknown account", "account_signTransaction", payOf("0x00000000000000000000000000000000000000AA", 0, 1))
	if result, failure := s.call("account_list"); strings.Count(string(result), `"0x`) != 3 {
		t.Errorf("account_list: %s %q", result, failure)
	}
	if result, failure := s.call("account_signData", "text/plain", accountA, "0x62617a6f6e6b"); len(result) != 134 {
		t.Errorf("a message that rules approve: %s %q", result, failure)
	}
	for i := range 4 { // the limit of two of the rule file
		_, failure := s.call("account_signTransaction", pay(100, i))
		if want := map[bool]string{true: "", false: "request denied"}[i < 2]; failure != want {
			t.Errorf("payment %d: %q", i, failure)
		}
	}
	s.ends()
	if stored := s.stored(); stored["count"] != "2" || !strings.HasPrefix(stored["lastraw"], "0xf8") || !strings.Contains(stored["startup"], `"extapi_version":"6.1.0"`) {
		t.Errorf("stored: %v", stored)
	}

	// With a UI the third account asks, and the second one still does not.
	u := s.puppet("--rules", "${RULES}")
	signed := u.calling("account_signTransaction", payOf(accountC, 0, 1))
	m := u.told("ui_onInputRequired")
	if want := `{"title":"Account password","prompt":"Please enter the password for account ` + accountC + `","isPassword":true}`; string(m.Params[0]) != want {
		t.Errorf("the UI is asked %s", m.Params[0])
	}
	u.says(m.ID, textAnswer("wrong"))
	u.replyIs(signed, strings.Replace(deniedReply, "request denied", "could not decrypt key with given password", 1))
	signed = u.calling("account_signTransaction", payOf(accountC, 0, 1))
	m = u.told("ui_onInputRequired")
	u.says(m.ID, textAnswer(fixturePasswordC))
	if text := <-signed; !signedIn(text) {
		t.Errorf("the third account: %s", text)
	}
	u.mustRefuse("could not decrypt key with given password", "account_signTransaction", payOf(accountB, 0, 1))
	u.ends()
}

// keyVectors is keystore-v3-vectors.json.
type keyVectors struct {
	Vectors []struct {
		Name       string         `json:"name"`
		Password   string         `json:"password"`
		JSON       jsontext.Value `json:"json"`
		PrivateKey *string        `json:"privateKey"`
		PeerImport struct {
			Address string `json:"address"`
			Error   *struct {
				Code    int    `json:"code"`
				Message string `json:"message"`
			} `json:"error"`
		} `json:"peerImport"`
	} `json:"vectors"`
	KeystoreFolder struct {
		Files  []string `json:"files"`
		Listed []struct {
			Address string `json:"address"`
			File    string `json:"file"`
		} `json:"listed"`
		SignData []struct {
			Vector   string         `json:"vector"`
			Address  string         `json:"address"`
			Response jsontext.Value `json:"response"`
		} `json:"signData_text_hello"`
	} `json:"keystoreFolder"`
}

func readKeyVectors(t *testing.T) (v keyVectors) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(clefRecordings, "keystore-v3-vectors.json"))
	if err == nil {
		err = json.Unmarshal(text, &v)
	}
	if err != nil || len(v.Vectors) < 30 {
		t.Fatalf("%d vectors, %v", len(v.Vectors), err)
	}
	return v
}

// asks makes a call of the UI.
func (u *puppet) asks(method string, params ...any) (a answerOf) {
	u.t.Helper()
	if _, err := io.WriteString(u.stdin, callText(method, params...)+"\n"); err != nil {
		u.t.Fatal(err)
	}
	reply := u.told("")
	if err := json.Unmarshal(reply.text, &a); err != nil {
		u.t.Fatalf("%s: %v", reply.text, err)
	}
	return a
}

// crashes is what the peer says where its handler crashed; we say what is wrong.
const crashes = -32603

var noPeerTypes = regexp.MustCompile(`^json: cannot unmarshal`)

// TestClefKeyVectors imports each key file of the vectors, and wants the account or the
// peer's error.
func TestClefKeyVectors(t *testing.T) {
	t.Parallel()
	all := readKeyVectors(t)
	u := clefPlace(t, false).emptied().puppetWithoutSeed()
	imported := map[string]bool{}
	for _, v := range all.Vectors {
		got := u.asks("clef_import", v.JSON, v.Password, "new-password-1")
		switch want := v.PeerImport; {
		case want.Error == nil && imported[want.Address]: // two vectors of one key
			if got.message() != "account already exists" {
				t.Errorf("%s: %s %q", v.Name, got.Result, got.message())
			}
		case want.Error == nil:
			imported[want.Address] = true
			if !strings.Contains(strings.ToLower(string(got.Result)), want.Address) {
				t.Errorf("%s: %s %q", v.Name, got.Result, got.message())
			}
		case want.Error.Code == crashes, noPeerTypes.MatchString(want.Error.Message):
			if got.message() == "" || got.Error.Code == crashes {
				t.Errorf("%s: %s %q", v.Name, got.Result, got.message())
			}
		case got.message() != want.Error.Message:
			t.Errorf("%s: %s %q, want %q", v.Name, got.Result, got.message(), want.Error.Message)
		}
	}
	u.ends()
	files, err := os.ReadDir(u.names["${KEYSTORE}"])
	if err != nil || len(files) != len(imported) || len(imported) < 12 {
		t.Errorf("%d files, %d imported, %v", len(files), len(imported), err)
	}
}

// emptied is the place without key files.
func (p *place) emptied() *place {
	p.t.Helper()
	if err := os.RemoveAll(p.names["${KEYSTORE}"]); err != nil {
		p.t.Fatal(err)
	}
	if err := os.Mkdir(p.names["${KEYSTORE}"], 0o700); err != nil {
		p.t.Fatal(err)
	}
	return p
}

// TestClefKeyFolder puts the vectors into the folder as files: those that are listed, and
// what signing with each of them says.
func TestClefKeyFolder(t *testing.T) {
	t.Parallel()
	all := readKeyVectors(t)
	text := map[string]jsontext.Value{"not JSON": jsontext.Value("{not json")}
	passwords := map[string]string{}
	for _, v := range all.Vectors {
		text[v.Name], passwords[v.Name] = v.JSON, v.Password
	}
	p := clefPlace(t, false).emptied()
	put := func(name, vector string) {
		t.Helper()
		path := filepath.Join(p.names["${KEYSTORE}"], name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil || text[vector] == nil {
			t.Fatal(vector, err)
		}
		if err := os.WriteFile(path, text[vector], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := regexp.MustCompile(`^symlink`)
	for _, line := range all.KeystoreFolder.Files {
		name, vector, _ := strings.Cut(line, " = ")
		vector, _, _ = strings.Cut(vector, " (")
		switch {
		case link.MatchString(line):
			put("../elsewhere", "utf8-password")
			if err := os.Symlink(filepath.Join(p.dir, "elsewhere"), filepath.Join(p.names["${KEYSTORE}"], "link")); err != nil {
				t.Fatal(err)
			}
		case strings.HasPrefix(line, "subdir/inside"):
			put("subdir/inside", "empty-password")
		case strings.HasPrefix(line, "dup-a"):
			put("dup-a", "extra-members")
			put("dup-b", "extra-members")
		default:
			put(name, vector)
		}
	}
	// And what no other program should leave there.
	for name, data := range map[string]string{
		"deep": strings.Repeat("[", 100_000), "large": `{"address":"` + strings.Repeat("a", 8<<20) + `"}`,
		"zero": `{"address":"0000000000000000000000000000000000000000"}`, "null": `{"address":null}`, "number": `{"address":5}`, "empty": "", "control": "\x00\x1b[2J",
	} {
		if err := os.WriteFile(filepath.Join(p.names["${KEYSTORE}"], name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	u := p.puppetWithoutSeed()
	var listed []string
	var accounts []struct{ Address, URL string }
	got := u.asks("clef_listAccounts")
	if err := json.Unmarshal(got.Result, &accounts, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	for _, a := range accounts {
		listed = append(listed, a.Address+" "+strings.TrimPrefix(a.URL, "keystore://"+p.names["${KEYSTORE}"]+"/"))
	}
	var want []string
	for _, a := range all.KeystoreFolder.Listed {
		want = append(want, a.Address+" "+a.File)
	}
	slices.SortFunc(want, func(a, b string) int { return strings.Compare(a[43:], b[43:]) })
	if diff := cmp.Diff(want, listed); diff != "" {
		t.Error("accounts: (-recorded +ours)\n" + diff)
	}
	for _, c := range all.KeystoreFolder.SignData {
		u.answer("ui_onInputRequired", textAnswer(passwords[c.Vector]))
		u.answer("ui_approveSignData", `{"approved":true}`)
		got := strings.TrimSpace(<-u.calling("account_signData", "text/plain", c.Address, "0x68656c6c6f"))
		recorded := canonical(t, c.Response)
		if strings.Contains(recorded, "multiple keys match address") { // without the paths, which are not the caller's business
			recorded = canonical(t, jsontext.Value(regexp.MustCompile(` \([^)]*\)`).ReplaceAllString(string(c.Response), "")))
		}
		if diff := cmp.Diff(recorded, canonical(t, jsontext.Value(got))); diff != "" {
			t.Errorf("%s: (-recorded +ours)\n%s", c.Vector, diff)
		}
	}
	u.ends()
	if text := fmt.Sprint(u.stderr.from(0)); strings.Contains(text, "\x1b") {
		t.Errorf("the log: %q", text)
	}
}
