package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strongroom/internal/api/rest"
	"strongroom/internal/secret"
)

// TestFixtures drops wallet files of a real kmd into a running daemon, uses them,
// writes them out again, and gives what was written to a second daemon.
func TestFixtures(t *testing.T) {
	for _, f := range readFixtures(t) {
		t.Run(f.File, func(t *testing.T) {
			t.Parallel()
			k := startKmd(t, newDir(t, "main"))
			original, err := os.ReadFile(filepath.Join(fixtures, f.File))
			if err != nil {
				t.Fatal(err)
			}
			path := dropIn(t, k.Dir, "dropped in.db", original)
			before := stat(t, path)

			if w := k.adminWallet(f.ID); w.State != "foreign" || w.File != "dropped in.db" {
				t.Errorf("before its first use: %+v", w)
			}
			verifyFixture(t, k, f)
			if w := k.adminWallet(f.ID); w.State == "foreign" || w.Conflict != "" || w.Keys == nil || *w.Keys != len(f.Keys) {
				t.Errorf("after its first use: %+v", w)
			}

			exported, err := k.admin().ExportWallet(context.Background(), f.ID, rest.ExportWallet{
				Password: rest.Text{Bytes: secret.Copy([]byte(f.Password))}, Format: "kmd",
			})
			if err != nil {
				t.Fatal(err)
			}
			second := startKmd(t, newDir(t, "main"))
			dropIn(t, second.Dir, "exported.db", exported)
			verifyFixture(t, second, f)
			generateNext(t, second, f)

			generateNext(t, k, f)
			k.stop()
			k = startKmd(t, k.Dir)
			if got, want := k.keys(k.open(f.ID, f.Password)), inByteOrder(slices.Values(append([]string{f.Next}, f.Keys...))); !slices.Equal(got, want) {
				t.Errorf("keys after a restart: %v, want %v", got, want)
			}
			if after := stat(t, path); after != before {
				t.Errorf("the file was touched: %+v, before %+v", after, before)
			}
			changeFile(t, k, f, path)
		})
	}
}

// changeFile alters an adopted file as kmd would and expects a conflict that harms
// nobody.
func changeFile(t *testing.T, k *kmd, f fixture, path string) {
	t.Helper()
	changed := copyFixture(t, t.TempDir(), f.ID, "changed by kmd")
	if err := os.Rename(changed.path, path); err != nil {
		t.Fatal(err)
	}
	before := stat(t, path)
	if w := k.adminWallet(f.ID); !strings.Contains(w.Conflict, "changed since it was adopted") || w.Name != f.Name {
		t.Errorf("after the file changed: %+v", w)
	}
	if got := k.keys(k.open(f.ID, f.Password)); len(got) != len(f.Keys)+1 {
		t.Errorf("beside the changed file: %d keys", len(got))
	}
	if listed := k.must("GET", "/v1/wallets", object{})["wallets"].([]any); len(listed) != 1 {
		t.Errorf("the list shows %d wallets", len(listed))
	}
	kept, err := k.admin().Resolve(context.Background(), f.ID, rest.Resolve{How: "keep"})
	if err != nil || kept.Conflict != "" {
		t.Errorf("resolved: %+v, %v", kept, err)
	}
	if w := k.adminWallet(f.ID); w.Conflict != "" {
		t.Errorf("after it was settled: %+v", w)
	}
	if after := stat(t, path); after != before {
		t.Errorf("the changed file was touched: %+v, before %+v", after, before)
	}
}

// dropIn puts a file into the wallet folder of a running daemon.
func dropIn(t *testing.T, dir, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(dir, "sqlite_wallets", name)
	if err := os.WriteFile(path+".part", content, 0o644); err != nil {
		t.Fatal(err)
	}
	// An odd time, so that a rewrite shows.
	then := time.Date(2021, 2, 3, 4, 5, 6, 0, time.UTC)
	if err := os.Chtimes(path+".part", then, then); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".part", path); err != nil {
		t.Fatal(err)
	}
	return path
}

// state is what must not change of a file that is not ours.
type state struct {
	hash     [sha256.Size]byte
	size     int64
	modified int64
	mode     os.FileMode
	beside   string // what else is in its folder
}

func stat(t *testing.T, path string) state {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return state{sha256.Sum256(b), info.Size(), info.ModTime().UnixNano(), info.Mode(), strings.Join(names, "/")}
}

// verifyFixture does what verify.mjs beside the fixtures does.
func verifyFixture(t *testing.T, k *kmd, f fixture) {
	t.Helper()
	found := false
	for _, w := range k.must("GET", "/v1/wallets", object{})["wallets"].([]any) {
		w := w.(map[string]any)
		found = found || w["id"] == f.ID && w["name"] == f.Name
	}
	if !found {
		t.Errorf("not listed as %s %q", f.ID, f.Name)
	}
	status, answer, err := k.call("POST", "/v1/wallet/init", object{"wallet_id": f.ID, "wallet_password": "not it"})
	if err != nil || status != http.StatusUnauthorized || answer["message"] != wrongPassword {
		t.Errorf("a wrong password: status %d, %v, %v", status, answer, err)
	}
	handle := k.open(f.ID, f.Password)
	with := func(more object) object {
		more["wallet_handle_token"] = handle
		return more
	}
	if got := k.must("POST", "/v1/master-key/export", with(object{"wallet_password": f.Password}))["master_derivation_key"]; got != base64.StdEncoding.EncodeToString(f.Seed) {
		t.Errorf("derivation key %v", got)
	}
	if diff := cmp.Diff(f.Keys, k.keys(handle)); diff != "" {
		t.Errorf("keys: want (-), got (+):\n%s", diff)
	}
	var accounts []string
	for _, a := range k.must("POST", "/v1/multisig/list", with(object{}))["addresses"].([]any) {
		accounts = append(accounts, a.(string))
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(f.Accounts)), slices.Sorted(slices.Values(accounts))); diff != "" {
		t.Errorf("multisig accounts: want (-), got (+):\n%s", diff)
	}
	for address, m := range f.Multisigs {
		got := k.must("POST", "/v1/multisig/export", with(object{"address": address}))
		var keys []any
		for _, key := range m.Keys {
			keys = append(keys, key)
		}
		want := object{"multisig_version": float64(m.Version), "threshold": float64(m.Threshold), "pks": keys}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("multisig %s: want (-), got (+):\n%s", address, diff)
		}
	}
	for address, private := range f.Private {
		got, err := base64.StdEncoding.DecodeString(k.must("POST", "/v1/key/export", with(object{"wallet_password": f.Password, "address": address}))["private_key"].(string))
		if err != nil || !bytes.Equal(got, private) {
			t.Errorf("the private key of %s is not what it must be: %v", address, err)
		}
	}
	k.must("POST", "/v1/wallet/release", with(object{}))
}

// generateNext makes the key of index 5, which only a reader of the index finds.
func generateNext(t *testing.T, k *kmd, f fixture) {
	t.Helper()
	if got := k.must("POST", "/v1/key", object{"wallet_handle_token": k.open(f.ID, f.Password)})["address"]; got != f.Next {
		t.Errorf("the next key is %v, want %s", got, f.Next)
	}
}
