package kmdfile

import (
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"

	"strongroom/internal/fault"
)

// journalMagic begins each header of a rollback journal, and ends a journal that
// names a super-journal (SQLite file format §3).
const journalMagic = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"

// settle brings a fresh copy to its last committed state: a hot rollback journal
// is rolled back and a write-ahead log is folded in, both by SQLite, both in the
// copy. Afterwards the copy is a single file.
func settle(ctx context.Context, path string) error {
	journal, err := size(path + "-journal")
	if err != nil {
		return err
	}
	wal, err := size(path + "-wal")
	if err != nil {
		return err
	}
	if journal > 0 {
		if err := checkJournal(path+"-journal", journal); err != nil {
			return err
		}
	}
	if journal > 0 || wal > 0 {
		if err := recoverCopy(ctx, path); err != nil {
			return err
		}
	}
	for _, suffix := range [...]string{"-journal", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fault.Storage.Wrap(err, "the private copy of a wallet file cannot be settled")
		}
	}
	length, err := size(path)
	if err != nil {
		return err
	}
	if length > MaxFileSize {
		return fault.TooLarge.New("the wallet file has %d bytes after recovery, more than %d", length, MaxFileSize)
	}
	return nil
}

// size is the length of a file, 0 if there is none.
func size(path string) (int64, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fault.Storage.Wrap(err, "the private copy of a wallet file cannot be read")
	}
	return info.Size(), nil
}

// checkJournal refuses the two things by which a planted journal reaches beyond
// its database. A super-journal is a path to another file, which SQLite follows
// in recovery and may remove: kmd's transactions never span databases, so its
// journals never name one. And the page count before the transaction, to which
// the database is cut or extended, must stay within our size limit.
func checkJournal(path string, length int64) error {
	f, err := os.Open(path)
	if err != nil {
		return fault.Storage.Wrap(err, "the private copy of a wallet file cannot be read")
	}
	defer f.Close()

	var tail [len(journalMagic)]byte
	if length >= int64(len(tail)) {
		if _, err := f.ReadAt(tail[:], length-int64(len(tail))); err != nil {
			return fault.Storage.Wrap(err, "the private copy of a wallet file cannot be read")
		}
		if string(tail[:]) == journalMagic {
			return fault.Corrupt.New("the wallet file's journal refers to another file")
		}
	}

	// magic 8, records 4, checksum start 4, pages before 4, sector size 4, page size 4
	var header [28]byte
	if length < int64(len(header)) {
		return nil // too short to be rolled back; SQLite ignores it
	}
	if _, err := f.ReadAt(header[:], 0); err != nil {
		return fault.Storage.Wrap(err, "the private copy of a wallet file cannot be read")
	}
	if string(header[:8]) != journalMagic {
		return nil // finished transaction; SQLite ignores it
	}
	pages, pageSize := binary.BigEndian.Uint32(header[16:]), binary.BigEndian.Uint32(header[24:])
	if pageSize == 0 { // stands for the database's own page size
		pageSize = 65536
	}
	if uint64(pages)*uint64(pageSize) > MaxFileSize {
		return fault.TooLarge.New("the wallet file's journal restores more than %d bytes", MaxFileSize)
	}
	return nil
}

// recoverCopy lets SQLite recover the copy. Reading a number of the database
// header is enough for that, and does not make SQLite parse the schema, which
// nobody has looked at yet. Closing folds a write-ahead log in.
func recoverCopy(ctx context.Context, path string) error {
	db, err := connect(ctx, path, "mode=rw")
	if err != nil {
		return err
	}
	var ignored int64
	err = db.conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&ignored)
	if err != nil {
		err = databaseError(ctx, err)
	}
	return errors.Join(err, db.close())
}
