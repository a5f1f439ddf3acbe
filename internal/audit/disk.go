package audit

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"

	"strongroom/internal/fault"
)

// control runs a system call on the file, which cannot be closed meanwhile, and
// again as long as a signal interrupts it.
func control(f *os.File, call func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var callErr error
	err = raw.Control(func(fd uintptr) {
		for callErr = unix.EINTR; callErr == unix.EINTR; {
			callErr = call(int(fd))
		}
	})
	return errors.Join(err, callErr)
}

// syncDir makes the names in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// lockFile keeps other processes out as long as f is open.
func lockFile(f *os.File) error {
	err := control(f, func(fd int) error { return unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB) })
	if errors.Is(err, unix.EWOULDBLOCK) {
		return fault.Conflict.New("the audit journal is in use by another process")
	}
	return err
}
