package wallet

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/foreign/keosdfile"
	"strongroom/internal/secret"
)

const keosdFixtures = "../../../../testdata/golden/kiod/wallet-fixture"

// fixturePasswords are the passwords of all fixtures, by name.
func fixturePasswords(t testing.TB) map[string]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(keosdFixtures, "passwords.json"))
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Wallets map[string]struct {
			Password string `json:"password"`
		} `json:"wallets"`
	}
	if err := json.Unmarshal(b, &read); err != nil {
		t.Fatal(err)
	}
	all := make(map[string]string)
	for name, w := range read.Wallets {
		all[name] = w.Password
	}
	if len(all) != 9 {
		t.Fatalf("%d fixtures", len(all))
	}
	return all
}

// fixture copies a wallet file of the fixtures into the folder and gives its bytes.
func (l *liveWorld) fixture(name string) []byte {
	l.t.Helper()
	b, err := os.ReadFile(filepath.Join(keosdFixtures, name+".wallet"))
	if err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(l.path(name), b, 0o600); err != nil {
		l.t.Fatal(err)
	}
	return b
}

// checkLiveSigns signs with every key of a session and verifies.
func (l *liveWorld) checkLiveSigns(s *Session) {
	l.t.Helper()
	list, err := s.Keys()
	if err != nil {
		l.t.Fatal(err)
	}
	digest := sha256.Sum256([]byte("digest"))
	for _, k := range list.Keys {
		r, err := s.Find(k.ID())
		if err != nil {
			l.t.Fatal(err)
		}
		scheme := schemeOf(typeOf(k.Usage))
		signature, err := s.Sign(r, scheme, digest[:])
		if err != nil {
			l.t.Fatalf("%s: %v", k.Public, err)
		}
		if err := curve.Verify(scheme, k.Public, digest[:], signature); err != nil {
			l.t.Errorf("%s: %v", k.Public, err)
		}
	}
}

// allKeys gives what a session exports.
func (l *liveWorld) allKeys(s *Session) map[fileKey]string {
	l.t.Helper()
	all := make(map[fileKey]string)
	err := s.ExportAll(func(k Key, private secret.Bytes) error {
		all[inFile(k)] = string(private.Expose()[:keosdfile.SecretSize])
		return nil
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return all
}

func TestLiveFixturesOpenAndSign(t *testing.T) {
	for name, pw := range fixturePasswords(t) {
		t.Run(name, func(t *testing.T) {
			l := newLiveWorld(t, true)
			l.fixture(name)
			want := l.onDisk(name, pw)
			id := l.load(name).ID
			for _, wrong := range []string{"", pw + "x", strings.ToLower(pw)} {
				_, err := l.tryUnlock(id, wrong)
				wantKind(t, err, fault.WrongPassword)
			}
			s := l.unlock(id, pw)
			_, err := l.tryUnlock(id, "wrong") // while it is open
			wantKind(t, err, fault.WrongPassword)
			l.checkLiveSigns(s)
			if d := cmp.Diff(want.keys, l.allKeys(s)); d != "" {
				t.Error(d)
			}
			list, err := s.Keys()
			if err != nil {
				t.Fatal(err)
			}
			for i, k := range list.Keys {
				given := want.names[inFile(k)]
				if given == "" {
					given = fmt.Sprint("my-key-", i)
				}
				if k.Name != given {
					t.Errorf("key %d is named %q instead of %q", i, k.Name, given)
				}
			}
			s.End()
			if !l.locked(id) || l.arena.InUse() != l.idle() {
				t.Error("the wallet stays open")
			}
		})
	}
}

// idle is the locked memory that is in use while no wallet is open.
func (l *liveWorld) idle() int {
	l.t.Helper()
	l.LockAll()
	return l.arena.InUse()
}

// The format has no salt: a change and its reverse give the file that was there.
func TestLiveWritesWhatOthersWrote(t *testing.T) {
	for name, pw := range fixturePasswords(t) {
		if name == "kiod-unversioned" {
			continue // gets its version at the first write
		}
		for _, named := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " named=", named), func(t *testing.T) {
				l := newLiveWorld(t, named)
				before := l.fixture(name)
				layout := l.onDisk(name, pw).layout
				s := l.unlock(l.load(name).ID, pw)
				k, err := l.importKey(s, ofType(keosdfile.R1), "another")
				if err != nil {
					t.Fatal(err)
				}
				grown := l.onDisk(name, pw)
				if !grown.has(k) {
					t.Error("the key is not in the file")
				}
				if err := s.Delete(t.Context(), k.ID()); err != nil {
					t.Fatal(err)
				}
				after, err := os.ReadFile(l.path(name))
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case named && layout == keosdfile.Unnamed: // the names came
					if now := l.onDisk(name, pw); now.layout != keosdfile.Named || len(now.names) != len(now.keys) {
						t.Errorf("layout %d, %d names for %d keys", now.layout, len(now.names), len(now.keys))
					}
				case !bytes.Equal(before, after):
					t.Error("the file is not the one that was there")
				}
				if info, err := os.Stat(l.path(name)); err != nil || info.Mode().Perm() != 0o600 {
					t.Errorf("mode %v, %v", info.Mode(), err)
				}
			})
		}
	}
}

