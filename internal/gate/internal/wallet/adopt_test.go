package wallet

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha512"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"strongroom/internal/chain/algorand"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/foreign/kmdfile"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

const fixtureFolder = "../../../../testdata/golden/kmd/wallet-fixture"

// fixture is a wallet file that kmd made, and what is in it.
type fixture struct {
	File     string `json:"file"`
	ID       string `json:"wallet_id"`
	Name     string `json:"wallet_name"`
	Password string `json:"password"`
	Seed     []byte `json:"master_derivation_key"`
	Next     string `json:"next_generated_address_index_5"`
	Multisig map[string]struct {
		Version   uint8    `json:"version"`
		Threshold uint8    `json:"threshold"`
		Keys      [][]byte `json:"pks"`
	} `json:"multisig"`
	Derived map[string]string `json:"derived_addresses_by_index"`
	Private map[string][]byte `json:"private_keys"`
}

func (f *fixture) id(t testing.TB) store.WalletID {
	t.Helper()
	id, err := parseID(f.ID)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// fixtures are the default one, which costs a second of scrypt, and the cheap one.
func fixtures(t testing.TB) (all []fixture) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(fixtureFolder, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || all[1].Password != "" {
		t.Fatalf("%d fixtures", len(all))
	}
	return all
}

func cheapFixture(t testing.TB) fixture { return fixtures(t)[1] }

// copyTo puts the fixture into a folder.
func (f *fixture) copyTo(t testing.TB, folder, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(fixtureFolder, f.File))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func addressOf(k curve.PublicKey) string { return algorand.Address(k.Bytes()).String() }

// check compares an adopted wallet with what the file must have held.
func (f *fixture) check(t testing.TB, s *Session) {
	t.Helper()
	list, err := s.Keys()
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Keys) != len(f.Private) {
		t.Errorf("%d keys, want %d", len(list.Keys), len(f.Private))
	}
	for _, k := range list.Keys {
		address := addressOf(k.Public)
		r, err := s.Find(KeyID{Public: k.Public})
		if err != nil {
			t.Fatal(err)
		}
		private, err := s.Export(r)
		if err != nil {
			t.Fatal(err)
		}
		if want := f.Private[address]; len(want) != 64 || !bytes.Equal(private.Expose(), want[:32]) {
			t.Errorf("the private key of %s is another", address)
		}
		want := uint64(0)
		for i, a := range f.Derived {
			if a == address {
				fmt.Sscan(i, &want)
			}
		}
		if k.Index != want {
			t.Errorf("%s has index %d, want %d", address, k.Index, want)
		}
	}
	seed, err := s.ExportSeed()
	if err != nil || !bytes.Equal(seed.Expose(), f.Seed) {
		t.Errorf("the seed is another, or %v", err)
	}
	accounts, err := s.Accounts()
	if err != nil || len(accounts) != len(f.Multisig) {
		t.Fatalf("%d accounts, %v", len(accounts), err)
	}
	for i, a := range accounts {
		if i > 0 && bytes.Compare(accounts[i-1].Address, a.Address) >= 0 {
			t.Error("the accounts are not in byte order")
		}
		a, err := s.Account(a.Address)
		if err != nil {
			t.Fatal(err)
		}
		m, err := algorand.ParsePreimage(a.Preimage)
		if err != nil {
			t.Fatal(err)
		}
		want := f.Multisig[m.Address().String()]
		if m.Version != want.Version || m.Threshold != want.Threshold || len(m.Subsigs) != len(want.Keys) || m.Address() != algorand.Address(a.Address) {
			t.Errorf("the account %s is %+v, want %+v", m.Address(), m, want)
		}
		for i, sub := range m.Subsigs {
			if !bytes.Equal(sub.Key[:], want.Keys[i]) {
				t.Errorf("key %d of the account %s is another", i, m.Address())
			}
		}
	}
}

