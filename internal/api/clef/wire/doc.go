// Package wire is what Clef's API says, in Go: the values that its requests and results
// are made of, transactions above all, and the messages between the signer, its UI and
// its rule files. The parts of package clef share it.
//
// Reading follows the peer: the spellings that it takes, and its error texts, which
// clients see behind "invalid argument 0: ". It is stricter in one thing: a member that is
// not known is refused, not ignored, because a transaction that means more than what is
// shown and signed must not be signed. Writing gives the peer's members in the peer's
// order; everything here writes its own JSON and nothing is found by reflection.
//
// Payloads are those of package chain/evm, form "transaction": the preimage of the
// digest. [ToRequest] makes one, [FromRaw] reads one, and [ResultOf] shows what was
// signed. The sidecar of blobs (EIP-4844, EIP-7594) is in no payload; it is made and
// checked by [SendTxArgs.Complete] and stays with the arguments.
//
// No private key and no password passes through here but [UserInputAnswer], which is
// secret bytes. Only package clef and its parts import it.
package wire