// After every change the file holds what the session holds, and opens again.
func TestLiveChangesAreOnDisk(t *testing.T) {
	l := newLiveWorld(t, true)
	id := l.makeLive("w", "pw").ID
	if len(l.onDisk("w", "pw").keys) != 0 {
		t.Fatal("a new wallet has keys")
	}
	s := l.unlock(id, "pw")
	var keys []Key
	check := func(what string) {
		t.Helper()
		file := l.onDisk("w", "pw")
		if d := cmp.Diff(file.keys, l.allKeys(s)); d != "" {
			t.Errorf("%s: %s", what, d)
		}
		list, err := s.Keys()
		if err != nil {
			t.Fatal(err)
		}
		shown := make(map[fileKey]string)
		for _, k := range list.Keys {
			shown[inFile(k)] = k.Name
		}
		if d := cmp.Diff(file.names, shown); d != "" {
			t.Errorf("%s: %s", what, d)
		}
	}
	for i, kind := range []keosdfile.KeyType{keosdfile.ED, keosdfile.K1, keosdfile.EM, keosdfile.R1, keosdfile.K1} {
		k, err := l.importKey(s, ofType(kind), fmt.Sprint("key ", i))
		if err != nil {
			t.Fatal(err)
		}
		if k.Name != fmt.Sprint("my-key-", i) {
			t.Errorf("key %d is named %q", i, k.Name)
		}
		keys = append(keys, k)
		check("import")
		d, err := s.Make(ofType(kind))
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		check("make")
		if err := s.Delete(t.Context(), d.Key.ID()); err != nil {
			t.Fatal(err)
		}
		check("delete")
	}
	_, err := l.importKey(s, ofType(keosdfile.K1), "key 1")
	wantKind(t, err, fault.KeyExists)
	if _, err := l.importKey(s, ofType(keosdfile.EM), "key 1"); err != nil { // another use of the same number
		t.Errorf("the same number as EM: %v", err)
	}
	wantKind(t, s.Name(t.Context(), keys[0].ID(), "my-key-1"), fault.KeyExists)
	wantKind(t, s.Name(t.Context(), keys[0].ID(), strings.Repeat("x", keosdfile.MaxName+1)), fault.Invalid)
	if err := s.Name(t.Context(), keys[0].ID(), "renamed"); err != nil {
		t.Fatal(err)
	}
	check("rename")
	// The first free default name is chosen, although later ones were given.
	k, err := l.importKey(s, ofType(keosdfile.K1), "after the rename")
	if err != nil || k.Name != "my-key-0" {
		t.Errorf("named %q, %v", k.Name, err)
	}
	if err := s.Delete(t.Context(), keys[2].ID()); err != nil {
		t.Fatal(err)
	}
	if k, err = l.importKey(s, ofType(keosdfile.K1), "after the deletion"); err != nil || k.Name != "my-key-2" {
		t.Errorf("named %q, %v", k.Name, err)
	}
	check("names")
	l.checkLiveSigns(s)
	want := l.onDisk("w", "pw")
	l.restart()
	s = l.unlock(l.load("w").ID, "pw")
	if d := cmp.Diff(want.keys, l.allKeys(s)); d != "" {
		t.Error(d)
	}
	l.checkLiveSigns(s)
}

