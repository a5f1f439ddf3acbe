package sqlite

import (
	"context"
	"database/sql"

	"strongroom/internal/store"
)

// applicationID is "SRDB" in the header of a store's file.
const applicationID = 0x53524442

// migration takes the schema from one version to the next. It runs in a
// transaction with foreign keys unenforced; they are checked before it commits.
type migration func(ctx context.Context, conn *sql.Conn) error

// migrations lists them in order: the first makes version 1 out of an empty
// file, the n-th makes version n out of version n-1. A migration that was
// released never changes.
func migrations() []migration {
	return []migration{
		script(version1),
		script(version2),
	}
}

// script is a migration that is only SQL.
func script(text string) migration {
	return func(ctx context.Context, conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, text)
		return err
	}
}

// version1 is the first schema. Names are BLOBs because they are unique by their
// bytes and need not be UTF-8. Records are clustered by wallet, which is how
// they are read, and by their key, which makes it unique without another index.
// The bounds are those of store.Check.
const version1 = `
CREATE TABLE meta (
	one           INTEGER PRIMARY KEY CHECK (one = 1),
	store         BLOB    NOT NULL CHECK (length(store) = 16),
	created       INTEGER NOT NULL,
	revision      INTEGER NOT NULL CHECK (revision >= 0),
	head_sequence INTEGER NOT NULL CHECK (head_sequence >= 0),
	head_hash     BLOB    NOT NULL CHECK (length(head_hash) = 32)
) STRICT;

CREATE TABLE wallets (
	id           BLOB    PRIMARY KEY NOT NULL CHECK (length(id) = 16),
	name         BLOB    NOT NULL UNIQUE CHECK (length(name) <= 65536),
	created_name BLOB    NOT NULL CHECK (length(created_name) <= 65536),
	created      INTEGER NOT NULL,
	format       INTEGER NOT NULL CHECK (format BETWEEN 0 AND 4294967295),
	next_index   INTEGER NOT NULL CHECK (next_index >= 0),
	source       BLOB    NOT NULL CHECK (length(source) <= 65536),
	source_hash  BLOB    NOT NULL CHECK (length(source_hash) IN (0, 32))
) STRICT, WITHOUT ROWID;

CREATE TABLE slots (
	wallet BLOB    NOT NULL REFERENCES wallets (id) ON DELETE CASCADE,
	number INTEGER NOT NULL CHECK (number BETWEEN 0 AND 4294967295),
	sealed BLOB    NOT NULL CHECK (length(sealed) BETWEEN 1 AND 1048576),
	PRIMARY KEY (wallet, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE records (
	wallet    BLOB    NOT NULL REFERENCES wallets (id) ON DELETE CASCADE,
	kind      INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),
	algorithm INTEGER NOT NULL CHECK (algorithm BETWEEN 0 AND 255),
	usage     INTEGER NOT NULL CHECK (usage BETWEEN 0 AND 255),
	public    BLOB    NOT NULL CHECK (length(public) <= 1024),
	id        BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
	name      BLOB    NOT NULL CHECK (length(name) <= 65536),
	key_index INTEGER NOT NULL CHECK (key_index >= 0),
	sealed    BLOB    NOT NULL CHECK (length(sealed) BETWEEN 1 AND 1048576),
	PRIMARY KEY (wallet, kind, algorithm, usage, public)
) STRICT, WITHOUT ROWID;
`

// version2 notes of each key what it was made for.
const version2 = `
ALTER TABLE records ADD COLUMN chain BLOB NOT NULL DEFAULT x'' CHECK (length(chain) <= 256);
ALTER TABLE records ADD COLUMN path BLOB NOT NULL DEFAULT x'' CHECK (length(path) <= 256);
`

// meta is the one row about the store itself. The revision counts transactions,
// which tells whether one whose commit failed took place.
type meta struct {
	id       [16]byte
	revision int64
	head     store.Head
}

// querier is what sql.DB and sql.Conn have in common for reading.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func readMeta(ctx context.Context, q querier) (meta, error) {
	var (
		m        meta
		id, hash []byte
		sequence int64
	)
	err := q.QueryRowContext(ctx, "SELECT store, revision, head_sequence, head_hash FROM meta").
		Scan(&id, &m.revision, &sequence, &hash)
	if err != nil {
		return meta{}, unreadable(err, "the store's own row")
	}
	if len(id) != len(m.id) || len(hash) != len(m.head.Hash) || sequence < 0 || m.revision < 0 {
		return meta{}, errCorrupt("the store's own row has impossible values")
	}
	copy(m.id[:], id)
	copy(m.head.Hash[:], hash)
	m.head.Sequence = uint64(sequence)
	return m, nil
}
