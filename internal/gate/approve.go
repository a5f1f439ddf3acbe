package gate

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"strongroom/internal/approval"
	"strongroom/internal/audit"
	"strongroom/internal/fault"
	"strongroom/internal/policy"
)

// What the journal says of operations that the rules wanted approved and that were not,
// beside the kinds of faults: canceled where the caller went away, busy where too many
// waited.
const (
	notApproved   = "not-approved"     // whoever was asked denied it
	neverAnswered = "approval-timeout" // nobody answered in time
)

// consult puts an operation that the rules want approved before whoever approves, and
// waits. It returns nil if that is granted, which holds for the whole act; the caller
// then owes [act.giveBack]. Nothing that others need may be held meanwhile.
func (g *Gate) consult(ctx context.Context, a *act, decision policy.Decision) error {
	if g.cfg.Desk == nil || a.operation == ReadApprovals || a.operation == AnswerApproval {
		decision.Reason += ", and nobody can"
		return g.deny(ctx, a, decision)
	}
	answer, err := g.cfg.Desk.Ask(ctx, a.question(), g.cfg.Approvers[a.caller.Listener])
	if err != nil {
		return g.unapproved(ctx, a, decision, answer.By, err)
	}
	a.approval = &answer
	if answer.Changed != nil && !a.changeable {
		a.giveBack(ctx)
		return g.refuse(ctx, a, fault.Unsupported.New("the approval changes a request that can not be changed"))
	}
	return nil
}

// asker is the caller of an act, as approvers know callers.
func (a *act) asker() approval.Asker {
	c := &a.caller
	return approval.Asker{Listener: c.Listener, Protocol: c.Protocol, Address: c.Address, UID: c.UID, Identity: c.Identity}
}

// question is what approvers are shown of an act.
func (a *act) question() approval.Question {
	q := approval.Question{
		Operation: string(a.operation),
		Asker:     a.asker(),
		Wallet:    a.name, Detail: a.detail, Intent: a.intent, Accounts: a.accounts, Subject: a.subject,
	}
	for _, p := range a.also {
		q.Wallet += ", " + p.name
	}
	if a.becomes != "" {
		q.Wallet += " → " + a.becomes
	}
	if a.operation != GenerateKey { // of which nobody knows yet what it will be
		q.Keys = strings.Fields(a.key)
	}
	return q
}

// unapproved journals that an approval was not given. A denial and a time-out have a
// record each; what callers can bring about by the thousand shares records.
func (g *Gate) unapproved(ctx context.Context, a *act, decision policy.Decision, by string, err error) error {
	if cause := errors.Unwrap(err); cause != nil {
		g.cfg.Log.Warn("an approval failed", "op", a.operation, "listener", a.caller.Listener, "err", err)
	}
	if fault.Is(err, fault.Canceled) || fault.Is(err, fault.Busy) {
		return g.refuse(ctx, a, err)
	}
	r := g.record(a, audit.Decision)
	r.Verdict, r.Rule, r.Error = policy.Deny.String(), decision.Rule, notApproved
	switch {
	case errors.Is(err, approval.ErrTimeout):
		r.Error = neverAnswered
	case by != "":
		r.Detail = joined(r.Detail, "denied by "+by)
	}
	if jerr := g.cfg.Journal.Append(context.WithoutCancel(ctx), r); jerr != nil {
		return jerr
	}
	return err
}

// giveBack tells whoever approved that there is no result, unless there was one. It
// may be called for an act that nobody approved.
func (a *act) giveBack(ctx context.Context) {
	if a.approval != nil {
		_ = a.approval.Settle(context.WithoutCancel(ctx), nil)
	}
}

// suspend lets whoever approved go on with other questions while a person is asked for
// something. What it returns tells whether the approval still holds.
func (a *act) suspend() (resume func(context.Context) error) {
	if a.approval == nil || a.approval.Suspend == nil {
		return func(context.Context) error { return nil }
	}
	return a.approval.Suspend()
}

// conclude shows whoever approved the result, before anybody gets it. An error keeps
// the result back. What is no bytes is shown as none.
func (a *act) conclude(ctx context.Context) error {
	if a.approval == nil {
		return nil
	}
	result := a.result
	if result == nil {
		result = []byte{}
	}
	return a.approval.Settle(context.WithoutCancel(ctx), result)
}

// withApproval is a detail of a record with who approved the act, if somebody did.
func (a *act) withApproval(detail string) string {
	switch {
	case a.approval == nil:
		return detail
	case a.approval.Changed != nil:
		return joined(detail, "changed and approved by "+a.approval.By)
	}
	return joined(detail, "approved by "+a.approval.By)
}

// joined puts a further phrase behind a detail of a record.
func joined(detail, more string) string {
	if detail == "" {
		return more
	}
	return detail + "; " + more
}

// Questions lists what waits for [Gate.Answer], oldest first: the questions with numbers
// above after. With wait it waits until there is one or ctx ends.
func (g *Gate) Questions(ctx context.Context, c Caller, after uint64, wait bool) ([]approval.Question, error) {
	var all []approval.Question
	err := g.pass(ctx, &act{operation: ReadApprovals, caller: c}, func() error {
		if g.cfg.Desk == nil {
			return nil
		}
		if wait {
			all = g.cfg.Desk.Wait(ctx, after)
			return nil
		}
		for _, q := range g.cfg.Desk.Pending() {
			if q.ID > after {
				all = append(all, q)
			}
		}
		return nil
	})
	return all, err
}

// Answer approves or denies a question of [Gate.Questions]. Errors: fault.Conflict for
// one that does not wait, or no longer.
func (g *Gate) Answer(ctx context.Context, c Caller, id uint64, verdict approval.Verdict) error {
	a := &act{operation: AnswerApproval, caller: c, detail: fmt.Sprintf("deny %d", id)}
	if verdict == approval.Approve {
		a.detail = fmt.Sprintf("approve %d", id)
	}
	return g.pass(ctx, a, func() error {
		if g.cfg.Desk == nil {
			return fault.Conflict.New("no question %d waits for an answer", id)
		}
		return g.cfg.Desk.Decide(id, approval.Answer{Verdict: verdict, By: nameOf(c)})
	})
}

// nameOf is who answered, for the journal.
func nameOf(c Caller) string {
	if c.UID >= 0 {
		return fmt.Sprintf("%s (uid %d)", c.Listener, c.UID)
	}
	return c.Listener
}
