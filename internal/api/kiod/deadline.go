package kiod

import (
	"context"
	"math"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

const (
	// maxLifetime is the longest that the gate holds a wallet open by itself.
	maxLifetime = 365 * 24 * time.Hour
	// maxGrain bounds how much later than its deadline a wallet is wiped.
	maxGrain = 250 * time.Millisecond
	grains   = 64
)

// deadline is the one time at which everything locks (§9): that of the last command
// plus the timeout. The guard is the table's mutex.
//
// Commands find it exactly. The gate's sessions are only moved along once in a
// grain, an instant beside the timeout, and live one grain longer: so a command
// costs a comparison, and the gate's timers wipe the keys at most one grain late.
type deadline struct {
	timeout time.Duration
	at      time.Time
	renewed time.Time // when the sessions were last moved
}

// grain is the unit in which sessions are moved along.
func (d *deadline) grain() time.Duration { return min(d.timeout/grains, maxGrain) }

// life is what the gate gives a session now.
func (d *deadline) life() time.Duration { return min(d.timeout+d.grain(), maxLifetime) }

// touch is one command at now: passed says that everything must lock first, renew
// that the sessions are due to be moved.
func (d *deadline) touch(now time.Time) (passed, renew bool) {
	passed = !now.Before(d.at)
	d.at = now.Add(d.timeout)
	if renew = !passed && now.Sub(d.renewed) >= d.grain(); renew {
		d.renewed = now
	}
	return passed, renew
}

// command does what comes before every command: it locks everything if the
// deadline has passed, and sets it anew.
func (t *table) command(ctx context.Context, c gate.Caller) {
	now := t.now()
	t.mu.Lock()
	late := now.Sub(t.deadline.at)
	passed, renew := t.deadline.touch(now)
	var ended []gate.SessionID
	if passed {
		ended = t.lockEverything()
	}
	grain := t.deadline.grain()
	t.mu.Unlock()
	switch {
	case passed && late < grain: // later, the gate's own timers have ended them
		t.end(ctx, c, ended)
	case renew:
		t.renew(ctx, c)
	}
}

// setTimeout changes the timeout for now and later. seconds is the client's number.
func (t *table) setTimeout(ctx context.Context, c gate.Caller, seconds int64) error {
	now := t.now()
	nanos := now.UnixNano()
	if seconds < 0 || seconds > (math.MaxInt64-nanos)/int64(time.Second) {
		return refuse(codeTimeout, "Overflow on timeout_time, specified %d, now %d, timeout_time %d",
			seconds, nanos, nanos+seconds*int64(time.Second)) // wraps round, as the peer's sum does
	}
	t.mu.Lock()
	var ended []gate.SessionID
	if !now.Before(t.deadline.at) { // too late to keep anything open
		ended = t.lockEverything()
	}
	t.deadline.timeout = time.Duration(seconds) * time.Second
	t.deadline.at, t.deadline.renewed = now.Add(t.deadline.timeout), now
	t.mu.Unlock()
	t.end(ctx, c, ended)
	t.renew(ctx, c)
	return nil
}

// renew gives every session its life from now. One that has ended by another way
// leaves a locked wallet.
func (t *table) renew(ctx context.Context, c gate.Caller) {
	t.renewing.Lock()
	defer t.renewing.Unlock()
	t.mu.Lock()
	life, sessions := t.deadline.life(), t.unlocked
	t.mu.Unlock()
	for _, id := range sessions {
		if _, err := t.gate.Renew(ctx, c, id, life); hasEnded(err) {
			t.forget(id)
		}
	}
}

// hasEnded reports whether an error says that a session is no more.
func hasEnded(err error) bool {
	return fault.Is(err, fault.UnknownSession) || fault.Is(err, fault.SessionExpired) || fault.Is(err, fault.Locked)
}
