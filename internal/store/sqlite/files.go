package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"strongroom/internal/fault"
)

// fileMode is the mode of every file of the store.
const fileMode = 0o600

// inspect reports whether the store's file is there, and makes sure that what is
// there may be opened: regular files that are nobody else's to read.
//
// It never opens an existing file: closing it would drop the locks that SQLite
// holds on it elsewhere in this process (a trait of POSIX locks).
func inspect(path string) (exists bool, err error) {
	sizes := map[string]int64{}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Lstat(path + suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return false, storageError(err, "look at "+FileName+suffix)
		}
		if !info.Mode().IsRegular() {
			return false, fault.Storage.New("%s is not a regular file", FileName+suffix).
				WithHint("put the file itself into the data directory, not a link to it")
		}
		if info.Mode().Perm() != fileMode {
			// Restored copies often come with wider modes.
			if err := os.Chmod(path+suffix, fileMode); err != nil {
				return false, storageError(err, "set the mode of "+FileName+suffix)
			}
		}
		sizes[suffix] = info.Size()
	}
	size, exists := sizes[""]
	switch {
	case exists && size == 0:
		// A new store is never empty: it is made complete before it gets its name.
		return false, errCorrupt("%s is empty", FileName)
	case !exists && sizes["-wal"] > 0:
		// SQLite would replay this log into the new file.
		return false, fault.Corrupt.New("%s is missing but its log %s-wal is there", FileName, FileName).
			WithHint("put %s back beside its log, or move the log away to begin a new store", FileName)
	}
	return exists, nil
}

// createFile makes an empty file of mode 0600 where no file may be.
func createFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, fileMode)
	if err != nil {
		return storageError(err, "create "+filepath.Base(path))
	}
	if err := errors.Join(f.Chmod(fileMode), f.Close()); err != nil { // a umask may have taken more
		return storageError(err, "create "+filepath.Base(path))
	}
	return nil
}

// publish syncs a finished file and gives it its final name.
func publish(from, to string) error {
	if err := syncPath(from); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return storageError(err, "rename "+filepath.Base(from))
	}
	return syncDir(filepath.Dir(to))
}

// syncDir makes names in a directory durable.
func syncDir(dir string) error { return syncPath(dir) }

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return storageError(err, "sync "+filepath.Base(path))
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return storageError(err, "sync "+filepath.Base(path))
	}
	return nil
}

func storageError(err error, doing string) error {
	e := fault.Storage.Wrap(err, "%s: the file system refused", doing)
	if errors.Is(err, syscall.ENOSPC) {
		e = fault.Storage.Wrap(err, "%s: the disk is full", doing).WithHint("free some space where the data directory is")
	} else if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) {
		e = e.WithHint("check that the data directory exists and belongs to the user strongroom runs as")
	}
	return e
}
