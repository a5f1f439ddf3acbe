package e2e

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"strongroom/internal/api/rest"
	"strongroom/internal/hd"
	"strongroom/internal/secret"
)

// TestNoSecretShows sends secrets through every endpoint, rightly and wrongly, and
// then looks for them in everything that the daemon leaves behind.
func TestNoSecretShows(t *testing.T) {
	t.Parallel()
	k := startKmd(t, newDir(t, "main"))
	canaries := map[string][]byte{
		"password":        []byte("c4nary-\"password\"-\\ü"),
		"wrong password":  []byte("c4nary-wrong-guess-<&>"),
		"blank's guess":   []byte("c4nary-for-the-blank-one"),
		"new password":    []byte("c4nary-new-password"),
		"seed":            []byte("c4nary seed, thirty-two bytes..."),
		"imported seed":   []byte("c4nary key , thirty-two bytes..."),
		"seed in an odd":  []byte("c4nary odd , thirty-two bytes..."),
		"admin's seed":    []byte("c4nary adm , thirty-two bytes..."),
		"words of BIP-39": []byte("legal winner thank year wave sausage worth useful legal winner thank yellow"),
		"passphrase":      []byte("c4nary-passphrase-of-words"),
		"wrong words":     []byte("legal winner thank year wave sausage worth useful legal winner thank thank"),
		"token":           []byte(k.Token),
		"password as key": []byte("c4nary-in-the-wrong-field"),
	}
	password, wrong := string(canaries["password"]), string(canaries["wrong password"])
	seed, imported := canaries["seed"], canaries["imported seed"]
	for i := range uint64(3) {
		canaries[fmt.Sprint("derived seed ", i+1)] = derivedSeed(seed, i+1)
	}
	words, err := hd.AlgorandWords(seed)
	if err != nil {
		t.Fatal(err)
	}
	canaries["words"] = words.Expose()

	id := k.must("POST", "/v1/wallet", object{
		"wallet_name": "w", "wallet_driver_name": "sqlite", "wallet_password": password, "master_derivation_key": seed,
	})["wallet"].(map[string]any)["id"].(string)
	blank := k.wallet("blank", "")
	handle := k.open(id, password)
	canaries["handle"] = []byte(handle[strings.IndexByte(handle, '.')+1:])
	var key string
	for range 3 {
		key = k.must("POST", "/v1/key", object{"wallet_handle_token": handle})["address"].(string)
	}
	k.must("POST", "/v1/key/import", object{"wallet_handle_token": handle, "private_key": imported})
	msig := k.must("POST", "/v1/multisig/import", object{
		"wallet_handle_token": handle, "multisig_version": 1, "threshold": 1, "pks": [][]byte{rawAddress(t, key)},
	})["address"].(string)

	// Each call as it should be, with a wrong password, and mistaken in other ways.
	for _, c := range []struct {
		method, path string
		body         object
	}{
		{"POST", "/v1/wallet/init", object{"wallet_id": id}},
		{"POST", "/v1/wallet/rename", object{"wallet_id": id, "wallet_name": "renamed"}},
		{"POST", "/v1/master-key/export", object{"wallet_handle_token": handle}},
		{"POST", "/v1/key/export", object{"wallet_handle_token": handle, "address": key}},
		{"POST", "/v1/transaction/sign", object{"wallet_handle_token": handle, "transaction": payment(t, key)}},
		{"POST", "/v1/program/sign", object{"wallet_handle_token": handle, "address": key, "data": []byte{1}}},
		{"POST", "/v1/multisig/sign", object{"wallet_handle_token": handle, "transaction": payment(t, msig), "public_key": rawAddress(t, key)}},
		{"POST", "/v1/multisig/signprogram", object{"wallet_handle_token": handle, "address": msig, "data": []byte{1}, "public_key": rawAddress(t, key)}},
		{"DELETE", "/v1/multisig", object{"wallet_handle_token": handle, "address": msig}},
		{"DELETE", "/v1/key", object{"wallet_handle_token": handle, "address": key}},
	} {
		c.body["wallet_password"] = wrong
		k.refused(c.method, c.path, c.body)
		c.body["wallet_password"] = []string{password} // of the wrong type
		k.refused(c.method, c.path, c.body)
		c.body["wallet_password"], c.body["c4nary-in-the-wrong-field"] = password, password
		k.refused(c.method, c.path, c.body)
		delete(c.body, "c4nary-in-the-wrong-field")
		k.must(c.method, c.path, c.body)
	}
	k.refused("POST", "/v1/wallet/init", object{"wallet_id": blank, "wallet_password": string(canaries["blank's guess"])})
	k.refused("POST", "/v1/wallet", object{"wallet_name": "x", "wallet_driver_name": string(canaries["password as key"]), "wallet_password": password})
	k.refused("POST", "/v1/wallet", object{"wallet_name": "renamed", "wallet_driver_name": "sqlite", "wallet_password": password, "master_derivation_key": canaries["seed in an odd"]})
	k.refused("POST", "/v1/key/import", object{"wallet_handle_token": handle, "private_key": imported}) // there already
	k.refused("POST", "/v1/key/import", object{"wallet_handle_token": handle, "private_key": string(canaries["seed in an odd"])})
	k.refused("POST", "/v1/key/export", object{"wallet_handle_token": handle, "address": password, "wallet_password": password})
	k.refused("POST", "/v1/transaction/sign", object{"wallet_handle_token": handle, "transaction": imported, "wallet_password": password})
	k.refused("POST", "/v1/wallet/init", object{"wallet_id": password, "wallet_password": password})
	k.raw("POST", "/v1/wallet/init", `{"wallet_password": "`+wrong)
	k.raw("POST", "/v1/"+wrong, "{}")
	k.adminRound(canaries)
	k.must("POST", "/v1/wallet/release", object{"wallet_handle_token": handle})

	proc := filepath.Join("/proc", fmt.Sprint(k.cmd.Process.Pid))
	for _, name := range []string{"cmdline", "environ"} {
		b, err := os.ReadFile(filepath.Join(proc, name))
		if err != nil && !os.IsNotExist(err) && !os.IsPermission(err) {
			t.Error(err)
		}
		look(t, name, b, canaries)
	}
	lookInFiles(t, k.Dir, canaries) // while it runs, the write-ahead log included
	k.stop()
	lookInFiles(t, k.Dir, canaries)
	look(t, "standard output and error", k.output.Bytes(), canaries)
}

