package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	lib "modernc.org/sqlite/lib"

	"strongroom/internal/fault"
)

// create makes a complete, empty store under another name and renames it to
// path, so that a kill leaves no store or a whole one.
func create(ctx context.Context, path string, cfg Config, list []migration) (err error) {
	temp := path + ".new"
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return storageError(err, "remove "+FileName+".new")
	}
	var id [16]byte
	if _, err := io.ReadFull(cfg.Rand, id[:]); err != nil {
		return fault.Internal.Wrap(err, "draw the store's id: no randomness")
	}
	if err := createFile(temp); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(temp)
		}
	}()
	if err := fill(ctx, temp, id, cfg.Now().Unix(), list); err != nil {
		return translate(err, "create the store")
	}
	return publish(temp, path)
}

// fill brings an empty file to the latest schema and writes its meta row.
func fill(ctx context.Context, path string, id [16]byte, created int64, list []migration) (err error) {
	db := openPool(path, creating)
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := migrate(ctx, conn, 0, list); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx,
		"INSERT INTO meta (one, store, created, revision, head_sequence, head_hash) VALUES (1, ?, ?, 0, 0, zeroblob(32))",
		id[:], created)
	return err
}

// upgrade refuses a file that is not ours to change, keeps a copy of one of an
// older schema and migrates it, and compares the schema with what this program
// would have made. It leaves files that it refuses as they are.
func upgrade(ctx context.Context, conn *sql.Conn, path string, list []migration) error {
	var application, version int
	for pragma, dest := range map[string]*int{"application_id": &application, "user_version": &version} {
		if err := conn.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(dest); err != nil {
			return unreadable(err, "its header")
		}
	}
	switch known := len(list); {
	case application != applicationID:
		return fault.Unsupported.New("%s is not a store of strongroom", FileName).
			WithHint("move the file out of the data directory, or choose another data directory")
	case version < 1:
		return errCorrupt("schema version %d", version)
	case version > known:
		return fault.Unsupported.New("the store has schema version %d; this program knows versions up to %d", version, known).
			WithHint("start the newer strongroom that wrote it; to go back for good, restore the copy %s.v%d.bak, which lacks everything since",
				FileName, known)
	case version < known:
		copied, err := backUp(ctx, conn, path, version)
		if err != nil {
			return translate(err, "copy the store before its migration")
		}
		if err := migrate(ctx, conn, version, list); err != nil {
			os.Remove(copied)                     // the store itself is still what was copied
			if primary(err) == lib.SQLITE_ERROR { // what the statements are about is not what that version had
				return fault.Corrupt.Wrap(err, "the store has schema version %d and does not look like it: it is damaged", version).WithHint("%s", restoreHint)
			}
			return translate(err, fmt.Sprintf("migrate the store from schema version %d to %d", version, known))
		}
	}
	return checkSchema(ctx, conn, list)
}

// migrate runs the migrations after version in one transaction.
func migrate(ctx context.Context, conn *sql.Conn, version int, list []migration) (err error) {
	exec := func(format string, args ...any) {
		if err == nil {
			_, err = conn.ExecContext(ctx, fmt.Sprintf(format, args...))
		}
	}
	// Only possible outside a transaction. A migration may have to rebuild a
	// table that others refer to.
	exec("PRAGMA foreign_keys=OFF")
	exec("BEGIN IMMEDIATE")
	if err != nil {
		return err
	}
	defer func() {
		// Must not fail because ctx ended: the connection is used again.
		ctx := context.WithoutCancel(ctx)
		if err != nil {
			conn.ExecContext(ctx, "ROLLBACK") // reports only that SQLite already did
		}
		_, fkErr := conn.ExecContext(ctx, "PRAGMA foreign_keys=ON")
		err = errors.Join(err, fkErr)
	}()
	for _, m := range list[version:] {
		if err := m(ctx, conn); err != nil {
			return err
		}
	}
	if err := checkReferences(ctx, conn); err != nil {
		return err
	}
	exec("PRAGMA application_id=%d", applicationID)
	exec("PRAGMA user_version=%d", len(list))
	exec("COMMIT")
	return err
}

// backUp keeps a copy of the store beside it and returns the copy's path. It
// never replaces an earlier copy.
func backUp(ctx context.Context, conn *sql.Conn, path string, version int) (string, error) {
	temp := path + ".bak.new"
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", storageError(err, "remove "+FileName+".bak.new")
	}
	final := fmt.Sprintf("%s.v%d.bak", path, version)
	for n := 2; ; n++ {
		if _, err := os.Lstat(final); errors.Is(err, fs.ErrNotExist) {
			break
		} else if err != nil {
			return "", storageError(err, "look for an earlier copy")
		}
		final = fmt.Sprintf("%s.v%d.%d.bak", path, version, n)
	}
	// VACUUM INTO accepts an empty file, which then has the right mode from its first byte.
	if err := createFile(temp); err != nil {
		return "", err
	}
	_, err := conn.ExecContext(ctx, "VACUUM INTO ?", temp)
	if err == nil {
		err = publish(temp, final)
	}
	if err != nil {
		os.Remove(temp)
		return "", err
	}
	return final, nil
}

// checkSchema refuses a file whose tables are not exactly those that the
// migrations make: a missing constraint or a planted trigger would undo what
// the rest of this package relies on.
func checkSchema(ctx context.Context, conn *sql.Conn, list []migration) error {
	db := openPool("", creating)
	db.SetMaxOpenConns(1)
	defer db.Close()
	scratch, err := db.Conn(ctx)
	if err != nil {
		return translate(err, "open the store")
	}
	defer scratch.Close()
	if err := migrate(ctx, scratch, 0, list); err != nil {
		return translate(err, "open the store")
	}
	want, err := schemaOf(ctx, scratch)
	if err != nil {
		return translate(err, "open the store")
	}
	got, err := schemaOf(ctx, conn)
	if err != nil {
		return unreadable(err, "its schema")
	}
	if !slices.Equal(got, want) {
		return errCorrupt("its tables are not those of schema version %d", len(list))
	}
	return nil
}

func schemaOf(ctx context.Context, q querier) (entries []string, err error) {
	// Hostile files may have any number of entries; one more than can be right is enough.
	rows, err := q.QueryContext(ctx,
		"SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1 LIMIT 1000")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var entry string
		if err := rows.Scan(&entry); err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	return entries, rows.Err()
}

// checkReferences refuses rows that refer to nothing.
func checkReferences(ctx context.Context, q querier) error {
	var table string
	err := q.QueryRowContext(ctx, "SELECT \"table\" FROM pragma_foreign_key_check").Scan(&table)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return errCorrupt("a row of %s belongs to no wallet", table)
}
