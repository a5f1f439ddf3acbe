package wallet

import (
	"context"
	"sync"
	"time"

	"strongroom/internal/fault"
)

// maxGuessers bounds the connections whose wrong passwords are remembered; further ones
// share what is left.
const maxGuessers = 1024

// connGuesses slows wrong passwords for key files and seeds, each connection for itself,
// so that nobody is locked out by another's guesses. Derivations slow them too; this
// keeps one connection from having all of those. The zero value is ready.
type connGuesses struct {
	mu   sync.Mutex
	full map[uint64]time.Time // when all guesses of a connection will have come back
}

// admit waits until the connection has a guess to spend. Errors: fault.Busy,
// fault.Canceled.
func (g *connGuesses) admit(ctx context.Context, now func() time.Time, conn uint64) error {
	g.mu.Lock()
	full, guessed := g.full[g.slot(conn)]
	g.mu.Unlock()
	if !guessed {
		return nil
	}
	pause := full.Sub(now()) - (guessBurst-1)*guessEvery
	if pause <= 0 {
		return nil
	}
	if pause > guessQueue {
		return fault.Busy.New("too many wrong passwords on this connection").WithHint("try again in a few seconds")
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fault.Canceled.Wrap(context.Cause(ctx), "the request was given up")
	}
}

// failed takes a guess from a connection.
func (g *connGuesses) failed(now func() time.Time, conn uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := now()
	if g.full == nil {
		g.full = make(map[uint64]time.Time)
	}
	if len(g.full) >= maxGuessers {
		for c, full := range g.full {
			if !full.After(t) {
				delete(g.full, c)
			}
		}
	}
	slot := g.slot(conn)
	full := g.full[slot]
	if full.Before(t) {
		full = t
	}
	g.full[slot] = full.Add(guessEvery)
}

// slot is where a connection's guesses are counted. The caller holds g.mu.
func (g *connGuesses) slot(conn uint64) uint64 {
	if _, ok := g.full[conn]; !ok && len(g.full) >= maxGuessers {
		return 0 // that of all the others
	}
	return conn
}
