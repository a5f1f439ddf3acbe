package kmdfile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"strongroom/internal/fault"
)

// MaxFileSize is the size in bytes up to which a wallet file, and each of its
// journals, is read: room for over half a million keys.
const MaxFileSize = 256 << 20

const (
	copyAttempts = 7
	copyPause    = 10 * time.Millisecond // before the second attempt; doubles with each further one
	copyName     = "wallet.db"           // the copy's name in its private directory
)

// parts are the files that make up one SQLite database, in the order in which
// they are read. The database comes last, see [copier.once].
var parts = [...]string{"-journal", "-wal", ""}

// errUnstable says that a file changed while it was read.
var errUnstable = errors.New("changed while it was copied")

// Snapshot is a private copy of a wallet file, rolled back to its last committed
// state. Close it when done.
type Snapshot struct {
	dir  string // private, 0700
	base string
	hash [sha256.Size]byte
}

// Base is the base name of the file that was copied.
func (s *Snapshot) Base() string { return s.base }

// Hash identifies what was copied, before any rollback: SHA-256 over database,
// rollback journal and write-ahead log, each preceded by its length as 8 bytes
// big-endian. A missing journal counts as an empty one.
func (s *Snapshot) Hash() [sha256.Size]byte { return s.hash }

// Close removes the copy.
func (s *Snapshot) Close() error {
	if err := os.RemoveAll(s.dir); err != nil {
		return fault.Storage.Wrap(err, "the private copy of a wallet file cannot be removed")
	}
	return nil
}

func (s *Snapshot) path() string { return filepath.Join(s.dir, copyName) }

// Copy takes a private copy of the wallet file at path into a fresh directory
// (0700, files 0600) inside intoDir, which must exist and should be private too.
// The original must be a regular file (no symbolic link) of at most
// [MaxFileSize] bytes. A file that keeps changing while it is read is
// fault.Conflict.
//
// After a crash copies may be left in intoDir; they hold nothing that the
// original does not, and may be deleted whenever no Snapshot is in use.
func Copy(ctx context.Context, path, intoDir string) (*Snapshot, error) {
	return copier{wait: waitBefore}.copy(ctx, path, intoDir)
}

// copier is [Copy] with its two effects on time: wait pauses before an attempt,
// copied (if any) runs between the two readings of an attempt.
type copier struct {
	wait   func(ctx context.Context, attempt int) error
	copied func()
}

func waitBefore(ctx context.Context, attempt int) error {
	if attempt == 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(copyPause << (attempt - 1))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (c copier) copy(ctx context.Context, path, intoDir string) (*Snapshot, error) {
	for attempt := range copyAttempts {
		if c.wait(ctx, attempt) != nil {
			return nil, canceled(ctx)
		}
		s, err := c.attempt(ctx, path, intoDir)
		if !errors.Is(err, errUnstable) {
			return s, err
		}
	}
	return nil, fault.Conflict.New("the file %q keeps changing", filepath.Base(path)).
		WithHint("another program is writing to it; try again when that program is idle")
}

// attempt copies once and settles the copy; whatever fails leaves nothing behind.
func (c copier) attempt(ctx context.Context, path, intoDir string) (_ *Snapshot, err error) {
	dir, err := os.MkdirTemp(intoDir, "kmd-")
	if err != nil {
		return nil, fault.Storage.Wrap(err, "no private copy of a wallet file can be made")
	}
	s := &Snapshot{dir: dir, base: filepath.Base(path)}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.hash, err = c.once(ctx, path, s.path()); err != nil {
		return nil, err
	}
	if err := settle(ctx, s.path()); err != nil {
		return nil, err
	}
	return s, nil
}

// once copies all parts to the target and then reads them all a second time.
//
// Equal times do not prove that a file did not change: clocks of file systems
// tick only every few milliseconds. Two equal readings do. Journals are read
// before the database in both rounds, so if neither changed there was a moment,
// between the rounds, at which all had the content that was copied.
func (c copier) once(ctx context.Context, path, target string) (sum [sha256.Size]byte, err error) {
	var opened [len(parts)]*part
	for i, suffix := range parts {
		if opened[i], err = openPart(path+suffix, suffix == ""); err != nil {
			return sum, err
		}
		defer opened[i].close()
	}
	for i, suffix := range parts {
		if err := opened[i].copyTo(ctx, target+suffix); err != nil {
			return sum, err
		}
	}
	if c.copied != nil {
		c.copied()
	}
	for _, p := range opened {
		if err := p.verify(ctx); err != nil {
			return sum, err
		}
	}
	return hashParts(ctx, target)
}

// part is one file of a database; file is nil if it does not exist.
type part struct {
	path string
	file *os.File
	id   identity
	sum  []byte // SHA-256 of what was copied
}

// openPart opens a regular file for reading without following a symbolic link
// and without blocking on a pipe.
func openPart(path string, required bool) (*part, error) {
	base := filepath.Base(path)
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) && !required {
		return &part{path: path}, nil
	}
	if err != nil {
		return nil, fault.Storage.Wrap(err, "the file %q cannot be read", base)
	}
	if !info.Mode().IsRegular() {
		return nil, fault.Invalid.New("%q is not a regular file", base)
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ELOOP) {
		return nil, errUnstable // replaced since the Lstat
	}
	if err != nil {
		return nil, fault.Storage.Wrap(err, "the file %q cannot be read", base)
	}
	p := &part{path: path, file: f, id: identify(info)}
	now, err := f.Stat()
	switch {
	case err != nil:
		err = fault.Storage.Wrap(err, "the file %q cannot be read", base)
	case identify(now) != p.id || !now.Mode().IsRegular():
		err = errUnstable
	case now.Size() > MaxFileSize:
		err = fault.TooLarge.New("the file %q has %d bytes, more than %d", base, now.Size(), MaxFileSize)
	}
	if err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *part) close() {
	if p.file != nil {
		p.file.Close() // was only read
	}
}

