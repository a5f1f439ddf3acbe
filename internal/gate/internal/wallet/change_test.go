package wallet

import (
	"bytes"
	"path/filepath"
	"slices"
	"testing"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// A store that fails changes nothing in memory and leaves no lock behind.
func TestFailingStoreChangesNothing(t *testing.T) {
	folder := t.TempDir()
	f := cheapFixture(t)
	w := newWorld(t)
	id := w.create("w", "pw").ID
	s := w.unlock(id, "pw")
	kept := w.generate(s)
	account := Account{Address: []byte("an address"), Preimage: []byte("its preimage")}
	if err := s.ImportAccount(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	f.copyTo(t, folder, "a.db")
	w.restart() // the folder is not watched yet
	w.Close()
	w.cfg.KmdFolders = []string{folder}
	w.open()
	s = w.unlock(id, "pw")

	before, err := s.Keys()
	if err != nil {
		t.Fatal(err)
	}
	locked := w.arena.InUse()
	attempts := map[string]func() error{
		"create": func() error {
			fresh, err := w.NewID()
			if err != nil {
				t.Fatal(err)
			}
			_, err = w.Create(t.Context(), fresh, 1, New{Name: "fresh", Password: password("x")})
			return err
		},
		"rename":   func() error { _, err := w.Rename(t.Context(), id, 1, password("pw"), "renamed"); return err },
		"password": func() error { return w.ChangePassword(t.Context(), id, 1, password("pw"), password("new")) },
		"delete":   func() error { return w.Delete(t.Context(), id, 1, password("pw")) },
		"adopt":    func() error { return w.adopt(f.id(t), 1, "") },
		"generate": func() error {
			d, err := s.Generate(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return d.Commit(t.Context())
		},
		"import": func() error {
			d, err := s.Import(KeyOptions{Algorithm: curve.Ed25519}, password("01234567890123456789012345678901"))
			if err != nil {
				t.Fatal(err)
			}
			return d.Commit(t.Context())
		},
		"delete key": func() error { return s.Delete(t.Context(), KeyID{Public: kept.Public}) },
		"import account": func() error {
			return s.ImportAccount(t.Context(), Account{Address: []byte("b"), Preimage: []byte("b")})
		},
		"delete account": func() error { return s.DeleteAccount(t.Context(), account.Address) },
	}
	for round := range 2 { // the second time would wait for a lock that the first one kept
		w.store.fail.Store(true)
		for name, attempt := range attempts {
			wantStorage(t, name, attempt())
		}
		w.store.fail.Store(false)
		after, err := s.Keys()
		if err != nil || after.Revision != before.Revision || !slices.Equal(after.Keys, before.Keys) {
			t.Errorf("round %d: the keys became %+v, %v", round, after, err)
		}
		if w.arena.InUse() != locked {
			t.Errorf("round %d: %d bytes of locked memory in use instead of %d", round, w.arena.InUse(), locked)
		}
		if accounts, err := s.Accounts(); err != nil || len(accounts) != 1 {
			t.Errorf("round %d: accounts %v, %v", round, accounts, err)
		}
		if all := w.list(); len(all) != 2 || all[0].Foreign == all[1].Foreign || w.Name(id) != "w" {
			t.Errorf("round %d: wallets %+v", round, all)
		}
		w.checkNames()
		if err := s.CheckPassword(t.Context(), password("pw")); err != nil {
			t.Errorf("round %d: the password: %v", round, err)
		}
		w.checkSigns(s, kept)
	}
	if k := w.generate(s); k.Index != 2 {
		t.Errorf("the next key has index %d: a failed one used it up", k.Index)
	}
	s.End()
	for _, name := range []string{"adopt", "rename", "create"} {
		if err := attempts[name](); err != nil {
			t.Errorf("%s with a store that works again: %v", name, err)
		}
	}
}

func wantStorage(t *testing.T, name string, err error) {
	t.Helper()
	if !fault.Is(err, fault.Storage) {
		t.Errorf("%s with a store that fails: %v", name, err)
	}
}

// A draft that is given up leaves nothing, and its index is used again.
func TestDraftIsDiscarded(t *testing.T) {
	w := newWorld(t)
	s := w.unlock(w.create("w", "").ID, "")
	d, err := s.Generate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.Discard()
	d.Discard()
	if _, err := s.Find(KeyID{Public: d.Key.Public}); !fault.Is(err, fault.UnknownKey) {
		t.Errorf("a discarded key is found: %v", err)
	}
	if k := w.generate(s); k != d.Key {
		t.Errorf("the next key is %+v, want the one given up, %+v", k, d.Key)
	}
	d, err = s.Generate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.End() // while the journal is written, say
	wantKind(t, d.Commit(t.Context()), fault.SessionExpired)
}

// Generated keys are kmd's, and skip what was imported before.
func TestGenerateSkipsImportedKeys(t *testing.T) {
	seed := bytes.Repeat([]byte{7}, 32)
	folder := t.TempDir()
	const id = "00112233445566778899aabbccddeeff"
	writeKmd(t, filepath.Join(folder, "a.db"), id, "a", "", seed)
	w := newWorld(t, folder)
	wallet, err := parseID(id)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.adopt(wallet, 1, ""); err != nil {
		t.Fatal(err)
	}
	s := w.unlock(wallet, "")
	if k := w.generate(s); k.Index != 1 || !bytes.Equal(k.Public.Bytes(), kmdKey(seed, 1)) {
		t.Fatalf("the first key is %+v", k)
	}
	second := w.generate(s)
	r, err := s.Find(KeyID{Public: second.Public})
	if err != nil {
		t.Fatal(err)
	}
	private, err := s.Export(r)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Import(KeyOptions{Algorithm: curve.Ed25519}, private)
	wantKind(t, err, fault.KeyExists)
	if err := s.Delete(t.Context(), KeyID{Public: second.Public}); err != nil {
		t.Fatal(err)
	}
	wantKind(t, s.Delete(t.Context(), KeyID{Public: second.Public}), fault.UnknownKey)
	if k := w.generate(s); k.Index != 3 {
		t.Errorf("a deleted key's index is used again: %+v", k)
	}
	w.restart()
	s = w.unlock(wallet, "")
	if k := w.generate(s); k.Index != 4 || !bytes.Equal(k.Public.Bytes(), kmdKey(seed, 4)) {
		t.Errorf("after a restart the next key is %+v", k)
	}
}

func TestCreateChecks(t *testing.T) {
	w := newWorld(t)
	id := store.WalletID{1}
	info, err := w.Create(t.Context(), id, 1, New{})
	if err != nil || info.Name != formatID(id) {
		t.Errorf("without a name: %+v, %v", info, err)
	}
	for name, n := range map[string]struct {
		New
		kind fault.Kind
	}{
		"long name":  {New{Name: string(bytes.Repeat([]byte{'x'}, MaxNameLength+1))}, fault.Invalid},
		"taken name": {New{Name: formatID(id)}, fault.WalletExists},
		"short seed": {New{Name: "x", Seed: password("short")}, fault.Invalid},
	} {
		if _, err := w.Create(t.Context(), store.WalletID{2}, 1, n.New); !fault.Is(err, n.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	seed := bytes.Repeat([]byte{9}, 32)
	if _, err := w.Create(t.Context(), store.WalletID{3}, 1, New{Name: "seeded", Seed: password(string(seed))}); err != nil {
		t.Fatal(err)
	}
	if k := w.generate(w.unlock(store.WalletID{3}, "")); !bytes.Equal(k.Public.Bytes(), kmdKey(seed, 1)) {
		t.Error("the seed is not the one that was given")
	}
	if w.Count() != 2 {
		t.Errorf("%d wallets", w.Count())
	}
}
