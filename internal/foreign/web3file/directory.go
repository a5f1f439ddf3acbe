package web3file

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"strongroom/internal/fault"
)

// DirectoryConfig says how to open a folder of key files.
type DirectoryConfig struct {
	Path string // absolute; it need not exist yet
	Now  func() time.Time
	Log  *slog.Logger
}

// Account is a file of a folder at one moment.
type Account struct {
	Address [20]byte
	Path    string // of the file

	id identity
}

// Directory is a folder of key files. It is safe for concurrent use.
type Directory struct {
	cfg DirectoryConfig

	begun    atomic.Uint64 // looks that have begun
	scanning sync.Mutex    // one look at a time; guards the next two
	files    map[string]seen
	trouble  string // that was logged last

	list  atomic.Pointer[listing]
	stale atomic.Bool // a file changed since the last look, or may have

	watch watch
}

// listing is what one look found. It never changes.
type listing struct {
	accounts  []Account // by path
	byAddress []Account // the same by address, then by path
	revision  uint64
	folder    identity // as it was before the look
	settled   bool     // a later change of the folder will show in it
}

// OpenDirectory looks at a folder and begins to watch it. Close ends that.
func OpenDirectory(cfg DirectoryConfig) (*Directory, error) {
	if !filepath.IsAbs(cfg.Path) {
		return nil, fault.Invalid.New("the path of a folder of key files must be absolute")
	}
	d := &Directory{cfg: cfg}
	d.clean()
	d.startWatch() // before the first look, so that no change falls between
	d.look()
	return d, nil
}

// Close stops watching.
func (d *Directory) Close() { d.stopWatch() }

// Path is the folder.
func (d *Directory) Path() string { return d.cfg.Path }

// Accounts lists the accounts by path, as they are now. The slice is shared and must not
// be changed. Another revision stands for another list.
func (d *Directory) Accounts() (accounts []Account, revision uint64) {
	l := d.current()
	return l.accounts, l.revision
}

// Find lists the files of an account, by path.
func (d *Directory) Find(address [20]byte) []Account {
	all := d.current().byAddress
	from, _ := slices.BinarySearchFunc(all, address, func(a Account, t [20]byte) int { return bytes.Compare(a.Address[:], t[:]) })
	to := from
	for to < len(all) && all[to].Address == address {
		to++
	}
	return all[from:to:to]
}

// Unchanged tells whether the file of an account is still the one that was listed.
func (d *Directory) Unchanged(a Account) bool {
	info, err := os.Lstat(a.Path)
	return err == nil && identify(info) == a.id
}

// Read gives the content of an account's file. Errors: fault.UnknownKey "unknown account"
// where it is gone, fault.TooLarge, fault.Storage.
func (d *Directory) Read(a Account) ([]byte, error) {
	f, err := openFile(a.Path)
	if os.IsNotExist(err) {
		return nil, fault.UnknownKey.Wrap(err, "unknown account")
	}
	if err != nil {
		return nil, errRead(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, errRead(err)
	}
	if !info.Mode().IsRegular() {
		return nil, fault.UnknownKey.New("unknown account")
	}
	if info.Size() > MaxFileSize {
		return nil, fault.TooLarge.New("the key file has more than %d bytes", MaxFileSize)
	}
	b := make([]byte, MaxFileSize+1)
	n, err := readAll(f, b)
	if err != nil {
		return nil, errRead(err)
	}
	if n > MaxFileSize {
		return nil, fault.TooLarge.New("the key file has more than %d bytes", MaxFileSize)
	}
	return slices.Clone(b[:n]), nil
}

func errRead(err error) error { return fault.Storage.Wrap(err, "the key file cannot be read") }

// current is the listing of now: files that were added or removed change the time of
// the folder, those that were changed in place are told by the watch.
func (d *Directory) current() *listing {
	l := d.list.Load()
	if l.settled && !d.stale.Load() && l.folder == d.folder() {
		return l
	}
	return d.look()
}

// folder is the state of the folder, zero where there is none.
func (d *Directory) folder() identity {
	info, err := os.Stat(d.cfg.Path)
	if err != nil {
		return identity{}
	}
	return identify(info)
}

// look reads what is new in the folder, or waits for somebody who began to after this
// was called.
func (d *Directory) look() *listing {
	before := d.begun.Load()
	d.scanning.Lock()
	defer d.scanning.Unlock()
	if d.begun.Load() > before {
		return d.list.Load()
	}
	d.begun.Add(1)
	return d.lookNow()
}

// lookNow is a look. The caller holds scanning.
func (d *Directory) lookNow() *listing {
	began := d.cfg.Now()
	d.stale.Store(false)
	l := &listing{folder: d.folder(), revision: 1}
	l.settled = l.folder.settled(began)
	names, more, err := candidates(d.cfg.Path)
	switch {
	case err != nil:
		d.complain("the folder of key files cannot be read: no account is listed", err)
	case more:
		d.complain("the folder of key files has more entries than are looked at", nil)
	default:
		d.trouble = ""
	}
	files := look(d.cfg.Path, names, d.files, func() func(identity) bool {
		now := d.cfg.Now()
		return func(id identity) bool { return id.settled(now) }
	})
	if before := d.list.Load(); before != nil {
		if sameSeen(files, d.files) {
			l.accounts, l.byAddress, l.revision = before.accounts, before.byAddress, before.revision
			d.files = files
			d.list.Store(l)
			return l
		}
		l.revision = before.revision + 1
	}
	d.files = files
	for _, name := range names {
		if f := files[name]; f.account {
			l.accounts = append(l.accounts, Account{Address: f.address, Path: filepath.Join(d.cfg.Path, name), id: f.id})
		}
	}
	l.byAddress = slices.Clone(l.accounts)
	slices.SortStableFunc(l.byAddress, func(a, b Account) int { return bytes.Compare(a.Address[:], b.Address[:]) })
	d.list.Store(l)
	return l
}

// complain logs what is wrong with the folder, once until it changes.
func (d *Directory) complain(what string, err error) {
	if d.trouble != what {
		d.cfg.Log.Warn(what, "path", d.cfg.Path, "err", err)
	}
	d.trouble = what
}

// Files that are being written have names that begin and end so. They are hidden, so
// that no program takes them for accounts.
const (
	asidePrefix = ".strongroom-"
	asideSuffix = ".tmp"
	asideLife   = time.Hour // a writer that is older is dead
)

// clean removes what our own writers that were killed left behind.
func (d *Directory) clean() {
	entries, err := os.ReadDir(d.cfg.Path)
	if err != nil {
		return // there is nothing to clean, or the look will say what is wrong
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !strings.HasPrefix(e.Name(), asidePrefix) || !strings.HasSuffix(e.Name(), asideSuffix) {
			continue
		}
		if info, err := e.Info(); err == nil && info.ModTime().Before(d.cfg.Now().Add(-asideLife)) {
			_ = os.Remove(filepath.Join(d.cfg.Path, e.Name())) // next time, perhaps
		}
	}
}
