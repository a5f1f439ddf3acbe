package wallet

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

// SessionID names an open session: 16 random bytes.
type SessionID [16]byte

// Unlock asks for a session.
type Unlock struct {
	Wallet   store.WalletID
	Password secret.Bytes
	Lifetime time.Duration // 0 expires at once; at most a year
	// Reauthenticate makes every signature in this session need the password again,
	// as kmd's protocol does. Revealing, naming and deleting keys always need it.
	Reauthenticate bool
}

// Session is a wallet held open until a deadline.
type Session struct {
	ID       SessionID
	listener string
	reauth   bool
	entry    *entry
	set      *Set
	guesses  guesses

	mu       sync.Mutex // guards deadline and timer, and every change of ended
	deadline time.Time
	timer    *time.Timer
	ended    atomic.Bool
}

// sessions is the table of open ones.
type sessions struct {
	mu     sync.RWMutex
	open   map[SessionID]*Session
	of     map[string]int // how many each listener has open
	shared int            // of them, those beyond their listener's own share
	closed bool
}

// Unlock opens a wallet for a listener. Errors: fault.UnknownWallet,
// fault.AmbiguousWallet, fault.WrongPassword, fault.Busy, fault.Exhausted.
func (s *Set) Unlock(ctx context.Context, listener string, conn uint64, u Unlock) (*Session, error) {
	if u.Lifetime < 0 || u.Lifetime > maxLifetime {
		return nil, fault.Invalid.New("a session may last at most %s", maxLifetime)
	}
	e, err := s.visible(listener, u.Wallet)
	if err != nil {
		return nil, err
	}
	if err := s.hold(ctx, e, conn, u.Password); err != nil {
		return nil, err
	}
	n := &Session{listener: listener, reauth: u.Reauthenticate, entry: e, set: s, deadline: s.cfg.Now().Add(u.Lifetime)}
	if _, err := io.ReadFull(s.cfg.Rand, n.ID[:]); err != nil {
		s.release(e)
		return nil, fault.Internal.Wrap(err, "no random bytes")
	}
	if err := s.sessions.add(n); err != nil {
		s.release(e)
		return nil, err
	}
	n.start(u.Lifetime)
	if e.gone() { // deleted before the session could be found there
		n.End()
		return nil, errUnknown()
	}
	return n, nil
}

// visible gives the wallet of an id, unless it is a live one of another listener.
func (s *Set) visible(listener string, id store.WalletID) (*entry, error) {
	e, err := s.find(id)
	if err == nil && e.file != nil && e.file.folder.Listener != listener {
		return nil, errUnknown()
	}
	return e, err
}

// add puts a session into the table.
func (t *sessions) add(n *Session) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return fault.Canceled.New("the wallets are being closed")
	}
	if t.of[n.listener] >= ownSessions {
		if t.shared >= sharedSessions {
			return fault.Exhausted.New("no more than %d sessions can be open", ownSessions+sharedSessions).WithHint("release the sessions that are not needed")
		}
		t.shared++
	}
	t.of[n.listener]++
	t.open[n.ID] = n
	return nil
}

// remove takes a session out of the table.
func (t *sessions) remove(n *Session) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open[n.ID] != n {
		return // it never got in
	}
	delete(t.open, n.ID)
	if t.of[n.listener]--; t.of[n.listener] >= ownSessions {
		t.shared--
	}
}

// all lists the open sessions of a wallet, nil for those of every wallet.
func (t *sessions) all(e *entry) []*Session {
	t.mu.RLock()
	defer t.mu.RUnlock()
	var all []*Session
	for _, n := range t.open {
		if e == nil || n.entry == e {
			all = append(all, n)
		}
	}
	return all
}

