package clefdir

import (
	"bytes"
	"io/fs"
	"os"
	"sync"
	"time"

	"strongroom/internal/atomicfile"
	"strongroom/internal/fault"
)

// settleTime is how old a file must be so that a later change has another time: kernels
// step by 10 ms at most.
const settleTime = 100 * time.Millisecond

const fileMode = 0o600 // of the files of a vault

// File is an encrypted file that other programs may change: Clef's own commands store
// credentials while a signer runs. It is safe for concurrent use.
type File struct {
	path string
	now  func() time.Time

	mu         sync.Mutex
	read       bool        // the rest was read
	info       fs.FileInfo // as it was read; nil if there was no file
	settled    bool        // a later change will show in info
	data       []byte
	table      *Table
	generation uint64
}

// NewFile names a file, which need not exist.
func NewFile(path string, now func() time.Time) *File { return &File{path: path, now: now} }

// Load gives the content as it is now, reading the file if it changed. Another
// generation stands for another content. Errors: those of [ReadTable].
func (f *File) Load() (*Table, uint64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.load()
}

func (f *File) load() (*Table, uint64, error) {
	info, err := os.Stat(f.path)
	if err != nil {
		info = nil // what is wrong shows when it is read
	}
	if f.read && f.settled && Same(info, f.info) {
		return f.table, f.generation, nil
	}
	before := f.now() // before it is read
	table, data, err := ReadTable(f.path)
	if err != nil {
		f.read = false
		f.generation++ // nothing is known any more
		return nil, f.generation, err
	}
	if f.table == nil || !bytes.Equal(data, f.data) || (data == nil) != (f.data == nil) {
		f.generation++
		f.table, f.data = table, data
	}
	f.read, f.info = true, info
	f.settled = info == nil || before.Sub(info.ModTime()).Abs() > settleTime
	return f.table, f.generation, nil
}

// Generation is that of the content as it is now.
func (f *File) Generation() uint64 {
	_, generation, _ := f.Load() // an error is a generation as well
	return generation
}

// Update replaces the file by what change makes of its content as it is now, whole or
// not at all, and durably. Errors: those of Load and of change, fault.Storage.
func (f *File) Update(change func(*Table) ([]byte, error)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	table, _, err := f.load()
	if err != nil {
		return err
	}
	data, err := change(table)
	if err != nil {
		return err
	}
	if _, err := ParseTable(data); err != nil {
		return fault.Internal.Wrap(err, "an encrypted file was made that cannot be read")
	}
	f.read = false // whatever happens now
	if err := atomicfile.Write(f.path, data, fileMode); err != nil {
		return errWrite(err)
	}
	return nil
}

// Same tells whether a file seems to be the same in the same state; nil is no file.
func Same(a, b fs.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
