package audit

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"strongroom/internal/fault"
)

// The reserve is disk space that is given up when the disk is full, so that the
// journal can still say how things that were already decided ended.
const (
	reserveName = "reserve"
	reserveSize = 256 << 10
)

var errFull error = fault.Storage.New("the disk of the audit journal is full, so nothing can be decided").
	WithHint("free some space on the journal's file system")

// isFull tells a full disk or quota from a broken one.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// ensureReserve puts the reserve back if it was spent, and reports whether it is there.
func (j *Journal) ensureReserve() bool {
	if !j.reserve {
		j.reserve = makeReserve(filepath.Join(j.dir, reserveName)) == nil
	}
	return j.reserve
}

func (j *Journal) spendReserve() {
	err := os.Remove(filepath.Join(j.dir, reserveName))
	j.reserve = err != nil && !errors.Is(err, fs.ErrNotExist)
}

// makeReserve leaves a whole reserve or none.
func makeReserve(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	err = errors.Join(allocate(f, reserveSize), f.Close())
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// fill allocates by writing, where the file system has no better way.
func fill(f *os.File, size int64) error {
	_, err := f.WriteAt(make([]byte, size), 0)
	return err
}
