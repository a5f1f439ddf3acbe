package sqlite

import (
	"context"
	"database/sql"
	"net/url"

	"strongroom/internal/fault"

	_ "modernc.org/sqlite" // registers the database/sql driver "sqlite"
)

// Ways to open the file.
type access int

const (
	reading  access = iota // read-only, for the pool of readers
	writing                // for the writer and for migrations
	creating               // for making a new file, or a scratch database in memory
)

const (
	// maxReaders bounds the pool: a few for streams, the rest for short reads.
	maxReaders = 8
	// lockWait is how long a connection waits for another process, in milliseconds.
	lockWait = "2000"
	// checkpointPages is the length of the log, in pages of 4 KiB, at which SQLite
	// moves it into the file. Longer logs make fewer syncs but slower starts.
	checkpointPages = "4000"
	// logLimit is what the log file shrinks to after a burst, in bytes.
	logLimit = "33554432"

	pageSize = 4096
)

// openPool prepares connections to the database at path, or in memory if path
// is empty. Nothing is opened yet.
//
// Every connection distrusts the file: no functions or virtual tables from its
// schema, no strings for misspelt columns, checked cells, defensive mode.
func openPool(path string, mode access) *sql.DB {
	q := url.Values{
		"_defensive": {"1"},
		"_dqs":       {"0"},
		"_error_rc":  {"1"},
		"_pragma": {
			"busy_timeout(" + lockWait + ")",
			"trusted_schema(0)",
			"cell_size_check(1)",
			"temp_store(MEMORY)",
		},
	}
	pragma := func(p ...string) { q["_pragma"] = append(q["_pragma"], p...) }
	durable := []string{
		"synchronous(FULL)",
		"fullfsync(1)", // macOS: a sync that reaches the medium; nothing elsewhere
		"checkpoint_fullfsync(1)",
		"secure_delete(1)",
		"foreign_keys(1)",
	}
	switch mode {
	case reading:
		q.Set("mode", "ro")
		pragma("query_only(1)", "cache_size(-4096)")
	case writing:
		q.Set("mode", "rw")
		pragma(durable...)
		pragma("cache_size(-16384)", "wal_autocheckpoint("+checkpointPages+")", "journal_size_limit("+logLimit+")")
	case creating:
		// No journal file: what is being made is thrown away if it fails.
		pragma(durable...)
		pragma("page_size(4096)", "journal_mode(MEMORY)")
	}
	name := "file::memory:"
	if path != "" {
		name = (&url.URL{Scheme: "file", Path: path}).String()
	}
	db, err := sql.Open("sqlite", name+"?"+q.Encode())
	if err != nil {
		// Only an unregistered driver makes Open fail.
		panic("sqlite: " + err.Error())
	}
	return db
}

// startLog puts the file into WAL mode and makes sure that nobody else writes.
func startLog(ctx context.Context, conn *sql.Conn) error {
	var mode string
	if err := conn.QueryRowContext(ctx, "PRAGMA journal_mode=WAL").Scan(&mode); err != nil {
		return unreadable(err, "its header")
	}
	if mode != "wal" {
		return fault.Storage.New("the store's file system cannot hold a write-ahead log").
			WithHint("put the data directory on a local disk")
	}
	for _, stmt := range []string{"BEGIN IMMEDIATE", "ROLLBACK"} {
		if _, err := conn.ExecContext(ctx, stmt); err != nil {
			return translate(err, "open the store")
		}
	}
	return nil
}
