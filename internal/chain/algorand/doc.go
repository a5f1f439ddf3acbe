// Package algorand understands what Algorand accounts sign: transactions and
// logic programs, alone or as part of a multisig account.
//
// # Forms
//
//   - "transaction": Payload is a canonical transaction (bare, without the "TX"
//     prefix). Signer defaults to the sender. The result is canonical msgpack
//     {sgnr?, sig, txn}; sgnr names a signer other than the sender.
//   - "program": Payload is any bytes; Signer is required. The result is the
//     bare signature of 64 bytes.
//   - "message": Payload is any bytes; Signer is required. The result is the bare
//     signature of 64 bytes, as signBytes of the SDKs makes it.
//   - "multisig-transaction", "multisig-program", "multisig-program-legacy":
//     Signer and Context ([MultisigContext]) are required. The result is the
//     multisig ([Multisig.Encode]) with the new signature merged in.
//
// Messages are signed with plain Ed25519 under these prefixes:
//
//	transactions              "TX" ‖ transaction
//	programs, legacy multisig "Program" ‖ program
//	multisig programs         "MsigProgram" ‖ address ‖ program
//	messages                  "MX" ‖ message
//
// # One encoding
//
// Field names, kinds and limits stand in one table (fields.go). One reader
// walks it, leniently, and writes the canonical encoding: that is
// [Canonicalize], for APIs whose peers accept more than one spelling. Decode
// does the same and then demands that nothing changed. What is signed is always
// this package's own encoding, never a caller's bytes.
//
// # Effects
//
// Each transaction type has a function in effects_*.go. Amounts of "ALGO" are in
// microalgos, of other assets in their smallest unit; Until is "round N", the
// last round in which the network takes the transaction. What an application
// does when it is called cannot be known here, and the effect says so.
//
// Everything that is present must be accounted for, the fee included. A field
// that does not belong to the type is reported as opaque, because kmd's clients
// may sign it and the network's rules may change.
//
// The package is pure: no I/O, clock, randomness or private keys. It is imported
// by chain/all, and by APIs that need addresses and multisig values.
package algorand
