//go:build unix

package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// fillAndRecover writes until the disk is full, checks that the errors are the
// right ones, makes room, writes again, and checks that exactly the acknowledged
// writes are there: before and after reopening, and as after a crash.
func fillAndRecover(dir string, makeRoom func() error) error {
	ctx := context.Background()
	s, err := Open(ctx, Config{Dir: dir})
	if err != nil {
		return err
	}
	defer s.Close()
	acknowledged := map[store.WalletID]bool{}
	attempt := func(n uint64) error {
		err := s.Apply(ctx, crashChanges(n)...)
		if err == nil {
			acknowledged[crashID(n)] = true
		}
		return err
	}
	n := uint64(1)
	for ; n < 100_000; n++ {
		if err = attempt(n); err != nil {
			break
		}
	}
	if err == nil || len(acknowledged) == 0 {
		return fmt.Errorf("%d writes, then %v: the disk did not get full in between", len(acknowledged), err)
	}
	for range 5 {
		n++
		err := attempt(n)
		if err == nil {
			continue // a smaller one may still fit
		}
		if !fault.Is(err, fault.Storage) || !strings.Contains(fault.Text(err), "disk") || fault.Hint(err) == "" {
			return fmt.Errorf("full disk: got %w (%v)", err, fault.KindOf(err))
		}
	}
	if err := compareAcknowledged(ctx, s, acknowledged); err != nil {
		return fmt.Errorf("while full: %w", err)
	}
	if err := makeRoom(); err != nil {
		return err
	}
	if err := crashCopy(ctx, dir, acknowledged); err != nil {
		return fmt.Errorf("after a crash while full: %w", err)
	}
	for range 10 {
		n++
		if err := attempt(n); err != nil {
			return fmt.Errorf("write with room again: %w", err)
		}
	}
	if err := compareAcknowledged(ctx, s, acknowledged); err != nil {
		return fmt.Errorf("with room again: %w", err)
	}
	if err := s.Close(); err != nil {
		return err
	}
	if s, err = Open(ctx, Config{Dir: dir}); err != nil {
		return err
	}
	defer s.Close()
	return compareAcknowledged(ctx, s, acknowledged)
}

// crashCopy compares what a start after a crash would find.
func crashCopy(ctx context.Context, dir string, acknowledged map[store.WalletID]bool) error {
	copied, err := os.MkdirTemp("", "store-crash-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(copied)
	for _, name := range []string{FileName, FileName + "-wal"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(copied, name), content, fileMode); err != nil {
			return err
		}
	}
	s, err := Open(ctx, Config{Dir: copied})
	if err != nil {
		return err
	}
	defer s.Close()
	return compareAcknowledged(ctx, s, acknowledged)
}

// compareAcknowledged checks that exactly these writes are in the store, each whole.
func compareAcknowledged(ctx context.Context, s *Store, acknowledged map[store.WalletID]bool) error {
	if err := s.Check(ctx); err != nil {
		return err
	}
	wallets, err := s.Wallets(ctx)
	if err != nil {
		return err
	}
	for _, w := range wallets {
		if !acknowledged[w.ID] {
			return fmt.Errorf("write %s was refused and is there", w.Name)
		}
		records := 0
		for _, err := range s.Records(ctx, w.ID) {
			if err != nil {
				return err
			}
			records++
		}
		if records != recordsPerWrite {
			return fmt.Errorf("write %s has %d records", w.Name, records)
		}
	}
	if len(wallets) != len(acknowledged) {
		return fmt.Errorf("%d writes of %d acknowledged are there", len(wallets), len(acknowledged))
	}
	return nil
}

// fillUpToFileLimit is a child whose files may not grow beyond a limit, which
// every system has: writes fail with EFBIG instead of ENOSPC.
func fillUpToFileLimit(args []string) error {
	// The limit also raises a signal, which would end the process.
	signal.Ignore(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	hard := limit.Cur
	limit.Cur = 256 << 10
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	return fillAndRecover(args[0], func() error {
		limit.Cur = hard
		return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)
	})
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	t.Run("file size limit", func(t *testing.T) {
		if out, err := child(t, "file limit", t.TempDir()).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
	t.Run("small file system", func(t *testing.T) {
		cmd := child(t, "small disk", t.TempDir())
		isolate(cmd)
		out, err := cmd.CombinedOutput()
		if err != nil && (errors.Is(err, os.ErrPermission) || strings.Contains(string(out), cannotMount)) {
			// The machine forbids mounts even in a namespace of one's own. The case
			// above has exercised the same recovery.
			t.Logf("no small file system on this machine (%v); only the file size limit was tested", err)
			return
		}
		if err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
}
