package keosdfile

import (
	"bufio"
	"bytes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"strongroom/internal/atomicfile"
	"strongroom/internal/fault"
)

// Source is what a file shall hold.
type Source struct {
	FileKey []byte // 64 bytes, see [FileKey]
	Layout  Layout
	Count   int // of keys
	// EachKey calls put once for every key, in order (see [Compare]). The secret may
	// be wiped when put has returned.
	EachKey func(put func(Key) error) error
	Names   []Name // named layout: one for each key, ordered by text
	// Scratch is room for plaintext, at least ScratchSize bytes; it is wiped.
	Scratch []byte
}

// Write puts a file in place of the one at path, whole or not at all: it is
// written aside, synced, renamed, and the directory synced. Its mode is 0600; the
// owner of a file that it replaces is kept. Errors: fault.Storage.
func Write(path string, s Source) error { return s.write(path, os.Rename) }

// Create writes a file where there is none: fault.WalletExists otherwise.
func Create(path string, s Source) error {
	err := s.write(path, os.Link)
	if errors.Is(err, fs.ErrExist) {
		return fault.WalletExists.New("the wallet file exists already")
	}
	return err
}

// Encode gives the bytes of a file.
func Encode(s Source) ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	if err := s.encode(w); err != nil {
		return nil, err
	}
	if err := w.Flush(); err != nil {
		return nil, storage(err)
	}
	return b.Bytes(), nil
}

// Files that are being written have names that begin and end so. No wallet's file
// does: whatever its name, it ends in ".wallet".
const (
	asidePrefix = ".new-"
	asideSuffix = ".tmp"
)

// Clean removes what writers that were killed left in a folder of wallet files.
// Nobody may be writing there.
func Clean(dir string) error {
	all, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.Storage.Wrap(err, "the wallet folder cannot be read")
	}
	for _, f := range all {
		if !f.Type().IsRegular() || !strings.HasPrefix(f.Name(), asidePrefix) || !strings.HasSuffix(f.Name(), asideSuffix) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, f.Name())); err != nil {
			return storage(err)
		}
	}
	return nil
}

func (s *Source) check() error {
	if len(s.FileKey) != checkSize || len(s.Scratch) < ScratchSize || int(s.Layout) >= len(heads) || s.Count < 0 || s.Count > MaxKeys {
		return fault.Internal.New("a wallet file is written without a key, room, or a possible number of keys")
	}
	return nil
}

// write makes the file beside its place and then gives it its name.
func (s *Source) write(path string, place func(from, to string) error) error {
	if err := s.check(); err != nil {
		return err
	}
	dir := filepath.Dir(path)
	aside, err := os.CreateTemp(dir, asidePrefix+"*"+asideSuffix) // mode 0600
	if err != nil {
		return storage(err)
	}
	defer os.Remove(aside.Name()) // after a rename there is nothing to remove
	defer aside.Close()
	if err := keepOwner(aside, path); err != nil {
		return storage(err)
	}
	w := bufio.NewWriterSize(aside, 64<<10)
	if err := s.encode(w); err != nil {
		return err
	}
	if err := errors.Join(w.Flush(), aside.Sync()); err != nil {
		return storage(err)
	}
	if err := place(aside.Name(), path); err != nil {
		return storage(err)
	}
	return syncDirectory(dir)
}

func keepOwner(aside *os.File, path string) error {
	before, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	now, err := aside.Stat()
	if err != nil {
		return err
	}
	was, ok := before.Sys().(*syscall.Stat_t)
	is, ok2 := now.Sys().(*syscall.Stat_t)
	if !ok || !ok2 || (was.Uid == is.Uid && was.Gid == is.Gid) {
		return nil
	}
	return aside.Chown(int(was.Uid), int(was.Gid))
}

func syncDirectory(dir string) error {
	if err := atomicfile.SyncDir(dir); err != nil {
		return storage(err)
	}
	return nil
}

func storage(err error) error {
	e := fault.Storage.Wrap(err, "the wallet file cannot be written")
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.Storage.Wrap(err, "the wallet file cannot be written: the disk is full").WithHint("make room; the file is as it was before")
	}
	return e
}

