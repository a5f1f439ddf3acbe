// Package multiversx understands what accounts of MultiversX (EGLD; Elrond until 2022)
// sign: transactions and messages.
//
// # Forms
//
//   - "transaction": Payload is the JSON that the protocol signs (docs.multiversx.com,
//     "Signing transactions"): the members nonce, value, receiver, sender,
//     senderUsername, receiverUsername, gasPrice, gasLimit, data, chainID, version,
//     options, guardian and relayer, in this order, the empty ones left out and without
//     white space. With the option of hash signing, its keccak-256 is signed, otherwise
//     the JSON itself. Signer defaults to the sender; the guardian or the relayer that
//     the transaction names may be named instead. The result is the same JSON with one
//     member more at its end, in hex: signature, guardianSignature or relayerSignature.
//   - "message": Payload is any bytes; Signer is required. Signed is the keccak-256 of
//     "\x17Elrond Signed Message:\n" ‖ length in decimal ‖ Payload. The result is the
//     signature of 64 bytes, which the tools write in hex.
//
// No form takes a context.
//
// # One encoding
//
// Decode reads the JSON as fixed text around numbers without leading zeros, addresses in
// lower case and canonical base64, so there is one spelling of each transaction.
// [Chain.ReadFile] takes the members in any order, empty ones and numbers in quotes
// among them, as the SDKs write them.
//
// # Effects
//
// Accounts are erd1… addresses (bech32 of 32 bytes). "EGLD" counts units of 10^-18; the
// other assets are tokens by their identifier (WEGLD-bd4d79), of a collection with the
// nonce in hex behind it (LKMEX-aab910-01). A transaction is valid until its nonce is
// used; it has no other end.
//
// The data member is a call where it has the form function@hex@hex. The functions that
// the protocol itself runs, and those of its system contracts (tokens, staking,
// delegation, governance), are decoded; token transfers to a contract that carry a call
// are a Move and Opaque. Whatever else a contract is asked to do is Opaque with the
// contract in To and the function in Subject. Data for an ordinary account is a note if
// it cannot be a call, and Opaque if it can.
//
// The Fee is gas limit times gas price, which nothing that runs can exceed. It is paid
// by the relayer where there is one.
//
// The package is pure: no I/O, clock, randomness or private keys at rest. The texts of
// private keys pass through it as secret bytes. It is imported by chain/all, and by the
// API that builds transactions from what a node answers ([Transaction], [Units]).
package multiversx