// copyTo copies the part to a new file of mode 0600; an absent part makes no file.
func (p *part) copyTo(ctx context.Context, target string) (err error) {
	if p.file == nil {
		return nil
	}
	out, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fault.Storage.Wrap(err, "the private copy of a wallet file cannot be written")
	}
	defer func() {
		if e := out.Close(); e != nil && err == nil {
			err = fault.Storage.Wrap(e, "the private copy of a wallet file cannot be written")
		}
	}()
	h := sha256.New()
	if err := p.read(ctx, io.MultiWriter(out, h)); err != nil {
		return err
	}
	p.sum = h.Sum(nil)
	return nil
}

// verify reads the part again and compares content and identity.
func (p *part) verify(ctx context.Context) error {
	info, err := os.Lstat(p.path)
	if p.file == nil {
		if !errors.Is(err, fs.ErrNotExist) {
			return errUnstable
		}
		return nil
	}
	if err != nil || identify(info) != p.id {
		return errUnstable
	}
	h := sha256.New()
	if err := p.read(ctx, h); err != nil {
		return err
	}
	if !bytes.Equal(h.Sum(nil), p.sum) {
		return errUnstable
	}
	return nil
}

// read writes the whole file to w; a length other than the one seen at opening
// is a change.
func (p *part) read(ctx context.Context, w io.Writer) error {
	n, err := io.Copy(w, &cancelReader{ctx, io.NewSectionReader(p.file, 0, p.id.size+1)})
	switch {
	case ctx.Err() != nil:
		return canceled(ctx)
	case err != nil:
		return fault.Storage.Wrap(err, "the file %q cannot be copied", filepath.Base(p.path))
	case n != p.id.size:
		return errUnstable
	}
	return nil
}

// cancelReader ends a long copy when its caller goes away.
type cancelReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *cancelReader) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(b)
}

// hashParts is the hash of [Snapshot.Hash] over the copied files.
func hashParts(ctx context.Context, target string) (sum [sha256.Size]byte, err error) {
	h := sha256.New()
	for _, suffix := range [...]string{"", "-journal", "-wal"} {
		if err := hashFile(ctx, h, target+suffix); err != nil {
			return sum, err
		}
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}

func hashFile(ctx context.Context, h hash.Hash, path string) error {
	var length [8]byte
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		h.Write(length[:])
		return nil
	}
	if err != nil {
		return fault.Storage.Wrap(err, "the private copy of a wallet file cannot be read")
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fault.Storage.Wrap(err, "the private copy of a wallet file cannot be read")
	}
	binary.BigEndian.PutUint64(length[:], uint64(info.Size()))
	h.Write(length[:])
	if _, err := io.Copy(h, &cancelReader{ctx, f}); err != nil {
		if ctx.Err() != nil {
			return canceled(ctx)
		}
		return fault.Storage.Wrap(err, "the private copy of a wallet file cannot be read")
	}
	return nil
}
