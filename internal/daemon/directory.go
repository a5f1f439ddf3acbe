package daemon

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

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
	if err := CheckModes(path, trustModes); err != nil {
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
	if err := d.prepare(); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// prepare makes what must be inside, and removes the copies of foreign files that
// an interrupted adoption left behind.
func (d *Directory) prepare() error {
	// RemoveAll takes away a link, and never what it leads to: in a directory that
	// others may write to, that could be anything of ours.
	if err := os.RemoveAll(d.Join(privateName)); err != nil {
		return fault.Storage.Wrap(err, "the directory %s can not be emptied", d.Join(privateName))
	}
	for _, name := range []string{storeName, journalName, runName, privateName} {
		if err := os.Mkdir(d.Join(name), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return fault.Storage.Wrap(err, "the directory %s can not be made", d.Join(name))
		}
	}
	return nil
}

// CheckModes refuses a directory that is not one, that belongs to another user, or
// that group or others may use. It changes nothing.
func CheckModes(path string, trustModes bool) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.Invalid.New("the data directory %s does not exist", path).
			WithHint("make one with: strongroom init --data-dir %s", path)
	case err != nil:
		return fault.Storage.Wrap(err, "the data directory %s can not be read", path)
	case !info.IsDir():
		return fault.Invalid.New("%s is not a directory", path)
	case !isOwn(path, info) && !trustModes:
		return fault.Denied.New("the data directory %s belongs to another user", path).
			WithHint("run as its owner; or accept it with --trust-modes")
	case info.Mode().Perm()&0o077 != 0 && !trustModes:
		return fault.Denied.New("the data directory %s is open to others (mode %04o)", path, info.Mode().Perm()).
			WithHint("close it with: chmod 700 %s; or accept it with --trust-modes", path)
	}
	return nil
}

// isOwn reports whether a path, a link included, and what it leads to belong to our
// user or to root. The owner of a directory can replace everything in it.
func isOwn(path string, target fs.FileInfo) bool {
	link, err := os.Lstat(path)
	if err != nil {
		return false
	}
	for _, info := range []fs.FileInfo{link, target} {
		owner, ok := info.Sys().(*syscall.Stat_t)
		if !ok || owner.Uid != 0 && int(owner.Uid) != os.Geteuid() {
			return false
		}
	}
	return true
}

// Join gives the path of a name inside the directory.
func (d *Directory) Join(name string) string { return filepath.Join(d.Path, name) }

// Close gives the directory up. The lock file stays: removing it would let two
// processes hold locks on two files of the same name.
func (d *Directory) Close() error { return d.lock.Close() }
