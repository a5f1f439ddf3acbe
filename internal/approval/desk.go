package approval

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"strongroom/internal/fault"
)

// Config is what a desk needs. Zero values let nothing wait: every question is then
// refused as too many, or dies at once.
type Config struct {
	Timeout      time.Duration    // how long a question may wait
	MaxPending   int              // questions that may wait together
	MaxPerCaller int              // and of one caller
	Now          func() time.Time // the clock; time.Now in production
}

// ErrTimeout is what [Desk.Ask] says of a question that nobody answered in time.
var ErrTimeout error = fault.Denied.New("request timed out")

// The other ends of a question without an answer.
var (
	errClosed error = fault.Canceled.New("the daemon stops")
	errGone   error = fault.Canceled.New("the caller went away")
)

// Desk holds the questions that wait. It is safe for concurrent use. Make one with [New].
type Desk struct {
	cfg       Config
	approvers sync.WaitGroup // goroutines in which approvers decide

	mu      sync.Mutex
	closed  bool
	last    uint64 // number of the newest question
	pending map[uint64]*pending
	callers map[string]int // how many of pending are whose, without those that were passed on
	counted int            // the same of all
	news    chan struct{}  // closed and replaced whenever a question comes for Decide, or the desk closes
}

// New makes an empty desk. Numbers of questions go on from the time of the start, in
// seconds, so that an answer that was meant for a daemon before finds no question.
func New(cfg Config) *Desk {
	return &Desk{
		cfg: cfg, last: uint64(max(0, cfg.Now().Unix())), pending: make(map[uint64]*pending), callers: make(map[string]int),
		news: make(chan struct{}),
	}
}

// Timeout is how long a question may wait.
func (d *Desk) Timeout() time.Duration { return d.cfg.Timeout }

// pending is a question that waits.
type pending struct {
	question Question
	caller   string
	open     bool                    // for Decide; else an approver was asked
	passedOn bool                    // by the approver of another question, which counts for both
	kill     context.CancelCauseFunc // ends it without an answer
	done     chan struct{}           // closed once it has its answer

	// Guarded by the desk's mutex until done is closed.
	answered bool
	answer   Answer
	err      error
}

// Ask puts a question and waits for its answer, from by or, where that is nil, from
// whoever calls [Desk.Decide]. The answer is an approval if and only if the error is
// nil, and its Settle is then never nil: the caller calls it, and of several calls
// only the first does anything.
//
// The answer must come before the time-out, before ctx ends and before the desk
// closes. What by says later is void; if it approves, its Settle is called with nil.
//
// An approver may put the question that it was asked on the desk again, for somebody
// else; both count as one against the bounds.
//
// Errors: fault.Denied "request denied"; [ErrTimeout]; fault.Canceled where the caller
// went away or the desk closed; fault.Busy where too many wait; the approver's own
// error, which is a denial as well.
func (d *Desk) Ask(ctx context.Context, q Question, by Approver) (Answer, error) {
	if ctx.Err() != nil {
		return Answer{}, errGone
	}
	q.Until = d.until(ctx)
	ctx, kill := context.WithCancelCause(ctx)
	defer kill(nil)
	ctx, stop := context.WithTimeoutCause(ctx, d.cfg.Timeout, ErrTimeout)
	defer stop()
	p, err := d.enter(ctx, q, by, kill)
	if err != nil {
		return Answer{}, err
	}
	defer d.leave(p)
	select {
	case <-p.done:
	case <-ctx.Done():
		d.finish(p, Answer{}, causeOf(ctx))
	}
	switch {
	case p.err != nil:
		return Answer{By: p.answer.By}, p.err
	case p.answer.Verdict != Approve:
		return Answer{By: p.answer.By}, fault.Denied.New("request denied")
	}
	return p.answer, nil
}

// until is when a question of a caller dies by itself.
func (d *Desk) until(ctx context.Context) time.Time {
	left := d.cfg.Timeout
	if deadline, ok := ctx.Deadline(); ok {
		left = min(left, time.Until(deadline))
	}
	return d.cfg.Now().Add(left)
}

// causeOf says why a question died.
func causeOf(ctx context.Context) error {
	switch cause := context.Cause(ctx); cause {
	case ErrTimeout, errClosed:
		return cause
	}
	return errGone
}

// enter puts a question on the desk and, if there is an approver, asks it in a
// goroutine of the desk.
func (d *Desk) enter(ctx context.Context, q Question, by Approver, kill context.CancelCauseFunc) (*pending, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := &pending{caller: callerOf(q.Asker), open: by == nil, passedOn: d.pending[q.ID] != nil, kill: kill, done: make(chan struct{})}
	if d.closed {
		return nil, errClosed
	}
	if !p.passedOn {
		if err := d.takePlace(p.caller); err != nil {
			return nil, err
		}
	}
	d.last++
	p.question = q
	p.question.ID = d.last
	d.pending[d.last] = p
	if by == nil {
		d.announce()
	} else {
		d.approvers.Go(func() { d.decide(ctx, p, by) })
	}
	return p, nil
}

