package wallet

import (
	"crypto/sha256"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"strongroom/internal/approval"
	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/fault"
	"strongroom/internal/foreign/clefdir"
	"strongroom/internal/foreign/web3file"
	"strongroom/internal/store"
)

// KeyStore is a folder of web3 key files that is a listener's own store of keys, which
// other tools share, and the Clef directory that belongs to it.
type KeyStore struct {
	Listener, Name string // Name: of the wallet as rules see it, e.g. "keystore"
	Owner          string // a second listener that may use it: the UI's; "" for none
	Path           string // of the folder, absolute; "" for none: accounts with passwords are disabled
	Light          bool   // new files use the light scrypt profile (n=4096, p=6)
	// KeepOpen is how long a key stays in the vault after its last use that a stored
	// credential opened, or somebody's password for a request that rules decided, see
	// [Set.OpenKeyFile]; 0: for one signature. Other passwords open for one signature only.
	KeepOpen      time.Duration
	Seed          string // path of masterseed.json, absolute; "" for none
	ConfigDir     string // the Clef directory, absolute; vault directories are in it
	RejectUnknown bool   // refuse unknown accounts before anybody is asked
}

// KeyFile is an account of a key store and the path of its file.
type KeyFile = approval.Account

// keyStore is a key store at work.
type keyStore struct {
	set *Set
	cfg KeyStore
	id  store.WalletID
	dir *web3file.Directory // nil without a folder

	profile  web3file.Params // of new files and seeds
	creating sync.Mutex      // held while a file is added

	shown atomic.Pointer[keyList]
	clef  clefVault

	guesses connGuesses

	mu       sync.Mutex
	accounts map[[20]byte]*account // those that somebody tried to open
	closed   atomic.Bool
}

// keyList is the accounts of a folder at one revision.
type keyList struct {
	accounts []KeyFile
	revision uint64
}

// account is what is remembered of an account between signatures.
type account struct {
	address [20]byte
	id      store.WalletID // names it to the queue of derivations
	turn    chan struct{}  // 1 slot: one derivation at a time

	mu      sync.Mutex
	open    *openedKey       // nil for none
	tried   web3file.Account // the state of the file that the next is about
	refused memory           // passwords that were wrong
}

// KeyStoreID is the id of a key store as a wallet: it follows from its place.
func KeyStoreID(cfg KeyStore) store.WalletID {
	sum := sha256.Sum256([]byte("strongroom key store\x00" + cfg.Path + "\x00" + cfg.ConfigDir))
	return store.WalletID(sum[:16])
}

// openKeyStores looks at the folders of all key stores.
func (s *Set) openKeyStores() error {
	for _, cfg := range s.cfg.KeyStores {
		for _, path := range []string{cfg.Path, cfg.Seed, cfg.ConfigDir} {
			if path != "" && !filepath.IsAbs(path) {
				return fault.Invalid.New("the paths of a key store must be absolute")
			}
		}
		k := &keyStore{set: s, cfg: cfg, id: KeyStoreID(cfg), profile: profile(cfg.Light), accounts: make(map[[20]byte]*account)}
		if cfg.Seed != "" {
			clefdir.CleanSeeds(filepath.Dir(cfg.Seed), s.cfg.Now())
		}
		if cfg.Path != "" {
			var err error
			if k.dir, err = web3file.OpenDirectory(web3file.DirectoryConfig{Path: cfg.Path, Now: s.cfg.Now, Log: s.cfg.Log}); err != nil {
				return err
			}
		}
		for _, listener := range []string{cfg.Listener, cfg.Owner} {
			if listener == "" {
				continue
			}
			if s.stores[listener] != nil {
				k.close()
				return fault.Invalid.New("listener %q has two key stores", listener)
			}
			s.stores[listener] = k
		}
	}
	return nil
}

// closeKeyStores ends what openKeyStores began and forgets all keys.
func (s *Set) closeKeyStores() {
	for _, k := range s.eachKeyStore() {
		k.close()
	}
}

// eachKeyStore lists the key stores, each once.
func (s *Set) eachKeyStore() []*keyStore {
	var all []*keyStore
	for listener, k := range s.stores {
		if listener == k.cfg.Listener {
			all = append(all, k)
		}
	}
	return all
}

