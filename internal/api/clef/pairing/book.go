package pairing

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
)

// Store keeps who was paired, durably, under names as [EntryName] makes them. The values
// are no secrets, but only the owner may be able to change them: an entry that he takes
// out or replaces while a book is open is paired no more.
type Store interface {
	// List gives all entries whose names begin as [EntryName] makes them, by name.
	List(ctx context.Context) (map[string]string, error)
	// Get gives one entry as it is now, "" where there is none.
	Get(ctx context.Context, name string) (string, error)
	// Put writes an entry, or replaces it.
	Put(ctx context.Context, name, value string) error
	// Delete takes an entry away, if there is one.
	Delete(ctx context.Context, name string) error
}

// Config is what a book needs.
type Config struct {
	Store Store
	Now   func() time.Time
	Rand  io.Reader // cryptographic
}

// Caller is a caller that was paired.
type Caller struct {
	Name   string
	Key    wire.PairingKey
	Paired time.Time // UTC, in whole seconds
}

// maxCallers bounds the callers that are known at a time.
const maxCallers = 256

// The reasons why a request is not that of a paired caller.
var (
	ErrUnpaired error = fault.Unauthenticated.New("the caller is not paired, or the signature is wrong")
	ErrSession  error = fault.UnknownSession.New("another session").WithHint("sign again with the session of this run, numbers beginning at 1")
	ErrNumber   error = fault.Conflict.New("the number was used already, or is too low")
)

// Book knows the paired callers. It is safe for concurrent use. Make it with [Open].
type Book struct {
	cfg     Config
	session wire.PairingID

	writing sync.Mutex // held while the store is changed, and taken before mu

	mu         sync.Mutex
	callers    map[wire.PairingKey]*entry
	handshakes map[wire.PairingID]*handshake
	asking     bool // somebody is asked about a pairing
}

// entry is a paired caller.
type entry struct {
	Caller
	pairing wire.PairingID
	stored  string      // its value in the store
	window  wire.Window // of the numbers of this session
	revoked bool        // removed, but perhaps not from the store
}

// Open reads the store and begins a session. Errors: those of the store; fault.Corrupt for
// an entry that nobody can read.
func Open(ctx context.Context, cfg Config) (*Book, error) {
	b := &Book{cfg: cfg, callers: map[wire.PairingKey]*entry{}, handshakes: map[wire.PairingID]*handshake{}}
	if cfg.Store == nil || cfg.Now == nil || cfg.Rand == nil {
		return nil, fault.Internal.New("pairing: a part of the book is missing")
	}
	if err := b.draw(b.session[:]); err != nil {
		return nil, err
	}
	stored, err := cfg.Store.List(ctx)
	if err != nil {
		return nil, err
	}
	for name, value := range stored {
		e, err := parseEntry(name, value)
		if err != nil {
			return nil, err
		}
		b.callers[e.Key] = e
	}
	return b, nil
}

func (b *Book) draw(room []byte) error {
	if _, err := io.ReadFull(b.cfg.Rand, room); err != nil {
		return fault.Internal.Wrap(err, "pairing: there is no randomness")
	}
	return nil
}

// Session names this run of the signer.
func (b *Book) Session() wire.PairingID { return b.session }

// Callers lists who was paired, by name. Errors: those of the store.
func (b *Book) Callers(ctx context.Context) ([]Caller, error) {
	if err := b.refresh(ctx); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]Caller, 0, len(b.callers))
	for _, e := range b.callers {
		list = append(list, e.Caller)
	}
	slices.SortFunc(list, func(x, y Caller) int {
		return cmp.Or(strings.Compare(x.Name, y.Name), bytes.Compare(x.Key[:], y.Key[:]))
	})
	return list, nil
}

// refresh forgets the callers that the store has no more, or not as they were paired.
func (b *Book) refresh(ctx context.Context) error {
	b.writing.Lock()
	defer b.writing.Unlock()
	return b.forgetRemoved(ctx)
}

// forgetRemoved is refresh while writing is held.
func (b *Book) forgetRemoved(ctx context.Context) error {
	stored, err := b.cfg.Store.List(ctx)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for key, e := range b.callers {
		if stored[EntryName(key)] != e.stored {
			delete(b.callers, key)
		}
	}
	return nil
}

// Remove takes a caller away. Its requests are refused from now on, also where the store
// fails, but then it is there again after a restart: call Remove again. Errors:
// fault.UnknownKey "unknown caller"; those of the store.
func (b *Book) Remove(ctx context.Context, key wire.PairingKey) error {
	b.writing.Lock()
	defer b.writing.Unlock()
	if !b.revoke(key) {
		return errUnknownCaller()
	}
	stored, err := b.cfg.Store.Get(ctx, EntryName(key))
	if err != nil {
		return err
	}
	if err := b.cfg.Store.Delete(ctx, EntryName(key)); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.callers, key)
	if stored == "" { // somebody else was first
		return errUnknownCaller()
	}
	return nil
}

func errUnknownCaller() error { return fault.UnknownKey.New("unknown caller") }

func (b *Book) revoke(key wire.PairingKey) (known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.callers[key]
	if e != nil {
		e.revoked = true
	}
	return e != nil
}

// Verify checks that a request is one of a paired caller, and gives its name. What is
// right is used up. The store is looked at only for requests whose signature is right.
// Errors: [ErrUnpaired], [ErrSession], [ErrNumber]; those of the store.
func (b *Book) Verify(ctx context.Context, call *wire.PairCall) (name string, err error) {
	e := b.caller(call.Key)
	if e == nil || !call.Verify(e.pairing) {
		return "", ErrUnpaired
	}
	stored, err := b.cfg.Store.Get(ctx, EntryName(call.Key))
	switch {
	case err != nil:
		return "", err
	case stored != e.stored: // it was removed beside us, or is being paired anew
		return "", ErrUnpaired
	case call.Session != b.session:
		return "", ErrSession
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.callers[call.Key] != e || e.revoked { // since it was found, or paired anew
		return "", ErrUnpaired
	}
	if !e.window.Use(uint64(call.Number)) {
		return "", ErrNumber
	}
	return e.Name, nil
}

// caller is who has a key, nil if nobody has.
func (b *Book) caller(key wire.PairingKey) *entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.callers[key]; e != nil && !e.revoked {
		return e
	}
	return nil
}
