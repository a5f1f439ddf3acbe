package gate

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"testing"

	"strongroom/internal/foreign/clefdir"
)

// masterPassword opens the seeds of the tests.
const masterPassword = "master-password-1"

// clefStore is a key store without a folder, in a new Clef directory with a seed.
func clefStore(t testing.TB, listener, owner string) KeyStore {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "clef")
	seed := filepath.Join(dir, "masterseed.json")
	if err := clefdir.CreateSeed(seed, password(masterPassword), clefdir.Params{N: 2, P: 1}, rand.Reader); err != nil {
		t.Fatal(err)
	}
	return KeyStore{Listener: listener, Owner: owner, Name: "keystore", Seed: seed, ConfigDir: dir}
}

// withClef gives a house a key store in place of its own.
func withClef(store KeyStore) func(*Config) {
	return func(cfg *Config) { cfg.KeyStores = []KeyStore{store} }
}

func (h *house) unlockClef(c Caller) {
	h.t.Helper()
	if err := h.OpenClef(context.Background(), c, password(masterPassword)); err != nil {
		h.t.Fatal(err)
	}
}
