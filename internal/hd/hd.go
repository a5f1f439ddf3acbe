// Package hd derives keys from seeds and writes seeds as words, over secret bytes.
//
// Every function takes its input as bytes that the caller owns, writes its result
// into memory that the caller provides (locked memory, see package secret), and
// wipes what it made in between. Nothing here touches a curve: a derivation ends
// with the bytes that a curve takes as its private key or seed.
//
// # What is here
//
//   - kmd.go: the numbered keys of an Algorand wallet ([KmdSeed])
//   - algorand.go: Algorand's 25 words ([AlgorandWords], [ParseAlgorandWords])
//   - words.go: the English word list, shared by everything that uses words
//
// BIP-39, BIP-32/44, SLIP-10, SLIP-39 and the other daemons' own derivations join
// here, one file each, with the chains that need them.
//
// Errors name positions and counts, never words or bytes of a secret.
//
// The vault, the wallet and the readers of foreign files import this package; it
// imports only fault, secret and the standard library.
package hd

// KeySize is the length in bytes of the seeds and keys handled so far.
const KeySize = 32
