package wallet

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/sha3"

	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/foreign/clefdir"
	"strongroom/internal/secret"
)

// The accounts of the fixture.
const (
	accountA = "cd2a3d9f938e13cd947ec05abc7fe734df8dd826" // the right password is stored
	accountB = "19e7e376e7c213b7e7e7e46cc70a5dd086daff2a" // a wrong one is stored
	accountC = "081b48a50679fc4dfbe1db8e56307f0aedd7b84a" // none is stored
)

// fixtureWorld has Clef's own directory and keys.
func fixtureWorld(t *testing.T) *keyWorld {
	t.Helper()
	w := newKeyWorld(t)
	from := clefFixture + "/config-fixture"
	files, err := filepath.Glob(from + "/keystore/*")
	if err != nil || len(files) != 3 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		w.put(f, filepath.Join(w.store.Path, filepath.Base(f)))
	}
	w.put(from+"/config/masterseed.json", w.store.Seed)
	if err := os.Chmod(w.store.Seed, 0o400); err != nil {
		t.Fatal(err)
	}
	vault, err := filepath.Glob(from + "/config/*/*.json")
	if err != nil || len(vault) != 3 {
		t.Fatal(vault, err)
	}
	for _, f := range vault {
		w.put(f, filepath.Join(w.store.ConfigDir, filepath.Base(filepath.Dir(f)), filepath.Base(f)))
	}
	return w
}

// Clef's directory works: the stored password opens its account once, the wrong one is an
// error although somebody could be asked, and without one somebody is asked each time.
func TestClefDirectory(t *testing.T) {
	w := fixtureWorld(t)
	a, b, c := accountOf(t, accountA), accountOf(t, accountB), accountOf(t, accountC)
	wantKind(t, w.tryVault("wrong"), fault.WrongPassword)
	if _, err := w.ClefConfig("clef", "ruleset_sha256"); !fault.Is(err, fault.Locked) {
		t.Errorf("a closed vault: %v", err)
	}
	w.openVault()
	if hash, err := w.ClefConfig("clef-ui", "ruleset_sha256"); err != nil || hash != "2ceb6ddf498abc732c11b05aecf0e08f5b96f5ddc0792193985d9b3fd08a3ed8" {
		t.Errorf("the attested hash is %q, %v", hash, err)
	}
	w.mustSign(a, never(t))
	err := w.signs(b, never(t))
	if !fault.Is(err, fault.WrongPassword) || fault.Text(err) != "could not decrypt key with given password" {
		t.Errorf("account B: %v", err)
	}
	asked := 0
	w.mustSign(c, func(context.Context) (secret.Bytes, error) { asked++; return password("golden-password-3"), nil })
	if asked != 1 || w.openKeys() != 1 {
		t.Errorf("asked %d times; %d keys are open, want that of A only", asked, w.openKeys())
	}

	// What is known costs no derivation: neither the open key nor the wrong password.
	giveBack := w.takeAllTurns()
	defer giveBack()
	for range 100 {
		w.mustSign(a, never(t))
	}
	wantKind(t, w.signs(b, never(t)), fault.WrongPassword)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.OpenKeyFile(ctx, "clef", 1, c, false, typed("golden-password-3")); !fault.Is(err, fault.Canceled) {
		t.Errorf("account C is opened without a derivation: %v", err)
	}
}

