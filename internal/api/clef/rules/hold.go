package rules

import (
	"context"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/approval"
	"strongroom/internal/fault"
)

// hold is an approval of the rules that has the turn until OnApprovedTx has run, but
// while a person is asked for a password: whoever sends requests for an account whose
// password is not stored would otherwise keep everybody waiting.
type hold struct {
	rules    *Rules
	question *approval.Question
	subject  *wire.Subject
	release  func() // ends the turn; nil without it
}

// suspend gives the turn back. If others had it until resume is called, the rules decide
// again: what they counted may have changed.
func (h *hold) suspend() (resume func(context.Context) error) {
	before := h.rules.turns
	h.release()
	h.release = nil
	return func(ctx context.Context) error {
		release, err := h.rules.lock(ctx)
		if err != nil {
			return err
		}
		if h.rules.turns != before+1 && h.rules.decide(ctx, h.question, h.subject) != approved {
			release()
			return fault.Denied.New("request denied")
		}
		h.release = release
		return nil
	}
}

// settle tells the rules of a result, and ends the turn.
func (h *hold) settle(ctx context.Context, result []byte) error {
	if h.release == nil {
		if result == nil {
			return nil // it came to nothing while somebody was asked
		}
		return fault.Internal.New("rules: a result of an approval that was suspended")
	}
	defer h.release()
	return h.rules.tell(ctx, h.subject, result)
}
