// Package flow understands what keys of accounts on Flow (FLOW) sign: transactions
// written in Cadence, and messages.
//
// # Keys and accounts
//
// Keys are of secp256k1 or P-256. A Flow account has an address of 8 bytes that the
// network gives it; it can not be computed from a key. What [Chain.Address] gives is
// therefore the public key as the network writes it: X‖Y, 128 hex digits.
//
// # Forms
//
//   - "transaction": Payload is the RLP of [script, arguments, reference block, gas
//     limit, proposer, proposer's key, sequence number, payer, authorizers]. Signed is
//     the hash of the tag "FLOW-V0.0-transaction", filled with zeros to 32 bytes, and
//     Payload. Proposer and authorizers sign this.
//   - "envelope": Payload is the RLP of [the above, payload signatures], each of which
//     is [signer's number, key, signature], in order. Signed is the hash of the same tag
//     and Payload. The payer signs this.
//   - "user-message": Payload is any bytes. Signed is the hash of the tag
//     "FLOW-V0.0-user", filled to 32 bytes, and Payload, as wallets of FCL do.
//
// Signer is required. Context is empty, or says for which key of which account the
// signature is ([Context]); then the account must be one that signs this form. The hash
// is SHA3-256 unless the context says SHA2-256, because each account key has its own.
//
// The result is the signature r‖s of 64 bytes, whose s is left as it falls. Where the
// context holds the transaction in the JSON of the access API, the result is that JSON
// with the signature added.
//
// # One encoding
//
// RLP is read strictly and each member has one length, so a payload has one encoding.
// [Chain.ReadFile] also takes the JSON of the access API, and payloads with their tag.
//
// # Effects
//
// What a transaction does is in its script. Scripts that are known word for word, spaces
// and comments aside, and that import the contracts of this network are shown as what
// they do with their arguments: transfers, keys, contracts, account creation, staking.
// The arguments are JSON-Cadence and must fit exactly. Every other script is Opaque,
// with its SHA-256 as Subject: nobody knows what it does with the authorizers' accounts.
//
// Amounts count 10^-8 of a token. Tokens other than FLOW are named by their contract, or
// by the storage path where the script takes any. Until names the reference block: about
// 600 blocks later the network forgets the transaction. The last effect is the fee. A
// transaction limits its computation but not its price, so that effect has no amount:
// the payer can lose more than is written anywhere in the transaction.
//
// The package is pure: no I/O, clock, randomness or private keys at rest. The texts of
// private keys pass through it as secret bytes. It is imported by chain/all.
package flow
