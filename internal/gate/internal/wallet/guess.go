package wallet

import (
	"context"
	"sync"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// Whoever holds a session but not the password can have it compared with a keyed
// hash, at no cost. So comparisons of one session go one after the other, and each
// wrong one reserves the time after it.
const (
	guessDelay = 250 * time.Millisecond
	guessQueue = 32 * guessDelay // who would have to wait longer is refused
)

// guesses slows wrong passwords in one session.
type guesses struct {
	mu   sync.Mutex
	next time.Time // no comparison before this
}

// Authenticate checks the password again where the session demands it. Other
// sessions take no password here, so one that is given is checked too: a caller
// that sends a wrong one is mistaken about what it does.
func (n *Session) Authenticate(ctx context.Context, password secret.Bytes) error {
	if !n.reauth && password.IsEmpty() {
		return nil
	}
	return n.CheckPassword(ctx, password)
}

// CheckPassword compares the password with the one that the wallet was opened
// with. Wrong guesses are slowed to a few per second, for this session only; a
// blank password where the wallet's is not blank is no guess and answered at once.
func (n *Session) CheckPassword(ctx context.Context, password secret.Bytes) error {
	if password.IsEmpty() {
		n.entry.state.RLock()
		probe := n.entry.notBlank()
		n.entry.state.RUnlock()
		if probe {
			return errPassword()
		}
	}
	return n.guesses.compare(ctx, n.set.cfg.Now, func() error {
		ref, err := n.ref()
		if err != nil {
			return err
		}
		match, err := n.set.cfg.Vault.PasswordMatches(ref, password)
		if err == nil && !match {
			err = errPassword()
		}
		return err
	})
}

// compare runs check when its turn has come. A right password waits for nothing
// unless wrong ones came just before it.
func (g *guesses) compare(ctx context.Context, now func() time.Time, check func() error) error {
	g.mu.Lock()
	turn := now()
	if pause := g.next.Sub(turn); pause > 0 {
		if pause > guessQueue {
			g.mu.Unlock()
			return fault.Busy.New("too many wrong passwords in this session").WithHint("try again in a few seconds")
		}
		g.next = g.next.Add(guessDelay)
		g.mu.Unlock()
		timer := time.NewTimer(pause)
		defer timer.Stop()
		select {
		case <-timer.C:
			return check()
		case <-ctx.Done():
			return fault.Canceled.Wrap(context.Cause(ctx), "the request was given up")
		}
	}
	defer g.mu.Unlock()
	err := check()
	if fault.Is(err, fault.WrongPassword) {
		g.next = turn.Add(guessDelay)
	}
	return err
}
