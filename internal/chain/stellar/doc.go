// Package stellar understands what accounts of the Stellar network (XLM) sign:
// transactions, fee bumps and messages.
//
// # Forms
//
//   - "transaction": Payload is a TransactionEnvelope in XDR (Stellar-transaction.x):
//     v1, the older v0, or a fee bump, with the signatures that it has so far. Signed
//     is SHA-256 of network id ‖ envelope type ‖ transaction, where the network id is
//     SHA-256 of the passphrase that the chain was made with (CAP-15 for fee bumps; a
//     v0 transaction is signed as the v1 transaction that it converts to, CAP-19).
//     Signer defaults to the transaction's source account, or the fee source of a fee
//     bump; any Ed25519 key may be named instead, because accounts can have several
//     signers. The result is the envelope with one decorated signature appended.
//   - "message": Payload is any bytes; Signer is required. Signed is SHA-256 of
//     "Stellar Signed Message:\n" ‖ Payload (SEP-53). The result is the signature of 64
//     bytes.
//
// The tools of the network write both results in base64. No form takes a context.
//
// # One encoding
//
// The XDR is read and written with the types of Stellar's own SDK. Decode demands
// that writing gives the payload back, and refuses besides what no node would take
// and what could therefore only mislead: negative amounts, asset codes with other
// characters than letters and digits, prices with a zero, predicates deeper than four.
// [Chain.ReadFile] takes the same envelope as base64, hex or bytes.
//
// # Effects
//
// Assets are "XLM" and "CODE:ISSUER"; every amount of them counts ten-millionths
// (stroops). Accounts are G… addresses (SEP-23); a receiver that the payload names by a
// muxed address is shown as that M… address. Each operation acts for its own source
// account where it has one, which is From. Until is the last moment (UTC) or ledger in
// which the network takes the transaction.
//
//   - An offer is a Move of everything that it sells, to nobody in particular; a path
//     payment a Move of the most that it may cost. Their Detail says what comes back.
//   - A trust line is an Allow up to its limit, whose To is the issuer.
//   - A claimable balance is one Move of the whole amount to each claimant, because any
//     of them may be the one who takes it.
//   - What a liquidity pool holds is known by a hash only. The assets of a deposit are
//     named where the same transaction also spells the pool out; otherwise the deposit
//     is Opaque besides its Moves.
//   - Clearing or freezing trust lines is Restrict, clawing back is Seize, merging is
//     Close and Destroy, and everything that setOptions changes is Authority.
//   - Data entries are Message, and so are the log-in challenges of SEP-10, which cannot
//     run as transactions.
//
// A call of a Soroban contract is understood where it is the token interface of SEP-41
// (transfer, approve, burn and their kind): the contract can act with the caller's
// authority only as far as the authorisation trees say, and those are shown in full.
// The contract of a classic asset is shown by the asset's name where its id can be
// derived from XLM or from an asset of the footprint; otherwise the asset is the
// contract. Every other call is Opaque with the contract in To and the function in
// Subject.
//
// The last effect is the Fee: at most what the transaction offers, resource fees
// included.
//
// The package is pure: no I/O, clock, randomness or private keys at rest. The texts of
// private keys pass through it as secret bytes. It is imported by chain/all.
package stellar
