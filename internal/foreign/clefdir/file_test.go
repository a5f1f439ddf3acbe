package clefdir

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/foreign/web3crypto"
	"strongroom/internal/secret"
)

// A seed that is too short is refused although its password is right.
func TestShortSeed(t *testing.T) {
	for _, size := range []int{SeedSize - 1, SeedSize, 300} {
		params, err := web3crypto.Encrypt(secret.New(make([]byte, size)), password("pw"), tiny(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parseSeed(fmt.Appendf(nil, `{"version":1,"params":%s}`, params))
		if err != nil {
			t.Fatal(err)
		}
		seed, err := f.Open(password("pw"))
		if size >= SeedSize {
			if err != nil || seed.Len() != size {
				t.Errorf("%d bytes: %d, %v", size, seed.Len(), err)
			}
			continue
		}
		if !fault.Is(err, fault.Corrupt) || fault.Text(err) != "master seed of insufficient length, expected >255 bytes, got 255" {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

// What other programs write is seen; what does not change is not read again.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.json")
	f := NewFile(path, time.Now)
	table, none, err := f.Load()
	if err != nil || len(table.Names()) != 0 {
		t.Fatalf("no file: %v, %v", table.Names(), err)
	}
	if again := f.Generation(); again != none {
		t.Errorf("generation %d after %d", again, none)
	}
	put := func(name, value string) error {
		return f.Update(func(t *Table) ([]byte, error) { return t.With(testKey(), []Change{set(name, value)}, rand.Reader) })
	}
	if err := put("a", "1"); err != nil {
		t.Fatal(err)
	}
	table, one, err := f.Load()
	if err != nil || get(t, table, testKey(), "a") != "1" || one == none {
		t.Errorf("generation %d after %d, %v", one, none, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	other, err := table.With(testKey(), []Change{set("a", "2")}, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, other, 0o600); err != nil { // in place, with the same length
		t.Fatal(err)
	}
	table, two, err := f.Load()
	if err != nil || get(t, table, testKey(), "a") != "2" || two == one {
		t.Errorf("generation %d after %d, %v", two, one, err)
	}
	failed := errors.New("no")
	if err := f.Update(func(*Table) ([]byte, error) { return nil, failed }); !errors.Is(err, failed) {
		t.Errorf("a change that fails: %v", err)
	}
	if err := f.Update(func(*Table) ([]byte, error) { return []byte("{"), nil }); !fault.Is(err, fault.Internal) {
		t.Errorf("a change that makes no table: %v", err)
	}
	if err := os.WriteFile(path, []byte("no JSON"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.Load(); !fault.Is(err, fault.Corrupt) {
		t.Errorf("a damaged file: %v", err)
	}
	if err := put("a", "3"); !fault.Is(err, fault.Corrupt) {
		t.Errorf("a damaged file is replaced: %v", err)
	}
	if f.Generation() == two {
		t.Error("a damaged file has the generation of the one before")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if table, _, err := f.Load(); err != nil || len(table.Names()) != 0 {
		t.Errorf("a removed file: %v, %v", table, err)
	}
	if err := put("a", "4"); err != nil {
		t.Error(err)
	}
	gone := NewFile(filepath.Join(t.TempDir(), "none", "config.json"), time.Now)
	if err := gone.Update(func(t *Table) ([]byte, error) { return t.With(testKey(), nil, rand.Reader) }); !fault.Is(err, fault.Storage) {
		t.Errorf("without a directory: %v", err)
	}
}

// Changes at the same time are all kept.
func TestConcurrentUpdates(t *testing.T) {
	f := NewFile(filepath.Join(t.TempDir(), "credentials.json"), time.Now)
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			err := f.Update(func(t *Table) ([]byte, error) {
				return t.With(testKey(), []Change{set(fmt.Sprint(i), "x")}, rand.Reader)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if table, _, err := f.Load(); err != nil || len(table.Names()) != 16 {
		t.Errorf("%d entries, %v", len(table.Names()), err)
	}
}
