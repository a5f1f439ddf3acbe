package kmd

import (
	"bytes"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"sync"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

// A handle is what a client gets for an opened wallet (§5): 16 hex digits that
// find it, a dot, 64 hex digits that prove it. All digits are lower case.
const (
	handleIDSize     = 8
	handleSecretSize = 32
	handleTextSize   = 2*handleIDSize + 1 + 2*handleSecretSize

	maxHandles    = 100_000
	sweepInterval = time.Minute // the peer's; a client may see "expired" or "does not exist" in between
	sweepIfFull   = time.Second // a sweep goes through the whole table, so not every call may ask for one
)

type handleID [handleIDSize]byte

// handle is one entry of the table.
type handle struct {
	secret   [handleSecretSize]byte
	session  gate.SessionID
	deadline time.Time
}

// handles is the table of open handles: the protocol's own names for sessions
// of the gate. It is bounded and lives in memory only.
type handles struct {
	now  func() time.Time
	rand io.Reader

	mu    sync.RWMutex
	open  map[handleID]handle
	swept time.Time
}

func newHandles(now func() time.Time, rand io.Reader) *handles {
	return &handles{now: now, rand: rand, open: make(map[handleID]handle), swept: now()}
}

// The refusals of §5. Those of the first kind carry the peer's text themselves.
func errHandle(text string) error { return fault.Unauthenticated.New("%s", text) }
func errHandleUnknown() error     { return fault.UnknownSession.New("no such session") }
func errHandleExpired() error     { return fault.SessionExpired.New("the session has expired") }

// expired reports whether the handle's time was up at t; a life of zero is up at once.
func (h handle) expired(t time.Time) bool { return !t.Before(h.deadline) }

// parseHandle reads a handle's text in the order of checks of §5: the first dot
// separates, so a second one spoils the secret.
func parseHandle(text []byte) (id handleID, proof [handleSecretSize]byte, err error) {
	head, tail, found := bytes.Cut(text, []byte{'.'})
	if !found {
		return id, proof, errHandle("wrong number of token parts")
	}
	if !decodeLowerHex(id[:], head) {
		return id, proof, errHandle("invalid wallet handle id")
	}
	if !decodeLowerHex(proof[:], tail) {
		return id, proof, errHandle("invalid wallet handle secret")
	}
	return id, proof, nil
}

// decodeLowerHex fills dst from exactly twice as many lower-case hex digits.
func decodeLowerHex(dst, text []byte) bool {
	if len(text) != 2*len(dst) {
		return false
	}
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	_, err := hex.Decode(dst, text)
	return err == nil
}

// add names a session and returns the text of its handle.
func (t *handles) add(s gate.Session) ([]byte, error) {
	var id handleID
	h := handle{session: s.ID, deadline: s.Deadline}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.open) < maxHandles {
		t.sweep(sweepInterval)
	} else {
		t.sweep(sweepIfFull)
	}
	if len(t.open) >= maxHandles {
		return nil, fault.Exhausted.New("too many open wallet handles; release some")
	}
	for {
		if _, err := io.ReadFull(t.rand, id[:]); err != nil {
			return nil, fmt.Errorf("draw handle id: %w", err)
		}
		if _, taken := t.open[id]; !taken {
			break
		}
	}
	if _, err := io.ReadFull(t.rand, h.secret[:]); err != nil {
		return nil, fmt.Errorf("draw handle secret: %w", err)
	}
	t.open[id] = h
	text := make([]byte, 0, handleTextSize)
	text = hex.AppendEncode(text, id[:])
	text = append(text, '.')
	return hex.AppendEncode(text, h.secret[:]), nil
}

// find returns the session behind a handle that is open and has time left. The
// first use after the deadline says so and removes the handle; from then on it
// does not exist.
func (t *handles) find(text []byte) (handleID, gate.SessionID, error) {
	id, h, err := t.lookup(text)
	if err != nil {
		return id, gate.SessionID{}, err
	}
	if h.expired(t.now()) {
		t.remove(id, h.session)
		return id, gate.SessionID{}, errHandleExpired()
	}
	return id, h.session, nil
}

// release removes a handle, expired or not, and returns the session behind it.
func (t *handles) release(text []byte) (gate.SessionID, error) {
	id, h, err := t.lookup(text)
	if err != nil {
		return gate.SessionID{}, err
	}
	if !t.remove(id, h.session) { // somebody else was faster
		return gate.SessionID{}, errHandleUnknown()
	}
	return h.session, nil
}

// extend sets the deadline of a handle after its session was renewed.
func (t *handles) extend(id handleID, s gate.Session) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if h, ok := t.open[id]; ok && h.session == s.ID {
		h.deadline = s.Deadline
		t.open[id] = h
	}
}

// lookup checks form, existence and proof, not the deadline.
func (t *handles) lookup(text []byte) (handleID, handle, error) {
	id, proof, err := parseHandle(text)
	if err != nil {
		return id, handle{}, err
	}
	t.mu.RLock()
	h, ok := t.open[id]
	due := t.now().Sub(t.swept) >= sweepInterval
	t.mu.RUnlock()
	if due {
		t.mu.Lock()
		t.sweep(sweepInterval)
		h, ok = t.open[id]
		t.mu.Unlock()
	}
	if !ok {
		return id, handle{}, errHandleUnknown()
	}
	if subtle.ConstantTimeCompare(proof[:], h.secret[:]) != 1 {
		return id, handle{}, errHandle("invalid token")
	}
	return id, h, nil
}

// remove deletes the handle if it still stands for session.
func (t *handles) remove(id handleID, session gate.SessionID) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if h, ok := t.open[id]; !ok || h.session != session {
		return false
	}
	delete(t.open, id)
	return true
}

// sweep removes expired handles, at most once an interval; t.mu is held. It runs
// when the table is used, so that no goroutine is needed to forget.
func (t *handles) sweep(interval time.Duration) {
	now := t.now()
	if now.Sub(t.swept) < interval {
		return
	}
	t.swept = now
	for id, h := range t.open {
		if h.expired(now) {
			delete(t.open, id)
		}
	}
}
