package sqlite

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// openErr opens a store that must be refused with an error of that kind.
func openErr(t *testing.T, dir string, kind fault.Kind) error {
	t.Helper()
	s, err := Open(t.Context(), Config{Dir: dir})
	if err == nil {
		s.Close()
		t.Fatal("the store was opened")
	}
	if !fault.Is(err, kind) {
		t.Fatalf("got %v (%v), want an error of kind %v", err, fault.KindOf(err), kind)
	}
	return err
}

func mentions(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%q does not mention %q", text, w)
		}
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// expectModes checks that a directory has exactly these files, each 0600.
func expectModes(t *testing.T, dir string, want ...string) {
	t.Helper()
	got := names(t, dir)
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("files %q, want %q", got, want)
	}
	for _, name := range got {
		info, err := os.Lstat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != fileMode {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
}

func TestModes(t *testing.T) {
	for _, mask := range []int{0, 0o277} {
		old := syscall.Umask(mask)
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		s, err := Open(t.Context(), Config{Dir: dir})
		syscall.Umask(old)
		if err != nil {
			t.Fatal(err)
		}
		apply(t, s, store.InsertWallet{Wallet: wallet(1)})
		expectModes(t, dir, "store.db", "store.db-shm", "store.db-wal")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		expectModes(t, dir, "store.db") // the log was moved into the file

		// A copy restored with a wider mode is narrowed.
		if err := os.Chmod(filepath.Join(dir, FileName), 0o644); err != nil {
			t.Fatal(err)
		}
		s = mustOpen(t, Config{Dir: dir})
		read(t, s)
		expectModes(t, dir, "store.db", "store.db-shm", "store.db-wal")
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	t.Run("no directory", func(t *testing.T) {
		openErr(t, filepath.Join(t.TempDir(), "none"), fault.Storage)
	})
	t.Run("a symbolic link", func(t *testing.T) {
		dir := t.TempDir()
		mustOpen(t, Config{Dir: dir}).Close()
		other := t.TempDir()
		if err := os.Symlink(filepath.Join(dir, FileName), filepath.Join(other, FileName)); err != nil {
			t.Fatal(err)
		}
		mentions(t, fault.Text(openErr(t, other, fault.Storage)), "not a regular file")
	})
	t.Run("an empty file", func(t *testing.T) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, FileName), nil)
		mentions(t, fault.Text(openErr(t, dir, fault.Corrupt)), "store.db is empty")
	})
	t.Run("no database", func(t *testing.T) {
		dir := t.TempDir()
		text := bytes.Repeat([]byte("not a database. "), 1000)
		write(t, filepath.Join(dir, FileName), text)
		openErr(t, dir, fault.Corrupt)
		if got, _ := os.ReadFile(filepath.Join(dir, FileName)); !bytes.Equal(got, text) {
			t.Error("the file was changed")
		}
	})
	t.Run("a log without its file", func(t *testing.T) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, FileName+"-wal"), []byte("frames"))
		err := openErr(t, dir, fault.Corrupt)
		mentions(t, fault.Text(err)+fault.Hint(err), "store.db is missing", "store.db-wal", "put store.db back")
		if got := names(t, dir); len(got) != 1 {
			t.Errorf("files afterwards: %q", got)
		}
	})
	t.Run("another application's database", func(t *testing.T) {
		dir := t.TempDir()
		edit(t, dir, "CREATE TABLE theirs (x)", "PRAGMA user_version=1")
		before, _ := os.ReadFile(filepath.Join(dir, FileName))
		err := openErr(t, dir, fault.Unsupported)
		mentions(t, fault.Text(err), "not a store of strongroom")
		if fault.Hint(err) == "" {
			t.Error("no hint")
		}
		if after, _ := os.ReadFile(filepath.Join(dir, FileName)); !bytes.Equal(before, after) {
			t.Error("the file was changed")
		}
	})
	t.Run("a newer schema", func(t *testing.T) {
		dir := t.TempDir()
		mustOpen(t, Config{Dir: dir}).Close()
		edit(t, dir, "PRAGMA user_version=7")
		err := openErr(t, dir, fault.Unsupported)
		mentions(t, fault.Text(err), "version 7", "up to 2")
		mentions(t, fault.Hint(err), "newer strongroom", "store.db.v2.bak")
	})
	t.Run("version 0", func(t *testing.T) {
		dir := t.TempDir()
		mustOpen(t, Config{Dir: dir}).Close()
		edit(t, dir, "PRAGMA user_version=0")
		openErr(t, dir, fault.Corrupt)
	})
	for name, statement := range map[string]string{
		"a planted trigger": "CREATE TRIGGER evil AFTER INSERT ON records BEGIN DELETE FROM slots; END",
		"a planted view":    "CREATE VIEW v AS SELECT * FROM records",
		"a missing table":   "DROP TABLE slots",
		"no row of its own": "DELETE FROM meta",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			mustOpen(t, Config{Dir: dir}).Close()
			edit(t, dir, statement)
			openErr(t, dir, fault.Corrupt)
		})
	}
	t.Run("a store that another process is writing", func(t *testing.T) {
		dir := t.TempDir()
		mustOpen(t, Config{Dir: dir}).Close()
		db := raw(t, dir)
		if _, err := db.Exec("BEGIN IMMEDIATE"); err != nil {
			t.Fatal(err)
		}
		err := openErr(t, dir, fault.Storage)
		mentions(t, fault.Text(err)+fault.Hint(err), "another process", "stop the other strongroom")
	})
}

