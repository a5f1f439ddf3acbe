//go:build !linux

package daemon

import "golang.org/x/sys/unix"

// Harden closes the process to others as far as this system can: no core dumps,
// and no file that others may read unless it is asked for. It is called once,
// first of all.
func Harden() error {
	unix.Umask(0o077)
	return unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
}
