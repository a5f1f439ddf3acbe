package rules

import (
	"context"
	"slices"
	"sync"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/approval"
	"strongroom/internal/policy/clefjs"
)

// listing is the accounts that the rules were last asked about, as the engine has them.
// They hardly ever change, and there may be thousands.
type listing struct {
	mu       sync.Mutex
	accounts []approval.Account
	prepared *clefjs.Prepared
}

// approveListing runs ApproveListing. Its argument is that of the UI: the accounts, then
// the caller.
func (r *Rules) approveListing(ctx context.Context, q *approval.Question, subject *wire.Subject, s *session) (string, error) {
	prepared, err := r.listing.of(q, r.cfg.Engine)
	if err != nil {
		return "", err
	}
	meta, err := (&wire.NewAccountRequest{Meta: subject.Meta()}).MarshalJSON() // {"meta"}
	if err != nil {
		return "", err
	}
	o, err := r.cfg.Engine.CallPrepared(ctx, subject.Callback(), prepared, meta, s)
	s.add(o.Puts)
	return o.Text, err
}

// of gives the accounts of a question with the member "meta" behind them, which the
// argument of a call then fills.
func (l *listing) of(q *approval.Question, engine Engine) (*clefjs.Prepared, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.prepared != nil && slices.Equal(l.accounts, q.Accounts) {
		return l.prepared, nil
	}
	text, err := wire.SubjectOf(q).Listing().MarshalJSON()
	if err != nil {
		return nil, err
	}
	prepared, err := engine.Prepare(text)
	if err != nil {
		return nil, err
	}
	l.accounts, l.prepared = slices.Clone(q.Accounts), prepared
	return prepared, nil
}
