// Package wallet keeps named wallets: their keyslots, sessions and keys. It moves
// ciphertext between the store and the vault and never sees an opened private key,
// except where one is imported or exported.
//
// # Order of locks
//
// A wallet has two: change serialises what alters it and may be held over a disk
// write or a key derivation from its seed; state guards what is in memory and is
// held for moments. Signing takes only state, for reading, so that a wallet signs
// at full speed while keys are made in it. A live wallet has one more, writing, held
// while its file is read or written. The order is: a wallet's change, its writing,
// then the locks of Set and of its sessions, then a wallet's state. Whoever has a turn
// at the derivations never waits for change: its holder may be waiting for a turn.
//
// An account of a key store has a turn, which is held over the derivation that opens
// its file, and a lock of its own, held for moments, which comes after those of the
// vault's files.
//
// # What is remembered
//
// Names and ids of all wallets are in memory from the start. A wallet's keys, sealed,
// are read at its first unlock and then kept, so that a signature needs no read.
//
// Only gate may import this package; the compiler sees to it.
package wallet

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/foreign/keosdfile"
	"strongroom/internal/foreign/kmdfile"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

// Bounds.
const (
	MaxNameLength  = 64      // bytes of a wallet name, as kmd has it
	maxWallets     = 100_000 // in one store
	ownSessions    = 1_000   // open at once, that a listener can have whatever the others have
	sharedSessions = 99_000  // beyond those, of all listeners together
	maxLifetime    = 366 * 24 * time.Hour
	tidyEvery      = 5 * time.Second
	sweepEvery     = 10 * time.Second
)

// Config is what a Set needs.
type Config struct {
	Store store.Store
	Vault *vault.Vault
	Rand  io.Reader
	Now   func() time.Time
	Log   *slog.Logger

	Derivations     int      // password derivations that may run at once, at least 1
	DerivationQueue int      // that may wait, over all callers
	KmdFolders      []string // folders whose kmd wallet files are adopted
	Private         string   // a 0700 folder of our own for private copies of foreign files

	Arena *secret.Arena // room for what is written to wallet files
	Live  []LiveFolder  // folders whose files are wallets themselves; at most one for a listener

	KeyStores []KeyStore // folders of web3 key files; at most one for a listener
}

// Set is all wallets of one store. It is safe for concurrent use.
type Set struct {
	cfg         Config
	derivations *queue
	folders     []*kmdfile.Directory
	adoption    sync.Mutex // held while an adopted file is given its name and written

	mu     sync.RWMutex
	byID   map[store.WalletID]*entry
	byName map[string]*entry
	live   map[string]LiveFolder // by listener; never changes
	stores map[string]*keyStore  // by listener; never changes

	sessions  sessions
	revisions atomic.Uint64 // see index
	heavy     atomic.Bool   // a derivation left much memory behind

	stop chan struct{}
	done sync.WaitGroup
}

// entry is one wallet.
type entry struct {
	id     store.WalletID
	change sync.Mutex // see the package comment

	state   sync.RWMutex
	file    *liveFile // of a live wallet, which has no slots; never changes
	meta    store.Wallet
	slots   []store.Slot
	keys    *index    // nil until the wallet is first opened
	ref     vault.Ref // 0 while locked
	holds   int       // sessions and operations that need ref
	refused memory    // passwords that were wrong
	deleted bool
}

// Open reads the wallets of a store.
func Open(ctx context.Context, cfg Config) (*Set, error) {
	s := &Set{
		cfg:         cfg,
		derivations: newQueue(cfg.Derivations, cfg.DerivationQueue),
		byID:        make(map[store.WalletID]*entry),
		byName:      make(map[string]*entry),
		live:        make(map[string]LiveFolder),
		stores:      make(map[string]*keyStore),
		stop:        make(chan struct{}),
	}
	s.sessions.open, s.sessions.of = make(map[SessionID]*Session), make(map[string]int)
	all, err := cfg.Store.Wallets(ctx)
	if err != nil {
		return nil, err
	}
	for _, meta := range all {
		slots, err := cfg.Store.Slots(ctx, meta.ID)
		if err != nil {
			return nil, err
		}
		e := &entry{id: meta.ID, meta: meta, slots: slots}
		s.byID[meta.ID], s.byName[meta.Name] = e, e
	}
	for _, folder := range cfg.KmdFolders {
		d, err := kmdfile.NewDirectory(kmdfile.DirectoryConfig{Path: folder, Scratch: cfg.Private, Now: cfg.Now})
		if err != nil {
			return nil, err
		}
		s.folders = append(s.folders, d)
	}
	for _, folder := range cfg.Live {
		if err := keosdfile.Clean(folder.Path); err != nil {
			return nil, err
		}
		s.live[folder.Listener] = folder
	}
	if err := s.openKeyStores(); err != nil {
		s.closeKeyStores()
		return nil, err
	}
	s.done.Go(s.tidy)
	return s, nil
}

// Close locks every wallet and ends all sessions. The store and the vault stay open.
func (s *Set) Close() {
	close(s.stop)
	s.done.Wait()
	s.sessions.mu.Lock()
	s.sessions.closed = true
	s.sessions.mu.Unlock()
	s.LockAll()
	s.closeKeyStores()
}

// tidy removes what a burst of signatures leaves in memory, soon after it, and the
// sessions that should have ended while the machine slept, soon after it woke.
func (s *Set) tidy() {
	ticker, sweep := time.NewTicker(tidyEvery), time.NewTicker(sweepEvery)
	defer ticker.Stop()
	defer sweep.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-sweep.C:
			s.sweep()
		case <-ticker.C:
			s.sweepKeyStores()
			if s.cfg.Vault.Unclean() {
				s.cfg.Vault.Tidy()
				if secret.Erasing() {
					runtime.GC()
				}
			}
		}
	}
}

// stored gives the wallet of an id in the store. A live wallet's file is what its
// owner has; it is not ours to rename, delete or convert.
func (s *Set) stored(id store.WalletID) (*entry, error) {
	e, err := s.find(id)
	if err == nil && e.file != nil {
		return nil, fault.Unsupported.New("the wallet is the file %q, which is its owner's to rename, delete or convert", e.meta.Source)
	}
	return e, err
}

// find gives the wallet of an id.
func (s *Set) find(id store.WalletID) (*entry, error) {
	s.mu.RLock()
	e := s.byID[id]
	s.mu.RUnlock()
	if e == nil {
		return nil, errUnknown()
	}
	return e, nil
}

// entries returns all wallets in order of their ids.
func (s *Set) entries() []*entry {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make([]*entry, 0, len(s.byID))
	for _, e := range s.byID {
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b *entry) int { return bytes.Compare(a.id[:], b.id[:]) })
	return all
}

func errUnknown() error { return fault.UnknownWallet.New("wallet not found") }

func errNameTaken() error {
	return fault.WalletExists.New("wallet with same name already exists")
}
