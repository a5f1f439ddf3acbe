// Package cardano understands what keys sign on Cardano (ADA): transactions and messages.
//
// # Keys and addresses
//
// Keys are of Ed25519BIP32, or plain Ed25519. One key alone has an enterprise address
// (CIP-19), which [Chain.Address] gives, and as a stake key a reward account. The usual
// base address takes two keys: [Chain.BaseAddress].
//
// # Forms
//
//   - "transaction": Payload is a transaction in CBOR, [body, witness set, is valid,
//     auxiliary data], or its body alone. Signed is the BLAKE2b-256 of the body's bytes.
//     Signer and Signers all sign; the result is the transaction with their witnesses
//     behind those that it has. Bodies do not say which keys they need.
//   - "message": Payload is any bytes, Context the raw address that the message is from,
//     or nothing for the enterprise address of Signer. Signed is the Sig_structure of a
//     COSE_Sign1 whose protected headers are algorithm and address, in this order (CIP-8,
//     CIP-30 signData). The result is the COSE_Sign1.
//   - "hash": Payload is the hash of a transaction, 32 bytes, as the payloads of Rosetta's
//     construction API are. It is Opaque. The result is the signature of 64 bytes.
//
// Results are written in hex. The first and last forms take no context.
//
// # The bytes stay as they are
//
// CBOR has many spellings of one transaction (lengths that are said or not, maps in any
// order, sets with a tag or without), wallets use most of them, and what is signed are
// the bytes. So Decode takes any well-formed CBOR and keeps the bytes of body and
// auxiliary data; it refuses a map with a key twice, an item of another type than the
// era's CDDL wants, and data behind the end. Only the map and the list of witnesses that
// the new ones join are written anew. A transaction that is marked as having failing
// scripts is refused: its sender does not sign that.
//
// # Effects
//
// Inputs are references: what they hold and whose it is, is not in a transaction. The
// ledger demands that all of it is in outputs, fee and deposits, so what is shown is
// complete, but From is "inputs". ADA counts lovelace (10^-6); other tokens are named
// policy.asset in hex. Until is the slot in which the transaction ends.
//
//   - Outputs, donations and withdrawals of rewards are Moves. A withdrawal's receiver is
//     "inputs": it joins what the outputs spend. Collateral is a Move to the network, which
//     happens only if a script fails: all of it where its amount is not said.
//   - Minting is Deploy, burning is Destroy, a script stored in an output is Deploy.
//   - Certificates, votes and proposals are Register, with deposits as their amounts; who
//     votes for a stake key, owners of pools, and committee keys are Authority.
//   - Scripts that run with arguments, governance actions other than "info", and entries
//     and certificates that are not known are Opaque. Datums are facts.
//
// The last effect is the Fee, which is exact.
//
// The package is pure: no I/O, clock, randomness or private keys at rest. The texts of
// private keys pass through it as secret bytes. It is imported by chain/all.
package cardano
