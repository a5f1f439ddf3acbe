package daemon

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"strongroom/internal/fault"
)

func newDataDir(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Whoever can write to the data directory can put a link in the place of the
// folder that is emptied at each start. What it leads to must survive.
func TestPrivateFolderIsNotEmptiedThroughALink(t *testing.T) {
	dir, precious := newDataDir(t), t.TempDir()
	file := filepath.Join(precious, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(precious, filepath.Join(dir, privateName)); err != nil {
		t.Fatal(err)
	}
	d, err := OpenDirectory(dir, false, true)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := os.Stat(file); err != nil {
		t.Errorf("what the link led to was emptied: %v", err)
	}
	if info, err := os.Lstat(d.Join(privateName)); err != nil || !info.IsDir() {
		t.Errorf("the folder is not a directory of our own: %v %v", info, err)
	}
}

func TestLeftCopiesAreRemoved(t *testing.T) {
	dir := newDataDir(t)
	left := filepath.Join(dir, privateName, "kmd-1", "wallet.db")
	if err := os.MkdirAll(filepath.Dir(left), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(left, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := OpenDirectory(dir, false, false)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if left, err := os.ReadDir(d.Join(privateName)); err != nil || len(left) != 0 {
		t.Errorf("copies were left: %v %v", left, err)
	}
}

// The owner of a directory can replace everything in it.
func TestDirectoryOfAnotherUserIsRefused(t *testing.T) {
	if os.Geteuid() != 0 {
		return // only root can make such a directory
	}
	dir := newDataDir(t)
	if err := os.Chown(dir, 12345, -1); err != nil {
		t.Fatal(err)
	}
	_, err := OpenDirectory(dir, false, false)
	if !fault.Is(err, fault.Denied) || !strings.Contains(err.Error(), "another user") {
		t.Errorf("a directory: got %v", err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(newDataDir(t), link); err != nil {
		t.Fatal(err)
	}
	if err := os.Lchown(link, 12345, -1); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDirectory(link, false, false); !fault.Is(err, fault.Denied) {
		t.Errorf("a link: got %v", err)
	}
	d, err := OpenDirectory(dir, false, true)
	if err != nil {
		t.Fatalf("trusted: %v", err)
	}
	d.Close()
}

func TestDirectoryOpenToOthersIsRefused(t *testing.T) {
	for _, mode := range []os.FileMode{0o710, 0o701, 0o720, 0o755, 0o777} {
		dir := newDataDir(t)
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenDirectory(dir, false, false); !fault.Is(err, fault.Denied) {
			t.Errorf("mode %04o: got %v", mode, err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
			t.Errorf("mode %04o: something was made inside: %v %v", mode, left, err)
		}
	}
}