// adminRound sends secrets over the admin socket.
func (k *kmd) adminRound(canaries map[string][]byte) {
	k.t.Helper()
	ctx, c := context.Background(), k.admin()
	text := func(name string) rest.Text { return rest.Text{Bytes: secret.Copy(canaries[name])} }
	check := func(err error, wanted bool) {
		k.t.Helper()
		if (err == nil) != wanted {
			k.t.Errorf("admin call: %v", err)
		}
	}
	_, err := c.CreateWallet(ctx, rest.CreateWallet{Name: "by admin", Password: text("password"), Seed: rest.Binary{Bytes: secret.Copy(canaries["admin's seed"])}})
	check(err, true)
	check(c.ChangePassword(ctx, "by admin", rest.ChangePassword{Password: text("wrong password"), New: text("new password")}), false)
	check(c.ChangePassword(ctx, "by admin", rest.ChangePassword{Password: text("password"), New: text("new password")}), true)
	_, err = c.ExportSeed(ctx, "by admin", secret.Copy(canaries["wrong password"]))
	check(err, false)
	_, err = c.ExportSeed(ctx, "by admin", secret.Copy(canaries["new password"]))
	check(err, true)
	_, err = c.ImportKey(ctx, "by admin", rest.ImportKey{Password: text("new password"), Algorithm: "ed25519", Private: rest.Binary{Bytes: secret.Copy(canaries["imported seed"])}})
	check(err, true)
	_, err = c.CreateWallet(ctx, rest.CreateWallet{Name: "of words", Password: text("password"), Words: text("words of BIP-39"), Passphrase: text("passphrase")})
	check(err, true)
	_, err = c.CreateWallet(ctx, rest.CreateWallet{Name: "of wrong words", Password: text("password"), Words: text("wrong words"), Passphrase: text("passphrase")})
	check(err, false)
	_, err = c.CreateWallet(ctx, rest.CreateWallet{Name: "of nothing", Password: text("password"), Passphrase: text("passphrase")})
	check(err, false)
	for _, chain := range []string{"ethereum", "solana", "cardano"} {
		derived, err := c.DeriveKey(ctx, "of words", rest.DeriveKey{Password: text("password"), Chain: chain})
		check(err, true)
		revealed, err := c.ExportKey(ctx, "of words", rest.NameKey{Password: text("password"), Key: derived.Public})
		check(err, true)
		canaries["derived key of "+chain] = bytes.Clone(revealed.Private.Expose()[:32])
	}
	_, err = c.ExportSeed(ctx, "of words", secret.Copy(canaries["wrong password"]))
	check(err, false)
	revealed, err := c.ExportSeed(ctx, "of words", secret.Copy(canaries["password"]))
	check(err, true)
	if !revealed.Words.Equal(text("words of BIP-39").Bytes) || !revealed.Passphrase.Equal(text("passphrase").Bytes) {
		k.t.Error("the words come back as others")
	}
	_, err = c.ImportKey(ctx, "by admin", rest.ImportKey{Password: text("new password"), Algorithm: "c4nary-in-the-wrong-field", Private: rest.Binary{Bytes: secret.Copy(canaries["seed in an odd"])}})
	check(err, false)
}

