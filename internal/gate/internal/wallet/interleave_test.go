package wallet

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// Here two calls meet at one exact point, which a stress test would rarely hit.

// hookedRand calls hook once, at the next read.
type hookedRand struct{ hook func() }

func (r *hookedRand) Read(b []byte) (int, error) {
	if hook := r.hook; hook != nil {
		r.hook = nil
		hook()
	}
	return rand.Read(b)
}

// A wallet that is deleted after its password was accepted, but before the session
// is in the table where a deletion looks for it, must not stay open.
func TestDeleteDuringUnlock(t *testing.T) {
	w := newWorld(t)
	idle := w.arena.InUse()
	source := &hookedRand{}
	w.Close()
	w.cfg.Rand = source
	w.open()
	id := w.create("w", "pw").ID
	source.hook = func() { // the session's id is being drawn
		if err := w.Delete(t.Context(), id, 1, password("pw")); err != nil {
			t.Error(err)
		}
	}
	_, err := w.tryUnlock(id, "pw")
	wantKind(t, err, fault.UnknownWallet)
	if w.Sessions() != 0 || w.arena.InUse() != idle {
		t.Errorf("%d sessions, %d bytes in use instead of %d", w.Sessions(), w.arena.InUse(), idle)
	}
}

// Whoever waits for a wallet's change lock has given back the turn at the
// derivations: the holder of the lock may be waiting for one.
func TestNoTurnIsHeldWhileWaiting(t *testing.T) {
	w := newWorld(t)
	id := w.create("w", "pw").ID
	e, err := w.find(id)
	if err != nil {
		t.Fatal(err)
	}
	giveBack := w.takeAllTurns()
	unlocked := make(chan error)
	go func() {
		_, err := w.tryUnlock(id, "pw")
		unlocked <- err
	}()
	for w.derivations.waiting() == 0 {
		time.Sleep(time.Millisecond)
	}
	e.change.Lock() // as a password change does
	giveBack()      // the unlock has a turn now
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for range w.cfg.Derivations {
		if err := w.derivations.wait(ctx, id, 2); err != nil {
			t.Fatalf("the turn does not come back: %v", err)
		}
	}
	for range w.cfg.Derivations {
		w.derivations.done()
	}
	e.change.Unlock()
	if err := <-unlocked; err != nil {
		t.Error(err)
	}
}

// pausing is a store that waits, around the change that gives a wallet this name.
type pausing struct {
	store.Store
	name          string
	before, after func()
}

func (p *pausing) Apply(ctx context.Context, changes ...store.Change) error {
	u, ok := changes[0].(store.UpdateWallet)
	if !ok || u.Wallet.Name != p.name {
		return p.Store.Apply(ctx, changes...)
	}
	p.before()
	err := p.Store.Apply(ctx, changes...)
	p.after()
	return err
}

// A name that one wallet gave up in the store, but not yet in memory, may be
// another's already.
func TestNameIsPassedOn(t *testing.T) {
	w := newWorld(t)
	gaveUp, taken := make(chan struct{}), make(chan struct{})
	first, second := w.create("first", "").ID, w.create("second", "").ID
	rename := func(id store.WalletID, name string) {
		if _, err := w.Rename(t.Context(), id, 1, password(""), name); err != nil {
			t.Errorf("rename to %q: %v", name, err)
		}
	}
	ended := make(chan struct{})
	left := &pausing{Store: w.store.Store, name: "left", before: func() {}, after: func() { close(gaveUp); <-taken }}
	w.store.Store = &pausing{Store: left, name: "passed on", before: func() {}, after: func() {}}
	passed := w.store.Store.(*pausing)
	passed.before = func() { // the second wallet has seen that the name is free
		passed.before = func() {}
		rename(first, "passed on")
		go func() { rename(first, "left"); close(ended) }()
		<-gaveUp
	}
	rename(second, "passed on")
	close(taken)
	<-ended
	w.checkNames()
}
