// Package hd derives keys from seeds and writes seeds as words, over secret bytes.
//
// Every function takes its input as bytes that the caller owns, writes its result
// into memory that the caller provides (locked memory, see package secret), and
// wipes what it made in between. Nothing here multiplies a point by a secret: where
// a derivation needs the public key of a private one, the caller brings the function
// for it ([Point]), because private-key mathematics is the vault's.
//
// # What is here
//
//   - mnemonic.go, seed.go: the words of BIP-39 and the seed they stand for
//     ([NewMnemonic], [ParseMnemonic], [MnemonicEntropy], [MnemonicSeed])
//   - path.go: the ways from a seed to a key ([Path])
//   - derive.go, scalar.go: private keys by BIP-32 and SLIP-0010 ([Derive], [DeriveFromSeed])
//   - icarus.go: those of Cardano by CIP-3 and BIP32-Ed25519
//   - extended.go: extended public keys and their children ([ExtendedPublic])
//   - kmd.go: the numbered keys of an Algorand wallet ([KmdSeed])
//   - algorand.go: Algorand's 25 words ([AlgorandWords], [ParseAlgorandWords])
//   - words.go, mac.go: what several need: the English word list, HMAC-SHA512 and PBKDF2
//
// # Secrets
//
// Registers and stack are erased by [secret.Do], where the build supports it. What
// must live between two calls of it lies on the heap, which never moves it, and is
// overwritten before the function returns, on errors and panics too. Private keys are
// added in constant time; which word a word is cannot be seen from the time of its
// look-up; whether a derived number is one of the few that are no key can be seen.
// Normalising a text that is not ASCII takes time that depends on its letters.
//
// Errors name positions and counts, never words or bytes of a secret.
//
// The vault, the wallet and the readers of foreign files import this package; it
// imports only fault, secret, curve, codec/base58, the standard library, RIPEMD-160
// for fingerprints and the Unicode normalisation of golang.org/x/text.
package hd

// KeySize is the length in bytes of a kmd seed or key, of a private key of most
// algorithms, and of the entropy of 24 words.
const KeySize = 32
