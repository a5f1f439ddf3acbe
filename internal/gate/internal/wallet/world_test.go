package wallet

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/seal/sealtest"
	"strongroom/internal/secret"
	"strongroom/internal/store"
	"strongroom/internal/store/sqlite"
)

// world is a set of wallets on a real store and a real vault, with cheap derivations.
type world struct {
	*Set
	t     testing.TB
	cfg   Config
	store *fallible
	arena *secret.Arena
}

// fallible is a store whose changes can be made to fail.
type fallible struct {
	store.Store
	fail atomic.Bool
}

func (f *fallible) Apply(ctx context.Context, changes ...store.Change) error {
	if f.fail.Load() {
		return fault.Storage.Wrap(errors.New("no space left"), "the store refuses")
	}
	return f.Store.Apply(ctx, changes...)
}

// newWorld opens an empty store. Folders are kmd wallet folders.
func newWorld(t testing.TB, folders ...string) *world {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	arena, err := secret.NewArena(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.New(vault.Config{Arena: arena, Sealer: sealtest.New(t), Store: db.ID(), Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, store: &fallible{Store: db}, arena: arena}
	w.cfg = Config{
		Store: w.store, Vault: v, Rand: rand.Reader, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Derivations: 2, DerivationQueue: 64, KmdFolders: folders, Private: t.TempDir(),
	}
	w.open()
	t.Cleanup(func() {
		w.Close()
		if err := errors.Join(v.Close(), db.Close()); err != nil {
			t.Error(err)
		}
		if n := arena.InUse(); n != 0 {
			t.Errorf("%d bytes of locked memory are in use after Close", n)
		}
		if err := arena.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *world) open() {
	w.t.Helper()
	var err error
	if w.Set, err = Open(context.Background(), w.cfg); err != nil {
		w.t.Fatal(err)
	}
}

// restart closes the set and reads the store again, as a new process would.
func (w *world) restart() {
	w.t.Helper()
	w.Close()
	w.open()
}

func password(text string) secret.Bytes { return secret.Copy([]byte(text)) }

// create makes a wallet.
func (w *world) create(name, pw string) Info {
	w.t.Helper()
	id, err := w.NewID()
	if err != nil {
		w.t.Fatal(err)
	}
	info, err := w.Create(context.Background(), id, 1, New{Name: name, Password: password(pw)})
	if err != nil {
		w.t.Fatal(err)
	}
	return info
}

// unlock opens a session of an hour on the listener "kmd".
func (w *world) unlock(id store.WalletID, pw string) *Session {
	w.t.Helper()
	s, err := w.tryUnlock(id, pw)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) tryUnlock(id store.WalletID, pw string) (*Session, error) {
	return w.Unlock(context.Background(), "kmd", 1, Unlock{Wallet: id, Password: password(pw), Lifetime: time.Hour, Reauthenticate: true})
}

// adopt copies a foreign wallet into the store.
func (w *world) adopt(id store.WalletID, conn uint64, pw string) error {
	a, err := w.Adopt(context.Background(), id, conn, password(pw))
	if err != nil {
		return err
	}
	defer a.Discard()
	return a.Commit(context.Background())
}

// generate makes a session's next key.
func (w *world) generate(s *Session) Key {
	w.t.Helper()
	d, err := s.Generate(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	if err := d.Commit(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	return d.Key
}

// takeAllTurns occupies the derivations until the returned function is called: what
// works meanwhile costs none.
func (w *world) takeAllTurns() (giveBack func()) {
	w.t.Helper()
	for range w.cfg.Derivations {
		if err := w.derivations.wait(context.Background(), store.WalletID{}, 0); err != nil {
			w.t.Fatal(err)
		}
	}
	return func() {
		for range w.cfg.Derivations {
			w.derivations.done()
		}
	}
}

// waiting is how many calls stand in the queue.
func (q *queue) waiting() (n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, l := range q.lines {
		n += l.length
	}
	return n
}

func wantKind(t testing.TB, err error, kind fault.Kind) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Fatalf("got error %v of kind %s, want kind %s", err, fault.KindOf(err), kind)
	}
}