// close locks every key, also those in use.
func (k *keyStore) close() {
	k.closed.Store(true)
	if k.dir != nil {
		k.dir.Close()
	}
	k.forget(func(o *openedKey) bool {
		k.set.cfg.Vault.Lock(o.ref)
		return true
	})
	k.clef.close()
}

// keyStoreOf is the key store that a listener may use.
func (s *Set) keyStoreOf(listener string) (*keyStore, error) {
	if k := s.stores[listener]; k != nil {
		return k, nil
	}
	return nil, fault.Unsupported.New("this listener has no key store")
}

// withFolder is keyStoreOf, and insists on a folder.
func (s *Set) withFolder(listener string) (*keyStore, error) {
	k, err := s.keyStoreOf(listener)
	if err == nil && k.dir == nil {
		err = errNoFolder()
	}
	return k, err
}

func errNoFolder() error { return fault.Unsupported.New("password based accounts not supported") }

// KeyFiles lists the accounts of a listener's key store by path. The slice is shared and
// must not be changed. Another revision stands for another list. Errors:
// fault.Unsupported without a folder.
func (s *Set) KeyFiles(listener string) (accounts []KeyFile, revision uint64, err error) {
	k, err := s.withFolder(listener)
	if err != nil {
		return nil, 0, err
	}
	all, revision := k.dir.Accounts()
	if l := k.shown.Load(); l != nil && l.revision == revision {
		return l.accounts, revision, nil
	}
	accounts = make([]KeyFile, len(all))
	for i, a := range all {
		accounts[i] = keyFileOf(a)
	}
	k.shown.Store(&keyList{accounts: accounts, revision: revision})
	return accounts, revision, nil
}

func keyFileOf(a web3file.Account) KeyFile { return KeyFile{Address: a.Address, Path: a.Path} }

// KeyFileKnown finds an account of a listener's key store. Errors: fault.UnknownKey
// "unknown account", also without a folder; fault.Conflict where several files have the
// address, whose paths go to the log.
func (s *Set) KeyFileKnown(listener string, address [20]byte) (KeyFile, error) {
	k, err := s.keyStoreOf(listener)
	if err != nil {
		return KeyFile{}, err
	}
	file, err := k.find(address)
	return keyFileOf(file), err
}

func (k *keyStore) find(address [20]byte) (web3file.Account, error) {
	if k.dir == nil {
		return web3file.Account{}, errUnknownAccount()
	}
	switch files := k.dir.Find(address); len(files) {
	case 0:
		return web3file.Account{}, errUnknownAccount()
	case 1:
		return files[0], nil
	default:
		paths := make([]string, len(files))
		for i, f := range files {
			paths[i] = f.Path
		}
		k.set.cfg.Log.Warn("an account cannot be used: several files have its address", "key", hexaccount.Checksummed(address), "paths", paths)
		return web3file.Account{}, fault.Conflict.New("multiple keys match address").WithHint("the log of the daemon names the files; leave one")
	}
}

func errUnknownAccount() error { return fault.UnknownKey.New("unknown account") }

// account is what is remembered of an account.
func (k *keyStore) account(address [20]byte) *account {
	k.mu.Lock()
	defer k.mu.Unlock()
	a := k.accounts[address]
	if a == nil {
		sum := sha256.Sum256(append(append([]byte("strongroom key file\x00"), k.id[:]...), address[:]...))
		a = &account{address: address, id: store.WalletID(sum[:16]), turn: make(chan struct{}, 1)}
		k.accounts[address] = a
	}
	return a
}

// sweepKeyStores closes the keys that nobody used for long enough, and gives back the
// memory of derivations.
func (s *Set) sweepKeyStores() {
	now := s.cfg.Now()
	for _, k := range s.eachKeyStore() {
		k.forget(func(o *openedKey) bool { return o.holds == 0 && k.expired(o, now) })
	}
	if s.heavy.Swap(false) {
		runtime.GC()
	}
}

// forget closes the open keys that which says. Those in use are closed when they are
// released.
func (k *keyStore) forget(which func(*openedKey) bool) {
	k.mu.Lock()
	accounts := make([]*account, 0, len(k.accounts))
	for _, a := range k.accounts {
		accounts = append(accounts, a)
	}
	k.mu.Unlock()
	for _, a := range accounts {
		a.mu.Lock()
		if a.open != nil && which(a.open) {
			k.drop(a)
		}
		a.mu.Unlock()
	}
}
