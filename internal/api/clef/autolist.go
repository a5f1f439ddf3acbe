package clef

import (
	"context"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/approval"
)

// autoList answers listings by itself with the accounts that were chosen, whoever asks,
// and leaves everything else to the next approver.
type autoList struct {
	chosen map[[20]byte]bool
	next   approval.Approver // nil: nobody
}

// NewAutoList puts a fixed answer to account_list in front of next. Accounts that the key
// store does not have are left out of it.
func NewAutoList(chosen [][20]byte, next approval.Approver) approval.Approver {
	a := &autoList{chosen: make(map[[20]byte]bool, len(chosen)), next: next}
	for _, address := range chosen {
		a.chosen[address] = true
	}
	return a
}

// Approve implements approval.Approver.
func (a *autoList) Approve(ctx context.Context, q *approval.Question) (approval.Answer, error) {
	s := wire.SubjectOf(q)
	if s == nil || s.Kind() != wire.KindListing {
		if a.next == nil {
			return approval.Answer{}, nil
		}
		return a.next.Approve(ctx, q)
	}
	answer := approval.Answer{Verdict: approval.Approve, By: "auto-list", Accounts: [][20]byte{}}
	for _, account := range q.Accounts {
		if a.chosen[account.Address] {
			answer.Accounts = append(answer.Accounts, account.Address)
		}
	}
	return answer, nil
}
