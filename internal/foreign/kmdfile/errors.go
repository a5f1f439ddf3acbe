package kmdfile

import (
	"context"
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"strongroom/internal/fault"
)

// The words of kmd that its clients match on or show.
const (
	textWrongPassword = "error decrypting. wrong password?"
	textWrongType     = "error decrypting, found the wrong type of data. something fishy is going on with this wallet"
	textMismatch      = "derived public key mismatch, something fishy is going on with this wallet"
	textDriverName    = "found database with wrong driver name in wallets dir"
	textDriverVersion = "found database with wrong driver version in wallets dir"
	textDatabase      = "database error"
)

// databaseError classifies what SQLite said about a private copy: a file that
// SQLite finds malformed is corrupt, everything else is our own storage.
func databaseError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return canceled(ctx)
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff { // the primary code of an extended one
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY,
			sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_INTERRUPT:
			return fault.Storage.Wrap(err, textDatabase)
		}
		return fault.Corrupt.Wrap(err, textDatabase)
	}
	return fault.Storage.Wrap(err, textDatabase)
}

func canceled(ctx context.Context) error {
	return fault.Canceled.Wrap(context.Cause(ctx), "reading the wallet file was canceled")
}
