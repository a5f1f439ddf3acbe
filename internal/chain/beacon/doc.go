// Package beacon understands what accounts of the BNB Beacon Chain sign. The chain
// ended in 2024 and its assets moved to the BNB Smart Chain; the package stays so that
// old keys, addresses and recorded transactions can be read and made again, and every
// request is given a warning.
//
// # Form
//
// "transaction": Payload is the sign document, the JSON object that accounts sign
// (BNB Beacon Chain, "Transaction Encoding"), in its one canonical form: members
// sorted, no white space, numbers as plain digits, texts escaped as JSON.stringify
// does. Its members are account_number, chain_id, data (null), memo, msgs (one
// message), sequence and source. Signer is required and is the sender of the message.
// The signature is ECDSA over the SHA-256 of the document, 64 bytes r‖s. The result is
// the signed transaction in amino encoding, with its length in front.
//
// # Context
//
// The document does not name the type of its message. Transfers and orders are told by
// their members, and Context is empty. Messages to freeze, unfreeze, mint and burn are
// spelt alike: Context is the amino prefix of the one to make, 4 bytes. For every
// other message Context is its whole amino encoding, prefix first: it goes into the
// result, and nothing compares it with the document, which alone is signed.
//
// # Files
//
// Chain.ReadFile reads a sign document in any spelling, and {"msg", "signMsg", "memo",
// "account_number", "chain_id", "sequence", "source"}: the pending transaction of Tatum
// together with what it asks nodes for. source may be missing and is then 0. msg, with
// its addresses as arrays of bytes and its amino prefix, must say the same as signMsg.
//
// # Effects
//
// Assets are the chain's denominations ("BNB", "BUSD-BD1"), amounts in their smallest
// units, a hundred millionth each; names that are not plain ASCII are refused. An order is a Move of the most that it gives. A
// signature for one of the four messages that are spelt alike is good for the other
// three, so all four are shown. Other messages are opaque. The fee is set by the
// network and not by the transaction. Nothing expires.
//
// The package is pure: no I/O, clock, randomness or keys at rest. It is imported by
// chain/all.
package beacon
