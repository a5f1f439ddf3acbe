package atomicfile

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// only fails the test unless name is the one thing in dir.
func only(t *testing.T, dir, name string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != name {
		t.Errorf("%v in the directory (%v), not only %s", entries, err, name)
	}
}

func TestWrite(t *testing.T) {
	for _, mode := range []os.FileMode{0o600, 0o640, 0o666, 0o400} { // 0666 is more than any umask leaves
		dir := t.TempDir()
		path := filepath.Join(dir, "token")
		for _, text := range []string{"first and longer", "second", ""} {
			if err := Write(path, []byte(text), mode); err != nil {
				t.Fatal(err)
			}
			info, err := os.Lstat(path)
			if err != nil || info.Mode() != mode {
				t.Fatalf("mode %v (%v), want %v", info.Mode(), err, mode)
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != text {
				t.Errorf("%q (%v), want %q", got, err, text)
			}
		}
		only(t, dir, "token")
	}
}

// A link is replaced: what it led to must not be written.
func TestWriteReplacesLink(t *testing.T) {
	dir, target := t.TempDir(), filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(target, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "link")
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		t.Errorf("%v (%v), not a regular file", info.Mode(), err)
	}
	if got, err := os.ReadFile(target); err != nil || string(got) != "precious" {
		t.Errorf("behind the link is %q (%v)", got, err)
	}
}

// A write that fails leaves the place as it was and nothing beside it.
func TestWriteFails(t *testing.T) {
	dir := t.TempDir()
	taken := filepath.Join(dir, "taken")
	if err := os.MkdirAll(filepath.Join(taken, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Write(taken, []byte("data"), 0o600); err == nil {
		t.Error("a file took the place of a directory")
	}
	only(t, dir, "taken")
	only(t, taken, "full")
	if err := Write(filepath.Join(dir, "missing", "file"), nil, 0o600); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v, want that the directory does not exist", err)
	}
	if err := SyncDir(filepath.Join(dir, "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v, want that the directory does not exist", err)
	}
}

// Whoever reads while others write sees one of the files that were written.
func TestWriteIsWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	write := func(letter byte) error { return Write(path, bytes.Repeat([]byte{letter}, 10_000), 0o600) }
	if err := write('a'); err != nil {
		t.Fatal(err)
	}
	var writers sync.WaitGroup
	for _, letter := range []byte("bc") {
		writers.Go(func() {
			for range 20 {
				if err := write(letter); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 500 {
		got, err := os.ReadFile(path)
		if err != nil || len(got) != 10_000 || bytes.Count(got, got[:1]) != len(got) {
			t.Errorf("read %d bytes of more than one file (%v)", len(got), err)
			break
		}
	}
	writers.Wait()
}
