package wallet

import (
	"crypto/sha256"
	"encoding/binary"
	"path/filepath"
	"regexp"
	"sync"
	"sync/atomic"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/foreign/keosdfile"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/store"
)

// LiveFolder is a folder of keosd wallet files that are the wallets themselves:
// their owners back them up and share them with other programs. It belongs to one
// listener; no other sees its wallets.
type LiveFolder struct {
	Listener string
	Path     string // absolute
	Named    bool   // write the layout in which keys have names
}

// liveFile is the file of a live wallet.
//
// Its locks come after the entry's change lock: writing, the entry's state lock, mu.
type liveFile struct {
	folder LiveFolder
	path   string

	writing sync.Mutex // held while the file is read or written, until memory shows the same

	mu          sync.Mutex      // guards the next three; held for moments
	batch       *batch          // edits that wait to be written; nil for none
	coming      map[KeyID]bool  // keys in batches that are not written yet
	comingNames map[string]bool // and their names

	opened   *opening // nil while the wallet is locked; guarded by the entry's state lock
	nextName int      // no default name below this number is free; guarded by the entry's state lock
}

// opening is a live wallet from an unlock to the lock that ends it. Its records are
// sealed under a data key that lasts as long.
type opening struct {
	ref    vault.Ref
	key    store.Record  // what the file is sealed with, sealed by the data key
	named  bool          // the file names its keys
	proven []atomic.Bool // keys of the file that were compared with their public part, by serial number

	// What the file holds. The slices are replaced, never changed; the file's writing
	// lock guards them.
	records []store.Record   // in the order of files
	names   []keosdfile.Name // ordered by text; nil where they must be made of records
}

// fileKeyKind labels the sealed key of a file; it is never stored.
const fileKeyKind store.RecordKind = 255

var liveName = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// liveID is the id of a live wallet: it follows from its place.
func liveID(path string) store.WalletID {
	sum := sha256.Sum256([]byte("strongroom live wallet\x00" + path))
	return store.WalletID(sum[:16])
}

// HasFolder tells whether the wallets of a listener are live files.
func (s *Set) HasFolder(listener string) bool {
	_, ok := s.live[listener]
	return ok
}

func (s *Set) livePath(listener, name string) (LiveFolder, string, error) {
	folder, ok := s.live[listener]
	if !ok {
		return LiveFolder{}, "", fault.Unsupported.New("listener %q has no folder of wallet files", listener)
	}
	if !liveName.MatchString(name) {
		return LiveFolder{}, "", fault.Invalid.New("the name of a wallet file may have letters, digits, '.', '_' and '-' only")
	}
	return folder, filepath.Join(folder.Path, name+".wallet"), nil
}

// LiveID is the id that the live wallet of a name has for a listener.
func (s *Set) LiveID(listener, name string) (store.WalletID, error) {
	_, path, err := s.livePath(listener, name)
	return liveID(path), err
}

// LoadLive reads the file of a live wallet and leaves the wallet locked; open
// sessions end. Errors: fault.UnknownWallet where there is no file, those of
// keosdfile.Read.
func (s *Set) LoadLive(listener, name string) (Info, error) {
	folder, path, err := s.livePath(listener, name)
	if err != nil {
		return Info{}, err
	}
	if _, err := keosdfile.Read(path); err != nil {
		return Info{}, err
	}
	e := s.register(folder, path, name)
	for _, n := range s.sessions.all(e) {
		n.End()
	}
	return s.info(e), nil
}

// register gives the entry of a live wallet.
func (s *Set) register(folder LiveFolder, path, name string) *entry {
	id := liveID(path)
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.byID[id]; e != nil {
		return e
	}
	e := &entry{
		id: id, meta: store.Wallet{ID: id, Name: name, CreatedName: name, Source: filepath.Base(path)}, keys: newIndex(&s.revisions),
		file: &liveFile{folder: folder, path: path, coming: make(map[KeyID]bool), comingNames: make(map[string]bool)},
	}
	s.byID[id] = e
	return e
}

// CreateLive makes the file of an empty wallet. Errors: fault.WalletExists.
func (s *Set) CreateLive(listener string, n New) (Info, error) {
	folder, path, err := s.livePath(listener, n.Name)
	if err != nil {
		return Info{}, err
	}
	key := keosdfile.FileKey(n.Password)
	defer key.Wipe()
	source, release, err := s.liveSource(folder.Named, key.Expose())
	if err != nil {
		return Info{}, err
	}
	defer release()
	// A file that was taken away may be open still: nothing of it may be written over
	// the new one.
	if e, err := s.find(liveID(path)); err == nil {
		e.file.writing.Lock()
		defer e.file.writing.Unlock()
	}
	if err := keosdfile.Create(path, source); err != nil {
		return Info{}, err
	}
	e := s.register(folder, path, n.Name)
	for _, n := range s.sessions.all(e) {
		n.End()
	}
	e.state.Lock()
	e.file.opened = nil // whoever holds the old wallet for a moment longer writes nothing either
	e.state.Unlock()
	return s.info(e), nil
}

// prove compares a key that only a file vouches for with its public part, before
// its first use: the file has no seal that a flipped bit would break.
func (s *Set) prove(e *entry, ref vault.Ref, r store.Record) error {
	if e.file == nil || r.Kind != store.KeyRecord {
		return nil
	}
	e.state.RLock()
	o := e.file.opened
	e.state.RUnlock()
	if o == nil || o.ref != ref {
		return errClosed()
	}
	proven := o.provenOf(r.ID)
	if proven == nil || proven.Load() {
		return nil
	}
	if err := s.cfg.Vault.CheckKey(ref, label(r), r.Sealed); err != nil {
		return err
	}
	proven.Store(true)
	return nil
}

// Keys of the file have numbers for ids; those that join later have random ones,
// and were computed here.

func serialID(n int) (id store.RecordID) {
	binary.BigEndian.PutUint64(id[8:], uint64(n)+1)
	return id
}

// provenOf is the mark of a key of the file, nil for other keys.
func (o *opening) provenOf(id store.RecordID) *atomic.Bool {
	n := binary.BigEndian.Uint64(id[8:]) - 1
	if binary.BigEndian.Uint64(id[:8]) != 0 || n >= uint64(len(o.proven)) {
		return nil
	}
	return &o.proven[n]
}

// Errors of files that are no wallets, for protocols that tell them apart.
var (
	ErrFileEmpty = keosdfile.ErrEmpty
	ErrFileJSON  = keosdfile.ErrJSON
	ErrFileForm  = keosdfile.ErrForm
	ErrFileHex   = keosdfile.ErrHex
)

// The usages of keys in live wallets: the type of the key in the file, counted from 1.
func usageOf(t keosdfile.KeyType) uint8 { return uint8(t) + 1 }

func typeOf(usage uint8) keosdfile.KeyType { return keosdfile.KeyType(usage - 1) }

// accepts tells whether a wallet can take keys of a kind: a file has its own types,
// and one key that it cannot hold would fail the keys written together with it.
func (e *entry) accepts(a curve.Algorithm, usage uint8) error {
	if e.file != nil && (a == curve.NoAlgorithm || algorithmOf(typeOf(usage)) != a) {
		return fault.Unsupported.New("a wallet file cannot hold a key of algorithm %s and usage %d", a, usage)
	}
	return nil
}

func algorithmOf(t keosdfile.KeyType) curve.Algorithm {
	switch t {
	case keosdfile.K1, keosdfile.EM:
		return curve.Secp256k1
	case keosdfile.R1:
		return curve.P256
	case keosdfile.ED:
		return curve.Ed25519
	}
	return curve.NoAlgorithm
}
