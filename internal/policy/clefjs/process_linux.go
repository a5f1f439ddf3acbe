package clefjs

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// attributes gives a child a group of its own and the end of its keeper's thread as its
// own end.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// ownProgram is the program that runs, also if its file was replaced since.
func ownProgram() (string, error) {
	const self = "/proc/self/exe"
	if _, err := os.Lstat(self); err == nil {
		return self, nil
	}
	return os.Executable()
}

// signal kills the group. The caller holds mu, and the child is not reaped: its number
// is its own.
func (ch *child) signal() { _ = unix.Kill(-ch.cmd.Process.Pid, unix.SIGKILL) }

// await returns how the child ended, and marks it as reaped. It sees the end before it
// reaps, so that nobody signals a number that may be another's by then.
func (ch *child) await() error {
	for {
		err := unix.Waitid(unix.P_PID, ch.cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	ch.mu.Lock()
	defer ch.mu.Unlock()
	ch.signal() // what is left of the group
	ch.reaped = true
	return ch.cmd.Wait()
}
