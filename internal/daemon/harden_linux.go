package daemon

import (
	"errors"

	"golang.org/x/sys/unix"
)

// Harden closes the process to others: no core dumps, no debugger, no readable
// /proc entries of memory, no new privileges, and no file that others may read
// unless it is asked for. It is called once, first of all.
func Harden() error {
	unix.Umask(0o077)
	return errors.Join(
		unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}),
		unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0),
		unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
	)
}
