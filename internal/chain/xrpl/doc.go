// Package xrpl understands what accounts of the XRP Ledger sign: transactions, alone
// or as one of several signers, claims on payment channels, and texts.
//
// # Forms
//
//   - "transaction": Payload is a transaction in the ledger's canonical binary form
//     (xrpl.org, "Serialization Format") without TxnSignature. SigningPubKey may be
//     missing: then Signer is required and is written in. If it is there, Signer may
//     be zero or must be that key. The result is the signed transaction.
//   - "multisign": Payload is a transaction whose SigningPubKey is there and empty.
//     Signer is required. Context is the account, 20 bytes, among whose keys it is
//     where that is not the account of the key itself. The result is the transaction
//     with the one member of Signers, as the ledger's tools combine them.
//   - "channel-claim": Payload is a payment channel, 32 bytes, and an amount of drops,
//     8 bytes big-endian. Signer is required. The result is the signature.
//   - "message": Payload is a text in UTF-8 without control characters but tab, line
//     feed and carriage return. Signer is required. The result is the signature, as
//     sign of ripple-keypairs gives it for those bytes. The ledger has no standard for
//     messages and signs bytes as they are; what else its keys sign holds zero bytes,
//     in its prefix or in the code of a field, and so can not be such a text. Other
//     chains sign texts as they are with keys of Ed25519: what begins like a transaction
//     of MultiversX or a program of Algorand is Opaque with such a key.
//
// Messages are signed under these prefixes:
//
//	transaction    "STX\0" ‖ transaction without what signatures do not cover
//	multisign      "SMT\0" ‖ the same ‖ the account that signs
//	channel-claim  "CLM\0" ‖ payload
//
// Ed25519 signs the message itself, secp256k1 the first half of its SHA-512, and its
// signatures are in DER. Ed25519 keys have the byte ED in front wherever the ledger
// keeps them. Results are written as upper-case hex.
//
// # One encoding
//
// The tables of fields and formats are those of the ledger's published definitions
// (fields.go, formats.go). One reader accepts the canonical form only: fields in
// order and without repetition, headers and lengths in their shortest form, amounts
// and numbers normalised, nothing after the end. What is signed is the payload, but
// for the fields that signatures never cover: Signature, BatchSigners,
// CounterpartySignature and SponsorSignature stay in the result and are not signed.
// Decoding such a field does not make anybody believe it.
//
// Chain.ReadFile turns the JSON of xrpl.js and its like into that form. It takes
// X-addresses where an address stands (XLS-5) and tags out of them. Every member must
// be a field of the format.
//
// # Networks
//
// Networks from number 1025 on are named in NetworkID, which Decode compares. The main
// network and the public test networks are named by nothing: a transaction for one is
// good for the others, if account and sequence number fit.
//
// # Effects
//
// Assets are "XRP" (drops), "USD.r…" for a currency and its issuer (decimal numbers of
// whole units, because the ledger divides them at will; codes that are not three plain
// characters are 40 digits, and so is an issued currency that calls itself XRP), "MPT "
// and the issuance (smallest units), and "NFT " and the token. Until is "ledger N", the
// last ledger that takes the transaction; of offers, checks and the like it is when
// they end in the ledger, or "until cancelled". From is the account that the
// transaction acts for, also where a delegate sends it, and the delegate then pays the
// fee.
//
// A Move shows the most that can leave the account: of a payment with SendMax that,
// and what is to arrive beside it where that is of another asset. An offer is a Move of
// what it gives, checks, payment channels and offers of tokens are an Allow, a trust
// line is an Allow of its limit. Each signer of a list, each permission of a delegate
// and each transaction inside of a batch has an effect of its own. Of what was made
// earlier and stands in the ledger only (an escrow, an offer for a token), amounts are
// not known; the effect is a Close of "all", or opaque where that would say too little.
//
// Opaque are also: types that are not understood (loans, confidential transfers,
// sponsorship, attestations of bridges, pseudo-transactions), flags without a known
// meaning, negative amounts, and fields that do not belong to the type.
//
// The package is pure: no I/O, clock, randomness or keys at rest. Texts of private keys
// and seeds pass through it as secret bytes; the one multiplication of a point that a
// seed of secp256k1 takes is the caller's ([ParseFamilySeed]). It is imported by
// chain/all, and by APIs that need seeds.
package xrpl
