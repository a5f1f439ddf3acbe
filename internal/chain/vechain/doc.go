// Package vechain understands what accounts of VeChainThor sign.
//
// # Forms
//
//   - "transaction": Payload is what is signed: the RLP list of a transaction without
//     its signature, behind the byte 0x51 where it has a fee market (VIP-251). Signer is
//     required and is who sends it. The result is the transaction with the signature.
//   - "delegation": Payload is the same with the sender's address of 20 bytes before it;
//     Signer pays the fee for that sender (VIP-191). The result is the bare signature of
//     65 bytes, which stands behind the sender's own in the transaction.
//
// Neither takes a Context. The members of the list are: chain tag, block reference,
// expiration, clauses of [to, value, data], coefficient of the gas price (with a fee
// market: highest priority fee, highest price), gas, dependency, nonce, and reserved, a
// list that is empty or holds features, of which bit 0 alone is known. Numbers are in
// their shortest form.
//
// The message is BLAKE2b-256 of the transaction, the byte 0x51 included; of a delegation
// that of this digest and the sender. Signatures are r‖s‖recovery id.
//
// A transaction whose fee somebody else pays needs both signatures: Finish gives it with
// the sender's alone, to which the sponsor's 65 bytes are added inside of the last
// member.
//
// # Effects
//
// A transaction has clauses, which happen in order and all or none. Each is a Move of
// VET, a call of a contract that package solidity reads, or makes a contract, and may
// send VET with it. VTHO, whose contract the network brings, is the asset "VTHO"; other
// tokens are "vip180 0x…". Calls of the network's other contracts (Prototype, Staker, …)
// are Opaque, with the contract's purpose in Names.
//
// The fee is in VTHO: gas by the highest price of the fee market, or without one by the
// base price of 10^13 that the network sets today and the coefficient, which raises it
// up to twofold. It is the sender's; where somebody else pays, the Signer's of a
// delegation, or else "whoever sponsors the transaction". A contract that is called may
// pay it instead by its own settings, which no transaction says.
//
// Until is "block N", the last one that takes the transaction: the number in the block
// reference and the expiration. Only the number counts for the network; the rest of the
// reference is not compared with the block. An Allow has an end of its own or none.
//
// The chain tag is the last byte of the first block's id. It is compared; one byte does
// not tell all private networks apart.
//
// The package is pure. It is imported by chain/all.
package vechain
