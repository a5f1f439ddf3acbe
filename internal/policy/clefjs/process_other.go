//go:build !linux

package clefjs

import (
	"os"
	"syscall"
)

// attributes gives a child a group of its own.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// ownProgram is the program that runs.
func ownProgram() (string, error) { return os.Executable() }

// signal kills the group. The caller holds mu, and the child is not reaped: its number
// is its own.
func (ch *child) signal() { _ = syscall.Kill(-ch.cmd.Process.Pid, syscall.SIGKILL) }

// await returns how the child ended, and marks it as reaped.
func (ch *child) await() error {
	err := ch.cmd.Wait()
	ch.mu.Lock()
	defer ch.mu.Unlock()
	ch.reaped = true
	return err
}
