// Package rules answers approvals with a rule file: the approver in front of the UI.
//
// [Rules] asks the file's callback for a transaction, data, a listing or several
// transactions. "Approve" and "Reject" decide; anything else goes to the next approver,
// and where there is none it is a denial. So does every failure: an exception, a missing
// function, a time-out, a storage that can not be read or written.
//
// # Invariants
//
//   - Decisions of one rule file come one after the other. A decision that approves a
//     transaction ends when OnApprovedTx has run for its result and what that stored is
//     durable; until then no callback runs, so that none sees a count that is about to
//     change. It is not held up by a person who decides, nor by one who types a
//     password: where others were decided meanwhile, the rules are asked again.
//   - What a callback stores is durable before its approval counts, all of it or nothing.
//   - If OnApprovedTx fails, or what it stores is not durable, nobody gets the signature.
//
// The part of Clef's personality that puts the approvers together imports this package.
package rules
