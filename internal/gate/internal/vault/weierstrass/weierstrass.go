// Package weierstrass does the private-key mathematics of the short Weierstrass
// curves, secp256k1 and P-256: public keys, generation, ECDSA, Schnorr signatures.
//
// # Which code signs
//
//   - P-256 is crypto/ecdsa of the standard library, in constant time.
//   - secp256k1 by [curve.ECDSASecp256k1] is libsecp256k1 where the build has cgo,
//     in constant time, and the path below otherwise. Both give the same bytes.
//   - secp256k1 by [curve.AntelopeK1] is always the path below: it needs a nonce
//     sequence that no binding of the C library offers. It looks at r before it
//     computes s, since half of all candidates fall there.
//   - secp256k1 by [curve.ECDSASecp256k1AnyS], [curve.TaprootKey] and
//     [curve.SchnorrBCH] is always the path below: the binding offers none of them.
//   - Public keys of secp256k1 come from the path below too.
//
// # The path in pure Go
//
// The arithmetic is decred's. Its fields are constant-time, but its multiplication
// of the base point skips zero bytes of the scalar and its inversion works in
// math/big: times of both depend on the nonce, and a few bits of many nonces give
// the key away. So neither ever sees a secret. The multiplication is of k - b and
// bG is added, where b is drawn anew for each signature (see blinding); inversions
// are of the secret times a random number, which is divided out again.
//
// # What remains in memory
//
// The caller lends private keys in scratch memory of its own and wipes it. What is
// secret here lies in one struct per signature that is wiped, and runs within
// [secret.Do], which erases stack and registers where the build supports it; the
// caller must therefore not wrap calls in Do again, because a cgo call must not be
// inside one. libsecp256k1 clears what is secret from its own stack.
//
// crypto/ecdsa makes copies of a key that nobody can reach, and keeps one in a cache,
// weakly, by the key's address. Each signature uses a new address, so that the next
// collection drops the entry; the copies are then erased like all memory that was
// allocated within [secret.Do]. A build without that leaves them to the heap.
//
// The table of blinding values is not locked: it says nothing about any key.
//
// Only the vault imports this package.
package weierstrass

