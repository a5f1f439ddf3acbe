package kmdfile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"strongroom/internal/fault"
)

// untouched returns a check that a folder has the same files with the same
// content, mode and modification time as now.
func untouched(t *testing.T, dir string) func() {
	t.Helper()
	look := func() map[string]any {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]any{}
		for _, e := range entries {
			info, err := e.Info()
			if err != nil {
				t.Fatal(err)
			}
			content, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			all[e.Name()] = []any{info.Mode().String(), info.ModTime().UnixNano(), sha256.Sum256(content)}
		}
		return all
	}
	before := look()
	return func() {
		t.Helper()
		if diff := cmp.Diff(before, look()); diff != "" {
			t.Errorf("the original's folder changed: %s", diff)
		}
	}
}

func TestOriginalIsUntouched(t *testing.T) {
	path := placeFixture(t, weakFixture)
	check := untouched(t, filepath.Dir(path))
	if _, err := readAll(t, path, password("")); err != nil {
		t.Fatal(err)
	}
	check()
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	if _, err := readAll(t, path, password("wrong")); !fault.Is(err, fault.WrongPassword) {
		t.Fatal(err)
	}
}

func TestCopyIsPrivateAndRemoved(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	into := filepath.Join(t.TempDir(), "odd ?#% name")
	if err := os.Mkdir(into, 0o700); err != nil {
		t.Fatal(err)
	}
	path := placeFixture(t, weakFixture)
	s, err := Copy(t.Context(), path, into)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.Lstat(s.dir)
	if err != nil || dir.Mode().Perm() != 0o700 {
		t.Errorf("directory %v, %v", dir.Mode(), err)
	}
	file, err := os.Lstat(s.path())
	if err != nil || file.Mode() != 0o600 {
		t.Errorf("file %v, %v", file.Mode(), err)
	}
	if _, err := Peek(t.Context(), s); err != nil {
		t.Error(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	framed := append(binary.BigEndian.AppendUint64(nil, uint64(len(b))), b...)
	framed = append(framed, make([]byte, 16)...) // two missing journals
	if s.Hash() != sha256.Sum256(framed) || s.Base() != "wallet.db" {
		t.Errorf("hash %x of %s", s.Hash(), s.Base())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(into); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func noWait(context.Context, int) error { return nil }

func TestChangingFileIsConflict(t *testing.T) {
	for about, change := range map[string]func(t *testing.T, path string){
		"content": func(t *testing.T, path string) { // same size, same times
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			b[len(b)-1]++
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
				t.Fatal(err)
			}
		},
		"replaced": func(t *testing.T, path string) {
			copyFile(t, path, path+".new")
			if err := os.Rename(path+".new", path); err != nil {
				t.Fatal(err)
			}
		},
		"journal": func(t *testing.T, path string) {
			if err := os.WriteFile(path+"-journal", []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.Remove(path + "-journal") })
		},
		"removed": func(t *testing.T, path string) {
			if err := os.Rename(path, path+".away"); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.Rename(path+".away", path) })
		},
	} {
		t.Run(about, func(t *testing.T) {
			path, into := placeFixture(t, weakFixture), t.TempDir()
			attempts := 0
			c := copier{wait: noWait, copied: func() { attempts++; change(t, path) }}
			if about == "journal" || about == "removed" {
				// One attempt shows it: these changes are over at the second.
				_, err := c.attempt(t.Context(), path, into)
				if err == nil {
					t.Fatal("a change went unnoticed")
				}
			} else {
				_, err := c.copy(t.Context(), path, into)
				wantKind(t, err, fault.Conflict, "")
				if attempts != copyAttempts {
					t.Errorf("%d attempts", attempts)
				}
			}
			if entries, _ := os.ReadDir(into); len(entries) != 0 {
				t.Errorf("left behind: %v", entries)
			}
		})
	}
	t.Run("settles", func(t *testing.T) {
		path := placeFixture(t, weakFixture)
		attempts := 0
		c := copier{wait: noWait, copied: func() {
			if attempts++; attempts < 3 {
				edit(t, path, "UPDATE metadata SET wallet_name = x'41'")
				edit(t, path, "UPDATE metadata SET wallet_name = x'42'")
			}
		}}
		s, err := c.copy(t.Context(), path, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if summary, err := Peek(t.Context(), s); err != nil || string(summary.Name) != "B" || attempts != 3 {
			t.Errorf("%+v after %d attempts, %v", summary, attempts, err)
		}
	})
	t.Run("canceled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := Copy(ctx, placeFixture(t, weakFixture), t.TempDir())
		wantKind(t, err, fault.Canceled, "")
	})
}

// Clocks of file systems may stand still between two changes: then only the
// second reading shows that the content is another.
func TestChangeWithinOneTick(t *testing.T) {
	path := placeFixture(t, weakFixture)
	p, err := openPart(path, true)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	if err := p.copyTo(t.Context(), filepath.Join(t.TempDir(), "copy")); err != nil {
		t.Fatal(err)
	}
	if err := p.verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte("x"), 5000); err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	p.id = identify(info) // as if no time had passed
	if err := p.verify(t.Context()); err != errUnstable {
		t.Errorf("got %v", err)
	}
}

