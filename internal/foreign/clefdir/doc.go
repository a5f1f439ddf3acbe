// Package clefdir reads and writes what is in a Clef directory: the master seed and the
// encrypted files of its vault.
//
// # The seed
//
// masterseed.json holds 256 random bytes under a password, in the crypto object of key
// files. With K(x) = keccak256(x) and the whole seed S,
//
//	vault directory   lower-case hex of the first 10 bytes of K("vault" ‖ S)
//	credentials.json  K("credentials" ‖ S)
//	jsstorage.json    K("jsstorage" ‖ S)
//	config.json       K("config" ‖ S)
//
// Several seeds can share a directory: each has a vault of its own.
//
// # The files of a vault
//
// A [Table] is a JSON object; names are in the clear, and each value is sealed by itself
// with AES-256-GCM, 12 random bytes as the nonce and the name as additional data. So
// values cannot be moved to other names. Nothing tells an old file, or one with a value
// put back, from the current one: who needs that must remember the file.
//
// Only gate's wallets may import this package.
package clefdir

import (
	"encoding/hex"

	"golang.org/x/crypto/sha3"

	"strongroom/internal/secret"
)

// The files of a vault.
const (
	CredentialsFile = "credentials.json" // account in mixed case (EIP-55) → password
	StorageFile     = "jsstorage.json"   // what the rule file stores
	ConfigFile      = "config.json"      // "ruleset_sha256" → attested hash
)

// KeySize is the length in bytes of the key of a file.
const KeySize = 32

// SeedSize is the length in bytes of new seeds and the least of any.
const SeedSize = 256

const vaultBytes = 10 // of the hash that names a vault

// VaultName is the name of a seed's vault directory.
func VaultName(seed secret.Bytes) string {
	var sum [32]byte
	labelled(sum[:], "vault", seed)
	defer clear(sum[:])
	return hex.EncodeToString(sum[:vaultBytes])
}

// Keys fills the three keys of a vault's files, KeySize bytes each.
func Keys(seed secret.Bytes, credentials, storage, config []byte) {
	labelled(credentials, "credentials", seed)
	labelled(storage, "jsstorage", seed)
	labelled(config, "config", seed)
}

func labelled(out []byte, label string, seed secret.Bytes) {
	secret.Do(func() {
		h := sha3.NewLegacyKeccak256()
		h.Write([]byte(label))
		h.Write(seed.Expose())
		h.Sum(out[:0])
	})
}
