package audit

import (
	"time"

	"strongroom/internal/chain"
	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// Phase says what a record stands for. The zero value is not a valid phase.
type Phase string

const (
	Decision Phase = "decision" // an operation was allowed or denied; written before its result exists
	Outcome  Phase = "outcome"  // something failed after the decision; Ref names the decision
	Event    Phase = "event"    // the daemon itself: start, stop, journal gap
)

// Operations of the journal's own events. [Journal.Append] refuses them.
const (
	OpStart = "journal.start" // the first record of a journal
	OpGap   = "journal.gap"   // records are missing before this one
)

// Record is one entry of the journal. It holds digests and effects, never
// payloads, passwords or keys. Sequence and Time are filled in by
// [Journal.Append]. Empty fields are left out of the stored line.
//
// A text field longer than 512 bytes is cut and ends in "...[cut]"; bytes that are
// not UTF-8 become U+FFFD. Effects that do not fit into the line are left out
// and counted in Omitted; the digest covers the whole payload all the same.
type Record struct {
	Sequence  uint64
	Time      time.Time
	Phase     Phase
	Operation string // gate operation: "sign", "wallet.unlock", ...
	Verdict   string // "allow" or "deny" (decisions)
	Rule      string // name of the rule that decided, "" where none matched
	Error     string // fault kind, for refusals and outcomes
	Listener  string
	Protocol  string
	Address   string // remote address or socket path
	UID       int64  // peer uid, -1 where the transport has none
	Identity  string // token or key that the caller proved, "" if none
	Wallet    string // wallet id
	Key       string // public key or address
	Chain     string
	Form      string
	Digest    string // hex SHA-256 of what is signed
	Effects   []chain.Effect
	Omitted   uint64 // effects that did not fit: "and N more"
	Detail    string // a short phrase without secrets
	Ref       uint64 // outcome: sequence of the decision
	Count     uint64 // refusals coalesced into this record; 0 means 1

	Journal string // first record only: the journal's random id, 32 hex digits
	Store   string // first record only: the id of the store it belongs to, 32 hex digits
	Gap     *Gap   // journal.gap only
}

// Gap is what a journal.gap record states.
type Gap struct {
	Expected store.Head // where the head file or the store said that the journal ends
	Actual   store.Head // the last record that was there
}

// sequence is the number that the gap record itself takes: beyond every number
// that may have been used.
func (g *Gap) sequence() uint64 { return max(g.Expected.Sequence, g.Actual.Sequence) + 1 }

// maxSequence keeps numbers exact for readers that hold them in a float64, as jq does.
const maxSequence = 1<<53 - 1

// check refuses what must not enter the journal from outside.
func (r *Record) check() error {
	switch {
	case !r.wellFormed():
		return fault.Internal.New("a journal record needs a known phase, an operation and a known verdict")
	case r.Omitted > 1<<32:
		return fault.Internal.New("a journal record omits too many effects")
	case r.Operation == OpStart, r.Operation == OpGap, r.Journal != "", r.Store != "", r.Gap != nil:
		return fault.Internal.New("only the journal itself writes its start and its gaps")
	}
	return nil
}

// wellFormed holds for every record, the journal's own included.
func (r *Record) wellFormed() bool {
	switch r.Phase {
	case Decision, Outcome, Event:
	default:
		return false
	}
	switch r.Verdict {
	case "", "allow", "deny":
	default:
		return false
	}
	return r.Operation != "" && r.Omitted <= maxSequence && r.Ref <= maxSequence && r.Count <= maxSequence
}
