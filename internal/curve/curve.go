// Package curve describes signature algorithms as seen from outside: public
// keys, signature schemes, verification and recovery. It never sees a private
// key; the private-key mathematics lives in the vault. Everything here is public,
// so nothing here needs to run in constant time.
//
// Ed25519 and P-256 are those of the standard library. ECDSA on secp256k1 is
// libsecp256k1 where the build has cgo, and pure Go otherwise; both accept the same.
// Schnorr signatures are verified in pure Go.
//
// Verification is strict: what has a second spelling (a high s, a wrong recovery
// id, an encoding of a coordinate that is not reduced) is refused, so that nobody
// but the signer can make a second signature from the first. The one exception is
// [ECDSASecp256k1AnyS], whose users want it so.
//
// Everybody may import this package; it imports only fault.
package curve

import (
	"bytes"
	"encoding/hex"
	"strings"

	"strongroom/internal/fault"
)

// Algorithm is a kind of key pair. The zero value is no algorithm.
type Algorithm uint8

// The numbers are part of stored and authenticated formats and never change.
const (
	NoAlgorithm Algorithm = 0
	Ed25519     Algorithm = 1 // RFC 8032; public keys of 32 bytes
	Secp256k1   Algorithm = 2 // SEC 2; compressed public keys of 33 bytes
	P256        Algorithm = 3 // FIPS 186-5; compressed public keys of 33 bytes
	// Ed25519BIP32 has the curve, public keys and verification of Ed25519, but private
	// keys of 64 bytes, kL‖kR, that can be derived from each other (Khovratovich and Law,
	// "BIP32-Ed25519"). Cardano uses it.
	Ed25519BIP32 Algorithm = 4
)

// String is the name used in configuration, commands and the journal.
func (a Algorithm) String() string {
	switch a {
	case Ed25519:
		return "ed25519"
	case Secp256k1:
		return "secp256k1"
	case P256:
		return "p256"
	case Ed25519BIP32:
		return "ed25519-bip32"
	}
	return "none"
}

// ParseAlgorithm is the inverse of [Algorithm.String].
func ParseAlgorithm(name string) (Algorithm, error) {
	for _, a := range []Algorithm{Ed25519, Secp256k1, P256, Ed25519BIP32} {
		if strings.EqualFold(name, a.String()) {
			return a, nil
		}
	}
	return NoAlgorithm, fault.Invalid.New("unknown key algorithm %q", name)
}

// PublicSize is the length in bytes of a public key's encoding, 0 for no algorithm.
func (a Algorithm) PublicSize() int {
	switch a {
	case Ed25519, Ed25519BIP32:
		return 32
	case Secp256k1, P256:
		return 33
	}
	return 0
}

// PublicKey is a public key in its one canonical encoding: the 32 bytes of
// RFC 8032 for Ed25519 and Ed25519BIP32, the compressed SEC 1 form for the others. It is
// comparable, so it serves as a map key. The zero value is no key.
type PublicKey struct {
	algorithm Algorithm
	bytes     [33]byte
}

// NewPublicKey checks the length of encoded, not that it is a point on the curve:
// it serves for keys that were checked when they came (see [ParsePoint]).
func NewPublicKey(a Algorithm, encoded []byte) (PublicKey, error) {
	if a.PublicSize() == 0 || len(encoded) != a.PublicSize() {
		return PublicKey{}, fault.Invalid.New("a public key of algorithm %s must have %d bytes, not %d", a, a.PublicSize(), len(encoded))
	}
	p := PublicKey{algorithm: a}
	copy(p.bytes[:], encoded)
	return p, nil
}

// Algorithm is the algorithm of the key.
func (p PublicKey) Algorithm() Algorithm { return p.algorithm }

// IsZero reports whether p is no key.
func (p PublicKey) IsZero() bool { return p.algorithm == NoAlgorithm }

// Bytes is the canonical encoding, in a slice of the caller's own.
func (p PublicKey) Bytes() []byte { return bytes.Clone(p.bytes[:p.algorithm.PublicSize()]) }

// AppendTo appends the canonical encoding to b.
func (p PublicKey) AppendTo(b []byte) []byte {
	return append(b, p.bytes[:p.algorithm.PublicSize()]...)
}

// String is "algorithm:hex".
func (p PublicKey) String() string {
	return p.algorithm.String() + ":" + hex.EncodeToString(p.bytes[:p.algorithm.PublicSize()])
}

// Compare orders keys by algorithm, then by encoding.
func (p PublicKey) Compare(q PublicKey) int {
	if p.algorithm != q.algorithm {
		return int(p.algorithm) - int(q.algorithm)
	}
	return bytes.Compare(p.bytes[:], q.bytes[:])
}
