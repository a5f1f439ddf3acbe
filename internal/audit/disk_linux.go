package audit

import (
	"errors"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// syncData waits until the file's contents, and of its metadata what is needed to
// read them, are on the disk.
func syncData(f *os.File) error {
	return control(f, func(fd int) error { return unix.Fdatasync(fd) })
}

// allocate gives the file size bytes of real disk space.
func allocate(f *os.File, size int64) error {
	err := control(f, func(fd int) error { return unix.Fallocate(fd, 0, 0, size) })
	if errors.Is(err, unix.EOPNOTSUPP) {
		return fill(f, size)
	}
	return err
}

// bootID names this start of the machine, "" where the kernel does not say.
func bootID() string {
	b, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}
