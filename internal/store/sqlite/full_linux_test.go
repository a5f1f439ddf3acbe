package sqlite

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// cannotMount is what the child says where the machine forbids mounts.
const cannotMount = "cannot mount"

// isolate gives the child a mount namespace of its own, and a user namespace
// where that is what allows it.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
}

// fillSmallDisk is a child that mounts a file system of 2 MiB for itself and
// fills it, part of it with ballast that makes the room later.
func fillSmallDisk(args []string) error {
	if err := syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("%s: %w", cannotMount, err)
	}
	if err := syscall.Mount("tmpfs", args[0], "tmpfs", 0, "size=2m,mode=0700"); err != nil {
		return fmt.Errorf("%s: %w", cannotMount, err)
	}
	ballast := filepath.Join(args[0], "ballast")
	if err := os.WriteFile(ballast, make([]byte, 1<<20), fileMode); err != nil {
		return err
	}
	return fillAndRecover(args[0], func() error { return os.Remove(ballast) })
}
