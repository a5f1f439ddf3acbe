package web3file

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strongroom/internal/fault"
)

func openDirectory(t testing.TB, path string) *Directory {
	t.Helper()
	d, err := OpenDirectory(DirectoryConfig{Path: path, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// names lists what is listed: the address and the file of each.
func names(d *Directory) []string {
	var all []string
	accounts, _ := d.Accounts()
	for _, a := range accounts {
		all = append(all, "0x"+hex.EncodeToString(a.Address[:])+" "+filepath.Base(a.Path))
	}
	return all
}

// The recorded folder lists what Clef lists, in its order.
func TestListsAsClef(t *testing.T) {
	dir := t.TempDir()
	put := func(name, vector string) { write(t, filepath.Join(dir, name), named(t, vector).JSON) }
	put("plain-name.json", "scrypt-light")
	put("UTC--2020-01-01T00-00-00.000000000Z--pb", "pbkdf2-sha256")
	put(".hidden", "scrypt-standard")
	put("backup~", "utf8-password")
	put("0x-address", "address-with-0x")
	put("capital", "capital-Crypto-member")
	put("noaddr", "no-address-member")
	put("v1", "v1-cbc")
	put("mismatch", "address-mismatch")
	put("dup-a", "extra-members")
	put("dup-b", "extra-members")
	write(t, filepath.Join(dir, "garbage"), []byte("this is no JSON"))
	write(t, filepath.Join(dir, "empty"), nil)
	write(t, filepath.Join(dir, "zero"), []byte(`{"address":"0000000000000000000000000000000000000000"}`))
	write(t, filepath.Join(dir, "number"), []byte(`{"address":12}`))
	write(t, filepath.Join(dir, "large"), []byte(`{"address":"01","x":"`+strings.Repeat("x", MaxFileSize)+`"}`))
	write(t, filepath.Join(dir, "twice"), []byte(`{"address":"12654541914c2289bd3e77f6b9e010dfec114259"}{}`))
	if err := os.Mkdir(filepath.Join(dir, "subdir"), 0o700); err != nil {
		t.Fatal(err)
	}
	put("subdir/inside", "empty-password")
	outside := filepath.Join(t.TempDir(), "outside")
	write(t, outside, named(t, "empty-password").JSON)
	if err := os.Symlink(outside, filepath.Join(dir, "symlink")); err != nil {
		t.Fatal(err)
	}

	data, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	var recorded struct {
		KeystoreFolder struct {
			Listed []struct{ Address, File string }
		}
	}
	if err := json.Unmarshal(data, &recorded); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, l := range recorded.KeystoreFolder.Listed {
		want = append(want, l.Address+" "+l.File)
	}
	d := openDirectory(t, dir)
	if diff := cmp.Diff(want, names(d)); diff != "" || len(want) != 8 {
		t.Errorf("recorded -, listed +\n%s", diff)
	}
	twice, _ := parseAddress("3bb9c7862d44e5f0faf4368140b19644e5b4aea7")
	if found := d.Find(twice); len(found) != 2 || filepath.Base(found[0].Path) != "dup-a" || filepath.Base(found[1].Path) != "dup-b" {
		t.Errorf("the account with two files: %v", found)
	}
	if found := d.Find([20]byte{0xff}); len(found) != 0 {
		t.Errorf("an unknown account: %v", found)
	}
}

// keyFile is a file of an account without a key that anybody could open.
func keyFile(n int) (name string, data []byte) {
	address := [20]byte{0xaa, byte(n >> 16), byte(n >> 8), byte(n), 0x01}
	name = FileName(address, time.Unix(int64(n), 0))
	return name, fmt.Appendf(nil, `{"address":"%x","crypto":{"cipher":"aes-128-ctr","ciphertext":"%064x","cipherparams":{"iv":"%032x"},"kdf":"scrypt","kdfparams":{"dklen":32,"n":262144,"p":1,"r":8,"salt":"%064x"},"mac":"%064x"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}`, address[:], n, n, n, n)
}

// What is added, removed or changed shows in the next answer, whoever did it, and each
// change has its own revision.
func TestChangesShowAtOnce(t *testing.T) {
	dir := t.TempDir()
	d := openDirectory(t, dir)
	accounts, revision := d.Accounts()
	if len(accounts) != 0 {
		t.Fatalf("an empty folder lists %v", accounts)
	}
	step := func(what string, want int, change func() error) {
		t.Helper()
		if err := change(); err != nil {
			t.Fatal(err)
		}
		accounts, now := d.Accounts()
		if len(accounts) != want || now <= revision {
			t.Errorf("%s: %d accounts at revision %d, want %d after revision %d", what, len(accounts), now, want, revision)
		}
		if again, same := d.Accounts(); same != now || len(again) != want {
			t.Errorf("%s: a second look differs", what)
		}
		revision = now
	}
	name, data := keyFile(1)
	path := filepath.Join(dir, name)
	step("added", 1, func() error { return os.WriteFile(path, data, 0o600) })
	step("another", 2, func() error {
		name, data := keyFile(2)
		return os.WriteFile(filepath.Join(dir, name), data, 0o600)
	})
	a := d.Find([20]byte{0xaa, 0, 0, 1, 0x01})
	if len(a) != 1 || !d.Unchanged(a[0]) {
		t.Fatalf("found %v", a)
	}
	step("replaced", 2, func() error {
		name, _ := keyFile(2)
		aside := filepath.Join(dir, ".aside")
		_, other := keyFile(3)
		return errors.Join(os.WriteFile(aside, other, 0o600), os.Rename(aside, filepath.Join(dir, name)))
	})
	if found := d.Find([20]byte{0xaa, 0, 0, 2, 0x01}); len(found) != 0 {
		t.Errorf("the replaced account is still found: %v", found)
	}
	step("removed", 1, func() error { return os.Remove(path) })
	if d.Unchanged(a[0]) {
		t.Error("a removed file is unchanged")
	}
	if _, err := d.Read(a[0]); !fault.Is(err, fault.UnknownKey) || fault.Text(err) != "unknown account" {
		t.Errorf("a removed file is read: %v", err)
	}
	step("the folder is taken away", 0, func() error { return os.RemoveAll(dir) })
	step("and made again", 1, func() error {
		return errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(path, data, 0o600))
	})
}

// A file that is changed in place changes neither the folder's time nor its list of
// names: the watch tells.
func TestChangeInPlace(t *testing.T) {
	dir := t.TempDir()
	name, data := keyFile(1)
	path := filepath.Join(dir, name)
	write(t, path, data)
	d := openDirectory(t, dir)
	before, _ := d.Accounts()
	time.Sleep(2 * granularity) // so that the folder is settled and the change must be told
	d.Accounts()
	if !d.list.Load().settled || d.watch.watcher == nil {
		t.Fatal("the folder is not watched, or never settles")
	}
	_, other := keyFile(2)
	write(t, path, other)
	if d.Unchanged(before[0]) {
		t.Error("a changed file is unchanged")
	}
	for deadline := time.Now().Add(20 * time.Second); ; {
		if accounts, _ := d.Accounts(); len(accounts) == 1 && accounts[0].Address == [20]byte{0xaa, 0, 0, 2, 0x01} {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the change was not seen")
		}
		time.Sleep(time.Millisecond)
	}
}

// A folder that does not change is not read again.
func TestNothingNewCostsNothing(t *testing.T) {
	dir := t.TempDir()
	name, data := keyFile(1)
	write(t, filepath.Join(dir, name), data)
	d := openDirectory(t, dir)
	time.Sleep(2 * granularity)
	d.Accounts()
	before := d.begun.Load()
	for range 100 {
		d.Accounts()
		d.Find([20]byte{})
	}
	if now := d.begun.Load(); now != before {
		t.Errorf("%d looks at a folder that did not change", now-before)
	}
}

func TestCreate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there", "keystore")
	d := openDirectory(t, dir)
	name, data := keyFile(1)
	checked := false
	a, err := d.Create(name, data, func(written []byte) error {
		checked = bytes.Equal(written, data)
		if listed, _ := os.ReadDir(dir); len(listed) != 1 || !strings.HasPrefix(listed[0].Name(), ".") {
			t.Errorf("while it is checked the folder shows %v", listed)
		}
		return nil
	})
	if err != nil || !checked {
		t.Fatalf("checked: %v, %v", checked, err)
	}
	if listed := names(d); len(listed) != 1 || a.Path != filepath.Join(dir, name) || !d.Unchanged(a) {
		t.Errorf("listed: %v; created: %+v", listed, a)
	}
	if got, err := d.Read(a); err != nil || !bytes.Equal(got, data) {
		t.Errorf("read %s, %v", got, err)
	}
	for path, want := range map[string]os.FileMode{a.Path: 0o600, dir: 0o700 | os.ModeDir} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s has mode %v, %v", path, info.Mode(), err)
		}
	}
	if _, err := d.Create(name, data, func([]byte) error { return nil }); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second file of the name: %v", err)
	}
	refused := fault.Corrupt.New("it does not open")
	other, otherData := keyFile(2)
	if _, err := d.Create(other, otherData, func([]byte) error { return refused }); !errors.Is(err, refused) {
		t.Errorf("a file that fails its check: %v", err)
	}
	for _, bad := range []string{"../x", "a/b", ".x", "x~", ""} {
		if _, err := d.Create(bad, data, func([]byte) error { return nil }); !fault.Is(err, fault.Internal) {
			t.Errorf("the name %q: %v", bad, err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Our own remains are removed once nobody can be writing them; those of others never.
func TestCleans(t *testing.T) {
	dir := t.TempDir()
	old := time.Now().Add(-2 * asideLife)
	keep := []string{".strongroom-2.tmp", ".UTC--x.tmp1", "x.tmp"}
	for _, name := range append([]string{".strongroom-1.tmp"}, keep...) {
		write(t, filepath.Join(dir, name), nil)
		if name != keep[0] {
			if err := os.Chtimes(filepath.Join(dir, name), old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	openDirectory(t, dir)
	var left []string
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		left = append(left, e.Name())
	}
	slices.Sort(keep)
	if err != nil || !slices.Equal(left, keep) {
		t.Errorf("left are %v, %v; want %v", left, err, keep)
	}
}

// Many look while files come and go; each sees whole listings only.
func TestConcurrentLooks(t *testing.T) {
	dir := t.TempDir()
	d := openDirectory(t, dir)
	const rounds = 60
	var group sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		group.Go(func() {
			var last uint64
			for {
				select {
				case <-stop:
					return
				default:
				}
				accounts, revision := d.Accounts()
				if revision < last {
					t.Errorf("revision %d after %d", revision, last)
					return
				}
				last = revision
				if !slices.IsSortedFunc(accounts, func(a, b Account) int { return strings.Compare(a.Path, b.Path) }) {
					t.Error("the accounts are not sorted")
					return
				}
				for _, a := range accounts {
					d.Find(a.Address)
				}
			}
		})
	}
	for i := range rounds {
		name, data := keyFile(i)
		a, err := d.Create(name, data, func([]byte) error { return nil })
		if err != nil {
			t.Error(err)
			break
		}
		if found := d.Find(a.Address); len(found) != 1 {
			t.Errorf("account %d is found %d times after it was made", i, len(found))
		}
		if i%2 == 0 {
			if err := os.Remove(a.Path); err != nil {
				t.Error(err)
			}
			if found := d.Find(a.Address); len(found) != 0 {
				t.Errorf("account %d is found after it was removed", i)
			}
		}
	}
	close(stop)
	group.Wait()
	if accounts, _ := d.Accounts(); len(accounts) != rounds/2 {
		t.Errorf("%d accounts are left", len(accounts))
	}
}

func TestOpenDirectoryNeedsAnAbsolutePath(t *testing.T) {
	_, err := OpenDirectory(DirectoryConfig{Path: "keystore", Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

// A pipe that nobody writes into does not stop a look.
func TestSpecialFilesDoNotBlock(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openFile(filepath.Join(dir, "pipe")); err != nil {
		t.Errorf("a pipe blocks or fails: %v", err)
	}
	if listed := names(openDirectory(t, dir)); len(listed) != 0 {
		t.Error(listed)
	}
}

func BenchmarkScan10000(b *testing.B) {
	dir := b.TempDir()
	for i := range 10_000 {
		name, data := keyFile(i)
		write(b, filepath.Join(dir, name), data)
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			d := openDirectory(b, dir)
			if accounts, _ := d.Accounts(); len(accounts) != 10_000 {
				b.Fatal(len(accounts))
			}
		}
	})
	b.Run("again", func(b *testing.B) {
		d := openDirectory(b, dir)
		time.Sleep(2 * granularity)
		d.look()
		for b.Loop() {
			d.look()
		}
	})
	b.Run("find", func(b *testing.B) {
		d := openDirectory(b, dir)
		time.Sleep(2 * granularity)
		for b.Loop() {
			d.Find([20]byte{0xaa, 0, 0, 1, 0x01})
		}
	})
	b.Run("encrypt", func(b *testing.B) {
		for b.Loop() {
			if _, err := Encrypt(key(1), password("pw"), [20]byte{}, tiny(), rand.Reader); err != nil {
				b.Fatal(err)
			}
		}
	})
}
