package web3file

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/foreign/web3crypto"
)

// maxFiles bounds the entries of a folder that are looked at.
const maxFiles = 100_000

// candidates lists the names in a folder that may be accounts, sorted. A folder that
// is not there has none. More says that there were too many.
func candidates(path string) (names []string, more bool, err error) {
	dir, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	defer dir.Close()
	for read := 0; read < maxFiles; {
		entries, err := dir.ReadDir(1024)
		for _, e := range entries {
			if e.Type().IsRegular() && !ignored(e.Name()) {
				names = append(names, e.Name())
			}
		}
		if read += len(entries); err == io.EOF {
			slices.Sort(names)
			return names, false, nil
		}
		if err != nil {
			return nil, false, err
		}
	}
	slices.Sort(names)
	return names, true, nil
}

// ignored tells whether a file of this name is no account: hidden files and backups of
// editors.
func ignored(name string) bool { return strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") }

// seen is what is known of a file.
type seen struct {
	id      identity
	settled bool // a later change will show in id
	address [20]byte
	account bool
}

// look gives what is known of each file, reading those that are new or changed. Many
// are read at once: most of the time is spent in the kernel.
func look(dir string, names []string, before map[string]seen, now func() (settled func(identity) bool)) map[string]seen {
	found := make([]seen, len(names))
	there := make([]bool, len(names))
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(4*runtime.GOMAXPROCS(0), len(names)) {
		group.Go(func() {
			var r reader
			settled := now()
			for {
				i := int(next.Add(1)) - 1
				if i >= len(names) {
					return
				}
				path := filepath.Join(dir, names[i])
				if old, ok := before[names[i]]; ok && old.settled {
					if info, err := os.Lstat(path); err == nil && identify(info) == old.id {
						found[i], there[i] = old, true
						continue
					}
				}
				found[i], there[i] = r.read(path)
				found[i].settled = settled(found[i].id)
			}
		})
	}
	group.Wait()
	all := make(map[string]seen, len(names))
	for i, name := range names {
		if there[i] {
			all[name] = found[i]
		}
	}
	return all
}

// sameSeen tells whether two looks saw the same accounts in the same states.
func sameSeen(a, b map[string]seen) bool {
	return maps.EqualFunc(a, b, func(x, y seen) bool { return x.id == y.id && x.account == y.account && x.address == y.address })
}

// reader reads one file after the other into the same memory.
type reader struct {
	buffer  []byte
	decoder *jsontext.Decoder
}

// read looks into a file; false if there is no such regular file any more. One that
// cannot be read is no account.
func (r *reader) read(path string) (seen, bool) {
	f, err := openFile(path)
	if err != nil {
		return seen{}, !errors.Is(err, fs.ErrNotExist)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return seen{}, false
	}
	s := seen{id: identify(info)}
	if info.Size() > MaxFileSize {
		return s, true
	}
	if r.buffer == nil {
		r.buffer = make([]byte, MaxFileSize+1)
	}
	n, err := readAll(f, r.buffer)
	if err != nil || n > MaxFileSize {
		return s, true
	}
	s.address, s.account = r.address(r.buffer[:n])
	return s, true
}

// openFile opens a file without following a link and without waiting for whoever
// writes into a pipe.
func openFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
}

// readAll fills b with the file; more than fits is not read.
func readAll(f *os.File, b []byte) (n int, err error) {
	n, err = io.ReadFull(f, b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return n, nil
	}
	return n, err
}

// address finds the account of a file. It looks at nothing else, and takes what a
// strict reader refuses: whoever opens the file will say what is wrong with it, while an
// account that is missing in a list would say nothing.
func (r *reader) address(data []byte) (address [20]byte, ok bool) {
	if r.decoder == nil {
		r.decoder = jsontext.NewDecoder(bytes.NewBuffer(nil), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	}
	d := r.decoder
	d.Reset(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if token, err := d.ReadToken(); err != nil || token.Kind() != '{' {
		return address, false
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadValue()
		if err != nil {
			return address, false
		}
		if !isAddress(name) {
			if err := d.SkipValue(); err != nil {
				return address, false
			}
			continue
		}
		token, err := d.ReadToken()
		if err != nil || token.Kind() != '"' {
			return address, false // so has Clef: the file does not decode
		}
		address, ok = parseAddress(token.String())
	}
	if _, err := d.ReadToken(); err != nil {
		return address, false
	}
	if len(bytes.TrimLeft(d.UnreadBuffer(), " \t\r\n")) > 0 {
		return address, false
	}
	return address, ok
}

// isAddress tells whether a quoted name is "address", in any case.
func isAddress(quoted jsontext.Value) bool {
	if string(quoted) == `"address"` {
		return true
	}
	if len(quoted) < len(`"address"`) {
		return false
	}
	name, err := jsontext.AppendUnquote(nil, quoted)
	return err == nil && web3crypto.Fold(string(name)) == "address"
}
