// Package antelope understands what keys of Antelope chains (EOSIO, and forks
// such as Wire) sign: transactions, and bare digests.
//
// # Forms
//
//   - "transaction": Payload is chain id (32 bytes) ‖ packed transaction ‖ packed
//     list of context-free data ([SignedTransaction.Payload]). The digest that
//     is signed is SHA-256 of chain id ‖ packed transaction ‖ H, where H is 32
//     zero bytes without context-free data, else SHA-256 of the packed list.
//   - "digest": Payload is a digest of 32 bytes, for one signer. Nothing is known
//     about what it stands for.
//
// # Signers
//
// A transaction may be signed by several keys, and the two kinds of secp256k1
// keys sign differently, so the signers stand in Context ([EncodeSigners]): a
// varuint32 count, then type and packed key of each, in strictly ascending
// order. There is one task for each, in that order, and Finish gives the texts
// of the signatures in that order, one to a line ([SignatureTexts]).
//
// The tasks carry the type as the usage of the wallet's key ([KeyType.Usage]).
//
// An empty Context means the one key in Request.Signer, of which the wallet knows
// no type (usage 0). It signs by its algorithm: secp256k1 as K1, P-256 as R1,
// Ed25519 as ED. If both are given they must be the same key.
//
//	type  key        message                                       signature
//	K1    secp256k1  the digest                                    canonical, keosd's nonces
//	R1    P-256      the digest                                    low s
//	EM    secp256k1  keccak-256 of "\x19Ethereum Signed            low s
//	                 Message:\n32" ‖ digest (EIP-191)
//	ED    Ed25519    the digest as 64 lower-case hex characters    RFC 8032
//
// WebAuthn and BLS keys have texts and places in authorities, but sign nothing
// here.
//
// # Effects
//
// Accounts and permissions are in their usual spelling ("alice", "alice@active").
// An asset is "4,EOS@eosio.token": decimals, symbol, and the contract whose
// table says who owns it; amounts are in the smallest unit. Until is the
// expiration in UTC. The last effect is a Fee: Antelope charges no money, but
// bills time, bandwidth and memory to the account named there, on the chain named
// there.
//
// The actions of the system and token contracts are decoded (effects_*.go).
// Every other action is a Call, and Opaque too if it has data, because only the
// contract knows what the data means. A transfer that any contract offers looks
// like one and is shown as a Move, but also as a Call: nothing makes a contract
// keep to the interface. Of a known action whose data does not decode, the kinds
// that it would have remain, beside Opaque, so that damage never hides a kind.
//
// # JSON
//
// Only what the peer's clients exchange is in this package: [ParseTransaction]
// reads their transaction object, with its agreed leniency, and
// [SignedTransaction.AppendJSON] writes the peer's answer.
//
// The package is pure: no I/O, clock, randomness or keys at rest. The texts of
// private keys pass through it ([ParsePrivateKey], [FormatPrivateKey]) as secret
// bytes. It is imported by chain/all, foreign/keosdfile and api/kiod.
package antelope
