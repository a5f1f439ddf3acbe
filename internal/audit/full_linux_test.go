package audit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"strongroom/internal/fault"
)

func runPlatformChild(part, dir string) error {
	switch part {
	case "full":
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m,mode=0700"); err != nil {
			return fmt.Errorf("%s: %w", cannotMount, err)
		}
		return fullChild(dir)
	case "limit":
		return limitChild(dir)
	}
	return fmt.Errorf("unknown part %q", part)
}

const (
	cannotMount = "no private file system"
	passed      = "passed"
)

// TestDiskFull runs fullChild on a file system of 1 MiB in a mount namespace of its
// own: as root, or as the root of a user namespace. Where the kernel allows
// neither, the same property is tested with a limit on the size of files alone.
func TestDiskFull(t *testing.T) {
	for _, attr := range []*syscall.SysProcAttr{
		{Unshareflags: syscall.CLONE_NEWNS},
		{
			Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
			UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
		},
	} {
		out, err := runPart(t, "full", attr)
		if err == nil && strings.Contains(out, passed) {
			return
		}
		if out != "" && !strings.Contains(out, cannotMount) {
			t.Fatalf("%v: %s", err, out)
		}
		t.Logf("%v: %s", err, out)
	}
	t.Log("no private file system can be had: only the limit on file sizes is tested")
	testFileLimit(t)
}

func TestFileLimit(t *testing.T) { testFileLimit(t) }

func testFileLimit(t *testing.T) {
	t.Helper()
	if out, err := runPart(t, "limit", nil); err != nil || !strings.Contains(out, passed) {
		t.Fatalf("%v: %s", err, out)
	}
}

func runPart(t *testing.T, part string, attr *syscall.SysProcAttr) (string, error) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childEnv+"="+part, childEnv+"_DIR="+t.TempDir())
	child.SysProcAttr = attr
	out, err := child.CombinedOutput()
	return string(out), err
}

// limitChild lets the kernel refuse a write in the middle of a record.
func limitChild(dir string) error {
	signal.Ignore(syscall.SIGXFSZ)
	limit := syscall.Rlimit{Cur: reserveSize + 100, Max: reserveSize + 100}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	ctx := context.Background()
	for _, durability := range []Durability{Each, Written} {
		cfg := testConfig(filepath.Join(dir, durability.String()))
		cfg.Durability = durability
		j, _, err := Open(cfg)
		if err != nil {
			return err
		}
		big := signRecord(1)
		for range 300 {
			big.Effects = append(big.Effects, big.Effects[0])
		}
		records := uint64(1)
		for err = j.Append(ctx, big); err == nil; err = j.Append(ctx, big) {
			records++
		}
		if !fault.Is(err, fault.Storage) || !errors.Is(err, syscall.EFBIG) {
			return fmt.Errorf("beyond the limit: %w", err)
		}
		if report, err := Verify(ctx, cfg.Dir, j.Head(), testStore, nil); err != nil || report.Torn != 0 || report.Records != records {
			return fmt.Errorf("after the refusal, %d records written: %+v: %w", records, report, err)
		}
		small := &Record{Phase: Event, Operation: "x", UID: -1}
		if err := errors.Join(j.Append(ctx, small), j.Close()); err != nil {
			return fmt.Errorf("a record that fits: %w", err)
		}
		if report, err := Verify(ctx, cfg.Dir, j.Head(), testStore, nil); err != nil || report.Records != records+1 {
			return fmt.Errorf("at the end: %+v: %w", report, err)
		}
	}
	fmt.Println(passed)
	return nil
}

// fullChild plays through a full disk in dir, a small file system of its own.
func fullChild(dir string) error {
	cfg := testConfig(filepath.Join(dir, "journal"))
	j, _, err := Open(cfg)
	if err != nil {
		return err
	}
	ctx := context.Background()
	decide := func() error { return j.Append(ctx, signRecord(1)) }
	outcome := func() error {
		return j.Append(ctx, &Record{Phase: Outcome, Operation: "sign", Error: "storage", UID: -1, Ref: 2})
	}
	reserve := filepath.Join(cfg.Dir, reserveName)
	if err := errors.Join(decide(), outcome()); err != nil {
		return fmt.Errorf("before the disk is full: %w", err)
	}
	filler := filepath.Join(dir, "filler")
	if err := fillDisk(filler); err != nil {
		return err
	}

	// Decisions end with the disk; what is left of the last page may take some.
	decisions := uint64(1)
	for err = decide(); err == nil; err = decide() {
		decisions++
	}
	if !fault.Is(err, fault.Storage) || !isFull(err) && !errors.Is(err, errFull) {
		return fmt.Errorf("a decision on a full disk: %w", err)
	}
	if report, err := Verify(ctx, cfg.Dir, j.Head(), testStore, nil); err != nil || report.Torn != 0 || report.Records != decisions+2 {
		return fmt.Errorf("after the refused decision: %+v: %w", report, err)
	}
	if !exists(reserve) {
		return errors.New("a decision alone spent the reserve")
	}

	// Outcomes go on, for as long as the reserve lasts.
	outcomes := uint64(1)
	for err = outcome(); err == nil; err = outcome() {
		outcomes++
		if outcomes%50 == 0 && decide() == nil {
			return errors.New("a decision was accepted out of the reserve")
		}
	}
	if !fault.Is(err, fault.Storage) || outcomes < 300 {
		return fmt.Errorf("%d outcomes, then: %w", outcomes, err)
	}
	if err := decide(); !errors.Is(err, errFull) {
		return fmt.Errorf("a decision on an exhausted disk: %w", err)
	}
	if report, err := Verify(ctx, cfg.Dir, j.Head(), testStore, nil); err != nil || report.Records != 1+decisions+outcomes {
		return fmt.Errorf("after the reserve: %+v: %w", report, err)
	}

	// A journal opened on a full disk says the same.
	if err := j.Close(); err != nil {
		return err
	}
	cfg.StoreHead = j.Head()
	if j, _, err = Open(cfg); err != nil {
		return fmt.Errorf("open on a full disk: %w", err)
	}
	if err := decide(); !errors.Is(err, errFull) {
		return fmt.Errorf("a decision after opening on a full disk: %w", err)
	}

	// Space comes back: the reserve first, then decisions.
	if err := os.Remove(filler); err != nil {
		return err
	}
	if err := errors.Join(decide(), outcome()); err != nil {
		return fmt.Errorf("after space came back: %w", err)
	}
	if info, err := os.Stat(reserve); err != nil || info.Size() != reserveSize {
		return fmt.Errorf("the reserve did not come back: %w", err)
	}
	if err := j.Close(); err != nil {
		return err
	}
	if report, err := Verify(ctx, cfg.Dir, j.Head(), testStore, nil); err != nil || report.Records != 3+decisions+outcomes {
		return fmt.Errorf("at the end: %+v: %w", report, err)
	}
	fmt.Println(passed)
	return nil
}

// fillDisk writes until nothing more fits.
func fillDisk(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	block := make([]byte, 4096)
	for {
		if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