// leave takes a question off the desk.
func (d *Desk) leave(p *pending) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.pending, p.question.ID)
	if !p.passedOn {
		d.leavePlace(p.caller)
	}
}

// takePlace counts a question of a caller. The mutex is held.
func (d *Desk) takePlace(caller string) error {
	switch {
	case d.counted >= d.cfg.MaxPending:
		return fault.Busy.New("too many requests wait for approval")
	case d.callers[caller] >= d.cfg.MaxPerCaller:
		return fault.Busy.New("too many requests of this caller wait for approval")
	}
	d.counted++
	d.callers[caller]++
	return nil
}

// leavePlace ends what takePlace began. The mutex is held.
func (d *Desk) leavePlace(caller string) {
	d.counted--
	if d.callers[caller]--; d.callers[caller] == 0 {
		delete(d.callers, caller)
	}
}

// Reserve takes the place of a question for something else that a person is asked on
// behalf of a caller, a password: floods of those are bounded together with questions.
// release gives the place up, once. Errors: fault.Busy; fault.Canceled once the desk is
// closed.
func (d *Desk) Reserve(a Asker) (release func(), err error) {
	caller := callerOf(a)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, errClosed
	}
	if err := d.takePlace(caller); err != nil {
		return nil, err
	}
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.leavePlace(caller)
	}, nil
}

// announce wakes those who wait for news. The mutex is held.
func (d *Desk) announce() {
	close(d.news)
	d.news = make(chan struct{})
}

// decide lets an approver answer. An answer that comes too late is settled here,
// because nobody else will.
func (d *Desk) decide(ctx context.Context, p *pending, by Approver) {
	q := p.question
	answer, err := approve(ctx, by, &q)
	answer.Settle = once(answer.Settle)
	if ctx.Err() != nil { // whatever it says now counts for nothing
		err = causeOf(ctx)
	}
	if counts := d.finish(p, answer, err) && err == nil; !counts && answer.Verdict == Approve {
		_ = answer.Settle(context.WithoutCancel(ctx), nil)
	}
}

// approve asks an approver. One that panics denies, and an error that nobody
// classified is a denial without a reason that could be shown.
func approve(ctx context.Context, by Approver, q *Question) (answer Answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			answer, err = Answer{}, fault.Denied.Wrap(fmt.Errorf("the approver panicked: %v", p), "request denied")
		}
	}()
	answer, err = by.Approve(ctx, q)
	if err != nil && fault.Is(err, fault.Internal) {
		err = fault.Denied.Wrap(err, "request denied")
	}
	return answer, err
}

// finish gives a question its answer, unless it has one or is past its time, and
// reports whether this is the answer that counts.
func (d *Desk) finish(p *pending, a Answer, err error) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p.answered {
		return false
	}
	late := err == nil && !d.cfg.Now().Before(p.question.Until)
	if late { // the clock is ahead of the timer
		a, err = Answer{}, ErrTimeout
	}
	p.answered, p.answer, p.err = true, a, err
	close(p.done)
	return !late
}

// Pending lists the questions that wait for [Desk.Decide], oldest first.
func (d *Desk) Pending() []Question {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.after(0)
}

// after lists the questions for Decide with higher numbers. The mutex is held.
func (d *Desk) after(id uint64) []Question {
	var all []Question
	for _, p := range d.pending {
		if p.open && !p.answered && p.question.ID > id {
			all = append(all, p.question)
		}
	}
	slices.SortFunc(all, func(a, b Question) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// Wait lists the questions of [Desk.Pending] with numbers above after, as soon as there
// is one. It gives none when ctx ends or the desk closes.
func (d *Desk) Wait(ctx context.Context, after uint64) []Question {
	for {
		d.mu.Lock()
		all, news, closed := d.after(after), d.news, d.closed
		d.mu.Unlock()
		if len(all) > 0 || closed {
			return all
		}
		select {
		case <-news:
		case <-ctx.Done():
			return nil
		}
	}
}

// Decide answers a question of [Desk.Pending]. An approval without Accounts reveals all
// accounts that the question offers. Errors: fault.Conflict for one that does not wait,
// or no longer; a.Settle is then not called.
func (d *Desk) Decide(id uint64, a Answer) error {
	d.mu.Lock()
	p := d.pending[id]
	d.mu.Unlock()
	if p != nil && p.open {
		if a.Accounts == nil {
			for _, account := range p.question.Accounts {
				a.Accounts = append(a.Accounts, account.Address)
			}
		}
		a.Settle = once(a.Settle)
		if d.finish(p, a, nil) {
			return nil
		}
	}
	return fault.Conflict.New("no question %d waits for an answer", id).
		WithHint("it was answered, its time ran out, or its caller went away; see: strongroom approval list")
}

// Close ends every question and waits until all approvers have returned. Further
// questions are refused.
func (d *Desk) Close() {
	d.mu.Lock()
	if !d.closed {
		d.closed = true
		for _, p := range d.pending {
			p.kill(errClosed)
		}
		d.announce()
	}
	d.mu.Unlock()
	d.approvers.Wait()
}
