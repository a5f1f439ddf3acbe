// Package kmdfile reads and writes the wallet files of Algorand's kmd: one
// SQLite database per wallet, its secrets sealed under a scrypt-stretched
// password.
//
// # Reading a file that is not ours
//
// A wallet file may belong to a kmd that runs right now, and it may have been
// made by somebody who wishes us ill. So the original is never given to SQLite:
// [Copy] takes a stable private copy (rollback journal included) with plain
// reads, and everything else looks at the copy only. The original is not locked,
// not written and gets no files beside it. The copy is opened read-only, with
// nothing in its schema trusted, after its first page and its schema were found
// to be what kmd writes.
//
// [Peek] tells a wallet's id and name without a password, [Directory] does so
// for a folder and remembers unchanged files, [Open] takes the password and
// gives the [Contents]. Private keys are streamed one at a time by
// [Contents.EachKey], so a wallet of 100,000 keys never has more than one of
// them in memory.
//
// # What is checked
//
// kmd seals keys, the derivation key and the index; it does not authenticate
// names, ids, key numbers and multisig rows. A private key must yield its row's
// address and a multisig preimage must hash to it; a key number is believed only
// if the derivation key gives that key. Derivation parameters are bounded
// upwards, weak ones give a warning.
//
// # Errors
//
// Errors that kmd's clients know have kmd's words. fault.WrongPassword means
// that the password did not open the master key and nothing else; damage found
// later is fault.Corrupt although kmd uses the same words for both. Files that
// are no wallets of this version are fault.Unsupported or fault.Corrupt, files
// beyond a bound fault.TooLarge, files that will not hold still fault.Conflict.
//
// Only the wallet layer of the gate may import this package.
package kmdfile
