package kiod

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"strongroom/internal/gate"
)

// wallet is one that was opened since the start (§5).
type wallet struct {
	id      gate.WalletID
	session gate.SessionID // zero while it is locked
}

func (w wallet) locked() bool { return w.session == gate.SessionID{} }

// table is the wallets that the door knows, and the deadline of their sessions.
// No call of the gate is made while its mutex is held, so that a slow unlock keeps
// nobody from signing.
type table struct {
	gate     Gate
	now      func() time.Time
	turns    turns
	renewing sync.Mutex // keeps two renewals from overtaking each other

	mu       sync.Mutex
	opened   map[string]wallet
	unlocked []gate.SessionID // in the order of the wallets' names; replaced, never changed
	deadline deadline
}

func newTable(g Gate, now func() time.Time, timeout time.Duration) *table {
	t := &table{gate: g, now: now, opened: make(map[string]wallet), turns: turns{held: make(map[string]*turn)}}
	t.deadline = deadline{timeout: timeout, at: now().Add(timeout), renewed: now()}
	return t
}

// sessions are those of all unlocked wallets, in the order of the wallets' names.
func (t *table) sessions() []gate.SessionID {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.unlocked
}

// find is an opened wallet.
func (t *table) find(name string) (wallet, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	w, ok := t.opened[name]
	return w, ok
}

// named is one entry of [table.all].
type named struct {
	name string
	wallet
}

// all lists the opened wallets in the order of their names' bytes.
func (t *table) all() []named {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := make([]named, 0, len(t.opened))
	for _, name := range slices.Sorted(maps.Keys(t.opened)) {
		list = append(list, named{name, t.opened[name]})
	}
	return list
}

// set takes up a wallet, in place of what was known by its name.
func (t *table) set(name string, w wallet) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.opened[name] = w
	t.list()
}

// unlock notes the session of a wallet that is in the table. The deadline is moved
// along, because the session began only now.
func (t *table) unlock(name string, id gate.WalletID, session gate.SessionID) {
	t.set(name, wallet{id, session})
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	if at := now.Add(t.deadline.timeout); at.After(t.deadline.at) {
		t.deadline.at = at
	}
}

// lock marks a wallet as locked and returns the session to end.
func (t *table) lock(name string) (session gate.SessionID, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	w, known := t.opened[name]
	if !known {
		return gate.SessionID{}, false
	}
	t.opened[name] = wallet{id: w.id}
	t.list()
	return w.session, true
}

// lockEverything marks all wallets as locked and returns the sessions to end; the
// caller holds t.mu.
func (t *table) lockEverything() []gate.SessionID {
	ended := t.unlocked
	for name, w := range t.opened {
		t.opened[name] = wallet{id: w.id}
	}
	t.unlocked = nil
	return ended
}

// lockAll locks every wallet.
func (t *table) lockAll(ctx context.Context, c gate.Caller) {
	t.mu.Lock()
	ended := t.lockEverything()
	t.mu.Unlock()
	t.end(ctx, c, ended)
}

// end ends sessions at the gate; one that has ended already is as good.
func (t *table) end(ctx context.Context, c gate.Caller, sessions []gate.SessionID) {
	for _, id := range sessions {
		if id != (gate.SessionID{}) {
			_ = t.gate.Lock(context.WithoutCancel(ctx), c, id)
		}
	}
}

// forget marks the wallet of a session that has ended as locked.
func (t *table) forget(session gate.SessionID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for name, w := range t.opened {
		if w.session == session && !w.locked() {
			t.opened[name] = wallet{id: w.id}
		}
	}
	t.list()
}

// prune asks the gate which sessions still live, and forgets the others.
func (t *table) prune(ctx context.Context, c gate.Caller) {
	for _, id := range t.sessions() {
		if _, err := t.gate.Session(ctx, c, id); hasEnded(err) {
			t.forget(id)
		}
	}
}

// list makes the list of sessions anew; the caller holds t.mu.
func (t *table) list() {
	t.unlocked = nil
	for _, name := range slices.Sorted(maps.Keys(t.opened)) {
		if w := t.opened[name]; !w.locked() {
			t.unlocked = append(t.unlocked, w.session)
		}
	}
}

// life is what a session that begins now gets.
func (t *table) life() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.deadline.life()
}

// turns makes those wait for each other who create, open or unlock a wallet of the
// same name.
type turns struct {
	mu   sync.Mutex
	held map[string]*turn
}

type turn struct {
	sync.Mutex
	users int
}

// take waits for the name and returns how to give it back.
func (t *turns) take(name string) (release func()) {
	t.mu.Lock()
	one := t.held[name]
	if one == nil {
		one = new(turn)
		t.held[name] = one
	}
	one.users++
	t.mu.Unlock()
	one.Lock()
	return func() {
		one.Unlock()
		t.mu.Lock()
		defer t.mu.Unlock()
		if one.users--; one.users == 0 {
			delete(t.held, name)
		}
	}
}
