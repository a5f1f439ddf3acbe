// Package sqlite keeps a store in one SQLite file, store.db in a directory.
//
// It is the default engine of package store: pure Go, nothing to install, one
// file to back up. Only the daemon's wiring, the doctor and tests import it;
// everybody else knows store.Store. It is the only importer of the SQLite driver.
//
// # One writer
//
// One goroutine owns the only connection that writes. Callers of Apply hand it
// their changes; those who wait while a transaction is under way share the next
// one, each in a savepoint of its own, so that one sync of the disk serves them
// all and a change that fails takes nobody else's with it (writer.go). Readers
// use a small pool of read-only connections and never wait for the writer.
//
// # Durable, and nothing but
//
// The file is in WAL mode with synchronous=FULL: a COMMIT that returned has been
// synced. A COMMIT that failed may still have left a complete transaction at
// the end of the log, which the next start would replay. The writer cuts it off
// before it answers (settle.go), so that what was refused never appears later.
//
// # Modes and copies
//
// store.db is made complete under another name, mode 0600, and renamed into
// place; SQLite gives -wal and -shm the mode of store.db. A file of an older
// schema is copied to store.db.v<N>.bak before it is migrated (migrate.go).
//
// That one process at a time has the store open is the daemon lock's business;
// here a second writer only meets a clear error.
package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"io"
	"path/filepath"
	"sync"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// FileName is the name of the store's file in its directory. SQLite keeps
// FileName-wal and FileName-shm beside it while the store is open, and after a crash.
const FileName = "store.db"

// Config says where the store is and what it needs from outside.
type Config struct {
	// Dir is the directory of the store, which must exist and should be 0700.
	Dir string
	// Head gives the end of the journal. The writer calls it, from one goroutine,
	// right before each commit. Without it only SaveHead sets the saved head.
	Head func() store.Head
	// Now is the clock, time.Now if nil. It dates the store's creation.
	Now func() time.Time
	// Rand is where the store's ID is drawn from, crypto/rand if nil.
	Rand io.Reader
}

// Store is a store in a SQLite file. Make one with [Open].
type Store struct {
	id      [16]byte
	readers *sql.DB
	writer  *writer
	close   func() error
}

var _ store.Store = (*Store)(nil)

// Open opens the store in cfg.Dir. It makes a new one if there is none, and
// migrates one of an older schema after keeping a copy of it.
//
// Errors: fault.Unsupported for a file of a newer program or of another
// application, fault.Corrupt for a damaged one, fault.Storage where the disk or
// the permissions do not serve, or where another process is writing.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	return open(ctx, cfg, migrations())
}

// open is Open with the list of migrations as a parameter, for tests of migration.
func open(ctx context.Context, cfg Config, list []migration) (_ *Store, err error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fault.Storage.Wrap(err, "the store's directory cannot be found")
	}
	path := filepath.Join(dir, FileName)

	exists, err := inspect(path)
	if err != nil {
		return nil, err
	}
	if !exists {
		if err := create(ctx, path, cfg, list); err != nil {
			return nil, err
		}
	}

	db := openPool(path, writing)
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		db.Close()
		return nil, unreadable(err, "its header")
	}
	defer func() {
		if err != nil {
			conn.Close() // first: db.Close leaves connections in use open
			db.Close()
		}
	}()
	if err := upgrade(ctx, conn, path, list); err != nil {
		return nil, err
	}
	if err := startLog(ctx, conn); err != nil {
		return nil, err
	}
	if err := syncDir(dir); err != nil {
		return nil, err
	}
	return start(ctx, cfg, path, db, conn)
}

// start begins the writer on a connection whose file is ready, and owns db from then on.
func start(ctx context.Context, cfg Config, path string, db *sql.DB, conn *sql.Conn) (*Store, error) {
	m, err := readMeta(ctx, conn)
	if err != nil {
		return nil, err
	}
	w, err := newWriter(ctx, conn, path, m, cfg.Head)
	if err != nil {
		return nil, err
	}
	readers := openPool(path, reading)
	readers.SetMaxOpenConns(maxReaders)
	readers.SetMaxIdleConns(maxReaders)

	s := &Store{id: m.id, readers: readers, writer: w}
	s.close = sync.OnceValue(func() error {
		w.stop()
		// The last connection to close empties the log into the file. Let it be
		// the writer's: a read-only one could not.
		readErr := readers.Close()
		w.finalize()
		connErr := conn.Close()
		for _, err := range []error{readErr, connErr, db.Close()} {
			if err != nil {
				return translate(err, "close the store")
			}
		}
		return nil
	})
	return s, nil
}

// ID implements store.Store.
func (s *Store) ID() [16]byte { return s.id }

// Close implements store.Store. Streams of records already begun may be read to
// their end.
func (s *Store) Close() error { return s.close() }

// Apply implements store.Store.
func (s *Store) Apply(ctx context.Context, changes ...store.Change) error {
	for _, c := range changes {
		if err := store.Check(c); err != nil {
			return err
		}
	}
	return s.writer.submit(ctx, request{changes: changes})
}

// SaveHead implements store.Store.
func (s *Store) SaveHead(ctx context.Context, head store.Head) error {
	if err := store.CheckHead(head); err != nil {
		return err
	}
	return s.writer.submit(ctx, request{head: &head})
}
