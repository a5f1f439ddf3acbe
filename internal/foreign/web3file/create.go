package web3file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"strongroom/internal/atomicfile"
	"strongroom/internal/fault"
)

// Create writes the file of a new account, which is listed when Create returns: aside
// under a hidden name, synced, read again and given to check, renamed, and the folder
// synced. Its mode is 0600; a folder that is missing is made with 0700. Nothing is
// replaced. Errors: fault.Conflict where the name is taken, those of check,
// fault.Storage; then there is no file.
func (d *Directory) Create(name string, data []byte, check func(written []byte) error) (Account, error) {
	if name != filepath.Base(name) || ignored(name) {
		return Account{}, fault.Internal.New("no key file can have this name")
	}
	path := filepath.Join(d.cfg.Path, name)
	if err := makeFolder(d.cfg.Path); err != nil {
		return Account{}, errWrite(err)
	}
	aside, err := os.CreateTemp(d.cfg.Path, asidePrefix+"*"+asideSuffix) // mode 0600
	if err != nil {
		return Account{}, errWrite(err)
	}
	defer os.Remove(aside.Name()) // after the rename there is nothing to remove
	defer aside.Close()
	if err := fill(aside, data, check); err != nil {
		return Account{}, err
	}
	// Nobody but us names files by the nanosecond and an address, so that the time
	// between this and the rename does not matter.
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return Account{}, fault.Conflict.New("a file of the new key's name is there already")
	}
	if err := os.Rename(aside.Name(), path); err != nil {
		return Account{}, errWrite(err)
	}
	if err := atomicfile.SyncDir(d.cfg.Path); err != nil {
		return Account{}, errWrite(errors.Join(err, os.Remove(path)))
	}
	d.stale.Store(true)
	accounts, _ := d.Accounts()
	if i := slices.IndexFunc(accounts, func(a Account) bool { return a.Path == path }); i >= 0 {
		return accounts[i], nil
	}
	return Account{}, fault.Conflict.New("the new key file was taken away or changed at once")
}

// fill writes and syncs a file and has it checked as it then is.
func fill(f *os.File, data []byte, check func(written []byte) error) error {
	if _, err := f.Write(data); err != nil {
		return errWrite(err)
	}
	if err := f.Sync(); err != nil {
		return errWrite(err)
	}
	written := make([]byte, len(data)+1)
	n, err := f.ReadAt(written, 0)
	if n != len(data) {
		return errWrite(err)
	}
	return check(written[:n])
}

// makeFolder makes the folder, and what is missing above it, durable.
func makeFolder(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	return atomicfile.SyncDir(filepath.Dir(path))
}

func errWrite(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.Storage.Wrap(err, "the key file cannot be written: the disk is full").WithHint("make room; nothing was changed")
	}
	return fault.Storage.Wrap(err, "the key file cannot be written")
}
