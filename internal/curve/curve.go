// Package curve describes signature algorithms as seen from outside: public
// keys, signature schemes and verification. It never sees a private key; the
// private-key mathematics lives in the vault.
package curve

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
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
	}
	return "none"
}

// ParseAlgorithm is the inverse of [Algorithm.String].
func ParseAlgorithm(name string) (Algorithm, error) {
	for _, a := range []Algorithm{Ed25519, Secp256k1, P256} {
		if strings.EqualFold(name, a.String()) {
			return a, nil
		}
	}
	return NoAlgorithm, fault.Invalid.New("unknown key algorithm %q", name)
}

// PublicSize is the length in bytes of a public key's encoding, 0 for no algorithm.
func (a Algorithm) PublicSize() int {
	switch a {
	case Ed25519:
		return 32
	case Secp256k1, P256:
		return 33
	}
	return 0
}

// PublicKey is a public key in its one canonical encoding: the 32 bytes of
// RFC 8032 for Ed25519, the compressed SEC 1 form for the others. It is
// comparable, so it serves as a map key. The zero value is no key.
type PublicKey struct {
	algorithm Algorithm
	bytes     [33]byte
}

// NewPublicKey checks the length of encoded, not that it is a point on the curve.
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

// Scheme is a way to sign with a key of some algorithm: what is signed and how
// the signature is encoded. The zero value is no scheme and signs nothing.
type Scheme uint8

// The schemes. Further ones (ECDSA over a digest, recoverable, canonical) join
// with the chains that need them.
const (
	NoScheme   Scheme = 0
	PureEdDSA  Scheme = 1 // Ed25519 over the message itself; 64 bytes R‖S (RFC 8032)
	maxMessage        = 64 << 20
)

// String is the name used in the journal.
func (s Scheme) String() string {
	if s == PureEdDSA {
		return "ed25519"
	}
	return "none"
}

// Algorithm is the algorithm whose keys the scheme uses.
func (s Scheme) Algorithm() Algorithm {
	if s == PureEdDSA {
		return Ed25519
	}
	return NoAlgorithm
}

// Verify checks a signature under the scheme. It fails closed: an unknown
// scheme or a key of another algorithm verifies nothing.
func Verify(s Scheme, key PublicKey, message, signature []byte) error {
	if s.Algorithm() == NoAlgorithm || s.Algorithm() != key.algorithm {
		return fault.Invalid.New("scheme %s does not fit a key of algorithm %s", s, key.algorithm)
	}
	if len(message) > maxMessage {
		return fault.TooLarge.New("message of %d bytes", len(message))
	}
	if len(signature) != ed25519.SignatureSize || !ed25519.Verify(key.Bytes(), message, signature) {
		return fmt.Errorf("verify %s: %w", s, fault.Invalid.New("the signature does not belong to this key and message"))
	}
	return nil
}