// A layout without names takes none, rather than to lose them later.
func TestUnnamedLayoutTakesNoNames(t *testing.T) {
	l := newLiveWorld(t, false)
	s := l.unlock(l.makeLive("w", "pw").ID, "pw")
	k, err := l.importKey(s, ofType(keosdfile.K1), "a")
	if err != nil || k.Name != "" {
		t.Fatalf("named %q, %v", k.Name, err)
	}
	wantKind(t, s.Name(t.Context(), k.ID(), "name"), fault.Unsupported)
	o := ofType(keosdfile.K1)
	o.Name = "name"
	_, err = l.importKey(s, o, "b")
	wantKind(t, err, fault.Unsupported)
	if h := l.onDisk("w", "pw"); h.layout != keosdfile.Unnamed || len(h.keys) != 1 {
		t.Errorf("layout %d, %d keys", h.layout, len(h.keys))
	}
}

// What a file cannot hold is refused before it is written with what it can.
func TestLiveRefusesForeignKinds(t *testing.T) {
	l := newLiveWorld(t, true)
	s := l.unlock(l.makeLive("w", "pw").ID, "pw")
	for _, o := range []KeyOptions{
		{Algorithm: curve.Secp256k1},                                 // no usage
		{Algorithm: curve.Secp256k1, Usage: usageOf(keosdfile.R1)},   // of another algorithm
		{Algorithm: curve.Ed25519, Usage: usageOf(keosdfile.K1)},     //
		{Algorithm: curve.P256, Usage: 3},                            // WebAuthn
		{Algorithm: curve.Secp256k1, Usage: 255},                     //
		{Algorithm: curve.NoAlgorithm, Usage: usageOf(keosdfile.K1)}, //
		{Algorithm: curve.NoAlgorithm, Usage: 200},                   //
	} {
		_, err := s.Make(o)
		wantKind(t, err, fault.Unsupported)
		_, err = l.importKey(s, o, "x")
		wantKind(t, err, fault.Unsupported)
		_, err = s.ImportAll([]NewKey{{KeyOptions: o, Private: scalar("x")}})
		wantKind(t, err, fault.Unsupported)
	}
	wantKind(t, s.ImportAccount(t.Context(), Account{Address: []byte("a"), Preimage: []byte("p")}), fault.Unsupported)
	_, err := s.Generate(t.Context())
	wantKind(t, err, fault.Unsupported)
	if _, err := l.importKey(s, ofType(keosdfile.K1), "x"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// A live wallet belongs to its listener, and its file to its owner.
func TestLiveBelongsToItsListener(t *testing.T) {
	l := newLiveWorld(t, true)
	info := l.makeLive("w", "pw")
	if info.Listener != "kiod" || info.FileName != "w.wallet" {
		t.Errorf("%+v", info)
	}
	_, err := l.world.tryUnlock(info.ID, "pw") // through the listener "kmd"
	wantKind(t, err, fault.UnknownWallet)
	_, err = l.ExportKeosd(t.Context(), "kmd", info.ID, 1, password("pw"), true)
	wantKind(t, err, fault.UnknownWallet)
	_, err = l.LoadLive("kmd", "w")
	wantKind(t, err, fault.Unsupported)
	_, err = l.CreateLive("kmd", New{Name: "x", Password: password("pw")})
	wantKind(t, err, fault.Unsupported)
	_, err = l.Rename(t.Context(), info.ID, 1, password("pw"), "x")
	wantKind(t, err, fault.Unsupported)
	wantKind(t, l.Delete(t.Context(), info.ID, 1, password("pw")), fault.Unsupported)
	wantKind(t, l.ChangePassword(t.Context(), info.ID, 1, password("pw"), password("x")), fault.Unsupported)
	_, err = l.ExportKmd(t.Context(), info.ID, 1, password("pw"))
	wantKind(t, err, fault.Unsupported)
	if !strings.Contains(err.Error(), `"w.wallet"`) {
		t.Errorf("the text does not say which file: %v", err)
	}
	for _, name := range []string{"", "a/b", "../w", "a b", "ä", "a\x00"} {
		_, err := l.CreateLive("kiod", New{Name: name, Password: password("pw")})
		wantKind(t, err, fault.Invalid)
	}
}

// forge writes a file whose second key has the secret of another.
func (l *liveWorld) forge(name, pw string) {
	l.t.Helper()
	honest := newLiveWorld(l.t, true)
	s := honest.unlock(honest.makeLive("w", pw).ID, pw)
	for _, from := range []string{"a", "b", "c"} {
		if _, err := honest.importKey(s, ofType(keosdfile.K1), from); err != nil {
			l.t.Fatal(err)
		}
	}
	f, err := keosdfile.Read(honest.path("w"))
	if err != nil {
		l.t.Fatal(err)
	}
	key := keosdfile.FileKey(password(pw))
	type pair struct{ public, private []byte }
	var pairs []pair
	contents, err := f.Open(key.Expose(), make([]byte, keosdfile.ScratchSize), func(k keosdfile.Key) error {
		pairs = append(pairs, pair{bytes.Clone(k.Public), bytes.Clone(k.Secret)})
		return nil
	})
	if err != nil {
		l.t.Fatal(err)
	}
	pairs[1].private[31] ^= 1
	err = keosdfile.Create(l.path(name), keosdfile.Source{
		FileKey: key.Expose(), Layout: keosdfile.Named, Count: 3, Names: contents.Names, Scratch: make([]byte, keosdfile.ScratchSize),
		EachKey: func(put func(keosdfile.Key) error) error {
			for _, p := range pairs {
				if err := put(keosdfile.Key{Type: keosdfile.K1, Public: p.public, Secret: p.private}); err != nil {
					return err
				}
			}
			return nil
		},
	})
	if err != nil {
		l.t.Fatal(err)
	}
}

// A flipped bit in the file is an error whenever the key is used, never a signature,
// and does not hinder the other keys.
func TestFlippedSecretIsFound(t *testing.T) {
	l := newLiveWorld(t, true)
	l.forge("w", "pw")
	s := l.unlock(l.load("w").ID, "pw")
	list, err := s.Keys()
	if err != nil || len(list.Keys) != 3 {
		t.Fatalf("%d keys, %v", len(list.Keys), err)
	}
	digest := sha256.Sum256(nil)
	for round := range 2 {
		for i, k := range list.Keys {
			r, err := s.Find(k.ID())
			if err != nil {
				t.Fatal(err)
			}
			signature, err := s.Sign(r, curve.ECDSASecp256k1, digest[:])
			private, exportErr := s.Export(r)
			if i != 1 {
				if err != nil || exportErr != nil {
					t.Errorf("key %d: %v, %v", i, err, exportErr)
				}
				continue
			}
			if signature != nil || !private.IsEmpty() || !fault.Is(err, fault.Corrupt) || !fault.Is(exportErr, fault.Corrupt) {
				t.Errorf("round %d: a signature of %d bytes, %v; a key of %d bytes, %v", round, len(signature), err, private.Len(), exportErr)
			}
		}
		wantKind(t, s.ExportAll(func(Key, secret.Bytes) error { return nil }), fault.Corrupt)
		_, err = l.ExportKeosd(t.Context(), "kiod", list.Wallet, 1, password("pw"), true)
		wantKind(t, err, fault.Corrupt)
		if _, err := l.importKey(s, ofType(keosdfile.K1), fmt.Sprint("more ", round)); err != nil { // the write keeps it as it is
			t.Fatal(err)
		}
	}
	file, err := os.ReadFile(l.path("w"))
	if err != nil {
		t.Fatal(err)
	}
	id, err := l.NewID()
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.ImportKeosd(t.Context(), id, 1, "native", file, password("pw"))
	wantKind(t, err, fault.Corrupt)
	if l.Name(id) != "" {
		t.Error("a damaged file was made a wallet")
	}
}

// A wallet may be called as it likes: starting takes away only what writers left.
func TestStartCleansWhatWasLeft(t *testing.T) {
	l := newLiveWorld(t, true)
	l.makeLive(".new-wallet", "pw")
	l.makeLive(".new-1.tmp", "pw")
	stale := filepath.Join(l.folder.Path, ".new-123.tmp")
	if err := os.WriteFile(stale, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.restart()
	if _, err := os.Stat(stale); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what a writer left is there: %v", err)
	}
	for _, name := range []string{".new-wallet", ".new-1.tmp"} {
		if _, err := l.LoadLive("kiod", name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Files of other programs become wallets of the store and come back byte for byte.
func TestKeosdRoundTrip(t *testing.T) {
	for name, pw := range fixturePasswords(t) {
		t.Run(name, func(t *testing.T) {
			l := newLiveWorld(t, true)
			before := l.fixture(name)
			want := l.onDisk(name, pw)
			id, err := l.NewID()
			if err != nil {
				t.Fatal(err)
			}
			_, err = l.ImportKeosd(t.Context(), id, 1, "native", before, password(pw+"x"))
			wantKind(t, err, fault.WrongPassword)
			if _, err := l.ImportKeosd(t.Context(), id, 1, "native", before, password(pw)); err != nil {
				t.Fatal(err)
			}
			_, err = l.ImportKeosd(t.Context(), id, 1, "native", before, password(pw))
			wantKind(t, err, fault.WalletExists)
			l.restart()
			s := l.unlock(id, pw)
			l.checkLiveSigns(s)
			if d := cmp.Diff(want.keys, l.allKeys(s)); d != "" {
				t.Error(d)
			}
			l.generate(s).Public.Valid() // it has a seed
			native := l.nameless(s)
			_, err = l.ExportKeosd(t.Context(), "any", id, 1, password("wrong"), true)
			wantKind(t, err, fault.WrongPassword)
			for k := range native {
				if err := s.Delete(t.Context(), k); err != nil {
					t.Fatal(err)
				}
			}
			after, err := l.ExportKeosd(t.Context(), "any", id, 1, password(pw), want.layout == keosdfile.Named)
			if err != nil {
				t.Fatal(err)
			}
			if name != "kiod-unversioned" && !bytes.Equal(before, after) {
				t.Error("the file came back otherwise")
			}
		})
	}
}

// nameless are the keys of a session that have no usage.
func (l *liveWorld) nameless(s *Session) map[KeyID]Key {
	l.t.Helper()
	list, err := s.Keys()
	if err != nil {
		l.t.Fatal(err)
	}
	found := make(map[KeyID]Key)
	for _, k := range list.Keys {
		if k.Usage == 0 {
			found[k.ID()] = k
		}
	}
	return found
}

// Keys of the store of which no usage is known leave by their algorithm; one that
// is there with and without is one key.
func TestExportOfPlainKeys(t *testing.T) {
	l := newLiveWorld(t, true)
	s := l.unlock(l.create("w", "pw").ID, "pw")
	want := map[fileKey]string{}
	for kind, a := range map[keosdfile.KeyType]curve.Algorithm{keosdfile.K1: curve.Secp256k1, keosdfile.R1: curve.P256, keosdfile.ED: curve.Ed25519} {
		k, err := l.importKey(s, KeyOptions{Algorithm: a}, "x")
		if err != nil {
			t.Fatal(err)
		}
		want[fileKey{kind, string(k.Public.Bytes())}] = string(scalar("x").Expose())
	}
	if _, err := l.importKey(s, KeyOptions{Algorithm: curve.Secp256k1, Usage: usageOf(keosdfile.K1), Name: "mine"}, "x"); err != nil {
		t.Fatal(err)
	}
	id, _ := s.Wallet()
	file, err := l.ExportKeosd(t.Context(), "admin", id, 1, password("pw"), true)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(l.path("out"), file, 0o600); err != nil {
		t.Fatal(err)
	}
	h := l.onDisk("out", "pw")
	if d := cmp.Diff(want, h.keys); d != "" {
		t.Error(d)
	}
	names := map[string]bool{}
	for name := range maps.Values(h.names) {
		names[name] = true
	}
	if d := cmp.Diff(map[string]bool{"mine": true, "my-key-0": true, "my-key-1": true}, names); d != "" {
		t.Error(d)
	}
	if err := s.ImportAccount(t.Context(), Account{Address: []byte("a"), Preimage: []byte("p")}); err != nil {
		t.Fatal(err)
	}
	_, err = l.ExportKeosd(t.Context(), "admin", id, 1, password("pw"), true)
	wantKind(t, err, fault.Unsupported)
}
