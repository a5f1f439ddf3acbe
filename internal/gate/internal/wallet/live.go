package wallet

import (
	"crypto/sha256"
	"path/filepath"
	"regexp"
	"sync"

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
type liveFile struct {
	folder LiveFolder
	path   string

	writing sync.Mutex // held from reading the keys to showing what was written

	mu          sync.Mutex      // guards the next three; held for moments, taken after the entry's state lock
	batch       *batch          // edits that wait to be written; nil for none
	coming      map[KeyID]bool  // keys in batches that are not written yet
	comingNames map[string]bool // and their names

	nextName int // no default name below this number is free; guarded by the entry's change lock

	// The entry's state lock guards these.
	key      store.Record       // what the file is sealed with, sealed by the data key
	unproven map[KeyID]struct{} // keys whose public part the file only claims
}

// batch is edits that are written together.
type batch struct {
	edits []edit
	done  chan struct{}
	err   error
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
	source, release, err := s.liveSource(folder, key.Expose())
	if err != nil {
		return Info{}, err
	}
	defer release()
	if err := keosdfile.Create(path, source); err != nil {
		return Info{}, err
	}
	e := s.register(folder, path, n.Name)
	for _, n := range s.sessions.all(e) { // of a file that was taken away
		n.End()
	}
	return s.info(e), nil
}

// prove compares a key that only a file vouches for with its public part, before
// its first use: the file has no seal that a flipped bit would break.
func (s *Set) prove(e *entry, ref vault.Ref, r store.Record) error {
	if e.file == nil || r.Kind != store.KeyRecord {
		return nil
	}
	id, err := idOf(r)
	if err != nil {
		return err
	}
	e.state.RLock()
	_, unproven := e.file.unproven[id]
	e.state.RUnlock()
	if !unproven {
		return nil
	}
	if err := s.cfg.Vault.CheckKey(ref, label(r), r.Sealed); err != nil {
		return err
	}
	e.state.Lock()
	delete(e.file.unproven, id)
	e.state.Unlock()
	return nil
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