// Each recorded file in a folder signs what it signed for Clef, or fails with its text.
func TestRecordedKeyFiles(t *testing.T) {
	w := newKeyWorld(t)
	data, err := os.ReadFile(clefFixture + "/keystore-v3-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var recorded struct {
		Vectors []struct {
			Name, Password string
			JSON           json.RawMessage
		}
		KeystoreFolder struct {
			Results []struct {
				Vector, Address string
				Response        struct {
					Result string
					Error  struct{ Message string }
				}
			} `json:"signData_text_hello"`
		}
	}
	if err := json.Unmarshal(data, &recorded); err != nil {
		t.Fatal(err)
	}
	passwords := make(map[string]string)
	places := map[string][]string{"scrypt-light": {"plain-name.json"}, "pbkdf2-sha256": {"pb"}, "capital-Crypto-member": {"capital"},
		"address-with-0x": {"0x-address"}, "v1-cbc": {"v1"}, "address-mismatch": {"mismatch"}, "extra-members": {"dup-a", "dup-b"},
		"scrypt-standard": {".hidden"}, "utf8-password": {"backup~"}, "no-address-member": {"noaddr"}}
	for _, v := range recorded.Vectors {
		passwords[v.Name] = v.Password
		for _, name := range places[v.Name] {
			w.write(filepath.Join(w.store.Path, name), v.JSON)
		}
	}
	h := sha3.NewLegacyKeccak256()
	h.Write([]byte("\x19Ethereum Signed Message:\n5hello"))
	digest := h.Sum(nil)
	for _, r := range recorded.KeystoreFolder.Results {
		t.Run(r.Vector, func(t *testing.T) {
			key, err := w.OpenKeyFile(t.Context(), "clef", 1, accountOf(t, r.Address[2:]), false, typed(passwords[r.Vector]))
			if want := r.Response.Error.Message; want != "" {
				want, _, _ = strings.Cut(want, " (${KEYSTORE}") // where files are is not for callers
				if err == nil || fault.Text(err) != want {
					t.Errorf("error %v, want %q", err, want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer key.Release()
			signature, err := key.Sign(curve.ECDSASecp256k1, digest)
			if err != nil {
				t.Fatal(err)
			}
			signature[64] += 27
			if got := "0x" + hex.EncodeToString(signature); got != r.Response.Result {
				t.Errorf("the signature is %s, recorded is %s", got, r.Response.Result)
			}
		})
	}
	if len(recorded.KeystoreFolder.Results) != 10 {
		t.Errorf("%d results are recorded", len(recorded.KeystoreFolder.Results))
	}
}

func TestNobodyToAsk(t *testing.T) {
	w := newKeyWorld(t)
	address, _ := w.addFile(1, "pw")
	wantKind(t, w.signs(address, nil), fault.Locked)
	refused := errors.New("cancelled")
	if err := w.signs(address, func(context.Context) (secret.Bytes, error) { return secret.Bytes{}, refused }); !errors.Is(err, refused) {
		t.Errorf("a refusal to tell the password: %v", err)
	}
	wantKind(t, w.signs(address, typed("wrong")), fault.WrongPassword)
	w.mustSign(address, typed("pw"))
	wantKind(t, w.signs(address, typed("wrong")), fault.WrongPassword)
	wantKind(t, w.signs([20]byte{1}, typed("pw")), fault.UnknownKey)
	if _, err := w.OpenKeyFile(t.Context(), "kmd", 1, address, false, typed("pw")); !fault.Is(err, fault.Unsupported) {
		t.Errorf("another listener: %v", err)
	}
	if n := w.openKeys(); n != 0 {
		t.Errorf("%d keys stay open", n)
	}
}

// Without a folder there are no accounts.
func TestNoFolder(t *testing.T) {
	w := newKeyWorld(t, func(k *KeyStore) { k.Path = "" })
	wantKind(t, w.signs([20]byte{1}, typed("pw")), fault.UnknownKey)
	for what, err := range map[string]error{
		"list":   second(w.KeyFiles("clef")),
		"new":    first(w.NewKeyFile(t.Context(), "clef", 1, password("long-enough-1"))),
		"import": first(w.ImportKeyFile(t.Context(), "clef", 1, secret.New(bytes.Repeat([]byte{1}, 32)), password("long-enough-1"))),
		"json":   first(w.ImportKeyJSON(t.Context(), "clef", 1, nil, secret.Bytes{}, password("long-enough-1"))),
		"export": first(w.ExportKeyFile("clef", [20]byte{1})),
	} {
		if !fault.Is(err, fault.Unsupported) || fault.Text(err) != "password based accounts not supported" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func first[T any](_ T, err error) error          { return err }
func second[T, U any](_ T, _ U, err error) error { return err }

// A key that a stored password opened stays for as long as the key store says, counted
// from its last use, and no longer.
func TestKeepOpen(t *testing.T) {
	for _, keep := range []time.Duration{0, time.Minute} {
		w := newKeyWorld(t, func(k *KeyStore) { k.KeepOpen = keep })
		address, _ := w.addFile(1, "pw")
		w.openVault()
		w.credential(address, "pw")
		w.mustSign(address, never(t))
		if got := w.openKeys(); got != map[time.Duration]int{0: 0, time.Minute: 1}[keep] {
			t.Errorf("kept for %s: %d keys are open after a signature", keep, got)
		}
		if keep == 0 {
			continue
		}
		used := w.arena.InUse()
		w.clock.move(keep - time.Second)
		w.mustSign(address, never(t))
		w.clock.move(keep - time.Second)
		w.sweepKeyStores()
		if w.openKeys() != 1 {
			t.Error("the key did not stay after its last use")
		}
		w.clock.move(time.Second)
		w.sweepKeyStores()
		if w.openKeys() != 0 || w.arena.InUse() >= used {
			t.Errorf("the key stays: %d, %d bytes of %d", w.openKeys(), w.arena.InUse(), used)
		}
		w.mustSign(address, never(t))
		w.clock.move(keep)
		giveBack := w.takeAllTurns()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := w.OpenKeyFile(ctx, "clef", 1, address, false, nil); !fault.Is(err, fault.Canceled) {
			t.Errorf("a key whose time is up is used without a derivation: %v", err)
		}
		giveBack()
	}
}

// What somebody's password opened is for his request only; at the same time, others need
// the same password.
func TestTypedPasswordsAreNotShared(t *testing.T) {
	w := newKeyWorld(t)
	address, _ := w.addFile(1, "pw")
	key, err := w.OpenKeyFile(t.Context(), "clef", 1, address, false, typed("pw"))
	if err != nil {
		t.Fatal(err)
	}
	wantKind(t, w.signs(address, typed("wrong")), fault.WrongPassword)
	wantKind(t, w.signs(address, nil), fault.Locked)
	giveBack := w.takeAllTurns()
	w.mustSign(address, typed("pw")) // the comparison with what is open costs nothing
	giveBack()
	key.Release()
	key.Release()
	if w.openKeys() != 0 {
		t.Error("the key stays open")
	}
	if _, err := key.Sign(curve.ECDSASecp256k1, make([]byte, 32)); !fault.Is(err, fault.Locked) {
		t.Errorf("a released key signs: %v", err)
	}
}

// What somebody's password opened for a request that nobody looked at stays for others
// of that kind; whoever looks at his request is asked again.
func TestUnattendedRequestsShareTypedPasswords(t *testing.T) {
	w := newKeyWorld(t)
	address, _ := w.addFile(1, "pw")
	w.openVault()
	unattended := func(unlock func(context.Context) (secret.Bytes, error)) error {
		key, err := w.OpenKeyFile(context.Background(), "clef", 1, address, true, unlock)
		if err != nil {
			return err
		}
		defer key.Release()
		_, err = key.Sign(curve.ECDSASecp256k1, make([]byte, 32))
		return err
	}
	wantKind(t, unattended(nil), fault.Locked)
	w.mustSign(address, typed("pw"))
	wantKind(t, unattended(nil), fault.Locked) // that was for the one request
	if err := unattended(typed("pw")); err != nil {
		t.Fatal(err)
	}
	giveBack := w.takeAllTurns()
	if err := unattended(never(t)); err != nil {
		t.Error(err)
	}
	asked := false
	w.mustSign(address, func(context.Context) (secret.Bytes, error) { asked = true; return password("pw"), nil })
	if !asked {
		t.Error("a request that somebody looked at went through without the password")
	}
	giveBack()
	wantKind(t, w.signs(address, nil), fault.Locked)
	wantKind(t, w.signs(address, typed("wrong")), fault.WrongPassword)
	if err := unattended(never(t)); err != nil {
		t.Error(err)
	}

	// Another account's credential changes nothing; this one's decides from then on.
	w.credential([20]byte{1}, "x")
	if err := unattended(never(t)); err != nil {
		t.Error(err)
	}
	w.credential(address, "wrong")
	wantKind(t, unattended(never(t)), fault.WrongPassword)
	w.credential(address, "")
	wantKind(t, unattended(nil), fault.Locked)
	if err := unattended(typed("pw")); err != nil {
		t.Fatal(err)
	}
	w.credential(address, "pw")
	w.mustSign(address, never(t)) // the stored password is the one that opened it
	w.credential(address, "")
	wantKind(t, unattended(nil), fault.Locked)

	if err := unattended(typed("pw")); err != nil {
		t.Fatal(err)
	}
	w.clock.move(w.store.KeepOpen)
	wantKind(t, unattended(nil), fault.Locked)
	brief := newKeyWorld(t, func(k *KeyStore) { k.KeepOpen = 0 })
	address, _ = brief.addFile(1, "pw")
	if key, err := brief.OpenKeyFile(t.Context(), "clef", 1, address, true, typed("pw")); err != nil {
		t.Error(err)
	} else {
		key.Release()
	}
	if brief.openKeys() != 0 {
		t.Error("a key stays open that must not")
	}
}

// Of many who need one file at once, one derives.
func TestConcurrentSignersShareOneDerivation(t *testing.T) {
	for _, keep := range []time.Duration{0, time.Minute} {
		w := newKeyWorld(t, func(k *KeyStore) { k.KeepOpen = keep })
		address, _ := w.addFile(1, "pw")
		w.openVault()
		w.credential(address, "pw")
		giveBack := w.takeAllTurns()
		const signers = 16
		var group sync.WaitGroup
		held := make(chan *OpenKey, signers)
		for i := range signers {
			group.Go(func() {
				key, err := w.OpenKeyFile(context.Background(), "clef", uint64(i), address, false, nil)
				if err != nil {
					t.Error(err)
					return
				}
				held <- key
			})
		}
		for w.derivations.waiting() == 0 {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(10 * time.Millisecond) // for others, if they came too
		if n := w.derivations.waiting(); n != 1 {
			t.Errorf("%d signers wait for a derivation", n)
		}
		giveBack()
		group.Wait()
		close(held)
		var opened *openedKey
		for key := range held {
			if opened != nil && key.opened != opened {
				t.Error("two keys were opened")
			}
			opened = key.opened
			key.Release()
		}
		if n := w.openKeys(); n != map[time.Duration]int{0: 0, time.Minute: 1}[keep] {
			t.Errorf("kept for %s: %d keys are open", keep, n)
		}
	}
}

// An account whose file waits for its derivation keeps nobody from another.
func TestAccountsDoNotWaitForEachOther(t *testing.T) {
	w := newKeyWorld(t)
	one, _ := w.addFile(1, "pw")
	two, _ := w.addFile(2, "pw")
	thinking := make(chan struct{})
	done := make(chan error)
	go func() {
		done <- w.signs(one, func(context.Context) (secret.Bytes, error) { <-thinking; return password("pw"), nil })
	}()
	w.mustSign(two, typed("pw"))
	w.mustSign(one, typed("pw")) // nor does somebody who thinks keep anybody from the same
	close(thinking)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// A file that changes or goes takes the open key with it.
func TestFileChanges(t *testing.T) {
	w := newKeyWorld(t)
	address, path := w.addFile(1, "pw")
	w.openVault()
	w.credential(address, "pw")
	w.mustSign(address, never(t))

	w.addFile(1, "another")
	wantKind(t, w.signs(address, never(t)), fault.WrongPassword)
	if w.openKeys() != 0 {
		t.Error("the key of a file that was changed stays open")
	}
	w.addFile(1, "pw")
	w.mustSign(address, never(t))
	second := path + "-copy"
	w.put(path, second)
	wantKind(t, w.signs(address, never(t)), fault.Conflict)
	if err := os.Remove(second); err != nil {
		t.Fatal(err)
	}
	w.mustSign(address, never(t))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	wantKind(t, w.signs(address, never(t)), fault.UnknownKey)
	w.write(path, []byte(`{"address":"`+hex.EncodeToString(address[:])+`","version":3}`))
	wantKind(t, w.signs(address, never(t)), fault.Corrupt)
}

// Credentials that change, also by Clef's own command, hold at the next signature.
func TestCredentialChanges(t *testing.T) {
	w := newKeyWorld(t)
	one, _ := w.addFile(1, "pw-1")
	two, _ := w.addFile(2, "pw-2")
	w.openVault()
	w.credential(one, "pw-1")
	w.mustSign(one, never(t))
	w.credential(two, "pw-2") // does not close the other
	giveBack := w.takeAllTurns()
	w.mustSign(one, never(t))
	giveBack()

	k := w.stores["clef"]
	outside := func(value string) { // as another program writes the file: in place
		t.Helper()
		table, _, err := k.clef.opened.credentials.Load()
		if err != nil {
			t.Fatal(err)
		}
		data, err := table.With(k.clef.opened.credentialsKey(), []clefdir.Change{{Name: hexaccount.Checksummed(one), Value: password(value)}}, w.cfg.Rand)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(k.clef.opened.dir, clefdir.CredentialsFile), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	outside("wrong")
	wantKind(t, w.signs(one, never(t)), fault.WrongPassword)
	outside("pw-1")
	w.mustSign(one, never(t))
	w.credential(one, "")
	asked := false
	w.mustSign(one, func(context.Context) (secret.Bytes, error) { asked = true; return password("pw-1"), nil })
	if !asked {
		t.Error("a key stays open although its password is not stored any more")
	}
	if err := os.WriteFile(filepath.Join(k.clef.opened.dir, clefdir.CredentialsFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantKind(t, w.signs(one, never(t)), fault.Corrupt)
	wantKind(t, w.SetCredential("clef", one, password("x")), fault.Corrupt)
}

// Close locks what is in use; nothing opens afterwards.
func TestCloseLocksKeys(t *testing.T) {
	w := newKeyWorld(t)
	address, _ := w.addFile(1, "pw")
	w.openVault()
	w.credential(address, "pw")
	stored, err := w.OpenKeyFile(t.Context(), "clef", 1, address, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := w.RuleFile("clef")
	if err != nil {
		t.Fatal(err)
	}
	set := w.Set
	set.Close()
	if _, err := stored.Sign(curve.ECDSASecp256k1, make([]byte, 32)); !fault.Is(err, fault.Locked) {
		t.Errorf("a key signs after the end: %v", err)
	}
	stored.Release()
	if _, err := set.OpenKeyFile(t.Context(), "clef", 1, address, false, typed("pw")); !fault.Is(err, fault.Canceled) {
		t.Errorf("a key is opened after the end: %v", err)
	}
	wantKind(t, w.tryVault(masterPassword), fault.Canceled)
	if _, err := rules.Get("k"); !fault.Is(err, fault.Locked) {
		t.Errorf("the rule storage after the end: %v", err)
	}
	w.open()
}

func TestKeyStoresOfListeners(t *testing.T) {
	w := newKeyWorld(t)
	address, path := w.addFile(1, "pw")
	for _, listener := range []string{"clef", "clef-ui"} {
		if f, err := w.KeyFileKnown(listener, address); err != nil || f != (KeyFile{Address: address, Path: path}) {
			t.Errorf("%s: %+v, %v", listener, f, err)
		}
	}
	if _, err := w.KeyFileKnown("", address); !fault.Is(err, fault.Unsupported) {
		t.Errorf("no listener: %v", err)
	}
	cfg := w.cfg
	for what, stores := range map[string][]KeyStore{
		"a relative path":      {{Listener: "a", Path: "keystore"}},
		"two for one listener": {{Listener: "a", ConfigDir: "/a"}, {Listener: "a", ConfigDir: "/b"}},
		"two for one as owner": {{Listener: "a", Owner: "c", ConfigDir: "/a"}, {Listener: "c", ConfigDir: "/b"}},
		"a relative seed":      {{Listener: "a", Seed: "masterseed.json"}},
		"a relative directory": {{Listener: "a", ConfigDir: "clef"}},
	} {
		cfg.KeyStores = stores
		if s, err := Open(t.Context(), cfg); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", what, err)
			s.Close()
		}
	}
}

// A list is made again only when the folder changed.
func TestKeyFilesAreShared(t *testing.T) {
	w := newKeyWorld(t)
	w.addFile(1, "pw")
	w.addFile(2, "pw")
	one, revision, err := w.KeyFiles("clef")
	if err != nil || len(one) != 2 {
		t.Fatal(one, err)
	}
	two, same, err := w.KeyFiles("clef-ui")
	if err != nil || same != revision || &one[0] != &two[0] {
		t.Errorf("another list at revision %d, %v", same, err)
	}
	w.addFile(3, "pw")
	three, now, err := w.KeyFiles("clef")
	if err != nil || now == revision || len(three) != 3 {
		t.Errorf("%d accounts at revision %d, %v", len(three), now, err)
	}
}