// refused makes a request that must fail.
func (k *kmd) refused(method, path string, body object) {
	k.t.Helper()
	status, answer, err := k.call(method, path, body)
	if err != nil || status < 400 || answer["error"] != true {
		k.t.Errorf("%s %s: status %d, %v, %v; want a refusal", method, path, status, answer, err)
	}
	for _, name := range []string{"c4nary", "YzRuYXJ5"} {
		if text, _ := answer["message"].(string); strings.Contains(text, name) {
			k.t.Errorf("%s %s: the refusal repeats what was sent: %q", method, path, text)
		}
	}
}

// raw sends a body that is no JSON.
func (k *kmd) raw(method, path, body string) {
	k.t.Helper()
	req, err := http.NewRequest(method, k.URL+strings.ReplaceAll(path, " ", "%20"), strings.NewReader(body))
	if err != nil {
		k.t.Fatal(err)
	}
	req.Header.Set("X-KMD-API-Token", k.Token)
	resp, err := k.client.Do(req)
	if err != nil {
		k.t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode < 400 {
		k.t.Errorf("%s %s: status %d", method, path, resp.StatusCode)
	}
}

// lookInFiles looks for canaries in all files below a data directory. The token
// may stand in its file.
func lookInFiles(t *testing.T, dir string, canaries map[string][]byte) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			return nil
		}
		seen++
		if e.Name() == "kmd.token" {
			b = nil
		}
		look(t, path, b, canaries)
		return err
	})
	if err != nil || seen < 6 {
		t.Errorf("%d files below %s: %v", seen, dir, err)
	}
}

func look(t *testing.T, where string, in []byte, canaries map[string][]byte) {
	t.Helper()
	for name, canary := range canaries {
		for how, spelling := range spellings(canary) {
			if at := bytes.Index(in, spelling); at >= 0 {
				t.Errorf("%s holds the %s (%s) at byte %d", where, name, how, at)
			}
		}
	}
}

// TestSpellings shows the search what it must find.
func TestSpellings(t *testing.T) {
	canary := []byte("c4nary-\"p\\w\"-ü")
	for _, hidden := range []string{
		"x" + string(canary) + "x",
		fmt.Sprintf("x%xx", canary), fmt.Sprintf("x%Xx", canary),
		base64.StdEncoding.EncodeToString(append([]byte("\xff\xff\xff"), append(canary, 0xff)...)),
		base64.StdEncoding.EncodeToString(append([]byte("\xff"), append(canary, 0xff)...)),
		base64.URLEncoding.EncodeToString(append([]byte("\xff\xff"), append(canary, 0xff)...)),
		`"c4nary-\"p\\w\"-ü"`,
	} {
		found := false
		for _, spelling := range spellings(canary) {
			found = found || bytes.Contains([]byte(hidden), spelling)
		}
		if !found {
			t.Errorf("%q is not found", hidden)
		}
	}
}

// TestModes checks who may read what the daemon leaves in its directory.
func TestModes(t *testing.T) {
	for _, test := range []struct {
		name string
		mode fs.FileMode
		warn bool
	}{
		{"private directory", 0o700, false},
		{"directory open to others", 0o755, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := newDir(t, "main")
			if err := os.Remove(filepath.Join(dir, "kmd_config.json")); err != nil { // for the example to be written
				t.Fatal(err)
			}
			if err := os.Chmod(dir, test.mode); err != nil {
				t.Fatal(err)
			}
			k := startKmd(t, dir)
			id := k.wallet("w", "pw")
			k.must("POST", "/v1/key", object{"wallet_handle_token": k.open(id, "pw")})
			checkModes(t, dir)
			if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != test.mode {
				t.Errorf("the directory's own mode became %v, %v", info.Mode(), err)
			}
			k.stop()
			want := "chmod 700 " + dir
			for where, text := range map[string]string{"standard error": k.output.String(), "kmd.log": k.log()} {
				if strings.Contains(text, want) != test.warn {
					t.Errorf("%s names %q: %v, want %v", where, want, !test.warn, test.warn)
				}
			}
		})
	}
}

func checkModes(t *testing.T, dir string) {
	t.Helper()
	// What the peer's clients read is as at the peer; nothing in it is secret.
	public := map[string]fs.FileMode{"kmd.net": 0o640, "kmd.pid": 0o640}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := e.Info()
		if os.IsNotExist(err) {
			return nil
		}
		if err != nil {
			return err
		}
		want, special := public[e.Name()]
		switch {
		case special:
		case e.Name() == "kmd_config.json.example":
			want = info.Mode().Perm() & 0o644
		case e.IsDir():
			want = 0o700
		default:
			want = 0o600
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode(), want)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