func TestAdoptFixtures(t *testing.T) {
	for _, f := range fixtures(t) {
		t.Run(f.Name, func(t *testing.T) {
			folder := t.TempDir()
			path := f.copyTo(t, folder, "some name.db")
			before, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			w, id := newWorld(t, folder), f.id(t)
			if all := w.list(); len(all) != 1 || all[0].ID != id || all[0].Name != f.Name || !all[0].Foreign || all[0].FileName != "some name.db" {
				t.Fatalf("before adoption the list is %+v", all)
			}
			if name, foreign, err := w.Foreign(t.Context(), id); name != f.Name || !foreign || err != nil {
				t.Errorf("the wallet is foreign: %v, %q, %v", foreign, name, err)
			}
			wantKind(t, w.adopt(id, 1, "wrong"), fault.WrongPassword)
			if w.Count() != 0 {
				t.Error("a wrong password adopted the wallet")
			}
			if left, err := os.ReadDir(w.cfg.Private); err != nil || len(left) != 0 {
				t.Errorf("a wrong password left %v behind, %v", left, err)
			}
			if err := w.adopt(id, 1, f.Password); err != nil {
				t.Fatal(err)
			}
			s := w.unlock(id, f.Password)
			f.check(t, s)
			if k := w.generate(s); addressOf(k.Public) != f.Next || k.Index != 5 {
				t.Errorf("the next key is %s, number %d", addressOf(k.Public), k.Index)
			}
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			original, err := os.ReadFile(filepath.Join(fixtureFolder, f.File))
			if err != nil {
				t.Fatal(err)
			}
			after, err := os.Stat(path)
			if err != nil || !bytes.Equal(content, original) || !after.ModTime().Equal(before.ModTime()) {
				t.Errorf("the original was touched: %v", err)
			}
			if beside, err := os.ReadDir(folder); err != nil || len(beside) != 1 {
				t.Errorf("the folder holds %v, %v", beside, err)
			}
			w.restart()
			if all := w.list(); len(all) != 1 || all[0].Foreign || all[0].Conflict != "" || all[0].FileName != "some name.db" {
				t.Errorf("after adoption and a restart the list is %+v", all)
			}
		})
	}
}

func (w *world) list() []Info {
	w.t.Helper()
	all, err := w.List(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

func TestAdoptOnce(t *testing.T) {
	f := cheapFixture(t)
	folder := t.TempDir()
	f.copyTo(t, folder, "a.db")
	w, id := newWorld(t, folder), f.id(t)
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			if err := w.adopt(id, uint64(i), ""); err != nil && !fault.Is(err, fault.UnknownWallet) {
				t.Error(err)
			}
			s, err := w.tryUnlock(id, "")
			if err != nil {
				t.Error(err)
				return
			}
			f.check(t, s)
		})
	}
	group.Wait()
	if w.Count() != 1 || len(w.list()) != 1 {
		t.Errorf("%d wallets in the store", w.Count())
	}
	w.LockAll()
	w.checkNames()
}

func TestAdoptionClashes(t *testing.T) {
	f := cheapFixture(t)
	folder := t.TempDir()
	path := f.copyTo(t, folder, "a.db")
	w, id := newWorld(t, folder), f.id(t)

	// Two files of one id: neither is meant.
	f.copyTo(t, folder, "b.db")
	_, _, err := w.Foreign(t.Context(), id)
	wantKind(t, err, fault.AmbiguousWallet)
	wantKind(t, w.Exists(t.Context(), id), fault.AmbiguousWallet)
	wantKind(t, w.adopt(id, 1, ""), fault.AmbiguousWallet)
	if !strings.Contains(fault.Hint(err), `"a.db"`) || !strings.Contains(fault.Hint(err), `"b.db"`) {
		t.Errorf("the hint does not name the files: %s", fault.Hint(err))
	}
	if err := os.Remove(filepath.Join(folder, "b.db")); err != nil {
		t.Fatal(err)
	}

	// A name that a foreign file has is taken, until the store has it.
	wantKind(t, w.CheckName(t.Context(), f.Name), fault.WalletExists)
	aside := filepath.Join(folder, "a.db.away")
	if err := os.Rename(path, aside); err != nil {
		t.Fatal(err)
	}
	w.create(f.Name, "")
	if err := os.Rename(aside, path); err != nil {
		t.Fatal(err)
	}
	if err := w.adopt(id, 1, ""); err != nil {
		t.Fatal(err)
	}
	if got, want := w.Name(id), f.Name+" ("+f.ID[:8]+")"; got != want {
		t.Errorf("the adopted wallet is named %q, want %q", got, want)
	}
	// Adopting again under a revision that was seen before must not show old lists.
	s := w.unlock(id, "")
	first, err := s.Keys()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Delete(t.Context(), id, 1, password("")); err != nil {
		t.Fatal(err)
	}
	if err := w.adopt(id, 1, ""); err != nil {
		t.Fatal(err)
	}
	second, err := w.unlock(id, "").Keys()
	if err != nil || second.Revision == first.Revision {
		t.Errorf("two lists of one wallet have the revision %d; %v", first.Revision, err)
	}
}