import (
	"crypto/ecdh"
	"crypto/subtle"
	"io"
	"sync"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// ScalarSize is the length in bytes of a private key: a number d, 0 < d < the
// group order, big-endian (SEC 1, section 2.3.7).
const ScalarSize = 32

// rootSize is the length of the root of a tree of Taproot scripts.
const rootSize = 32

// Signer is safe for concurrent use.
type Signer struct {
	rand  io.Reader // blinds; never makes a nonce
	table func() (*blinding, error)
	works sync.Pool // of *work, wiped
}

// New makes a signer. rand must be as good as crypto/rand.Reader, which it is in
// production, and safe for concurrent use. Signatures do not depend on it.
func New(rand io.Reader) *Signer {
	return &Signer{
		rand: rand,
		// Some milliseconds; a vault of Ed25519 keys never pays them.
		table: sync.OnceValues(func() (*blinding, error) { return newBlinding(rand) }),
	}
}

// CheckScalar refuses what is no private key of the algorithm, in a time that does
// not depend on the number. Errors: fault.Invalid, fault.Unsupported.
func CheckScalar(a curve.Algorithm, private []byte) error {
	if a != curve.Secp256k1 && a != curve.P256 {
		return fault.Unsupported.New("algorithm %s has no scalars", a)
	}
	if len(private) != ScalarSize {
		return fault.Invalid.New("a %s private key must have %d bytes, not %d", a, ScalarSize, len(private))
	}
	order := a.Order()
	if !inRange(private, &order) {
		return fault.Invalid.New("a %s private key must be above zero and below the group order", a)
	}
	return nil
}

// inRange reports in constant time whether 0 < scalar < order, both big-endian.
func inRange(scalar []byte, order *[32]byte) bool {
	var difference [ScalarSize]byte
	defer clear(difference[:])
	below := subtract(difference[:], scalar, order[:])
	return below&^isZero(scalar) == 1
}

// isZero is 1 for a number of zero, in constant time.
func isZero(number []byte) int {
	var bits byte
	for _, b := range number {
		bits |= b
	}
	return subtle.ConstantTimeByteEq(bits, 0)
}

// Generate fills private with a new random key. It draws until the number is in
// range, so that all keys are equally likely.
func (s *Signer) Generate(a curve.Algorithm, private []byte) error {
	if len(private) != ScalarSize {
		return fault.Invalid.New("a %s private key must have %d bytes, not %d", a, ScalarSize, len(private))
	}
	// A draw is refused once in 2^32 on P-256: a hundred in a row is a broken source.
	for range 100 {
		if _, err := io.ReadFull(s.rand, private); err != nil {
			return errRandom(err)
		}
		if err := CheckScalar(a, private); err == nil {
			return nil
		} else if fault.Is(err, fault.Unsupported) {
			return err
		}
	}
	return errRandom(nil)
}

// PublicKey computes the public key of a private one.
func (s *Signer) PublicKey(a curve.Algorithm, private []byte) (curve.PublicKey, error) {
	if err := CheckScalar(a, private); err != nil {
		return curve.PublicKey{}, err
	}
	var encoded [33]byte
	var err error
	switch a {
	case curve.Secp256k1:
		err = s.portable(func(w *work) error { return w.publicKey(&encoded, private) })
	case curve.P256:
		secret.Do(func() {
			var key *ecdh.PrivateKey
			if key, err = ecdh.P256().NewPrivateKey(private); err == nil {
				compress(&encoded, key.PublicKey().Bytes())
			}
		})
	}
	if err != nil {
		return curve.PublicKey{}, err
	}
	return curve.NewPublicKey(a, encoded[:])
}

// Sign makes one signature of a digest of 32 bytes, encoded as the scheme says; for
// [curve.TaprootKey] the root of the scripts may follow the digest. It is
// deterministic. Errors: fault.Invalid for a private key or digest that is none,
// fault.Unsupported for a scheme of another kind, fault.Internal.
func (s *Signer) Sign(scheme curve.Scheme, private, digest []byte) ([]byte, error) {
	if err := CheckScalar(scheme.Algorithm(), private); err != nil {
		return nil, err
	}
	if len(digest) != curve.DigestSize && (scheme != curve.TaprootKey || len(digest) != curve.DigestSize+rootSize) {
		return nil, fault.Invalid.New("scheme %s signs a digest of %d bytes, not %d", scheme, curve.DigestSize, len(digest))
	}
	var rs [64]byte
	var recovery byte
	var err error
	switch scheme {
	case curve.ECDSASecp256k1:
		recovery, err = s.signSecp256k1(&rs, private, digest)
	case curve.AntelopeK1:
		recovery, err = s.signPortable(&rs, private, digest, antelope)
	case curve.ECDSASecp256k1AnyS:
		recovery, err = s.signPortable(&rs, private, digest, anyS)
	case curve.ECDSAP256:
		recovery, err = signP256(&rs, private, digest)
	case curve.TaprootKey:
		return s.signSchnorr(private, digest, (*work).signTaproot)
	case curve.SchnorrBCH:
		return s.signSchnorr(private, digest, (*work).signBCH)
	default:
		err = fault.Unsupported.New("unknown signature scheme %d", scheme)
	}
	if err != nil {
		return nil, err
	}
	return scheme.Join(rs[:], recovery)
}

// signPortable signs with secp256k1 in pure Go.
func (s *Signer) signPortable(rs *[64]byte, private, digest []byte, rule acceptance) (recovery byte, err error) {
	err = s.portable(func(w *work) (err error) {
		recovery, err = w.sign(rs, private, digest, rule)
		return err
	})
	return recovery, err
}

// signSchnorr signs with secp256k1 in pure Go, by a method that makes R‖s.
func (s *Signer) signSchnorr(private, message []byte, sign func(w *work, signature *[64]byte, private, message []byte) error) ([]byte, error) {
	signature := new([64]byte)
	if err := s.portable(func(w *work) error { return sign(w, signature, private, message) }); err != nil {
		return nil, err
	}
	return signature[:], nil
}

// portable lends f the memory for one computation, and wipes it.
func (s *Signer) portable(f func(w *work) error) error {
	table, err := s.table()
	if err != nil {
		return err
	}
	w, ok := s.works.Get().(*work)
	if !ok {
		w = newWork(s.rand, table)
	}
	defer s.works.Put(w) // behind wiping, which a panic does not prevent either
	secret.Do(func() {
		defer w.wipe()
		err = f(w)
	})
	return err
}

// compress shortens the form 04‖X‖Y of a point.
func compress(dst *[33]byte, long []byte) {
	dst[0] = 2 | long[64]&1
	copy(dst[1:], long[1:33])
}

// subtract sets dst to a - b, numbers of 32 bytes big-endian, and gives the borrow.
func subtract(dst, a, b []byte) int {
	borrow := 0
	for i := len(dst) - 1; i >= 0; i-- {
		difference := int(a[i]) - int(b[i]) - borrow
		dst[i] = byte(difference)
		borrow = difference >> 8 & 1
	}
	return borrow
}

func errRandom(cause error) error {
	return fault.Internal.Wrap(cause, "no random bytes")
}
