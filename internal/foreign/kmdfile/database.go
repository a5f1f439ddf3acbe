package kmdfile

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"strongroom/internal/fault"
)

// Bounds on what a wallet file may hold.
const (
	maxValue     = 1 << 20   // bytes of one column: a multisig of 30,000 keys
	maxName      = 64 << 10  // bytes of a name; kmd sets no limit on renaming
	maxKeys      = 1_000_000 // private keys
	maxMultisigs = 100_000   // multisig accounts
	maxMembers   = 4_000_000 // keys of all multisig accounts together: 128 MB
)

// database is one connection to a private copy.
type database struct {
	pool *sql.DB
	conn *sql.Conn
}

// connect opens the SQLite file at path with nothing trusted. mode is SQLite's
// URI parameter: "mode=ro&immutable=1" to read, "mode=rw" to recover.
// No pragma used here makes SQLite parse the schema.
func connect(ctx context.Context, path, mode string) (*database, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fault.Storage.Wrap(err, textDatabase)
	}
	dsn := url.URL{Scheme: "file", Path: absolute, RawQuery: mode +
		"&_defensive=1&_dqs=0&_error_rc=1&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)"}
	connector, err := sqlite.NewConnector(dsn.String())
	if err != nil {
		return nil, fault.Storage.Wrap(err, textDatabase)
	}
	db := &database{pool: sql.OpenDB(connector)}
	db.pool.SetMaxOpenConns(1)
	if db.conn, err = db.pool.Conn(ctx); err != nil {
		return nil, errors.Join(databaseError(ctx, err), db.close())
	}
	limits := [...]struct{ id, value int }{
		{sqlite3.SQLITE_LIMIT_LENGTH, maxValue},
		{sqlite3.SQLITE_LIMIT_SQL_LENGTH, 16 << 10},
		{sqlite3.SQLITE_LIMIT_COLUMN, 32},
		{sqlite3.SQLITE_LIMIT_EXPR_DEPTH, 20},
		{sqlite3.SQLITE_LIMIT_COMPOUND_SELECT, 3},
		{sqlite3.SQLITE_LIMIT_VDBE_OP, 25_000},
		{sqlite3.SQLITE_LIMIT_FUNCTION_ARG, 8},
		{sqlite3.SQLITE_LIMIT_ATTACHED, 0},
		{sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 1},
		{sqlite3.SQLITE_LIMIT_WORKER_THREADS, 0},
	}
	for _, l := range limits {
		if _, err := sqlite.Limit(db.conn, l.id, l.value); err != nil {
			return nil, errors.Join(fault.Storage.Wrap(err, textDatabase), db.close())
		}
	}
	return db, nil
}

func (db *database) close() error {
	var err error
	if db.conn != nil {
		err = db.conn.Close()
	}
	if err = errors.Join(err, db.pool.Close()); err != nil {
		return fault.Storage.Wrap(err, textDatabase)
	}
	return nil
}

// openDatabase opens a settled copy for reading and checks that it has the shape
// of a kmd wallet.
func openDatabase(ctx context.Context, path string) (*database, error) {
	if err := checkFirstPage(path); err != nil {
		return nil, err
	}
	db, err := connect(ctx, path, "mode=ro&immutable=1")
	if err != nil {
		return nil, err
	}
	if err := db.checkSchema(ctx); err != nil {
		return nil, errors.Join(err, db.close())
	}
	return db, nil
}

// checkFirstPage refuses files that are not whole SQLite databases, and databases
// whose schema does not fit on the first page. kmd's does with room to spare,
// and a schema spread over a tree of pages that refer to each other could keep
// SQLite's parser busy for years.
func checkFirstPage(path string) error {
	const (
		magic      = "SQLite format 3\x00"
		headerSize = 100
		tableLeaf  = 0x0d // b-tree page type (SQLite file format §1.6)
	)
	f, err := os.Open(path)
	if err != nil {
		return fault.Storage.Wrap(err, "the private copy of a wallet file cannot be read")
	}
	defer f.Close()
	var head [headerSize + 1]byte
	switch _, err := io.ReadFull(f, head[:]); {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return fault.Corrupt.New("the file is too short for a database")
	case err != nil:
		return fault.Storage.Wrap(err, "the private copy of a wallet file cannot be read")
	case string(head[:len(magic)]) != magic:
		return fault.Corrupt.New("the file is not a SQLite database")
	case head[headerSize] != tableLeaf:
		return fault.Unsupported.New("the database's schema is larger than a wallet's")
	}
	pageSize := int64(head[16])<<8 | int64(head[17])
	if pageSize == 1 {
		pageSize = 65536
	}
	length, err := size(path)
	if err != nil {
		return err
	}
	if pageSize < 512 || length%pageSize != 0 {
		return fault.Corrupt.New("the database is cut off")
	}
	return nil
}