// A kill while a store is being made leaves a file that the next start replaces.
func TestCreateAfterKill(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, FileName+".new"), []byte("half of a"))
	s := mustOpen(t, Config{Dir: dir, Now: func() time.Time { return time.Unix(77, 0) },
		Rand: strings.NewReader("sixteen bytes id and more")})
	expectModes(t, dir, "store.db", "store.db-shm", "store.db-wal")
	if id := s.ID(); string(id[:]) != "sixteen bytes id" {
		t.Errorf("id %q was not drawn from the given source", id)
	}
	var made int64
	if err := s.readers.QueryRow("SELECT created FROM meta").Scan(&made); err != nil || made != 77 {
		t.Errorf("created %d, %v; want the given clock's 77", made, err)
	}
	failed := t.TempDir()
	if _, err := Open(t.Context(), Config{Dir: failed, Rand: strings.NewReader("short")}); err == nil {
		t.Error("a store was made with half an id")
	}
	if got := names(t, failed); len(got) != 0 {
		t.Errorf("a failed creation left %q", got)
	}
}

// The writer's connection has what durability and safety rest on.
func TestPragmas(t *testing.T) {
	s := mustOpen(t, Config{Dir: t.TempDir()})
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1", "trusted_schema": "0",
		"cell_size_check": "1", "page_size": "4096", "fullfsync": "1", "application_id": "1397900354", "user_version": "2",
	} {
		var got string
		if err := s.writer.conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("writer's %s: got %q, %v; want %q", pragma, got, err, want)
		}
	}
	if _, err := s.readers.Exec("DELETE FROM wallets"); err == nil {
		t.Error("a reader could write")
	}
}

// Deleted ciphertext is overwritten in the file.
func TestSecureDelete(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, Config{Dir: dir})
	canary := []byte("canary-ciphertext-canary")
	apply(t, s, store.InsertWallet{Wallet: wallet(1)},
		store.PutSlot{Wallet: wallet(1).ID, Slot: store.Slot{Sealed: canary}})
	s.Close()
	if file, _ := os.ReadFile(filepath.Join(dir, FileName)); !bytes.Contains(file, canary) {
		t.Fatal("the canary is not in the file")
	}
	s = mustOpen(t, Config{Dir: dir})
	apply(t, s, store.DeleteSlot{Wallet: wallet(1).ID})
	s.Close()
	if file, _ := os.ReadFile(filepath.Join(dir, FileName)); bytes.Contains(file, canary) {
		t.Error("the deleted ciphertext is still in the file")
	}
}

func write(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, fileMode); err != nil {
		t.Fatal(err)
	}
}

// raw is the store's file without this package's care.
func raw(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, FileName))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

// edit runs statements on the store's file as some other program might.
func edit(t *testing.T, dir string, statements ...string) {
	t.Helper()
	db := raw(t, dir)
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}
