package approval

import (
	"context"
	"time"

	"strongroom/internal/chain"
)

// Verdict is what an approver says. The zero value denies.
type Verdict uint8

// The verdicts.
const (
	Deny Verdict = iota
	Approve
)

// Question is one operation that waits for an approval. It is plain data but for
// Subject; nobody changes it once it is asked.
type Question struct {
	ID        uint64 // of the desk; 0 until it is asked
	Operation string // the gate's name: "sign", "key.list", "key.generate"
	Asker     Asker
	Wallet    string   // name
	Detail    string   // what the operation is about, a short phrase for people; "" if there is no more to say
	Keys      []string // texts of the keys concerned
	Intent    *chain.Intent
	Accounts  []Account // what a listing would reveal
	// Subject is what the API attached for approvers that speak its protocol: its own
	// form of the request. The gate neither reads nor trusts it.
	Subject any
	Until   time.Time // when the question dies
}

// Asker is the caller, as approvers are shown it.
type Asker struct {
	Listener string
	Protocol string
	Address  string
	UID      int64  // -1 where the transport has none
	Identity string // what the caller proved: "token", "paired:treasury bot"; "" if nothing
}

// Account is an account of a key store.
type Account struct {
	Address [20]byte
	Path    string // of the key file
}

// ByRules is who approved what a file of rules decided and nobody looked at.
const ByRules = "rules"

// Answer is what an approver decided.
type Answer struct {
	Verdict Verdict
	By      string // who, for the journal: [ByRules], "ui", "console", "admin"; never a secret
	// Changed replaces what is signed; nil leaves it. It is decoded and judged by the
	// rules like any request.
	Changed *chain.Request
	// Accounts is what a listing reveals: any addresses, in any order.
	Accounts [][20]byte
	// Settle, unless nil, is called exactly once for an answer that approves: with the
	// finished result before anybody gets it, or with nil when there is none, because
	// the operation failed. An error keeps the result back.
	Settle func(ctx context.Context, result []byte) error
	// Suspend, unless nil, is called before the operation waits for a person once more,
	// such as for a password. It lets go of what other questions need. What it returns is
	// called before the operation goes on, and decides anew where that is needed: an error
	// is a denial. Settle is called after either of them, by the same goroutine.
	Suspend func() (resume func(ctx context.Context) error)
}

// Approver decides questions: a person before a screen, a file of rules, or one of
// them in front of the other.
type Approver interface {
	// Approve decides one question. Questions come concurrently. It returns when ctx
	// ends: what it says afterwards counts for nothing. An error is a denial whose
	// reason the caller is told.
	Approve(ctx context.Context, q *Question) (Answer, error)
}
