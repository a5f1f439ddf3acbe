package e2e

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/go-json-experiment/json"

	"strongroom/internal/chain/antelope"
)

// kiodCanaries are secrets to be looked for, by what they are.
type kiodCanaries map[string][]byte

// addKey adds the bytes of a private key and texts of it.
func (c kiodCanaries) addKey(t *testing.T, name, text string, forms ...string) {
	t.Helper()
	if len(text) != 32 {
		t.Fatalf("%d bytes", len(text))
	}
	c[name] = []byte(text)
	for _, form := range forms {
		c[name+" as text "+form[:6]] = []byte(form)
	}
}

// TestKiodNoSecretShows sends passwords and private keys through every endpoint,
// rightly and wrongly, and looks for them in all that the daemon leaves behind.
func TestKiodNoSecretShows(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"kiod", "keosd"} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			playKiodSecrets(t, program)
		})
	}
}

func playKiodSecrets(t *testing.T, program string) {
	const (
		chosen   = "c4nary-\"password\"-\\ü"
		wrong    = "c4nary-wrong-guess-<&>"
		imported = "c4nary key , thirty-two bytes..."
		other    = "c4nary odd , thirty-two bytes..."
		ethereum = "c4nary em  , thirty-two bytes..."
	)
	canaries := kiodCanaries{"chosen password": []byte(chosen), "wrong password": []byte(wrong)}
	key, mistyped := fileKey{private: imported}, fileKey{private: other}
	wif, prefixed := key.privateText(t, antelope.Keosd), key.privateText(t, antelope.Kiod)
	oddWIF, oddPrefixed := mistyped.privateText(t, antelope.Keosd), mistyped.privateText(t, antelope.Kiod)
	canaries.addKey(t, "imported key", imported, wif, prefixed)
	canaries.addKey(t, "mistyped key", other, oddWIF[:len(oddWIF)-4], oddPrefixed[:len(oddPrefixed)-4])
	canaries.addKey(t, "key for another chain", ethereum)

	dir := newKiodDir(t)
	base := namedKeys("base", 3)
	writeKiodFile(t, filepath.Join(dir, "chosen.wallet"), chosen, base)
	for _, k := range base {
		canaries["key in the file "+k.name] = []byte(k.private)
	}
	k := runKiod(t, program, dir, "--verbose-http-errors")
	made := k.text("create", quoted("w"))
	canaries["made password"] = []byte(made)
	k.do("unlock", list("chosen", chosen))
	k.do("import_key", list("w", wif))
	for _, kind := range []string{"K1", "R1", ""} {
		k.do("create_key", list("w", kind))
	}
	if program == "kiod" {
		k.do("create_key", list("w", "EM"))
		k.do("create_key", list("w", "ED"))
		k.do("import_key", list("chosen", fmt.Sprintf("PVT_EM_0x%x", ethereum)))
		k.do("list_keys_by_name", list("w", made))
	}
	var pairs [][2]string
	if err := json.Unmarshal([]byte(k.do("list_keys", list("w", made))), &pairs); err != nil || len(pairs) < 4 {
		t.Fatalf("%d keys, %v", len(pairs), err)
	}
	for i, pair := range pairs {
		canaries[fmt.Sprint("made key ", i)] = []byte(pair[1][len("PVT_EM_0x"):]) // base58, or hex digits
	}

	public := pairs[0][0]
	for _, c := range badKiodCalls(public, made, chosen, wrong, wif, prefixed, oddWIF, oddPrefixed) {
		status, answer, err := k.try(c.endpoint, c.body)
		if err != nil || status < 400 {
			t.Errorf("%s %v: status %d, %v; want a refusal", c.endpoint, c.body, status, err)
		}
		if !c.named {
			look(t, "the answer of "+c.endpoint, answer, canaries)
		}
	}
	k.do("remove_key", list("w", made, public))
	k.do("lock", quoted("w"))
	k.refused(3120005, "unlock", list("w", wrong))
	k.do("unlock", list("w", made))
	k.do("lock_all", nil)

	proc := filepath.Join("/proc", fmt.Sprint(k.cmd.Process.Pid))
	for _, name := range []string{"cmdline", "environ"} {
		b, err := os.ReadFile(filepath.Join(proc, name))
		if err != nil && !os.IsNotExist(err) && !os.IsPermission(err) {
			t.Error(err)
		}
		look(t, name, b, canaries)
	}
	lookInFiles(t, k.Dir, canaries) // while it runs, the write-ahead log included
	k.end(syscall.SIGTERM)
	lookInFiles(t, k.Dir, canaries)
	look(t, "standard output and error", []byte(k.output()), canaries)
}

// badKiodCall is a request that is to be refused. With named, the secret stands
// where the name of something belongs, and the peer's answer repeats names.
type badKiodCall struct {
	endpoint string
	body     any
	named    bool
}

