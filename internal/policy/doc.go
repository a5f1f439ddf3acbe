// Package policy gives a verdict over what a caller wants to do.
//
// A [Policy] is a list of [Rule]s, compiled once and never changed. The gate asks
// it one [Question] per operation and obeys the [Decision].
//
// # How a decision is made
//
//  1. A question that is not fully understood (an operation outside the closed
//     set, an effect kind without a name, a signature without effects) is denied.
//  2. A matching rule that denies settles it, whatever other rules say. For a
//     signature, one denied effect is enough.
//  3. Otherwise a matching rule that allows is needed. For a signature, every
//     effect must be covered by some matching rule; two rules may cover one
//     signature together.
//  4. Where rules that ask cover what those that allow leave, the verdict is to ask:
//     somebody has to approve it, once for the whole.
//  5. Everything else is denied. There is no default rule.
//
// The order of rules therefore never matters to the verdict. Adding a rule that
// denies, or removing one that allows or asks, never turns a refusal into permission,
// and rules that ask never give permission by themselves.
//
// # Patterns
//
// A pattern is literal text in which each `*` stands for any run of bytes, also
// none. Comparison is by exact bytes. "Everything" is written "*" in plain
// sight: an empty list matches nothing. Only the list of callers may be left out.
//
// The gate imports this package to decide, config to check rules; it imports only
// chain and fault.
package policy
