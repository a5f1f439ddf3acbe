package wallet

import (
	"context"
	"sync"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// Whoever holds a session but not the password can have it compared with a keyed
// hash, at no cost. So each session has a few wrong guesses to spend, which come
// back one by one. Comparisons go one after the other, so that guesses in parallel
// gain nothing; one that has to wait spends its guess in advance, and gets it back
// if the password was right.
const (
	guessEvery = 250 * time.Millisecond // how often a spent guess comes back
	guessBurst = 5                      // wrong guesses that are answered at once: people mistype
	guessQueue = 8 * time.Second        // who would have to wait longer is refused
)

// guesses slows wrong passwords in one session.
type guesses struct {
	mu   sync.Mutex
	full time.Time // when all guesses will have come back
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
// Errors: fault.WrongPassword, fault.Busy, fault.Canceled.
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

// compare runs check when there is a guess to spend on it. Right passwords wait
// only for as long as wrong ones before them have left no guess.
func (g *guesses) compare(ctx context.Context, now func() time.Time, check func() error) error {
	pause, err := g.enter(now, check)
	if pause == 0 {
		return err
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		err = check()
	case <-ctx.Done():
		err = fault.Canceled.Wrap(context.Cause(ctx), "the request was given up")
	}
	if !fault.Is(err, fault.WrongPassword) {
		g.mu.Lock()
		g.full = g.full.Add(-guessEvery)
		g.mu.Unlock()
	}
	return err
}

// enter runs check at once if there is a guess for it. Otherwise it takes the next
// one that comes and says how long that is away.
func (g *guesses) enter(now func() time.Time, check func() error) (pause time.Duration, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t := now(); g.full.Before(t) {
		g.full = t
	} else {
		pause = max(0, g.full.Sub(t)-(guessBurst-1)*guessEvery)
	}
	if pause > guessQueue {
		return 0, fault.Busy.New("too many wrong passwords in this session").WithHint("try again in a few seconds")
	}
	if pause == 0 {
		err = check()
	}
	if pause > 0 || fault.Is(err, fault.WrongPassword) {
		g.full = g.full.Add(guessEvery)
	}
	return pause, err
}
