package wallet

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/curve"
	"strongroom/internal/foreign/clefdir"
	"strongroom/internal/foreign/web3file"
	"strongroom/internal/secret"
)

const clefFixture = "../../../../testdata/golden/clef"

const masterPassword = "master-password-1"

// keyWorld is a world whose listener "clef" has a key store, with cheap files and a
// clock that stands still unless it is moved.
type keyWorld struct {
	*world
	store KeyStore
	clock *clock
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// newKeyWorld opens a key store with a master seed that is not open yet.
func newKeyWorld(t testing.TB, change ...func(*KeyStore)) *keyWorld {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "clef")
	w := &keyWorld{world: newWorld(t), clock: &clock{now: time.Now()}, store: KeyStore{
		Listener: "clef", Owner: "clef-ui", Name: "keystore", Path: filepath.Join(t.TempDir(), "keystore"), Light: true, KeepOpen: time.Minute,
		Seed: filepath.Join(dir, "masterseed.json"), ConfigDir: dir,
	}}
	if err := clefdir.CreateSeed(w.store.Seed, password(masterPassword), clefdir.Params{N: 2, P: 1}, rand.Reader); err != nil {
		t.Fatal(err)
	}
	for _, f := range change {
		f(&w.store)
	}
	w.Close()
	w.cfg.Arena, w.cfg.KeyStores, w.cfg.Now = w.arena, []KeyStore{w.store}, w.clock.read
	w.open()
	return w
}

// openVault opens the vault with its password.
func (w *keyWorld) openVault() {
	w.t.Helper()
	if err := w.tryVault(masterPassword); err != nil {
		w.t.Fatal(err)
	}
}

func (w *keyWorld) tryVault(pw string) error {
	opening, err := w.OpenClef(context.Background(), "clef-ui", 1, password(pw))
	if err != nil {
		return err
	}
	return opening.Commit()
}

// addFile puts a key file into the folder: the key is 32 times the byte n.
func (w *keyWorld) addFile(n byte, pw string) (address [20]byte, path string) {
	w.t.Helper()
	private := secret.New(bytes.Repeat([]byte{n}, 32))
	address, err := w.KeyFileAddress("clef", private)
	if err != nil {
		w.t.Fatal(err)
	}
	data, err := web3file.Encrypt(private, password(pw), address, web3file.Params{N: 2, P: 1}, rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	path = filepath.Join(w.store.Path, web3file.FileName(address, time.Unix(int64(n), 0)))
	w.write(path, data)
	return address, path
}

// write puts a file in its place as other programs do, by a rename.
func (w *keyWorld) write(path string, data []byte) {
	w.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		w.t.Fatal(err)
	}
	aside := filepath.Join(filepath.Dir(path), ".aside")
	if err := os.WriteFile(aside, data, 0o600); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Rename(aside, path); err != nil {
		w.t.Fatal(err)
	}
}

// put copies a file.
func (w *keyWorld) put(from, to string) {
	w.t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write(to, data)
}

func (w *keyWorld) credential(address [20]byte, pw string) {
	w.t.Helper()
	if err := w.SetCredential("clef", address, password(pw)); err != nil {
		w.t.Fatal(err)
	}
}

// typed is somebody who types a password.
func typed(pw string) func(context.Context) (secret.Bytes, error) {
	return func(context.Context) (secret.Bytes, error) { return password(pw), nil }
}

// never is somebody who must not be asked.
func never(t testing.TB) func(context.Context) (secret.Bytes, error) {
	return func(context.Context) (secret.Bytes, error) {
		t.Error("the password was asked for")
		return secret.Bytes{}, nil
	}
}

// signs opens an account, makes a signature and checks whose it is.
func (w *keyWorld) signs(address [20]byte, unlock func(context.Context) (secret.Bytes, error)) error {
	key, err := w.OpenKeyFile(context.Background(), "clef", 1, address, false, unlock)
	if err != nil {
		return err
	}
	defer key.Release()
	digest := bytes.Repeat([]byte{0x5a}, 32)
	signature, err := key.Sign(curve.ECDSASecp256k1, digest)
	if err != nil {
		return err
	}
	public, err := curve.Recover(curve.ECDSASecp256k1, digest, signature)
	if err != nil || public != key.Public() {
		w.t.Errorf("the signature is of %s, want %s; %v", public, key.Public(), err)
	}
	if signer, err := hexaccount.AddressOf(public); err != nil || signer != address {
		w.t.Errorf("the signature is of the account %x, want %x; %v", signer, address, err)
	}
	return nil
}

func (w *keyWorld) mustSign(address [20]byte, unlock func(context.Context) (secret.Bytes, error)) {
	w.t.Helper()
	if err := w.signs(address, unlock); err != nil {
		w.t.Fatal(err)
	}
}

// openKeys counts the keys in the vault.
func (w *keyWorld) openKeys() (n int) {
	for _, k := range w.eachKeyStore() {
		k.mu.Lock()
		for _, a := range k.accounts {
			a.mu.Lock()
			if a.open != nil {
				n++
			}
			a.mu.Unlock()
		}
		k.mu.Unlock()
	}
	return n
}

func accountOf(t testing.TB, text string) (address [20]byte) {
	t.Helper()
	if _, err := hex.Decode(address[:], []byte(text)); err != nil {
		t.Fatal(err)
	}
	return address
}