// encode writes the container around the ciphertext.
func (s *Source) encode(w *bufio.Writer) error {
	defer clear(s.Scratch)
	if _, err := w.WriteString(heads[s.Layout]); err != nil {
		return storage(err)
	}
	e, err := s.encrypter(w)
	if err != nil {
		return err
	}
	e.put(s.FileKey)
	e.number(uint32(s.Count))
	if err := s.keys(e); err != nil {
		return err
	}
	if s.Layout == Named {
		if err := s.names(e); err != nil {
			return err
		}
	}
	e.finish()
	if e.err == nil {
		_, e.err = w.WriteString(tail)
	}
	switch {
	case e.err != nil:
		return storage(e.err)
	case len(heads[s.Layout])+2*e.written+len(tail) > MaxFileSize: // [Read] would refuse it
		return fault.TooLarge.New("the wallet file would have more than %d bytes", MaxFileSize)
	}
	return nil
}

func (s *Source) encrypter(w io.Writer) (*encrypter, error) {
	block, err := newCipher(s.FileKey)
	if err != nil {
		return nil, err
	}
	return &encrypter{mode: cipher.NewCBCEncrypter(block, s.FileKey[32:48]), buffer: s.Scratch[:ScratchSize], out: hex.NewEncoder(w)}, nil
}

func (s *Source) keys(e *encrypter) error {
	var last [33]byte
	var before Key
	count := 0
	err := s.EachKey(func(k Key) error {
		if count > 0 && Compare(before.Type, before.Public, k.Type, k.Public) >= 0 {
			return fault.Internal.New("the keys of a wallet file are written out of order")
		}
		for _, shape := range shapes {
			if shape.public != k.Type || len(k.Public) != shape.size || len(k.Secret) != SecretSize {
				continue
			}
			e.number(uint32(shape.public))
			e.put(k.Public)
			e.number(shape.private)
			e.put(k.Secret)
			if shape.fileSize > SecretSize {
				e.put(k.Public)
			}
			before = Key{Type: k.Type, Public: last[:copy(last[:], k.Public)]}
			count++
			return nil
		}
		return fault.Unsupported.New("a wallet file cannot hold a key of this type")
	})
	if err != nil {
		return err
	}
	if count != s.Count {
		return fault.Internal.New("a wallet file was to hold %d keys, not %d", s.Count, count)
	}
	return nil
}

func (s *Source) names(e *encrypter) error {
	if len(s.Names) != s.Count {
		return fault.Internal.New("a wallet file with %d keys was to hold %d names", s.Count, len(s.Names))
	}
	if !inOrder(s.Names) {
		return fault.Internal.New("the names of a wallet file are written out of order")
	}
	e.number(uint32(len(s.Names)))
	for _, n := range s.Names {
		if len(n.Text) > MaxName {
			return fault.Invalid.New("the name of a key may have at most %d bytes", MaxName)
		}
		e.number(uint32(len(n.Text)))
		e.put([]byte(n.Text))
		e.number(uint32(n.Type))
		e.put(n.Public)
	}
	return nil
}

// encrypter collects plaintext in its buffer and writes it out encrypted.
type encrypter struct {
	mode   cipher.BlockMode
	buffer []byte // a whole number of blocks
	used   int
	out    io.Writer
	err    error

	written int // bytes of ciphertext
}

func (e *encrypter) put(b []byte) {
	for len(b) > 0 && e.err == nil {
		n := copy(e.buffer[e.used:], b)
		e.used += n
		b = b[n:]
		if e.used == len(e.buffer) {
			e.flush()
		}
	}
}

func (e *encrypter) number(v uint32) {
	var b [binary.MaxVarintLen32]byte
	e.put(b[:binary.PutUvarint(b[:], uint64(v))])
}

func (e *encrypter) flush() {
	e.mode.CryptBlocks(e.buffer[:e.used], e.buffer[:e.used])
	_, e.err = e.out.Write(e.buffer[:e.used])
	e.written += e.used
	e.used = 0
}

// finish pads the last block, as PKCS#7 does, and writes the rest.
func (e *encrypter) finish() {
	n := blockSize - e.used%blockSize
	for range n {
		e.put([]byte{byte(n)})
	}
	if e.used > 0 && e.err == nil {
		e.flush()
	}
}
