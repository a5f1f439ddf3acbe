package ui

import (
	"slices"
	"strings"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/approval"
	"strongroom/internal/fault"
)

// Errors of UIs that answer with something else than they were asked about.
var (
	errNoChange  error = fault.Denied.New("the UI may not change requests")
	errRawChange error = fault.Denied.New("a raw transaction cannot be changed")
	// An approval of no transaction is one of a transaction without a sender, as the peer has it.
	errNoTx error = fault.UnknownKey.New("unknown account")
)

// read reads what the UI answered to a question. An error denies, and is told the caller.
func (u *Stdio) read(q *approval.Question, s *wire.Subject, result []byte) (approval.Answer, error) {
	switch s.Kind() {
	case wire.KindTx, wire.KindRaw:
		return u.readTx(s, result)
	case wire.KindListing:
		return u.readListing(q, result)
	}
	decision, err := wire.ParseDecision(result)
	if err != nil || !decision.Approved {
		return approval.Answer{}, err
	}
	return approval.Answer{Verdict: approval.Approve}, nil
}

func (u *Stdio) readTx(s *wire.Subject, result []byte) (approval.Answer, error) {
	answer, err := wire.ParseTxAnswer(result)
	if err != nil || !answer.Approved {
		return approval.Answer{}, err
	}
	approved := approval.Answer{Verdict: approval.Approve}
	mayLeaveOut := s.Kind() == wire.KindRaw || u.config.NoChange
	if answer.Transaction == nil {
		if mayLeaveOut {
			return approved, nil
		}
		return approval.Answer{}, errNoTx
	}
	changes := differences(s.Tx().Transaction, answer.Transaction)
	if len(changes) == 0 {
		return approved, nil
	}
	u.config.Log.Warn("the UI changed a transaction", "members", strings.Join(changes, ","))
	switch {
	case s.Kind() == wire.KindRaw:
		return approval.Answer{}, errRawChange
	case u.config.NoChange:
		return approval.Answer{}, errNoChange
	}
	approved.Changed, err = u.change(s, answer.Transaction)
	if err != nil {
		u.ShowError(fault.Text(err))
		return approval.Answer{}, err
	}
	return approved, nil
}

// readListing reveals what the UI says: any addresses, in its order.
func (u *Stdio) readListing(q *approval.Question, result []byte) (approval.Answer, error) {
	answer, err := wire.ParseListAnswer(result)
	if err != nil || answer.Accounts == nil {
		return approval.Answer{}, err
	}
	revealed := make([][20]byte, len(answer.Accounts))
	for i, a := range answer.Accounts {
		revealed[i] = a.Address
	}
	if u.config.NoChange && len(revealed) > 0 && !isAll(q.Accounts, revealed) {
		u.config.Log.Warn("the UI changed a listing", "offered", len(q.Accounts), "revealed", len(revealed))
		return approval.Answer{}, errNoChange
	}
	return approval.Answer{Verdict: approval.Approve, Accounts: revealed}, nil
}

// isAll reports whether the accounts that are revealed are those that were offered.
func isAll(offered []approval.Account, revealed [][20]byte) bool {
	return slices.EqualFunc(offered, revealed, func(a approval.Account, b [20]byte) bool { return a.Address == b })
}
