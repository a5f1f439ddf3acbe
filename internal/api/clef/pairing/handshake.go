package pairing

import (
	"context"
	"crypto/subtle"
	"strings"
	"time"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
)

// Bounds of handshakes. Who begins one learns at once which code the person would be
// shown, so that these bound how many codes somebody can choose from.
const (
	lifetime  = time.Minute // from the start to the caller's nonce
	maxBegun  = 16          // in lifetime, whatever becomes of them
	maxSource = 4           // of them, from one source
)

// handshake is one that was begun less than lifetime ago.
type handshake struct {
	wire.PairStart
	source string
	begun  time.Time
	signer wire.PairingNonce
	over   bool // it was finished, rightly or not
}

var errUnknownHandshake = fault.UnknownSession.New("no such handshake").WithHint("begin again: a handshake is good once, for %d seconds", int(lifetime/time.Second))

// Start begins a handshake. source is where it comes from, as far as the transport knows:
// a host, or a user of this machine. Errors: fault.Busy.
func (b *Book) Start(start wire.PairStart, source string) (id wire.PairingID, nonce wire.PairingNonce, err error) {
	h := &handshake{PairStart: start, source: source, begun: b.cfg.Now()}
	if err := b.draw(id[:]); err != nil {
		return id, nonce, err
	}
	if err := b.draw(h.signer[:]); err != nil {
		return id, nonce, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	same := 0
	for old, other := range b.handshakes {
		if age := h.begun.Sub(other.begun); age < 0 || age >= lifetime { // a clock that was set back counts as late
			delete(b.handshakes, old)
		} else if other.source == source {
			same++
		}
	}
	if len(b.handshakes) >= maxBegun || same >= maxSource || b.handshakes[id] != nil {
		return wire.PairingID{}, nonce, fault.Busy.New("too many handshakes").WithHint("try again in a minute")
	}
	b.handshakes[id] = h
	return id, h.signer, nil
}

// Confirm asks a person whether a caller is to be paired. Name, Key and Code of r are
// filled in. An error is a denial.
type Confirm func(ctx context.Context, r *wire.PairingRequest) error

// Finish ends a handshake: it checks what the caller committed to and has the pairing
// confirmed. The caller signs requests together with the pairing that it gives. Errors:
// fault.UnknownSession for a handshake that is not there, is over or too old;
// fault.Unauthenticated for another nonce than was committed to; fault.Busy while
// somebody is asked about another; those of confirm; fault.Conflict "the name is taken";
// fault.Exhausted; those of the store.
func (b *Book) Finish(ctx context.Context, finish wire.PairFinish, confirm Confirm) (pairing wire.PairingID, err error) {
	h, err := b.take(finish)
	if err != nil {
		return pairing, err
	}
	defer b.release()
	request := &wire.PairingRequest{Name: h.Name, Key: h.Key, Code: wire.PairingCode(h.Key, h.Name, finish.Nonce, h.signer)}
	if err := confirm(ctx, request); err != nil {
		return pairing, err
	}
	e := &entry{
		Caller:  Caller{Name: h.Name, Key: h.Key, Paired: b.cfg.Now().UTC().Truncate(time.Second)},
		pairing: wire.PairingOf(h.Key, h.Name, finish.Nonce, h.signer),
	}
	return e.pairing, b.add(ctx, e)
}

// take finds a handshake and makes sure that nobody takes it again. Whoever gets it is
// the only one who asks, until release.
func (b *Book) take(finish wire.PairFinish) (*handshake, error) {
	now := b.cfg.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.handshakes[finish.Handshake]
	if h == nil || h.over {
		return nil, errUnknownHandshake
	}
	if b.asking {
		return nil, fault.Busy.New("another pairing waits for its answer").WithHint("try again when it has been answered")
	}
	h.over = true
	if age := now.Sub(h.begun); age < 0 || age >= lifetime {
		return nil, errUnknownHandshake
	}
	commitment := wire.Commitment(h.Key, h.Name, finish.Nonce)
	if subtle.ConstantTimeCompare(commitment[:], h.Commitment[:]) != 1 {
		return nil, fault.Unauthenticated.New("the nonce is not the one that was committed to").WithHint("begin again")
	}
	b.asking = true
	return h, nil
}

func (b *Book) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asking = false
}

// add keeps a caller that was confirmed, in the place of who had the key before.
func (b *Book) add(ctx context.Context, e *entry) error {
	value, err := e.value()
	if err != nil {
		return err
	}
	b.writing.Lock()
	defer b.writing.Unlock()
	if err := b.forgetRemoved(ctx); err != nil {
		return err
	}
	if err := b.room(e); err != nil {
		return err
	}
	e.stored = value
	if err := b.cfg.Store.Put(ctx, EntryName(e.Key), value); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.callers[e.Key] = e
	return nil
}

// room makes sure that there is room for a caller, and nobody else of its name. Names
// that differ in the case of letters only are the same to people.
func (b *Book) room(e *entry) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for key, other := range b.callers {
		if key != e.Key && strings.EqualFold(other.Name, e.Name) {
			return fault.Conflict.New("the name is taken").WithHint("remove the other caller of that name first")
		}
	}
	if b.callers[e.Key] == nil && len(b.callers) >= maxCallers {
		return fault.Exhausted.New("%d callers are paired, and no more can be", maxCallers).WithHint("remove callers that are not needed any more")
	}
	return nil
}
