package kmdfile

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"strongroom/internal/fault"
)

const (
	// maxEntries bounds the names in a wallet folder, journals included.
	maxEntries = 100_000

	// unstablePause is how long a file that kept changing is left alone. Each try
	// costs seven copies and over a second, in which nobody else can scan.
	unstablePause = time.Second
)

// DirectoryConfig says which folder is listed.
type DirectoryConfig struct {
	Path    string           // the wallet folder
	Scratch string           // existing private folder for copies while they are read
	Now     func() time.Time // nil: time.Now
}

// Directory lists the wallet files of a folder. It remembers what it read of each
// file and reads again only those that changed, so listing an unchanged folder
// costs one look at each name. It may be used concurrently.
type Directory struct {
	path, scratch string
	now           func() time.Time
	copier        copier
	read          atomic.Int64 // files read so far; tests count with it

	mu    sync.Mutex // held during a whole scan
	known map[string]knownFile
}

// Listed is a file that looks like a wallet of this version.
type Listed struct {
	FileName string            // base name
	Hash     [sha256.Size]byte // of its content, see [Snapshot.Hash]
	Summary
}

// Rejected is a file that does not.
type Rejected struct {
	FileName string
	Reason   error // its text is safe to show
}

// Listing is one look at a folder, both lists in byte order of the file names.
// Two files with the same id are both listed.
type Listing struct {
	Wallets  []Listed
	Rejected []Rejected
}

// fileState tells two states of a wallet file with its journals apart.
type fileState [len(parts)]identity

// knownFile is what was found in a file.
type knownFile struct {
	state   fileState
	summary Summary
	hash    [sha256.Size]byte
	err     error // not nil: rejected
	trusted bool  // equal state means equal content

	// rests is until when the file is not read again, whatever its state.
	rests time.Time
}

// NewDirectory looks at nothing yet.
func NewDirectory(c DirectoryConfig) (*Directory, error) {
	if !filepath.IsAbs(c.Path) || !filepath.IsAbs(c.Scratch) {
		return nil, fault.Invalid.New("wallet folder and scratch folder must be absolute paths")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Directory{path: c.Path, scratch: c.Scratch, now: c.Now, copier: copier{wait: waitBefore}, known: map[string]knownFile{}}, nil
}

// Scan lists the folder as it is now: all files whose names end in ".db".
// A folder that cannot be read is fault.Storage with the operating system's
// words and the path, which is what kmd answers.
func (d *Directory) Scan(ctx context.Context) (Listing, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	states, listing, err := d.look()
	if err != nil {
		return Listing{}, err
	}
	if err := d.refresh(ctx, states); err != nil {
		return Listing{}, err
	}
	for name := range states {
		if k := d.known[name]; k.err != nil {
			listing.Rejected = append(listing.Rejected, Rejected{FileName: name, Reason: k.err})
		} else {
			listing.Wallets = append(listing.Wallets, Listed{FileName: name, Hash: k.hash, Summary: k.summary})
		}
	}
	slices.SortFunc(listing.Wallets, func(a, b Listed) int { return strings.Compare(a.FileName, b.FileName) })
	slices.SortFunc(listing.Rejected, func(a, b Rejected) int { return strings.Compare(a.FileName, b.FileName) })
	return listing, nil
}

// look reads the names and times of all files; entries that are not regular
// files are rejected at once.
func (d *Directory) look() (map[string]fileState, Listing, error) {
	f, err := os.Open(d.path)
	if err != nil {
		return nil, Listing{}, fault.Storage.New("%s", err)
	}
	defer f.Close()
	entries, err := f.ReadDir(maxEntries + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, Listing{}, fault.Storage.New("%s", err)
	}
	if len(entries) > maxEntries {
		return nil, Listing{}, fault.TooLarge.New("the wallet folder has more than %d entries", maxEntries)
	}
	var listing Listing
	states := map[string]fileState{}
	for _, entry := range entries {
		name, part := splitPart(entry.Name())
		if part < 0 {
			continue
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // gone since
		}
		if err != nil {
			return nil, Listing{}, fault.Storage.New("%s", err)
		}
		if parts[part] == "" && !info.Mode().IsRegular() {
			listing.Rejected = append(listing.Rejected,
				Rejected{FileName: name, Reason: fault.Invalid.New("%q is not a regular file", name)})
			continue
		}
		state := states[name]
		state[part] = identify(info)
		states[name] = state
	}
	for name, state := range states {
		if state[len(parts)-1] == (identity{}) { // a journal without its database
			delete(states, name)
		}
	}
	return states, listing, nil
}

// splitPart tells of which wallet file an entry is which part, -1 for none.
func splitPart(entry string) (name string, part int) {
	for i, suffix := range parts {
		if name, ok := strings.CutSuffix(entry, suffix); ok && strings.HasSuffix(name, ".db") {
			return name, i
		}
	}
	return "", -1
}

// refresh brings d.known in line with states, reading changed files on all processors.
func (d *Directory) refresh(ctx context.Context, states map[string]fileState) error {
	for name := range d.known {
		if _, there := states[name]; !there {
			delete(d.known, name)
		}
	}
	var stale []string
	for name, state := range states {
		k, ok := d.known[name]
		if !ok || (!k.trusted || k.state != state) && !d.now().Before(k.rests) {
			stale = append(stale, name)
		}
	}
	found := make([]knownFile, len(stale))
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(stale)) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(stale) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				found[i] = d.examine(ctx, stale[i], states[stale[i]])
			}
		})
	}
	group.Wait()
	if ctx.Err() != nil {
		return canceled(ctx)
	}
	for i, name := range stale {
		before, had := d.known[name]
		if had && before.err == nil && fault.Is(found[i].err, fault.Conflict) {
			// A busy wallet must not vanish from the list meanwhile.
			found[i].summary, found[i].hash, found[i].err = before.summary, before.hash, nil
		}
		d.known[name] = found[i]
	}
	return nil
}

// examine reads one file. What it finds is trusted for as long as the state stays
// the same, unless the file changed just now, when a further change could leave
// its times as they are, or the trouble may be ours and pass.
func (d *Directory) examine(ctx context.Context, name string, state fileState) knownFile {
	d.read.Add(1)
	now := d.now()
	k := knownFile{state: state, trusted: true}
	for _, id := range state {
		k.trusted = k.trusted && id.settled(now)
	}
	k.summary, k.hash, k.err = d.peek(ctx, name)
	switch fault.KindOf(k.err) {
	case fault.Storage, fault.Canceled:
		k.trusted = false
	case fault.Conflict:
		k.trusted, k.rests = false, d.now().Add(unstablePause)
	}
	return k
}

func (d *Directory) peek(ctx context.Context, name string) (Summary, [sha256.Size]byte, error) {
	s, err := d.Copy(ctx, name)
	if err != nil {
		return Summary{}, [sha256.Size]byte{}, err
	}
	summary, err := Peek(ctx, s)
	return summary, s.Hash(), errors.Join(err, s.Close())
}

// Copy makes a private copy of a listed file.
func (d *Directory) Copy(ctx context.Context, fileName string) (*Snapshot, error) {
	return d.copier.copy(ctx, filepath.Join(d.path, fileName), d.scratch)
}
