package kiod

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"strongroom/internal/atomicfile"
	"strongroom/internal/fault"
)

const (
	lockName = "wallet.lock"
	// lockEvery is how often the lock file is looked at; the peer notices its
	// removal within a second.
	lockEvery = 500 * time.Millisecond
)

// HomeDirectory is the home directory of the user that the process runs as: from
// the password database, else from the environment (§1.2).
func HomeDirectory() (string, error) {
	u, err := user.LookupId(strconv.Itoa(os.Getuid()))
	if err == nil && filepath.IsAbs(u.HomeDir) {
		return u.HomeDir, nil
	}
	return os.UserHomeDir()
}

// Lock is that of a wallet directory (§1.3). It is a POSIX record lock on
// the whole file: only that kind keeps the peer's daemons out, and is kept out by
// theirs. The kernel gives it up with the process.
type Lock struct {
	path string
	file *os.File
}

// TakeLock takes the lock of a wallet directory. Errors: fault.Busy if another
// process has it, fault.Storage if the file cannot be made; both in the peer's words.
func TakeLock(dir, program string) (*Lock, error) {
	path := filepath.Join(dir, lockName)
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o644)
		if err != nil {
			return nil, fault.Storage.Wrap(err, "Failed to open wallet lock file at %s", path)
		}
		whole := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart}
		err = syscall.FcntlFlock(f.Fd(), syscall.F_SETLK, &whole)
		l := &Lock{path, f}
		switch {
		case errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES):
			_ = f.Close()
			return nil, fault.Busy.New("Failed to lock access to wallet directory; is another %s running?", program)
		case err != nil:
			_ = f.Close()
			return nil, fault.Storage.Wrap(err, "Failed to open wallet lock file at %s", path)
		case l.there():
			return l, nil
		}
		_ = f.Close() // it was removed by one that just ended
	}
}

// Release removes the file, if it is still ours, and gives the lock up.
func (l *Lock) Release() error {
	if l.there() {
		_ = os.Remove(l.path)
	}
	return l.file.Close()
}

// there reports whether the file that is locked still has its name.
func (l *Lock) there() bool {
	now, err := os.Lstat(l.path)
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist) // a directory that cannot be read says nothing
	}
	mine, err := l.file.Stat()
	return err != nil || os.SameFile(now, mine)
}

// WaitRemoved returns nil once the file has been removed: then another daemon may
// take the directory. Else it returns the error of ctx when that ends.
func (l *Lock) WaitRemoved(ctx context.Context) error {
	ticker := time.NewTicker(lockEvery)
	defer ticker.Stop()
	for l.there() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
	return nil
}

// makeDir makes a directory with its parents, for its owner alone.
func makeDir(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fault.Storage.Wrap(err, "the directory %s can not be made", path)
	}
	return nil
}

// readBounded reads a file of at most maxConfig bytes.
func readBounded(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err == nil && len(data) > maxConfig {
		err = fault.TooLarge.New("%s is longer than %d bytes", filepath.Base(path), maxConfig)
	}
	return data, err
}

// config reads config.ini, or makes it where it is missing and has its usual name.
func (p Program) config(all []option, path string) (given values, redundant []string, err error) {
	text, err := readBounded(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && filepath.Base(path) == configName:
		if err := makeDir(filepath.Dir(path)); err != nil {
			return nil, nil, err
		}
		if err := atomicfile.Write(path, []byte(p.defaultConfig()), 0o644); err != nil {
			return nil, nil, fault.Storage.Wrap(err, "the configuration %s can not be written", path)
		}
		return values{}, nil, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, fault.Invalid.New("Config file %s missing.", path)
	case err != nil:
		return nil, nil, fault.Storage.Wrap(err, "the configuration %s can not be read", path)
	}
	given, redundant, err = parseConfig(all, text)
	if err != nil {
		return nil, nil, fault.Invalid.New("%s: %s", path, fault.Text(err))
	}
	return given, redundant, nil
}
