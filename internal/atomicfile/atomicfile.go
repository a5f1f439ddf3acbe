// Package atomicfile writes small files so that whoever reads them, and whoever
// finds them after a crash, sees the old file or the new one and never a part.
//
// A file is written beside its place, synced, renamed, and its directory synced.
// When [Write] returns nil the file is on the disk under its name. When it returns
// an error the place holds what it held before, or (only if it was the directory
// that could not be synced) the new file, which a crash may still take back.
//
// Files with a life of their own (stores, the journal, wallets of other daemons,
// which may need to keep an owner or replace nothing) have their own writers; of
// those that sync directories, [SyncDir] is the common part.
//
// It imports nothing of the project, and everything may import it.
package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
)

// Write puts a file in the place of what is at path, if anything: a symbolic link
// there is replaced, not followed. The file has exactly the permissions mode,
// whatever the umask, and no wider ones before. The data of a writer that was
// killed may stay behind beside path, in a file of mode 0600 whose name begins
// with a dot. Errors are those of package os.
func Write(path string, data []byte, mode os.FileMode) (err error) {
	aside, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(aside.Name()) // after the rename there is nothing to remove
		}
	}()
	_, err = aside.Write(data)
	if err == nil {
		err = aside.Chmod(mode)
	}
	if err == nil {
		err = aside.Sync()
	}
	if closeErr := aside.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(aside.Name(), path)
	}
	if err == nil {
		err = SyncDir(filepath.Dir(path))
	}
	return err
}

// SyncDir makes the names in a directory durable, so that a file that was made,
// renamed or removed there stays so after a crash. Errors are those of package os.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
