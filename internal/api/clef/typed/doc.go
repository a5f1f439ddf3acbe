// Package typed understands what account_signData, account_signTypedData and
// account_signGnosisSafeTx of Clef's API are to sign, and finds the signer of a message
// for account_ecRecover.
//
// What goes in is the content type, the address and the data as the caller sent them;
// what comes out is a [Request]: the request to the chain "evm" that the gate signs, and
// all that an approver is shown of it. The bytes and the hash that are shown are those
// that package chain/evm signs, computed by its code.
//
// Errors have the peer's texts, and the peer's order of checks: what the display form of
// typed data cannot show comes first, then the types, the domain and the message. Those of
// [ReadDocument] mean that an argument is malformed (-32602 behind "invalid argument N: "),
// all others that the request failed (-32000).
//
// Where the peer signs what was not meant, or shows less than it signs, this does not: a
// member of an object that stands twice is refused, numbers are exact, arrays of all types
// are signed and shown whole, their lengths and the ranges of numbers are checked, a
// primary type has to exist, and a Safe's transaction is never signed under another hash
// than the caller gave.
//
// The package holds no state, does no I/O and sees no key. Only package clef imports it.
package typed
