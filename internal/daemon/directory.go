package daemon

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"strongroom/internal/fault"
)

// Names inside a data directory.
const (
	ConfigName  = "strongroom.toml"
	lockName    = "lock"
	storeName   = "store"
	journalName = "journal"
	runName     = "run"
	privateName = "private"
)

// Directory is a data directory that this process owns until Close.
type Directory struct {
	Path string
	lock *flock.Flock
}

// OpenDirectory takes a data directory into possession. It is made (0700) if it
// does not exist and create says so. Errors: fault.Denied if others may enter it
// and trustModes is false, fault.Busy if another process owns it.
func OpenDirectory(path string, create, trustModes bool) (*Directory, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fault.Invalid.Wrap(err, "data directory %q", path)
	}
	if create {
		if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, fault.Storage.Wrap(err, "the data directory %s can not be made", path)
		}
	}
	if err := checkModes(path, trustModes); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(path, lockName), flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	switch got, err := lock.TryLock(); {
	case err != nil:
		return nil, fault.Storage.Wrap(err, "the data directory %s can not be locked", path)
	case !got:
		_ = lock.Close()
		return nil, fault.Busy.New("another strongroom runs on the data directory %s", path).
			WithHint("stop it first, or talk to it: strongroom status --data-dir %s", path)
	}
	d := &Directory{Path: path, lock: lock}
	for _, name := range []string{storeName, journalName, runName, privateName} {
		if err := os.Mkdir(d.Join(name), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			_ = d.Close()
			return nil, fault.Storage.Wrap(err, "the directory %s can not be made", d.Join(name))
		}
	}
	// Copies of foreign files that an interrupted adoption left behind.
	if err := empty(d.Join(privateName)); err != nil {
		_ = d.Close()
		return nil, fault.Storage.Wrap(err, "the directory %s can not be emptied", d.Join(privateName))
	}
	return d, nil
}

// checkModes refuses a directory that is not one, or that group or others may use.
func checkModes(path string, trustModes bool) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.Invalid.New("the data directory %s does not exist", path).
			WithHint("make one with: strongroom init --data-dir %s", path)
	case err != nil:
		return fault.Storage.Wrap(err, "the data directory %s can not be read", path)
	case !info.IsDir():
		return fault.Invalid.New("%s is not a directory", path)
	case info.Mode().Perm()&0o077 != 0 && !trustModes:
		return fault.Denied.New("the data directory %s is open to others (mode %04o)", path, info.Mode().Perm()).
			WithHint("close it with: chmod 700 %s; or accept it with --trust-modes", path)
	}
	return nil
}

func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// Join gives the path of a name inside the directory.
func (d *Directory) Join(name string) string { return filepath.Join(d.Path, name) }

// Close gives the directory up. The lock file stays: removing it would let two
// processes hold locks on two files of the same name.
func (d *Directory) Close() error { return d.lock.Close() }