func TestConflicts(t *testing.T) {
	f := cheapFixture(t)
	folder := t.TempDir()
	path := f.copyTo(t, folder, "a.db")
	w, id := newWorld(t, folder), f.id(t)
	if err := w.adopt(id, 1, ""); err != nil {
		t.Fatal(err)
	}
	_, err := w.KeepOurs(t.Context(), id)
	wantKind(t, err, fault.Invalid)

	conflict := func() string {
		t.Helper()
		for _, info := range w.list() {
			if info.ID == id {
				return info.Conflict
			}
		}
		t.Fatal("the wallet is not listed")
		return ""
	}
	// changed replaces the file by one of the same id with other content.
	changed := func(seed byte) {
		t.Helper()
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		writeKmd(t, path, f.ID, f.Name, "other", bytes.Repeat([]byte{seed}, 32))
	}
	changed(1)
	if !strings.Contains(conflict(), `"a.db" has changed`) {
		t.Fatalf("the list says %q", conflict())
	}
	w.unlock(id, "").End() // ours can be used all the same
	if _, err := w.KeepOurs(t.Context(), id); err != nil || conflict() != "" {
		t.Fatalf("after keeping ours: %v, %q", err, conflict())
	}
	w.restart()
	if conflict() != "" {
		t.Error("the decision is forgotten after a restart")
	}
	f.check(t, w.unlock(id, ""))

	changed(2)
	second, err := w.NewID()
	if err != nil {
		t.Fatal(err)
	}
	for name, kind := range map[string]fault.Kind{"": fault.Invalid, f.Name: fault.WalletExists} {
		_, err = w.AdoptAsNew(t.Context(), id, second, 1, password("other"), name)
		wantKind(t, err, kind)
	}
	_, err = w.AdoptAsNew(t.Context(), id, second, 1, password(""), "second")
	wantKind(t, err, fault.WrongPassword)
	if conflict() == "" || w.Count() != 1 {
		t.Error("a wrong password settled the conflict")
	}
	made, err := w.AdoptAsNew(t.Context(), id, second, 1, password("other"), "second")
	if err != nil || made.ID != second || made.Name != "second" {
		t.Fatalf("adopted %+v, %v", made, err)
	}
	w.restart()
	if conflict() != "" || len(w.list()) != 2 {
		t.Errorf("after adopting: %q, %+v", conflict(), w.list())
	}
	seed, err := w.unlock(second, "other").ExportSeed()
	if err != nil || !bytes.Equal(seed.Expose(), bytes.Repeat([]byte{2}, 32)) {
		t.Errorf("the second wallet has another seed, or %v", err)
	}
	f.check(t, w.unlock(id, ""))
}

// writeKmd makes a cheap wallet file with one derived key.
func writeKmd(t testing.TB, path, id, name, pw string, seed []byte) {
	t.Helper()
	source := kmdfile.Source{Summary: kmdfile.Summary{ID: id, Name: []byte(name)}, DerivationKey: secret.Copy(seed)}
	err := kmdfile.Write(t.Context(), path, source, password(pw), kmdfile.WriteOptions{Params: kmdfile.Params{N: 2, R: 1, P: 1}})
	if err != nil {
		t.Fatal(err)
	}
}