// interrupted makes a file and its hot journal: a wallet of many keys in the
// middle of a transaction that already reached the database file.
func interrupted(t *testing.T) (path string, want everything) {
	t.Helper()
	live := filepath.Join(t.TempDir(), "live.db")
	indices := make([]uint64, 200)
	for i := range indices {
		indices[i] = uint64(i + 1)
	}
	source, want := sample("before", testSeed, indices)
	if err := Write(t.Context(), live, source, password("p"), WriteOptions{Params: cheap}); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(live)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", live)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, s := range []string{"PRAGMA cache_size = 2", "PRAGMA secure_delete = ON", "BEGIN EXCLUSIVE",
		"UPDATE metadata SET wallet_name = CAST('after' AS BLOB)", "DELETE FROM keys",
		"INSERT INTO msig_addrs SELECT zeroblob(32), 1, 1, zeroblob(9000)"} {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	path = filepath.Join(t.TempDir(), "wallet.db")
	copyFile(t, live, path)
	copyFile(t, live+"-journal", path+"-journal")
	if _, err := db.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if half, _ := os.ReadFile(path); bytes.Equal(half, before) {
		t.Fatal("the transaction did not reach the file: the fixture proves nothing")
	}
	return path, want
}

func TestHotJournalIsRolledBackInTheCopy(t *testing.T) {
	path, want := interrupted(t)
	check := untouched(t, filepath.Dir(path))
	got, err := readAll(t, path, password("p"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	check()

	with := snapshot(t, path).Hash()
	if err := os.Remove(path + "-journal"); err != nil {
		t.Fatal(err)
	}
	if s, err := Copy(t.Context(), path, t.TempDir()); err == nil {
		if s.Hash() == with {
			t.Error("the hash does not cover the journal")
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if got, err := readAll(t, path, password("p")); err == nil && cmp.Equal(want, got) {
		t.Error("the journal made no difference: the fixture proves nothing")
	}
}

func TestWriteAheadLogIsFoldedIn(t *testing.T) {
	live := placeFixture(t, weakFixture)
	db, err := sql.Open("sqlite", live)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, s := range []string{"PRAGMA journal_mode = WAL", "PRAGMA wal_autocheckpoint = 0",
		"UPDATE metadata SET wallet_name = CAST('in the log' AS BLOB)"} {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "wallet.db")
	copyFile(t, live, path)
	copyFile(t, live+"-wal", path+"-wal")
	check := untouched(t, filepath.Dir(path))
	got, err := readAll(t, path, password(""))
	if err != nil || got.Name != "in the log" {
		t.Fatalf("name %q, %v", got.Name, err)
	}
	check()
	if err := os.Remove(path + "-wal"); err != nil {
		t.Fatal(err)
	}
	got, err = readAll(t, path, password(""))
	if err != nil || got.Name != "fixture blank" {
		t.Fatalf("without the log: name %q, %v", got.Name, err)
	}
}

// A journal can name a further file, which SQLite would read, and delete if no
// database refers to it any more.
func TestJournalCannotReachOtherFiles(t *testing.T) {
	path, _ := interrupted(t)
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	journal, err := os.ReadFile(path + "-journal")
	if err != nil {
		t.Fatal(err)
	}
	// SQLite file format: 4 bytes of page number, the name, its length, the sum of its bytes, the magic
	var sum uint32
	for _, b := range []byte(victim) {
		sum += uint32(int8(b))
	}
	planted := append(bytes.Clone(journal), make([]byte, 4)...)
	planted = append(planted, victim...)
	planted = binary.BigEndian.AppendUint32(planted, uint32(len(victim)))
	planted = binary.BigEndian.AppendUint32(planted, sum)
	planted = append(planted, journalMagic...)
	if err := os.WriteFile(path+"-journal", planted, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Copy(t.Context(), path, t.TempDir())
	if b, err := os.ReadFile(victim); err != nil || string(b) != "precious" {
		t.Errorf("victim: %q, %v", b, err)
	}
	wantKind(t, err, fault.Corrupt, "")

	huge := bytes.Clone(journal)
	binary.BigEndian.PutUint32(huge[16:], 1<<31) // pages before the transaction
	if err := os.WriteFile(path+"-journal", huge, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Copy(t.Context(), path, t.TempDir())
	wantKind(t, err, fault.TooLarge, "")
}

func TestOnlyRegularFiles(t *testing.T) {
	good := placeFixture(t, weakFixture)
	dir := t.TempDir()
	for name, make := range map[string]func(path string) error{
		"link":      func(p string) error { return os.Symlink(good, p) },
		"pipe":      func(p string) error { return syscall.Mkfifo(p, 0o600) },
		"directory": func(p string) error { return os.Mkdir(p, 0o700) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name+".db")
			if err := make(path); err != nil {
				t.Fatal(err)
			}
			_, err := Copy(t.Context(), path, t.TempDir())
			wantKind(t, err, fault.Invalid, "")

			beside := placeFixture(t, weakFixture)
			if err := make(beside + "-journal"); err != nil {
				t.Fatal(err)
			}
			_, err = Copy(t.Context(), beside, t.TempDir())
			wantKind(t, err, fault.Invalid, "")
		})
	}
	_, err := Copy(t.Context(), filepath.Join(dir, "missing.db"), t.TempDir())
	wantKind(t, err, fault.Storage, "")
}

func TestSizeLimit(t *testing.T) {
	path := placeFixture(t, weakFixture)
	if err := os.Truncate(path, MaxFileSize+1); err != nil { // sparse
		t.Fatal(err)
	}
	_, err := Copy(t.Context(), path, t.TempDir())
	wantKind(t, err, fault.TooLarge, "")
}
