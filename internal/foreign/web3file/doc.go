// Package web3file reads and writes the key files of Ethereum programs, Web3 Secret
// Storage versions 3 and 1, and the folders that hold them.
//
// # A file
//
// A JSON object: "address" (40 hex digits), "crypto" (see package web3crypto), "id" (a
// UUID that means nothing), "version" (3, or "1"). It protects a secp256k1 scalar of 32
// bytes. Names of members may differ in case; further members are allowed. Nothing
// binds the address to the key: whoever opens a file must compare them.
//
// # A folder
//
// Each regular file in a folder with an address other than zero is an account. Ignored
// are: sub-directories, symbolic links and other special files, names that begin with
// "." or end in "~", and what is no JSON or has no address. The folder belongs to its
// owner and is shared with other programs: [Directory] watches it, and a look at its
// time of change before each answer makes sure that what was added or removed shows at
// once, whoever did it.
//
// No private key and no password is kept here. Only gate's wallets may import this
// package.
package web3file

// MaxFileSize is the most bytes that a key file may have. Usual ones have 500.
const MaxFileSize = 64 << 10
