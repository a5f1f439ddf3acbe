package kmdfile

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"strongroom/internal/fault"
)

// later is a clock far enough ahead that all files count as settled.
func later() time.Time { return time.Now().Add(time.Hour) }

func newDirectory(t testing.TB, path string, now func() time.Time) *Directory {
	t.Helper()
	d, err := NewDirectory(DirectoryConfig{Path: path, Scratch: t.TempDir(), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func scan(t testing.TB, d *Directory) Listing {
	t.Helper()
	l, err := d.Scan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(d.scratch); len(left) != 0 {
		t.Fatalf("scratch is not empty: %v", left)
	}
	return l
}

func (l Listing) String() string {
	var b strings.Builder
	for _, w := range l.Wallets {
		fmt.Fprintf(&b, "%s=%s ", w.FileName, w.Name)
	}
	for _, r := range l.Rejected {
		fmt.Fprintf(&b, "!%s:%s ", r.FileName, fault.KindOf(r.Reason))
	}
	return strings.TrimSpace(b.String())
}

func TestDirectory(t *testing.T) {
	path := t.TempDir()
	file := func(name string) string { return filepath.Join(path, name) }
	copyFile(t, weakFixture, file("b.db"))
	copyFile(t, weakFixture, file("a.db")) // same id: both are listed
	copyFile(t, strongFixture, file(".c.db"))
	copyFile(t, weakFixture, file("other.txt"))
	copyFile(t, weakFixture, file("orphan.db-journal"))
	copyFile(t, weakFixture, file("v2.db"))
	edit(t, file("v2.db"), "UPDATE metadata SET driver_version = 2")
	if err := os.WriteFile(file("empty.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file("a.db"), file("link.db")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(file("pipe.db"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(file("dir.db"), 0o700); err != nil {
		t.Fatal(err)
	}
	d := newDirectory(t, path, later)
	expect := func(want string, reads int64) {
		t.Helper()
		before := d.read.Load()
		if got := scan(t, d).String(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if n := d.read.Load() - before; n != reads {
			t.Errorf("%d files were read, want %d", n, reads)
		}
	}
	rest := "!dir.db:invalid !empty.db:corrupt !link.db:invalid !pipe.db:invalid !v2.db:unsupported"
	expect(".c.db=fixture a.db=fixture blank b.db=fixture blank "+rest, 5)
	expect(".c.db=fixture a.db=fixture blank b.db=fixture blank "+rest, 0)

	edit(t, file("b.db"), "UPDATE metadata SET wallet_name = CAST('renamed' AS BLOB)")
	expect(".c.db=fixture a.db=fixture blank b.db=renamed "+rest, 1)
	if err := os.Remove(file("a.db")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file("b.db"), file("z.db")); err != nil {
		t.Fatal(err)
	}
	expect(".c.db=fixture z.db=renamed "+rest, 1)

	// A journal is part of a wallet's state, whatever it is.
	if err := os.Mkdir(file("z.db-journal"), 0o700); err != nil {
		t.Fatal(err)
	}
	expect(".c.db=fixture "+rest+" !z.db:invalid", 1)
	if err := os.Remove(file("z.db-journal")); err != nil {
		t.Fatal(err)
	}
	expect(".c.db=fixture z.db=renamed "+rest, 1)
}

// A file that changed just now may change again without its times moving on.
func TestDirectoryDistrustsFreshFiles(t *testing.T) {
	path := t.TempDir()
	copyFile(t, weakFixture, filepath.Join(path, "a.db"))
	now := time.Now()
	d := newDirectory(t, path, func() time.Time { return now })
	for range 2 {
		scan(t, d)
	}
	if n := d.read.Load(); n != 2 {
		t.Errorf("a fresh file was read %d times in two scans", n)
	}
	now = now.Add(time.Minute)
	for range 3 {
		scan(t, d)
	}
	if n := d.read.Load(); n != 3 {
		t.Errorf("%d reads; once settled, one should be enough", n)
	}
}

func TestDirectoryErrors(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	_, err := newDirectory(t, missing, nil).Scan(t.Context())
	wantKind(t, err, fault.Storage, "open "+missing+": no such file or directory")
	_, err = NewDirectory(DirectoryConfig{Path: "relative", Scratch: t.TempDir()})
	wantKind(t, err, fault.Invalid, "")
}

func TestDirectoryConcurrently(t *testing.T) {
	path := t.TempDir()
	for i := range 20 {
		copyFile(t, weakFixture, filepath.Join(path, fmt.Sprintf("%02d.db", i)))
	}
	d := newDirectory(t, path, later)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if l, err := d.Scan(t.Context()); err != nil || len(l.Wallets) != 20 {
				t.Errorf("%d wallets, %v", len(l.Wallets), err)
			}
		})
	}
	group.Wait()
	if n := d.read.Load(); n != 20 {
		t.Errorf("%d reads of 20 files", n)
	}
}

func BenchmarkDirectory(b *testing.B) {
	path := b.TempDir()
	for i := range 1000 {
		copyFile(b, weakFixture, filepath.Join(path, fmt.Sprintf("%04d.db", i)))
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			scan(b, newDirectory(b, path, later))
		}
	})
	b.Run("unchanged", func(b *testing.B) {
		d := newDirectory(b, path, later)
		scan(b, d)
		for b.Loop() {
			scan(b, d)
		}
	})
}

