package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// smallDisk names the folder on which a test, started again in a mount namespace
// of its own, mounts a small file system.
const smallDisk = "STRONGROOM_TEST_SMALL_DISK"

const (
	smallDiskSize = "6m"
	cannotMount   = "no file system of our own"
)

// TestFullDisk plays a full disk on a file system of some MiB, which only this
// test sees. Where the machine allows no mounts even in a namespace,
// TestFileSizeLimit has exercised the same recovery.
func TestFullDisk(t *testing.T) {
	onSmallDisk(t, func(folder string) {
		dir := filepath.Join(folder, "kmd")
		copyDir(t, newDir(t, "main"), dir)
		playFullDisk(t, ballast(dir))
	})
}

// onSmallDisk runs a test again in a mount namespace of its own, and there what it
// plays on a small file system.
func onSmallDisk(t *testing.T, play func(folder string)) {
	t.Helper()
	if folder := os.Getenv(smallDisk); folder != "" {
		if err := mountSmall(folder); err != nil {
			t.Fatalf("%s: %v", cannotMount, err)
		}
		play(folder)
		return
	}
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), smallDisk+"="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	switch {
	case err != nil && (len(out) == 0 || strings.Contains(string(out), cannotMount)):
		t.Logf("%v\n%s", err, out)
	case err != nil:
		t.Errorf("%v\n%s", err, out)
	case !strings.Contains(string(out), "--- PASS: "+t.Name()):
		t.Errorf("the test did not run:\n%s", out)
	}
}

func mountSmall(folder string) error {
	if err := syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return err
	}
	return syscall.Mount("tmpfs", folder, "tmpfs", 0, "size="+smallDiskSize+",mode=0700")
}

// copyDir copies a folder of plain files.
func copyDir(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(to, 0o700); err != nil {
		t.Fatal(err)
	}
}

// limitedFiles lets the kernel refuse every byte beyond the first page of a file.
// Rewriting in place still works within that page, as on a full disk.
func limitedFiles(dir string) fullDisk {
	return fullDisk{
		dir:    dir,
		finish: func(k *kmd) error { return limitFiles(k.cmd.Process.Pid, 4096) },
		free:   func(k *kmd) error { return limitFiles(k.cmd.Process.Pid, unix.RLIM_INFINITY) },
	}
}

// limitFiles sets the greatest size to which a process can make files.
func limitFiles(pid int, to uint64) error {
	var l unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_FSIZE, nil, &l); err != nil {
		return err
	}
	l.Cur = min(to, l.Max)
	return unix.Prlimit(pid, unix.RLIMIT_FSIZE, &l, nil)
}
