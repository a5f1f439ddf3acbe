package sqlite

import (
	"context"
	"database/sql"
	"errors"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"strongroom/internal/fault"
)

// errClosed is the answer to any call after Close.
func errClosed() error { return fault.Canceled.New("the store is closed") }

// errCorrupt is for what SQLite accepts but no program of ours wrote.
func errCorrupt(format string, args ...any) error {
	return fault.Corrupt.New("the store is damaged: "+format, args...).WithHint("%s", restoreHint)
}

const restoreHint = "stop strongroom, keep a copy of the data directory, and restore it from a backup"

// code is the extended SQLite result code of err, 0 if it is not SQLite's.
func code(err error) int {
	if e, ok := errors.AsType[*driver.Error](err); ok {
		return e.Code()
	}
	return 0
}

// primary is the primary result code: the low byte of the extended one.
func primary(err error) int { return code(err) & 0xff }

// isTaken reports whether err says that a unique value is already there.
func isTaken(err error) bool {
	c := code(err)
	return c == lib.SQLITE_CONSTRAINT_UNIQUE || c == lib.SQLITE_CONSTRAINT_PRIMARYKEY
}

// isOrphan reports whether err says that the row referred to is not there.
func isOrphan(err error) bool { return code(err) == lib.SQLITE_CONSTRAINT_FOREIGNKEY }

// isOwn reports whether err concerns one request alone, so that the transaction
// it shares with others can go on. What SQLite says about the disk, the file or
// memory concerns all of them, and may have ended the transaction already.
func isOwn(err error) bool {
	switch primary(err) {
	case 0:
		_, classified := errors.AsType[*fault.Error](err)
		return classified
	case lib.SQLITE_CONSTRAINT, lib.SQLITE_TOOBIG, lib.SQLITE_MISMATCH:
		return true
	}
	return false
}

// translate gives an error of SQLite or database/sql its kind; doing says what
// failed, as in "open the store". Errors that have a kind keep it.
func translate(err error, doing string) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fault.Canceled.Wrap(err, "%s: canceled", doing)
	}
	if errors.Is(err, sql.ErrConnDone) {
		return errClosed()
	}
	if isOrphan(err) { // who may name what is missing has said so before
		return fault.Corrupt.Wrap(err, "%s: the store is damaged", doing).WithHint("%s", restoreHint)
	}
	switch primary(err) {
	case lib.SQLITE_FULL:
		return fault.Storage.Wrap(err, "%s: the disk is full", doing).
			WithHint("free some space where the data directory is; strongroom then carries on by itself")
	case lib.SQLITE_IOERR:
		return fault.Storage.Wrap(err, "%s: the disk failed or is full", doing).
			WithHint("check the free space and the health of the disk that holds the data directory")
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return fault.Storage.Wrap(err, "%s: another process has it in use", doing).
			WithHint("stop the other strongroom, or whatever else has %s open", FileName)
	case lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN, lib.SQLITE_PERM, lib.SQLITE_AUTH:
		return fault.Storage.Wrap(err, "%s: no permission, or no such directory", doing).
			WithHint("check that the data directory exists and belongs to the user strongroom runs as")
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB, lib.SQLITE_FORMAT:
		return fault.Corrupt.Wrap(err, "%s: the store is damaged", doing).WithHint("%s", restoreHint)
	case lib.SQLITE_NOMEM:
		return fault.Exhausted.Wrap(err, "%s: out of memory", doing)
	case lib.SQLITE_INTERRUPT:
		return fault.Canceled.Wrap(err, "%s: canceled", doing)
	case lib.SQLITE_TOOBIG:
		return fault.TooLarge.Wrap(err, "%s: too large", doing)
	}
	return fault.Internal.Wrap(err, "%s: failed", doing)
}

// unreadable is for errors of reading what. Our statements are fixed and right
// for a sound file, so a file that makes no sense of one, or gives a value that
// does not fit its variable, is damaged.
func unreadable(err error, what string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errCorrupt("%s is missing", what)
	}
	if e := translate(err, "read the store"); !fault.Is(e, fault.Internal) {
		return e
	}
	return fault.Corrupt.Wrap(err, "the store is damaged: %s cannot be read", what).WithHint("%s", restoreHint)
}
