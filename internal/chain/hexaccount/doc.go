// Package hexaccount is what chains share whose accounts are the last 20 bytes of the
// Keccak-256 of a secp256k1 key, as Ethereum's are: from a key to its account, the
// text of accounts with the checksum of EIP-55, and private keys in hex.
//
// Private keys are those of any chain with keys of secp256k1.
//
// It is pure. The families below package chain import it, and the gate for its key stores.
package hexaccount
