package kmdfile

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// Source is what a new wallet file shall hold.
type Source struct {
	Summary                    // an empty name becomes the id, as in kmd
	DerivationKey secret.Bytes // 32 bytes
	MaxIndex      uint64
	Multisigs     []Multisig
	// EachKey calls receive once for every private key and passes its errors on;
	// [Contents.EachKey] is one. The seed of a key may be wiped when receive has
	// returned. nil stands for no keys.
	EachKey func(ctx context.Context, receive func(Key) error) error
}

// Source is the contents as a source for [Write].
func (c *Contents) Source() Source {
	return Source{Summary: c.Summary, DerivationKey: c.DerivationKey, MaxIndex: c.MaxIndex, Multisigs: c.Multisigs, EachKey: c.EachKey}
}

// WriteOptions has useful zero values.
type WriteOptions struct {
	Params Params    // zero: DefaultParams
	Rand   io.Reader // of the master encryption key, salt and nonces; nil: crypto/rand
}

// Write makes a wallet file at path, of mode 0600, that kmd opens with the
// password. All values are sealed under a fresh master encryption key. The file
// is written aside in the same directory, read back and compared, synced, and
// put in place only then. An existing file is never replaced: fault.Conflict.
func Write(ctx context.Context, path string, source Source, password secret.Bytes, options WriteOptions) error {
	if len(source.Name) == 0 {
		source.Name = []byte(source.ID)
	}
	if options.Params == (Params{}) {
		options.Params = DefaultParams()
	}
	if options.Rand == nil {
		options.Rand = rand.Reader
	}
	if err := source.check(options.Params); err != nil {
		return err
	}
	if _, err := os.Lstat(path); err == nil {
		return errExists(path)
	}
	aside, err := createAside(path)
	if err != nil {
		return err
	}
	w := writer{source: source, options: options, path: aside}
	defer w.wipe()
	err = w.write(ctx, password)
	if err == nil {
		err = w.verify(ctx)
	}
	if err == nil {
		err = place(aside, path)
	}
	if err != nil {
		if e := os.Remove(aside); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, errWrite(e))
		}
	}
	return err
}

func (s *Source) check(p Params) error {
	if err := p.check(); err != nil {
		return fault.Invalid.Wrap(err, "these scrypt parameters cannot be used")
	}
	switch {
	case !isID(s.ID):
		return fault.Invalid.New("a wallet id must be 32 lower-case hex digits")
	case len(s.Name) > maxName:
		return fault.TooLarge.New("a wallet name must not exceed %d bytes", maxName)
	case s.DerivationKey.Len() != secretSize:
		return fault.Invalid.New("a derivation key must have %d bytes", secretSize)
	case len(s.Multisigs) > maxMultisigs:
		return fault.TooLarge.New("a wallet file holds at most %d multisig accounts", maxMultisigs)
	}
	for i := range s.Multisigs {
		if err := s.Multisigs[i].check(); err != nil {
			return fault.Invalid.Wrap(err, "a multisig account does not belong to its address")
		}
	}
	return nil
}

func errWrite(err error) error { return fault.Storage.Wrap(err, "the wallet file cannot be written") }

func errExists(path string) error {
	return fault.Conflict.New("the file %q exists already", filepath.Base(path)).WithHint("choose another name or move that file away")
}

// createAside makes an empty file of mode 0600 next to path. Its name does not
// end in .db, so that no kmd lists it.
func createAside(path string) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".kmd-export-*.tmp")
	if err != nil {
		return "", errWrite(err)
	}
	if err := f.Close(); err != nil {
		return "", errWrite(err)
	}
	return f.Name(), nil
}

// place syncs the file and gives it its name without replacing anything.
func place(aside, path string) error {
	if err := syncPath(aside); err != nil {
		return errWrite(err)
	}
	switch err := os.Link(aside, path); {
	case errors.Is(err, fs.ErrExist):
		return errExists(path)
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.EOPNOTSUPP), errors.Is(err, syscall.ENOSYS):
		// A file system without links: a file that appears between the look and
		// the renaming is the one case in which something could be replaced.
		if _, err := os.Lstat(path); err == nil {
			return errExists(path)
		}
		if err := os.Rename(aside, path); err != nil {
			return errWrite(err)
		}
	case err != nil:
		return errWrite(err)
	default:
		if err := os.Remove(aside); err != nil {
			return errWrite(err)
		}
	}
	if err := syncPath(filepath.Dir(path)); err != nil {
		return errWrite(err)
	}
	return nil
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
