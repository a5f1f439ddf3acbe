package e2e

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/audit"
	"strongroom/internal/store"
)

// Two further accounts of the fixture: the vault has a wrong password for the first, and
// none for the second.
const (
	accountB = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A"
	accountC = "0x081B48A50679FC4Dfbe1dB8e56307F0aeDd7b84a"
)

// Passwords of the fixture.
const (
	fixtureMaster    = "master-password-1"
	fixturePasswordA = "golden-password-1"
	fixturePasswordB = "golden-password-2"
	fixturePasswordC = "golden-password-3"
	fixtureWrong     = "not-the-password" // stored for B
)

// attested is a place with the fixture's vault and a rule file of the test, attested.
func attested(t *testing.T, source string) *place {
	t.Helper()
	p := clefPlace(t, true)
	p.attest(source)
	return p
}

// attest replaces the rule file.
func (p *place) attest(source string) {
	p.t.Helper()
	if err := os.WriteFile(p.names["${RULES}"], []byte(source), 0o600); err != nil {
		p.t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(source))
	_, stderr, status := p.run(fixtureMaster+"\n", "--suppress-bootwarn", "--configdir", "${CONFIG}", "attest", hex.EncodeToString(sum[:]))
	if status != 0 {
		p.t.Fatalf("attest: %d %s", status, stderr)
	}
}

// unattended starts a signer with nobody behind it: echo PASSWORD | clef --rules.
func (p *place) unattended(flags ...string) *signer {
	p.t.Helper()
	s := p.start(append([]string{"--rules", "${RULES}"}, flags...)...)
	s.types(fixtureMaster)
	_ = s.stdin.Close()
	s.awaitServing(&s.stdout)
	return s
}

// payOf is a transaction of an account, told apart from others by its nonce and value.
func payOf(from string, nonce, value int) map[string]any {
	return map[string]any{
		"from": from, "to": "0x07a565B7ED7D7A678680A4C162885bEDbB695Fe0", "gas": "0x5208", "gasPrice": "0x1",
		"nonce": fmt.Sprintf("0x%x", nonce), "value": fmt.Sprintf("0x%x", value),
	}
}

func pay(nonce, value int) map[string]any { return payOf(accountA, nonce, value) }