// A password that a client garbled on its way to kmd opens the wallet as before,
// until it is set again.
func TestFoldedPassword(t *testing.T) {
	const id = "00112233445566778899aabbccddeeff"
	folder := t.TempDir()
	writeKmd(t, filepath.Join(folder, "emoji.db"), id, "emoji", "pass\ufffd", bytes.Repeat([]byte{3}, 32))
	w := newWorld(t, folder)
	wallet, err := parseID(id)
	if err != nil {
		t.Fatal(err)
	}
	wantKind(t, w.adopt(wallet, 1, "pass"), fault.WrongPassword)
	if err := w.adopt(wallet, 1, "pass😀"); err != nil {
		t.Fatal(err)
	}
	advice := func() string { return w.list()[0].Advice }
	if !strings.Contains(advice(), "set the password again") {
		t.Errorf("the owner is told %q", advice())
	}
	_, err = w.tryUnlock(wallet, "pass")
	wantKind(t, err, fault.WrongPassword)
	// Whoever opened it, each spelling works in each session, as in a derivation.
	for _, opened := range []string{"pass😀", "pass🔑", "pass\ufffd"} {
		s := w.unlock(wallet, opened)
		for _, repeated := range []string{"pass🔑", "pass😀", "pass\ufffd"} {
			if err := s.Authenticate(t.Context(), password(repeated)); err != nil {
				t.Errorf("opened with %q, %q is refused: %v", opened, repeated, err)
			}
		}
		wantKind(t, s.Authenticate(t.Context(), password("pass")), fault.WrongPassword)
		s.End()
	}
	s := w.unlock(wallet, "pass😀")
	if err := w.ChangePassword(t.Context(), wallet, 1, password("pass🔑"), password("pass😀")); err != nil {
		t.Fatal(err)
	}
	if advice() != "" {
		t.Errorf("the advice stays: %q", advice())
	}
	for _, other := range []string{"pass🔑", "pass\ufffd"} {
		wantKind(t, s.Authenticate(t.Context(), password(other)), fault.WrongPassword)
		_, err := w.tryUnlock(wallet, other)
		wantKind(t, err, fault.WrongPassword)
	}
	s.End()
	_, err = w.tryUnlock(wallet, "pass🔑")
	wantKind(t, err, fault.WrongPassword)
	w.unlock(wallet, "pass😀").End()
}

// What is exported can be adopted by somebody else, and is the same.
func TestExportKmd(t *testing.T) {
	f := cheapFixture(t)
	from, to := t.TempDir(), t.TempDir()
	f.copyTo(t, from, "a.db")
	w, id := newWorld(t, from), f.id(t)
	if err := w.adopt(id, 1, ""); err != nil {
		t.Fatal(err)
	}
	if err := w.ChangePassword(t.Context(), id, 1, password(""), password("exported")); err != nil {
		t.Fatal(err)
	}
	_, err := w.ExportKmd(t.Context(), id, 1, password("wrong"))
	wantKind(t, err, fault.WrongPassword)
	file, err := w.ExportKmd(t.Context(), id, 1, password("exported"))
	if err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(w.cfg.Private); err != nil || len(left) != 0 {
		t.Errorf("the export left %v behind, %v", left, err)
	}
	if err := os.WriteFile(filepath.Join(to, "exported.db"), file, 0o600); err != nil {
		t.Fatal(err)
	}
	other := newWorld(t, to)
	if err := other.adopt(id, 1, "exported"); err != nil {
		t.Fatal(err)
	}
	s := other.unlock(id, "exported")
	f.check(t, s)
	if k := other.generate(s); addressOf(k.Public) != f.Next {
		t.Errorf("the next key of the exported wallet is %s", addressOf(k.Public))
	}
}

// kmdKey is kmd's derivation, written apart from the product's own.
func kmdKey(seed []byte, index uint64) ed25519.PublicKey {
	mac := hmac.New(sha512.New512_256, seed)
	fmt.Fprintf(mac, "AlgorandDeterministicKey-%d\x01", index)
	return ed25519.NewKeyFromSeed(mac.Sum(nil)).Public().(ed25519.PublicKey)
}
