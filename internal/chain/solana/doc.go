// Package solana understands what keys of Solana accounts sign: transaction
// messages, off-chain messages, and bare bytes as wallets sign them for websites.
//
// # Forms
//
//   - "transaction": Payload is the serialized message of a transaction, legacy or
//     version 0 (docs: solana.com/docs/core/transactions; the format is defined by
//     solana-message). Without Signer and Signers there is a task for every required
//     signer who has not signed yet; otherwise for those of them that are named.
//     Context may hold the signatures made so far ([AppendSignatures]); each is
//     verified. The result is the wire transaction: all signatures, 64 zero bytes
//     where one is missing, then the message. Its text is base64.
//   - "message": Payload is a whole off-chain message, preamble included, in one of
//     the three layouts below. Signer or Signers choose among the signers that the
//     message names; the short layout names none and needs Signer. The result is text:
//     the base58 signature of each task, one to a line.
//   - "raw-message": Payload is any bytes, Signer is required. They are signed without
//     a prefix, as signMessage of wallet adapters does it. What a validator could take
//     for a transaction, or anybody for an off-chain message, is refused; what may be a
//     transaction of another chain, or has the size of a digest, is Opaque. The result
//     is the base58 signature, as text.
//
// The layouts of off-chain messages, each behind "\xffsolana offchain":
//
//	version 0         domain (32), format, count and keys of the signers, length (u16), text
//	version 0, short  format, length (u16), text: solana-sdk before 3.0, and Ledger
//	version 1         count and keys of the signers in ascending order, text to the end
//
// The first is docs.anza.xyz/proposals/off-chain-message-signing and is what
// MessageRequest makes; the last is sRFC 3 and what wallets of today sign. Bytes that
// fit both layouts of version 0 are refused, and so are those of version 1 that fit its
// draft, which had the layout of version 0.
//
// # One encoding
//
// A message is accepted if it is what a validator accepts (counts in their shortest
// form, indices in range, a writable fee payer, no program that pays) and beyond that
// has no account twice, no lookup table twice and no byte left. The whole transaction
// must fit into 1232 bytes, as the network demands.
//
// # Effects
//
// Addresses are base58. Amounts of SOL are in lamports. An SPL token is named by its
// mint; the plain transfer and approval of the token program do not name it, there the
// asset is "token of" and the token account. From and To of token effects are token
// accounts, which belong to somebody whom only the chain knows; who authorises stands
// in Detail, whether it is our signer or not. Until names the recent blockhash, which
// lives for about 150 blocks, or the durable nonce, which lives until it is advanced.
//
// Every instruction of the System, Token, Token-2022, Associated Token Account, Stake,
// Vote, Upgradeable Loader, Address Lookup Table, Compute Budget and Memo programs is
// decoded in effects_*.go or opaque; all other programs are Opaque, with the program in
// To and the first bytes of the data in Subject. Bytes behind the data of an
// instruction, which programs ignore, make it Opaque as well as what it is. So does an
// account from an address lookup table: the message says only where it stands, "table
// ADDRESS entry N", and not who it is. A transfer of Token-2022 that names more accounts
// than it needs is Opaque besides the move: a program that the token names may get them,
// and with them the rights of signers.
//
// Kinds that need a word:
//
//   - Authority: also assigning an account to a program, which may then spend it.
//   - Restrict: also allocating data in an account, which cannot send SOL afterwards.
//   - Deploy: also a change of the rules of a token (fee, hook, metadata pointer).
//   - Call: instructions that move nothing and change nobody's rights, such as
//     advancing a nonce, bringing the balance of wrapped SOL up to date, or creating an
//     associated token account (whose rent is a move of its own).
//   - Move with a Detail that begins with "rent": deposits that a program takes from a
//     payer when it creates an account. The amount is not in the message; what stands
//     there is the most that the network takes for that size (6960 lamports for each
//     byte, and 128 bytes more). Rent was only ever lowered.
//
// The last effect is the fee: 5000 lamports for each signature, those checked by the
// signature programs included, and the priority fee for all compute units that the
// message asks for or gets by default.
//
// # Files
//
// ReadFile takes a message or a wire transaction as bytes, hex, base64 or base58, the
// JSON of "solana ... --sign-only --dump-transaction-message --output json", and the
// pending transactions of Tatum ({"txData": hex}). A file with a private key in it
// (mintPK) is refused.
//
// The package is pure: no I/O, clock, randomness or keys at rest. The texts of private
// keys pass through it as secret bytes. It is imported by chain/all.
package solana
