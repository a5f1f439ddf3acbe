package rules

import (
	"context"
	"errors"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/approval"
	"strongroom/internal/codec/rlp"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/policy/clefjs"
)

// verdict is what the rules say. The zero value is nothing.
type verdict uint8

const (
	undecided verdict = iota
	rejected
	approved
)

// errUndecided is what the log says of a result that is neither of the two words.
var errUndecided = errors.New("unknown response")

// decide runs the callback of a question. The caller has the turn.
func (r *Rules) decide(ctx context.Context, q *approval.Question, subject *wire.Subject) verdict {
	s := session{storage: r.cfg.Storage}
	text, err := r.callback(ctx, q, subject, &s)
	if err == nil {
		err = s.commit(ctx)
		if text == "Reject" { // the failure to note a denial does not make it less of one
			r.cfg.Log.Info("Op rejected", "op", q.Operation, "caller", q.Asker.Address, "err", err)
			return rejected
		}
	}
	switch {
	case err == nil && text == "Approve":
		r.cfg.Log.Debug("Op approved", "op", q.Operation, "caller", q.Asker.Address)
		return approved
	case err == nil:
		err = errUndecided
	}
	consequence := "going to manual"
	if r.cfg.Next == nil {
		consequence = "request denied"
	}
	r.cfg.Log.Info("Rule-based approval error, "+consequence, "op", q.Operation, "err", err)
	return undecided
}

func (r *Rules) callback(ctx context.Context, q *approval.Question, subject *wire.Subject, s *session) (string, error) {
	if subject.Kind() == wire.KindListing {
		return r.approveListing(ctx, q, subject, s)
	}
	o, err := r.cfg.Engine.Call(ctx, subject.Callback(), subject.RuleParameter(), s)
	s.add(o.Puts)
	return o.Text, err
}

// tell runs OnApprovedTx for what was signed, and makes durable what it stored. The
// caller has the turn. No result is nothing to tell.
func (r *Rules) tell(ctx context.Context, subject *wire.Subject, result []byte) error {
	if result == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := r.tellAll(ctx, subject, result)
	if err != nil {
		r.cfg.Log.Warn("the signature is kept back because the rule file did not take note of it", "function", onApprovedTx, "err", err)
		return fault.Denied.Wrap(err, "request denied: the rule file did not take note of the signature").
			WithHint("the log has the reason; correct OnApprovedTx or what keeps its storage from being written")
	}
	return nil
}

func (r *Rules) tellAll(ctx context.Context, subject *wire.Subject, result []byte) error {
	signed := [][]byte{result}
	if subject.Kind() == wire.KindBulk {
		list := rlp.ReadList(result)
		signed = nil
		for list.More() {
			signed = append(signed, list.Bytes())
		}
		if err := list.End(); err != nil {
			return err
		}
	}
	s := session{storage: r.cfg.Storage}
	for _, one := range signed {
		shown, err := wire.ResultOf(one, subject.Approved())
		if err != nil {
			return err
		}
		o, err := r.cfg.Engine.Call(ctx, onApprovedTx, shown.AppendJSON(nil), &s)
		if err != nil {
			return err
		}
		s.add(o.Puts)
	}
	return s.commit(ctx)
}

// Startup runs OnSignerStartup, if the file defines it, after the UI was told. What goes
// wrong is only logged.
func (r *Rules) Startup(ctx context.Context, info wire.StartupInfo) {
	if !r.starts {
		return
	}
	if err := r.startup(ctx, info); err != nil {
		r.cfg.Log.Warn("the rule file failed", "function", onSignerStartup, "err", err)
	}
}

func (r *Rules) startup(ctx context.Context, info wire.StartupInfo) error {
	argument, err := info.MarshalJSON()
	if err != nil {
		return err
	}
	release, err := r.lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	s := session{storage: r.cfg.Storage}
	o, err := r.cfg.Engine.Call(ctx, onSignerStartup, argument, &s)
	if err != nil {
		return err
	}
	s.add(o.Puts)
	return s.commit(ctx)
}

// session is the storage as the calls of one turn see it: with what they stored before
// it is durable.
type session struct {
	storage Storage
	changes []gate.Change
}

// Get gives what the session stored last, else what was there before.
func (s *session) Get(key string) (string, error) {
	for i := len(s.changes) - 1; i >= 0; i-- {
		if s.changes[i].Key == key {
			return s.changes[i].Value, nil
		}
	}
	return s.storage.Get(key)
}

func (s *session) add(puts []clefjs.Put) {
	for _, p := range puts {
		s.changes = append(s.changes, gate.Change(p))
	}
}

// commit makes the session durable. A decision is not undone by a caller that goes away
// meanwhile.
func (s *session) commit(ctx context.Context) error {
	if len(s.changes) == 0 {
		return nil
	}
	return s.storage.Commit(context.WithoutCancel(ctx), s.changes)
}