// badKiodCalls has secrets in their places with something wrong beside them, with a
// mistake in themselves, and in the places of other things.
func badKiodCalls(public, made, chosen, wrong, wif, prefixed, oddWIF, oddPrefixed string) []badKiodCall {
	digest := strings.Repeat("ab", 32)
	calls := []badKiodCall{
		{"unlock", list("w", wrong), false}, // unlocked already
		{"unlock", list("nowhere", wrong), false},
		{"unlock", list("w", wrong, "more"), false},
		{"unlock", list("w", []string{made}), false},
		{"unlock", `["w","` + wrong, false},
		{"unlock", `["w",` + wrong + `]`, false},
		{"unlock", `{"name":"w","password":"` + wrong + `"}`, false},
		{"unlock", list(chosen, "w"), true},
		{"unlock", list(made, "w"), true},
		{"open", quoted(made), true},
		{"lock", quoted(made), true},
		{"create", list("w", wrong), false},
		{"list_keys", list("w", wrong), false},
		{"list_keys", list("nowhere", made), false},
		{"remove_key", list("w", wrong, public), false},
		{"remove_key", list("w", made, wif), false},
		{"remove_key", list("w", made, prefixed), false},
		{"import_key", list("w", wif), false}, // there already
		{"import_key", list("nowhere", oddWIF), false},
		{"import_key", list("w", wif, "more"), false},
		{"import_key", quoted(wif), false},
		{"create_key", list("w", oddPrefixed), true},
		{"set_timeout", quoted(wrong), false},
		{"set_timeout", quoted(wif), false},
		{"sign_digest", list(digest, wif), false},
		{"sign_digest", list(wif, public), false},
		{"sign_transaction", list(map[string]any{}, []string{wif}, digest), false},
		{"sign_transaction", list(map[string]any{"signatures": []string{wif}, "context_free_data": []string{made}}, []string{public}, digest), false},
		{"sign_transaction", list(map[string]any{"expiration": made}, []string{public}, digest), false},
		{"get_public_keys", quoted(wif), false},
		{"list_wallets", list("w", made), false},
		{"lock_all", quoted(made), false},
		{wif, nil, false}, // as a path
		{"set_key_name", list("w", wrong, "new", "my-key-0"), false},
		{"set_key_name", list("w", made, "new", prefixed), true},
		{"set_key_name_with_public_key", list("w", made, "new", wif), false},
		{"set_key_name_with_private_key", list("w", made, "new", oddWIF), false}, // not in the wallet
		{"set_key_name_with_private_key", list("w", wrong, "new", wif), false},
		{"list_keys_by_name", list("w", wrong), false},
		{"remove_name", list("w", wrong, "my-key-0"), false},
		{"remove_name", list("w", made, wif), false},
	}
	for _, bad := range []string{
		oddWIF[:len(oddWIF)-1], oddWIF[:len(oddWIF)-1] + "!", oddWIF + "x", "x" + oddWIF, "PUB_K1_" + oddWIF, "EOS" + oddWIF,
		oddPrefixed[:len(oddPrefixed)-1], "PVT_R1_" + oddPrefixed[7:], "PVT_X1_" + oddPrefixed[7:], "PVT_ED_" + oddPrefixed[7:], "PVT_EM_" + oddPrefixed[7:],
		oddPrefixed[:12] + "0" + oddPrefixed[12:],
	} {
		calls = append(calls, badKiodCall{"import_key", list("w", bad), false}, badKiodCall{"set_key_name_with_private_key", list("w", made, "new", bad), false})
	}
	return calls
}

// TestKiodModes: who may read and enter what the daemon makes, whatever the umask.
func TestKiodModes(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(newKiodDir(t), "data")
	k := runKiod(t, "kiod", dir, "--wallet-dir", "wallets/here")
	k.do("create", quoted("w"))
	k.do("create_key", list("w", "K1"))
	// Nothing in these is secret, and they are as at the peer.
	public := []string{"config.ini", "wallet.lock"}
	seen := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		switch {
		case e.IsDir():
			want = 0o700
		case slices.Contains(public, e.Name()):
			want = 0o644
		}
		seen[e.Name()] = true
		// A strict umask may take away more.
		if got := info.Mode().Perm(); got&^want != 0 || got&0o600 != 0o600 {
			t.Errorf("%s has mode %v, want %v", path, got, want)
		}
		return nil
	})
	if err != nil || !seen["w.wallet"] || !seen["kiod.sock"] || !seen["admin.sock"] || !seen["journal"] {
		t.Errorf("%v: %v", seen, err)
	}
	k.end(syscall.SIGTERM)

	// An owner's wish for less privacy of the socket, and no other, is heeded.
	k = runKiod(t, "kiod", dir, "--wallet-dir", "wallets/here", "--unix-socket-mode", "0666")
	if info, err := os.Stat(k.socket()); err != nil || info.Mode().Perm() != 0o666 {
		t.Errorf("the socket: %v, %v", info.Mode(), err)
	}
	password := k.text("create", quoted("again"))
	if info, err := os.Stat(filepath.Join(dir, "wallets", "here", "again.wallet")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the wallet: %v", err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "wallets", "here", "again.wallet")); err != nil || bytes.Contains(text, []byte(password)) {
		t.Errorf("the wallet holds its password: %v", err)
	}
	k.end(syscall.SIGTERM)
}
