// Package keosdfile reads and writes the wallet files of keosd and kiod.
//
// # The format
//
// A file is a JSON object with the member "cipher_keys", hex text of
// AES-256-CBC with PKCS#7 padding, and, in the named layout, "version": 1. With
// K = SHA-512(password), the key is K[0:32] and the IV K[32:48]. The plaintext is
//
//	K (64 bytes) ‖ keys ‖ names (named layout only)
//
// keys: a varuint32 count, then for each key in order: the type of the public key,
// the public key, the type of the private key, the private key. names: a count,
// then for each key in order of the names: length, name, type, public key. All
// numbers are varuint32. The two numberings of types differ.
//
// # What it does not protect
//
// There is no salt, no work in the derivation and no authentication. Whoever has
// the file guesses passwords at the speed of SHA-512, and a flipped bit behind
// the first 64 bytes goes unnoticed. So a reader must compare each public key
// with its secret before its first use; this package has no curve to do that with.
//
// # In memory
//
// Plaintext only ever stands in a scratch buffer that the caller gives, locked
// memory in the product: reading delivers one key at a time, writing takes one
// at a time.
//
// Only gate's wallets may import this package.
package keosdfile

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha512"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// KeyType is the type of a key, numbered as public keys are in the file. Keys are
// ordered by it, then by the bytes of the public key.
type KeyType uint8

// The types that a wallet holds.
const (
	K1 KeyType = 0 // secp256k1
	R1 KeyType = 1 // P-256
	EM KeyType = 3 // secp256k1, signs as Ethereum wallets do
	ED KeyType = 4 // Ed25519
)

// shapes says how the keys of each type stand in a file.
var shapes = [...]struct {
	public   KeyType
	private  uint32 // number of the private key's type
	size     int    // bytes of the public key
	fileSize int    // bytes of the private key
}{
	{K1, 0, 33, 32},
	{R1, 1, 33, 32},
	{EM, 2, 33, 32},
	{ED, 3, 32, 64}, // seed ‖ public key
}

// SecretSize is the length in bytes of the secret of every type: a scalar, or an
// Ed25519 seed.
const SecretSize = 32

// Key is one key of a file. Secret lies in the reader's scratch and is gone when
// the receiver returns.
type Key struct {
	Type   KeyType
	Public []byte // 33 bytes compressed, or 32
	Secret []byte // SecretSize bytes
	Count  int    // when reading: how many keys the file says it holds
}

// Compare orders keys as files and protocols do.
func Compare(t KeyType, public []byte, otherType KeyType, other []byte) int {
	if t != otherType {
		return int(t) - int(otherType)
	}
	return bytes.Compare(public, other)
}

// Layout is one of the two layouts. The zero value is the one that every release opens.
type Layout uint8

const (
	Unnamed Layout = iota // keosd, early kiod
	Named                 // version 1: each key has a name, unique in the file
)

// The text around the hex, as all writers spell it.
var heads = [...]string{
	Unnamed: "{\n  \"cipher_keys\": \"",
	Named:   "{\n  \"version\": 1,\n  \"cipher_keys\": \"",
}

const tail = "\"\n}"

// Bounds.
const (
	MaxFileSize = 256 << 20
	MaxKeys     = 500_000
	MaxName     = 256 // bytes of a key's name
	MaxPublic   = 33  // bytes of a public key
	// ScratchSize is the least room that reading and writing need.
	ScratchSize = 4096

	checkSize = sha512.Size
	blockSize = 16
	minKey    = 2 + 2*SecretSize // bytes of the smallest key with its types
	minName   = 2 + SecretSize   // and of the smallest name
)

// newCipher makes the cipher of a file. Its round keys, which lie in Go's heap, are
// erased with it where the runtime was built to.
func newCipher(fileKey []byte) (block cipher.Block, err error) {
	secret.Do(func() { block, err = aes.NewCipher(fileKey[:32]) })
	if err != nil {
		return nil, fault.Internal.Wrap(err, "no cipher")
	}
	return block, nil
}

// FileKey is what the password becomes: 64 bytes, all that is needed to write the
// file again. The caller wipes it.
func FileKey(password secret.Bytes) secret.Bytes {
	var key secret.Bytes
	secret.Do(func() {
		sum := sha512.Sum512(password.Expose())
		key = secret.Copy(sum[:])
		clear(sum[:])
	})
	return key
}

// The ways in which a file is no wallet at all.
var (
	ErrEmpty = fault.Corrupt.New("the wallet file is empty")
	ErrJSON  = fault.Corrupt.New("the wallet file is not valid JSON")
	ErrForm  = fault.Corrupt.New("the wallet file does not hold what a wallet file holds")
	ErrHex   = fault.Corrupt.New("the wallet file holds text that is not hexadecimal")
)

func errPassword() error { return fault.WrongPassword.New("wrong password") }

func errDamaged() error {
	return fault.Corrupt.New("the wallet file opens with this password, but its keys do not decode")
}
