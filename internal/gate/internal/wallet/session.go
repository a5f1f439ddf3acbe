package wallet

import (
	"context"
	"io"
	"sync"
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
	// Reauthenticate makes signing, exporting and deleting in this session need
	// the password again, each time, as kmd's protocol does.
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

	mu       sync.Mutex
	deadline time.Time
	timer    *time.Timer
	ended    bool
}

// sessions is the table of open ones.
type sessions struct {
	mu     sync.RWMutex
	open   map[SessionID]*Session
	closed bool
}

// Unlock opens a wallet for a listener. Errors: fault.UnknownWallet,
// fault.AmbiguousWallet, fault.WrongPassword, fault.Busy, fault.Exhausted.
func (s *Set) Unlock(ctx context.Context, listener string, conn uint64, u Unlock) (*Session, error) {
	if u.Lifetime < 0 || u.Lifetime > maxLifetime {
		return nil, fault.Invalid.New("a session may last at most %s", maxLifetime)
	}
	e, err := s.find(u.Wallet)
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
	s.sessions.mu.Lock()
	defer s.sessions.mu.Unlock()
	if s.sessions.closed || len(s.sessions.open) >= maxSessions {
		s.release(e)
		return nil, fault.Exhausted.New("no more than %d sessions can be open", maxSessions).WithHint("release the sessions that are not needed")
	}
	s.sessions.open[n.ID] = n
	n.timer = time.AfterFunc(u.Lifetime, n.expire)
	return n, nil
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
	if n.ended || !s.cfg.Now().Before(n.deadline) {
		return nil, fault.SessionExpired.New("the session has expired")
	}
	return n, nil
}

// expire ends the session at its deadline, not at the next request.
func (n *Session) expire() {
	n.mu.Lock()
	left := n.deadline.Sub(n.set.cfg.Now())
	if !n.ended && left > 0 { // renewed while the timer fired
		n.timer.Reset(left)
		n.mu.Unlock()
		return
	}
	n.mu.Unlock()
	n.End()
}

// End closes the session; the wallet's last one locks it. Ending twice does nothing.
func (n *Session) End() {
	n.set.sessions.mu.Lock()
	delete(n.set.sessions.open, n.ID)
	n.set.sessions.mu.Unlock()
	n.mu.Lock()
	ended := n.ended
	n.ended = true
	n.timer.Stop()
	n.mu.Unlock()
	if !ended {
		n.set.release(n.entry)
	}
}

// Renew moves the deadline to lifetime from now.
func (n *Session) Renew(lifetime time.Duration) error {
	if lifetime < 0 || lifetime > maxLifetime {
		return fault.Invalid.New("a session may last at most %s", maxLifetime)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ended {
		return fault.SessionExpired.New("the session has expired")
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

// LockAll ends every session.
func (s *Set) LockAll() {
	s.sessions.mu.RLock()
	all := make([]*Session, 0, len(s.sessions.open))
	for _, n := range s.sessions.open {
		all = append(all, n)
	}
	s.sessions.mu.RUnlock()
	for _, n := range all {
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

// ref is the open data key of the session's wallet.
func (n *Session) ref() (vault.Ref, error) {
	n.entry.state.RLock()
	defer n.entry.state.RUnlock()
	if n.entry.deleted {
		return 0, errUnknown()
	}
	if n.entry.ref == 0 {
		return 0, errClosed()
	}
	return n.entry.ref, nil
}