// answerOf is a reply to a JSON-RPC call.
type answerOf struct {
	ID     jsontext.Value `json:"id"`
	Result jsontext.Value `json:"result"`
	Error  *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// raw is the signed transaction of a reply, "" if it has none.
func (a *answerOf) raw() string {
	var signed struct {
		Raw string `json:"raw"`
	}
	if a.Error != nil || json.Unmarshal(a.Result, &signed) != nil {
		return ""
	}
	return signed.Raw
}

func (a *answerOf) message() string {
	if a.Error == nil {
		return ""
	}
	return a.Error.Message
}

func callText(method string, params ...any) string {
	if params == nil {
		params = []any{}
	}
	b, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// through makes a call with a client of its own, whose connections stay open.
func (s *signer) through(c *http.Client, method string, params ...any) (a answerOf, err error) {
	resp, err := c.Post("http://127.0.0.1:"+s.port, "application/json", strings.NewReader(callText(method, params...)))
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil {
		err = json.Unmarshal(text, &a)
	}
	if err != nil {
		err = fmt.Errorf("%q: %w", text, err)
	}
	return a, err
}

// crowd is a client with many connections, which end with the test.
func crowd(t *testing.T, connections int) *http.Client {
	transport := &http.Transport{MaxIdleConnsPerHost: connections}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// mustRefuse makes a call that has to fail with a text.
func (s *signer) mustRefuse(want, method string, params ...any) {
	s.t.Helper()
	if result, failure := s.call(method, params...); failure != want {
		s.t.Errorf("%s: %.80s %q, want %q", method, result, failure, want)
	}
}

// mustSign has a transaction signed and gives it.
func (s *signer) mustSign(tx map[string]any) string {
	s.t.Helper()
	result, failure := s.call("account_signTransaction", tx)
	a := answerOf{Result: result}
	if failure != "" || a.raw() == "" {
		s.t.Fatalf("%v: %s %q", tx, result, failure)
	}
	return a.raw()
}

// vaultDir is the vault of the fixture's master seed.
func (p *place) vaultDir() string { return filepath.Join(p.names["${CONFIG}"], "9d5d4b22e98e2cdd2f8e") }

// expectedVault is expected.json of the fixture.
type expectedVault struct {
	MasterSeedHex string `json:"masterSeedHex"`
	Files         map[string]struct {
		KeyHex string `json:"keyHex"`
	} `json:"files"`
}

func readExpectedVault(t *testing.T) (v expectedVault) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(clefRecordings, "config-fixture", "expected.json"))
	if err == nil {
		err = json.Unmarshal(text, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// stored decrypts the storage of the rule file, by what the reference says of its format.
func (p *place) stored() map[string]string {
	p.t.Helper()
	key, err := hex.DecodeString(readExpectedVault(p.t).Files["jsstorage.json"].KeyHex)
	if err != nil {
		p.t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(p.vaultDir(), "jsstorage.json"))
	if err != nil {
		p.t.Fatal(err)
	}
	var entries map[string]struct {
		IV []byte `json:"iv"`
		C  []byte `json:"c"`
	}
	if err := json.Unmarshal(text, &entries); err != nil {
		p.t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		p.t.Fatal(err)
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		p.t.Fatal(err)
	}
	all := map[string]string{}
	for name, e := range entries {
		value, err := seal.Open(nil, e.IV, e.C, []byte(name))
		if err != nil {
			p.t.Fatalf("entry %q: %v", name, err)
		}
		all[name] = string(value)
	}
	return all
}

// journal is the folder of the signer's journal.
func (p *place) journal() string {
	return filepath.Join(p.names["${CONFIG}"], ".strongroom", "journal")
}

// journaled counts what the journal says of an operation: decisions by verdict and error,
// and what came of them where that was a failure.
func (p *place) journaled(operation string) map[string]int {
	p.t.Helper()
	said := map[string]int{}
	for r, err := range audit.All(p.journal()) {
		if err != nil {
			p.t.Fatal(err)
		}
		switch {
		case r.Operation != operation:
		case r.Phase == audit.Decision:
			said[strings.TrimSpace(r.Verdict+" "+r.Error)] += max(1, int(r.Count))
		case r.Error != "":
			said["failed "+r.Error]++
		}
	}
	return said
}

// verify checks the journal as strongroom audit verify does.
func (p *place) verify() {
	p.t.Helper()
	report, err := audit.Verify(p.t.Context(), p.journal(), store.Head{}, [16]byte{}, nil)
	if err != nil || len(report.Gaps) > 0 {
		p.t.Errorf("the journal: %+v, %v", report, err)
	}
}

// notCrashed looks for what only a crash writes.
func (s *signer) notCrashed() {
	s.t.Helper()
	for _, o := range []*output{&s.stdout, &s.stderr} {
		if text := o.from(0); strings.Contains(text, "panic") || strings.Contains(text, "goroutine 1 ") || strings.Contains(text, "handler crashed") {
			s.t.Errorf("a crash: %s", text)
		}
	}
}

// ends stops the signer in order and looks at what it leaves.
func (s *signer) ends() {
	s.t.Helper()
	if status := s.stop(syscall.SIGTERM); status != 0 {
		s.t.Errorf("status %d: %s%s", status, s.stdout.from(0), s.stderr.from(0))
	}
	if exists(s.socket()) {
		s.t.Error("the socket is left")
	}
	s.notCrashed()
	s.verify()
}

// tooManyOfCaller is what a caller is told that has too many requests waiting.
const tooManyOfCaller = "too many requests of this caller wait for approval"
