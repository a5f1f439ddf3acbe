package e2e

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"syscall"
	"testing"

	"github.com/go-json-experiment/json"
)

// TestClefRemoveCaller: a person at the console, who has no methods to call, removes a
// paired caller with a command beside the signer, which refuses it from then on.
func TestClefRemoveCaller(t *testing.T) {
	t.Parallel()
	p := clefPlace(t, true)
	s := p.start("--no-change")
	s.types("master-password-1")
	s.awaitServing(&s.stdout)
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
	key := private.Public().(ed25519.PublicKey)
	nonce := make([]byte, 32)
	bytesOf := func(text string) []byte {
		raw, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	quoted := func(raw []byte) string { return "0x" + hex.EncodeToString(raw) }
	step := func(method string, parameter map[string]string) (result map[string]string) {
		t.Helper()
		text, failure := s.call(method, parameter)
		if failure != "" {
			t.Fatalf("%s: %s", method, failure)
		}
		if err := json.Unmarshal(text, &result); err != nil {
			t.Fatal(err)
		}
		return result
	}
	commitment := sha256.Sum256(bytes.Join([][]byte{[]byte("strongroom clef pairing commitment v1\n"), key, nonce, []byte("treasury bot")}, nil))
	begun := step("account_pairStart", map[string]string{"name": "treasury bot", "key": quoted(key), "commitment": quoted(commitment[:])})
	s.types("y")
	made := step("account_pairFinish", map[string]string{"handshake": begun["handshake"], "nonce": quoted(nonce)})
	number := byte(0)
	version := func() string {
		t.Helper()
		number++
		const request = `{"method":"account_version"}`
		signed := bytes.Join([][]byte{
			[]byte("strongroom clef request v1\n"), bytesOf(made["pairing"]), bytesOf(made["session"]), {0, 0, 0, 0, 0, 0, 0, number}, []byte(request),
		}, nil)
		result, failure := s.call("account_pairCall", map[string]string{
			"key": quoted(key), "session": made["session"], "number": "0x" + string("0123456789"[number]), "request": request,
			"signature": quoted(ed25519.Sign(private, signed)),
		})
		return string(result) + failure
	}
	if got := version(); got != `"6.1.0"` {
		t.Fatal(got)
	}

	run := func(stdin string, args ...string) (string, string, int) {
		return p.run(stdin, append([]string{"--suppress-bootwarn", "--configdir", "${CONFIG}"}, args...)...)
	}
	stdout, stderr, status := run("master-password-1\n", "list-callers")
	if status != 0 || !strings.Contains(stdout, quoted(key)+"  20") || !strings.HasSuffix(stdout, "Z  treasury bot\n") {
		t.Errorf("list-callers: %d %s%s", status, stdout, stderr)
	}
	for _, c := range []struct{ password, called, reason string }{
		{"wrong", "treasury bot", "failed to decrypt the master seed of clef"},
		{"master-password-1", "payments", `no caller is called "payments"`},
		{"master-password-1", strings.Repeat("ab", 32), "unknown caller"},
	} {
		if _, stderr, status := run(c.password+"\n", "remove-caller", c.called); status != 1 || !strings.Contains(stderr, c.reason) {
			t.Errorf("remove-caller %s: %d %s", c.called, status, stderr)
		}
	}
	if _, stderr, status := run("master-password-1\n", "remove-caller", "treasury", "bot"); status != 1 || !strings.Contains(stderr, "a name with spaces needs quotes") {
		t.Errorf("remove-caller without quotes: %d %s", status, stderr)
	}
	if got := version(); got != `"6.1.0"` {
		t.Errorf("nobody was removed, but: %s", got)
	}
	if stdout, stderr, status := run("master-password-1\n", "remove-caller", "Treasury Bot"); status != 0 || !strings.Contains(stdout, "Caller removed") {
		t.Errorf("remove-caller: %d %s%s", status, stdout, stderr)
	}
	if got := version(); got != "the caller is not paired, or the signature is wrong" {
		t.Errorf("removed, but: %s", got)
	}
	if stdout, _, _ := run("master-password-1\n", "list-callers"); !strings.Contains(stdout, "No callers are paired.") {
		t.Errorf("list-callers: %s", stdout)
	}
	if status := s.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("status %d", status)
	}
}