// Whoever may write to the folder can set a file's modification time, but must not
// make every scan read the file again by setting it to the future.
func TestDirectoryReadsFilesFromTheFutureOnce(t *testing.T) {
	if runtime.GOOS != "linux" {
		return // no ctime that could tell
	}
	path := t.TempDir()
	copyFile(t, weakFixture, filepath.Join(path, "a.db"))
	future := time.Now().Add(100 * 365 * 24 * time.Hour)
	if err := os.Chtimes(filepath.Join(path, "a.db"), future, future); err != nil {
		t.Fatal(err)
	}
	d := newDirectory(t, path, later)
	for range 3 {
		scan(t, d)
	}
	if n := d.read.Load(); n != 1 {
		t.Errorf("the file was read %d times in three scans", n)
	}
}

// A file that keeps changing costs many attempts to read, so its last result holds
// for a second; then it is looked at again.
func TestDirectoryLeavesAChangingFileAlone(t *testing.T) {
	path := t.TempDir()
	file := filepath.Join(path, "a.db")
	copyFile(t, weakFixture, file)
	now := later()
	d := newDirectory(t, path, func() time.Time { return now })
	var attempts, changes int
	change := func() {
		changes++
		if err := os.Chtimes(file, time.Time{}, time.Unix(int64(changes), 0)); err != nil {
			t.Error(err)
		}
	}
	restless := copier{wait: func(context.Context, int) error { attempts++; return nil }, copied: change}
	expect := func(when, want string, wantAttempts int) {
		t.Helper()
		attempts = 0
		if got := scan(t, d).String(); got != want || attempts != wantAttempts {
			t.Errorf("%s: %d attempts, want %d; got %s, want %s", when, attempts, wantAttempts, got, want)
		}
	}
	d.copier = restless
	expect("at first", "!a.db:conflict", copyAttempts)
	expect("at once again", "!a.db:conflict", 0)
	now = now.Add(unstablePause - 1)
	expect("just within the pause", "!a.db:conflict", 0)
	now = now.Add(1)
	expect("after the pause", "!a.db:conflict", copyAttempts)

	// Once it is quiet it is found as it is; and a wallet that is known does not
	// vanish while it is busy.
	restless.copied = nil
	d.copier = restless
	now = now.Add(unstablePause)
	expect("quiet", "a.db=fixture blank", 1)
	edit(t, file, "UPDATE metadata SET wallet_name = CAST('renamed' AS BLOB)")
	restless.copied = change
	d.copier = restless
	expect("busy again", "a.db=fixture blank", copyAttempts)
	expect("busy, at once again", "a.db=fixture blank", 0)
}
