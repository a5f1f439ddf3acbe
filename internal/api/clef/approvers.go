package clef

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"

	"strongroom/internal/api/clef/rules"
	"strongroom/internal/api/clef/wire"
	"strongroom/internal/approval"
	"strongroom/internal/config"
	"strongroom/internal/fault"
)

// Later is an approver that is known only once the gate is open, because the rule file
// needs the gate. Until then it denies.
type Later struct {
	by atomic.Pointer[approval.Approver]
}

var _ approval.Approver = (*Later)(nil)

// Set says who decides from now on.
func (l *Later) Set(by approval.Approver) { l.by.Store(&by) }

// Approve implements [approval.Approver].
func (l *Later) Approve(ctx context.Context, q *approval.Question) (approval.Answer, error) {
	by := l.by.Load()
	if by == nil || *by == nil {
		return approval.Answer{}, fault.Denied.New("request denied")
	}
	return (*by).Approve(ctx, q)
}

// Approvers puts together who decides for a listener: the rule file, if there is one,
// then the fixed answer to listings, if there is one, then whoever is last; nil is nobody.
// It also gives the rule file, which has to be told of the start.
func Approvers(ctx context.Context, o Opened, c config.Clef, last approval.Approver, log *slog.Logger) (approval.Approver, *rules.Rules, error) {
	pairedOnly := c.Unpaired != "show"
	next := last
	if len(c.AutoList) > 0 {
		chosen := make([][20]byte, len(c.AutoList))
		for i, text := range c.AutoList {
			address, err := wire.ParseAddress(text)
			if err != nil {
				return nil, nil, err
			}
			chosen[i] = address.Raw()
		}
		next = NewAutoList(chosen, last)
		if pairedOnly {
			next = &byPairing{paired: next, others: last}
		}
	}
	if o.Engine == nil {
		return next, nil, nil
	}
	r, err := rules.New(ctx, rules.Config{Engine: o.Engine, Storage: o.Storage, Next: next, PairedOnly: pairedOnly, Log: log})
	return r, r, err
}

// byPairing keeps what decides by itself from callers that were not paired.
type byPairing struct{ paired, others approval.Approver }

func (b *byPairing) Approve(ctx context.Context, q *approval.Question) (approval.Answer, error) {
	by := b.others
	if strings.HasPrefix(q.Asker.Identity, pairedIdentity) {
		by = b.paired
	}
	if by == nil {
		return approval.Answer{}, nil
	}
	return by.Approve(ctx, q)
}
