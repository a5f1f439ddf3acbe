// Package tron understands what keys of TRON sign: transactions, messages, and bare
// digests. What is signed names no network; a transaction names a block by a part of
// its hash, so that it is good on one network only.
//
// # Forms
//
//   - "transaction": Payload is Transaction.raw_data (core/Tron.proto) in its one
//     canonical encoding: fields in the order of their numbers, no default values, the
//     shortest varints, no unknown fields; addresses of 21 bytes that begin with 0x41;
//     exactly one contract. The digest that is signed is its SHA-256, the id of the
//     transaction. Only the entries of a map (parameters of a proposal) may stand in
//     any order, because the protocol gives none, and each writes key and value. A block
//     and an expiration are named; without them no node takes a transaction.
//   - "message": Payload is the message itself, signed as TronWeb's signMessageV2 does
//     (TIP-191): Keccak-256 of "\x19TRON Signed Message:\n", the length in decimal, and
//     the message. The result is r‖s‖v of 65 bytes with v of 27 or 28.
//   - "digest": Payload is a digest of 32 bytes. Nothing is known about what it stands
//     for; it may be the id of any transaction.
//
// Signer is the key, which a transaction does not name. An account may be run by keys
// that are not its own (permissions), so a key whose address is not the owner's may
// sign: a warning says so, and effects stay those of the owner.
//
// Context of a transaction is empty, or the JSON object that nodes give (txID,
// raw_data, raw_data_hex, visible, and contract_address of a new contract). Then
// everything in it must say what the payload says, and the result is that very text
// with the member signature added at its end, as TronWeb does; else the result is the
// message Transaction in protobuf, which nodes take in hex (broadcasthex).
//
// # Effects
//
// Addresses are in base58check (T…). Amounts of the native asset are in sun, its
// millionth. TRC-10 assets are "trc10 1002000" by their number (names from before 2018
// are possible), TRC-20 and all other tokens of contracts "trc20 T…". Calls of contracts
// are read by package solidity. Resources that stake gives are "resource ENERGY" and
// "resource BANDWIDTH"; who lets another use his, allows it. Until is the expiration in
// UTC, but for an Allow, which outlives the transaction: it has an end of its own or none.
//
// The Fee is the most that the transaction may cost: the limit that it sets for energy,
// what the network asks for single kinds of contract by its present parameters (a new
// witness 9999 TRX, a change of permissions 100 TRX, a memo or a new receiver 1 TRX, …),
// and bandwidth at 1000 sun for each byte, which costs less or nothing where the account
// has staked. Its Detail lists them. A transaction that several keys sign costs 1 TRX more.
//
// Contracts that are not decoded (shielded transfers, kinds that have ended or that are
// newer) are Opaque.
//
// The package is pure. It is imported by chain/all.
package tron
