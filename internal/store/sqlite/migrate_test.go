package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"strongroom/internal/fault"
	"strongroom/internal/store"
	"strongroom/internal/store/storetest"
)

// addNote and rebuildSlots stand for later versions: a new column, and a table
// made anew although others might refer to it.
const (
	addNote      = "ALTER TABLE wallets ADD COLUMN note TEXT NOT NULL DEFAULT ''"
	rebuildSlots = `
		CREATE TABLE slots2 (
			wallet BLOB    NOT NULL REFERENCES wallets (id) ON DELETE CASCADE,
			number INTEGER NOT NULL,
			sealed BLOB    NOT NULL,
			PRIMARY KEY (wallet, number)
		) STRICT, WITHOUT ROWID;
		INSERT INTO slots2 SELECT wallet, number, sealed FROM slots;
		DROP TABLE slots;
		ALTER TABLE slots2 RENAME TO slots`
)

func laterMigrations() []migration {
	return append(migrations(), script(addNote), script(rebuildSlots))
}

// oldStore makes a store of version 2 with something in it.
func oldStore(t *testing.T) (dir string, content storetest.Content) {
	t.Helper()
	dir = t.TempDir()
	s, err := open(t.Context(), Config{Dir: dir}, migrations())
	if err != nil {
		t.Fatal(err)
	}
	apply(t, s, store.InsertWallet{Wallet: wallet(1)},
		store.PutSlot{Wallet: wallet(1).ID, Slot: store.Slot{Number: 1, Sealed: []byte("slot")}},
		store.InsertRecord{Wallet: wallet(1).ID, Record: benchRecord(1)})
	content = read(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, content
}

// openWith opens with a list of migrations, reads everything and closes again.
func openWith(t *testing.T, dir string, list []migration) (storetest.Content, error) {
	t.Helper()
	s, err := open(t.Context(), Config{Dir: dir}, list)
	if err != nil {
		return storetest.Content{}, err
	}
	defer s.Close()
	if err := s.Check(t.Context()); err != nil {
		t.Errorf("check: %v", err)
	}
	return read(t, s), nil
}

func expectContent(t *testing.T, dir string, list []migration, want storetest.Content) {
	t.Helper()
	got, err := openWith(t, dir, list)
	if err != nil {
		t.Fatal(err)
	}
	if diff := storetest.Diff(want, got); diff != "" {
		t.Errorf("content (-want +got):\n%s", diff)
	}
}

func TestMigrate(t *testing.T) {
	dir, content := oldStore(t)
	expectContent(t, dir, laterMigrations()[:len(migrations())+1], content)
	expectModes(t, dir, "store.db", "store.db.v2.bak")
	expectContent(t, dir, laterMigrations(), content)
	expectModes(t, dir, "store.db", "store.db.v2.bak", "store.db.v3.bak")

	// The program of version 2 refuses what is now version 4, and names the copy.
	_, err := openWith(t, dir, migrations())
	if !fault.Is(err, fault.Unsupported) {
		t.Fatalf("got %v, want an error of kind unsupported", err)
	}
	mentions(t, fault.Text(err)+fault.Hint(err), "version 4", "up to 2", "store.db.v2.bak")

	// Going back: the copy is a whole store of version 2.
	if err := os.Rename(filepath.Join(dir, "store.db.v2.bak"), filepath.Join(dir, FileName)); err != nil {
		t.Fatal(err)
	}
	expectContent(t, dir, migrations(), content)

	// Migrating again keeps a copy again, straight to version 4 this time.
	expectContent(t, dir, laterMigrations(), content)
	expectContent(t, dir, laterMigrations(), content) // a second start migrates nothing
	expectModes(t, dir, "store.db", "store.db.v2.bak", "store.db.v3.bak")
}

// TestMigrateVersion1: keys of a store of the first schema come along, made for no chain.
func TestMigrateVersion1(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	if err := createFile(path); err != nil {
		t.Fatal(err)
	}
	id, w, r := [16]byte{1}, wallet(1), benchRecord(1)
	if err := fill(t.Context(), path, id, 1, migrations()[:1]); err != nil {
		t.Fatal(err)
	}
	db := openPool(path, creating)
	for _, insert := range []struct {
		text string
		args []any
	}{
		{"INSERT INTO wallets VALUES (?, ?, ?, ?, ?, ?, x'', x'')", []any{w.ID[:], []byte(w.Name), []byte(w.CreatedName), w.Created.Unix(), int64(w.Format), int64(w.NextIndex)}},
		{"INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			[]any{w.ID[:], int64(r.Kind), int64(r.Algorithm), int64(r.Usage), r.Public, r.ID[:], []byte(r.Name), int64(r.Index), r.Sealed}},
	} {
		if _, err := db.ExecContext(t.Context(), insert.text, insert.args...); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := open(t.Context(), Config{Dir: dir}, migrations())
	if err != nil {
		t.Fatal(err)
	}
	keys := 0
	for got, err := range s.Records(t.Context(), w.ID) {
		keys++
		if err != nil || got.ID != r.ID || got.Chain != "" || got.Path != "" || !bytes.Equal(got.Sealed, r.Sealed) {
			t.Errorf("the key came as %+v, %v", got, err)
		}
	}
	if err := s.Close(); err != nil || keys != 1 {
		t.Errorf("%d keys, %v", keys, err)
	}
	expectModes(t, dir, "store.db", "store.db.v1.bak")
}

func TestMigrateKeepsEarlierCopies(t *testing.T) {
	dir, content := oldStore(t)
	earlier := []byte("an earlier copy")
	write(t, filepath.Join(dir, "store.db.v2.bak"), earlier)
	write(t, filepath.Join(dir, "store.db.bak.new"), []byte("half a copy"))
	expectContent(t, dir, laterMigrations(), content)
	expectModes(t, dir, "store.db", "store.db.v2.2.bak", "store.db.v2.bak")
	if got, _ := os.ReadFile(filepath.Join(dir, "store.db.v2.bak")); !bytes.Equal(got, earlier) {
		t.Error("the earlier copy was replaced")
	}
}

func TestFailedMigrationLeavesTheOldVersion(t *testing.T) {
	failure := errors.New("injected")
	for name, last := range map[string]migration{
		"an error half-way": func(ctx context.Context, conn *sql.Conn) error {
			return errors.Join(script("DELETE FROM records; DROP TABLE slots")(ctx, conn), failure)
		},
		"broken references": script("DELETE FROM wallets"),
		"bad SQL":           script("DROP TABLE slots; SELECT * FROM nowhere"),
	} {
		t.Run(name, func(t *testing.T) {
			dir, content := oldStore(t)
			if _, err := openWith(t, dir, append(laterMigrations(), last)); err == nil {
				t.Fatal("the migration succeeded")
			}
			expectModes(t, dir, "store.db") // the copy would be the same as the store
			expectContent(t, dir, migrations(), content)
		})
	}
}

// A kill in the middle is a connection that goes away without COMMIT or
// ROLLBACK: what the disk holds then is taken as a copy.
func TestKilledMigrationLeavesTheOldVersion(t *testing.T) {
	dir, content := oldStore(t)
	killed := t.TempDir()
	kill := func(ctx context.Context, conn *sql.Conn) error {
		// Spill what is changed so far into the log, as large migrations do.
		spill := "PRAGMA cache_size=1; CREATE TABLE big (x); INSERT INTO big " +
			"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 200) SELECT randomblob(4000) FROM n"
		if err := script(spill)(ctx, conn); err != nil {
			return err
		}
		copyDir(t, dir, killed)
		return errors.New("injected")
	}
	if _, err := openWith(t, dir, append(laterMigrations(), kill)); err == nil {
		t.Fatal("the migration succeeded")
	}
	if info, err := os.Stat(filepath.Join(killed, FileName+"-wal")); err != nil || info.Size() < 200*4000 {
		t.Fatalf("the kill was not in the middle: %v, %v", info, err)
	}
	copied, err := os.ReadFile(filepath.Join(killed, "store.db.v2.bak"))
	if err != nil {
		t.Fatal(err)
	}
	expectContent(t, killed, migrations(), content)

	restored := t.TempDir()
	write(t, filepath.Join(restored, FileName), copied)
	expectContent(t, restored, migrations(), content)
}

// copyDir copies the files of a store, as a crash would leave them. The index in
// shared memory is left out: it does not survive one.
func copyDir(t *testing.T, from, to string) {
	t.Helper()
	for _, name := range names(t, from) {
		if name == FileName+"-shm" {
			continue
		}
		content, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(to, name), content)
	}
}