// Session finds an open session of a listener. One that another listener opened
// does not exist for this one.
func (s *Set) Session(listener string, id SessionID) (*Session, error) {
	s.sessions.mu.RLock()
	n := s.sessions.open[id]
	s.sessions.mu.RUnlock()
	if n == nil || n.listener != listener {
		return nil, fault.UnknownSession.New("no such session")
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.over() {
		return nil, errExpired()
	}
	return n, nil
}

// over reports whether the session has ended or should have; the caller holds n.mu.
func (n *Session) over() bool {
	return n.ended.Load() || n.left() <= 0
}

// left is the time until the deadline, by whichever clock is further: the monotonic
// one stands still while the machine sleeps, the other may be set back. The caller
// holds n.mu.
func (n *Session) left() time.Duration {
	now := n.set.cfg.Now()
	return min(n.deadline.Sub(now), n.deadline.Round(0).Sub(now.Round(0)))
}

// start sets the timer, unless the session was ended meanwhile.
func (n *Session) start(lifetime time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.ended.Load() {
		n.timer = time.AfterFunc(lifetime, n.expire)
	}
}

// expire ends the session at its deadline, not at the next request.
func (n *Session) expire() {
	n.mu.Lock()
	left := n.left()
	if left > 0 && !n.ended.Load() { // renewed while the timer fired
		n.timer.Reset(left)
		n.mu.Unlock()
		return
	}
	first := n.end()
	n.mu.Unlock()
	n.leave(first)
}

// End closes the session; the wallet's last one locks it. Ending twice does nothing.
func (n *Session) End() {
	n.mu.Lock()
	first := n.end()
	n.mu.Unlock()
	n.leave(first)
}

// end marks the session and reports whether it was open; the caller holds n.mu.
func (n *Session) end() bool {
	if n.timer != nil {
		n.timer.Stop()
	}
	return n.ended.CompareAndSwap(false, true)
}

// leave takes an ended session out of the table and gives up its hold.
func (n *Session) leave(first bool) {
	if !first {
		return
	}
	n.set.sessions.remove(n)
	n.set.release(n.entry)
}

// Renew moves the deadline to lifetime from now.
func (n *Session) Renew(lifetime time.Duration) error {
	if lifetime < 0 || lifetime > maxLifetime {
		return fault.Invalid.New("a session may last at most %s", maxLifetime)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.over() {
		return errExpired()
	}
	n.deadline = n.set.cfg.Now().Add(lifetime)
	n.timer.Reset(lifetime)
	return nil
}

// Deadline is when the session ends by itself.
func (n *Session) Deadline() time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.deadline
}

// sweep ends the sessions whose time is up although their timers have not fired, as
// after the machine slept.
func (s *Set) sweep() {
	for _, n := range s.sessions.all(nil) {
		n.mu.Lock()
		first := n.over() && n.end()
		n.mu.Unlock()
		n.leave(first)
	}
}

// LockAll ends every session.
func (s *Set) LockAll() {
	for _, n := range s.sessions.all(nil) {
		n.End()
	}
}

// Sessions counts the open sessions.
func (s *Set) Sessions() int {
	s.sessions.mu.RLock()
	defer s.sessions.mu.RUnlock()
	return len(s.sessions.open)
}

// Wallet names the session's wallet.
func (n *Session) Wallet() (id store.WalletID, name string) {
	n.entry.state.RLock()
	defer n.entry.state.RUnlock()
	return n.entry.id, n.entry.meta.Name
}

// Info describes the session's wallet as it is now.
func (n *Session) Info() Info { return n.set.info(n.entry) }

// ref is the open data key of the session's wallet. Everything that a session can
// do asks for it, so that nothing is done once the session has ended, even if
// another session keeps the wallet open.
func (n *Session) ref() (vault.Ref, error) {
	if n.ended.Load() {
		return 0, errExpired()
	}
	return n.entry.openRef()
}

func errExpired() error { return fault.SessionExpired.New("the session has expired") }

// EndSessions ends the sessions that a listener has of a wallet.
func (s *Set) EndSessions(listener string, id store.WalletID) {
	e, err := s.find(id)
	if err != nil {
		return
	}
	for _, n := range s.sessions.all(e) {
		if n.listener == listener {
			n.End()
		}
	}
}
