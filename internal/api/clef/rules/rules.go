package rules

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/approval"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/policy/clefjs"
)

// Engine runs the functions of a rule file; [clefjs.Engine] does.
type Engine interface {
	Call(ctx context.Context, function string, argument []byte, s clefjs.Storage) (clefjs.Outcome, error)
	CallPrepared(ctx context.Context, function string, p *clefjs.Prepared, argument []byte, s clefjs.Storage) (clefjs.Outcome, error)
	Prepare(object []byte) (*clefjs.Prepared, error)
	Defines(ctx context.Context, function string, s clefjs.Storage) (bool, error)
}

// Storage is where rules keep their counts; [gate.RuleStorage] is one. Commit returns
// when the changes are durable, all of them; if it fails, none is visible.
type Storage interface {
	Get(key string) (string, error)
	Commit(ctx context.Context, changes []gate.Change) error
}

// Config is what the approver is made of.
type Config struct {
	Engine  Engine
	Storage Storage
	// Next is asked where the rules do not decide; nil: that is a denial.
	Next approval.Approver
	// PairedOnly keeps the rules from answering for callers that were not paired: Next
	// must.
	PairedOnly bool
	Log        *slog.Logger
}

// The functions that only hear of something.
const (
	onApprovedTx    = "OnApprovedTx"
	onSignerStartup = "OnSignerStartup"
)

// patience bounds the wait for other decisions to end, where nothing else does.
const patience = time.Minute

// By is who decided, in answers.
const By = "rules"

// Rules is a rule file that approves. Its methods may be called concurrently.
type Rules struct {
	cfg     Config
	turn    chan struct{} // has one entry while a decision is under way
	turns   uint64        // how many there were; by whoever has it
	hears   bool          // the file defines OnApprovedTx
	starts  bool          // the file defines OnSignerStartup
	listing listing
}

// New makes the approver and finds out which functions the file defines that need not
// be there. If it can not be found out, because the file's top level throws, they count
// as defined, so that what depends on them fails. Errors: fault.Internal for a part
// that is missing.
func New(ctx context.Context, cfg Config) (*Rules, error) {
	if cfg.Engine == nil || cfg.Storage == nil || cfg.Log == nil {
		return nil, fault.Internal.New("rules: a part of the approver is missing")
	}
	r := &Rules{cfg: cfg, turn: make(chan struct{}, 1)}
	r.hears = r.defines(ctx, onApprovedTx)
	r.starts = r.defines(ctx, onSignerStartup)
	return r, nil
}

func (r *Rules) defines(ctx context.Context, function string) bool {
	is, err := r.cfg.Engine.Defines(ctx, function, r.cfg.Storage)
	if err != nil {
		r.cfg.Log.Warn("the rule file fails before any function of it is called", "function", function, "err", err)
		return true
	}
	return is
}

// Approve decides a question of Clef's doors: see [approval.Approver].
func (r *Rules) Approve(ctx context.Context, q *approval.Question) (approval.Answer, error) {
	subject, _ := q.Subject.(*wire.Subject)
	if subject == nil || subject.Callback() == "" || r.cfg.PairedOnly && !paired(q.Asker) {
		return r.ask(ctx, q, subject)
	}
	verdict, release, err := r.takeTurn(ctx, q, subject)
	switch {
	case err != nil:
		return approval.Answer{By: By}, err
	case release != nil:
		h := &hold{rules: r, question: q, subject: subject, release: release}
		return approval.Answer{Verdict: approval.Approve, By: By, Settle: h.settle, Suspend: h.suspend}, nil
	case verdict == approved:
		return approval.Answer{Verdict: approval.Approve, By: By, Accounts: addresses(q.Accounts)}, nil
	case verdict == rejected:
		return approval.Answer{By: By}, nil
	}
	return r.ask(ctx, q, subject)
}

// takeTurn decides in a turn. What the rules approved and will hear of keeps the turn:
// release, which is nil for everything else, ends it. So does a panic.
func (r *Rules) takeTurn(ctx context.Context, q *approval.Question, subject *wire.Subject) (v verdict, release func(), err error) {
	leave, err := r.lock(ctx)
	if err != nil {
		return undecided, nil, err
	}
	defer func() {
		if release == nil {
			leave()
		}
	}()
	if v = r.decide(ctx, q, subject); v == approved && r.hears && isTx(subject) {
		release = leave
	}
	return v, release, nil
}

// ask puts the question to the next approver. Of a transaction that it approves the
// rules hear as well (reference §12).
func (r *Rules) ask(ctx context.Context, q *approval.Question, subject *wire.Subject) (approval.Answer, error) {
	if r.cfg.Next == nil {
		return approval.Answer{By: By}, nil
	}
	answer, err := r.cfg.Next.Approve(ctx, q)
	if err != nil || answer.Verdict != approval.Approve || !r.hears || !isTx(subject) {
		return answer, err
	}
	next := answer.Settle
	answer.Settle = func(ctx context.Context, result []byte) error {
		err := r.hear(ctx, subject, result)
		if err != nil {
			result = nil // as far as the next one is concerned
		}
		if next != nil {
			err = errors.Join(err, next(ctx, result))
		}
		return err
	}
	return answer, nil
}

// hear waits for its turn and tells the rules of a result.
func (r *Rules) hear(ctx context.Context, subject *wire.Subject, result []byte) error {
	if result == nil {
		return nil
	}
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	release, err := r.lock(bounded)
	if err != nil {
		return err
	}
	defer release()
	return r.tell(ctx, subject, result)
}

// lock waits until no other decision is under way. What it returns ends this one.
func (r *Rules) lock(ctx context.Context) (release func(), err error) {
	select {
	case r.turn <- struct{}{}:
		r.turns++
		return func() { <-r.turn }, nil
	case <-ctx.Done():
		return nil, fault.Canceled.Wrap(ctx.Err(), "the rule file was busy with other requests")
	}
}

// isTx says whether the result is one that OnApprovedTx hears of.
func isTx(s *wire.Subject) bool {
	if s == nil {
		return false
	}
	switch s.Kind() {
	case wire.KindTx, wire.KindRaw, wire.KindBulk:
		return true
	}
	return false
}

// paired says whether the caller proved to be one that a person paired.
func paired(a approval.Asker) bool { return strings.HasPrefix(a.Identity, "paired:") }

// addresses are those of all accounts: a rule reveals all or none.
func addresses(accounts []approval.Account) [][20]byte {
	all := make([][20]byte, len(accounts))
	for i, a := range accounts {
		all[i] = a.Address
	}
	return all
}
