package antelope

import (
	"strings"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// KeyType is a kind of key in Antelope's terms. The numbers are those of packed
// public keys, and their order is the order of keys everywhere.
type KeyType uint8

// The types. Packed private keys and wallet files of the peers number private
// keys differently.
const (
	K1  KeyType = iota // secp256k1, signing as EOSIO always did
	R1                 // P-256
	WA                 // WebAuthn: P-256 behind a browser
	EM                 // secp256k1, signing as Ethereum wallets sign messages
	ED                 // Ed25519, signing as Solana wallets sign messages
	BLS                // BLS12-381, of finalizers
	keyTypes
)

var keyTypeNames = [keyTypes]string{"K1", "R1", "WA", "EM", "ED", "BLS"}

// String is the name within the texts of keys and signatures.
func (t KeyType) String() string {
	if t < keyTypes {
		return keyTypeNames[t]
	}
	return "none"
}

// ParseKeyType is the inverse of [KeyType.String]; case does not matter.
func ParseKeyType(name string) (KeyType, bool) {
	for t, n := range keyTypeNames {
		if strings.EqualFold(n, name) {
			return KeyType(t), true
		}
	}
	return 0, false
}

// Algorithm is the algorithm of the keys that a wallet can hold, and
// curve.NoAlgorithm for WA and BLS.
func (t KeyType) Algorithm() curve.Algorithm {
	switch t {
	case K1, EM:
		return curve.Secp256k1
	case R1:
		return curve.P256
	case ED:
		return curve.Ed25519
	}
	return curve.NoAlgorithm
}

// Usage is what tells keys of the type apart from others of the same algorithm in
// a wallet: without it, an EM key could be made to sign as a K1 key, and so any
// Ethereum transaction. 0 is left for keys of which no type is known.
func (t KeyType) Usage() uint8 { return uint8(t) + 1 }

// TypeOfUsage is the inverse of [KeyType.Usage].
func TypeOfUsage(usage uint8) (KeyType, bool) {
	return KeyType(usage - 1), usage > 0 && usage <= uint8(keyTypes)
}

// TypeOf is the type that keys of an algorithm have unless it is known better.
func TypeOf(a curve.Algorithm) (KeyType, error) {
	switch a {
	case curve.Secp256k1:
		return K1, nil
	case curve.P256:
		return R1, nil
	case curve.Ed25519:
		return ED, nil
	}
	return 0, fault.Unsupported.New("antelope has no keys of algorithm %s", a)
}

// Profile says which of the peer's generations the texts of keys are written
// for. All forms are read in every profile.
type Profile uint8

// The profiles; the zero value is the current one.
const (
	Kiod    Profile = iota // every key with its prefix: PUB_K1_, PVT_K1_
	Keosd                  // K1 keys as EOS… and WIF
	KiodSys                // K1 keys as SYS… and WIF
)

var profileNames = [...]string{"kiod", "keosd", "kiod-sys"}

// String is the name used in configuration.
func (p Profile) String() string {
	if int(p) < len(profileNames) {
		return profileNames[p]
	}
	return profileNames[Kiod]
}

// ParseProfile is the inverse of [Profile.String].
func ParseProfile(name string) (Profile, error) {
	for p, n := range profileNames {
		if n == name {
			return Profile(p), nil
		}
	}
	return Kiod, fault.Invalid.New("unknown key profile %q: there are %s", name, strings.Join(profileNames[:], ", "))
}
