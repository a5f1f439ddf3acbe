// Package edwards does the private-key mathematics of [curve.Ed25519BIP32]: Ed25519
// by extended keys (Khovratovich and Law, "BIP32-Ed25519: Hierarchical Deterministic
// Keys over a Non-linear Keyspace"). Keys that are seeds, as RFC 8032 has them, are
// signed with by crypto/ed25519 instead.
//
// An extended key is what RFC 8032 makes of a seed by SHA-512, taken as the key
// itself because keys that are derived from each other have no seeds: 32 bytes kL,
// a number little-endian, and 32 bytes kR, which make the nonces. The public key is
// A = kL·B, and a signature of M is R‖S with r = SHA-512(kR‖M), R = rB and
// S = r + SHA-512(R‖A‖M)·kL modulo the group order. So for the extended key of a
// seed it is to the byte the signature of RFC 8032.
//
// # What is secret
//
// The arithmetic is that of filippo.io/edwards25519, in constant time; none of its
// functions in variable time is used here. What is secret lies in one struct per
// signature that is wiped, and runs within [secret.Do], which erases stack and
// registers where the build supports it. The caller lends private keys in scratch
// memory of its own, wipes it, and need not call Do.
//
// The public key is computed anew for each signature instead of being taken from the
// caller: two signatures of one message for different public keys have the same
// nonce, and would give kL away.
//
// Only the vault imports this package.
package edwards

import (
	"crypto/sha512"
	"crypto/subtle"
	"hash"
	"io"
	"sync"

	"filippo.io/edwards25519"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// Sizes in bytes.
const (
	PrivateSize   = 64 // kL‖kR
	SignatureSize = 64 // R‖S

	half = PrivateSize / 2
)

// Signer is safe for concurrent use.
type Signer struct {
	rand  io.Reader // makes keys and nothing else
	works sync.Pool // of *work, wiped
}

// New makes a signer. rand must be as good as crypto/rand.Reader and safe for
// concurrent use. Signatures do not depend on it.
func New(rand io.Reader) *Signer { return &Signer{rand: rand} }

// Check refuses what is no extended key, in a time that does not depend on it.
// Errors: fault.Invalid.
//
// The three lowest bits of kL must be clear, so that it is a multiple of the cofactor,
// bit 255 clear and bit 254 set, as RFC 8032 and BIP32-Ed25519 have it. Such a number
// is never zero modulo the group order. Bit 253 is not looked at: BIP32-Ed25519 wants
// it clear in a master key, which Icarus and [Signer.Generate] see to, so that adding
// up derivations never reaches bit 254; but a derived key may have it set by a carry,
// and so have half of all keys that were made of a seed as in RFC 8032.
//
// A kR of zeros is refused too. Nobody has such a key by chance, and with it anybody
// could compute the nonce of a signature, and kL from that.
func Check(private []byte) error {
	if len(private) != PrivateSize {
		return fault.Invalid.New("an extended Ed25519 private key must have %d bytes, not %d", PrivateSize, len(private))
	}
	var bits byte
	for _, b := range private[half:] {
		bits |= b
	}
	low := subtle.ConstantTimeByteEq(private[0]&0x07, 0)
	high := subtle.ConstantTimeByteEq(private[half-1]&0xc0, 0x40)
	if low&high&^subtle.ConstantTimeByteEq(bits, 0) != 1 {
		return fault.Invalid.New("an extended Ed25519 private key must have bits 0, 1, 2 and 255 clear and bit 254 set, and a second half that is not zero")
	}
	return nil
}

// Generate fills private with a new random key, which may serve as a master key.
func (s *Signer) Generate(private []byte) error {
	if len(private) != PrivateSize {
		return Check(private)
	}
	if _, err := io.ReadFull(s.rand, private); err != nil {
		return fault.Internal.Wrap(err, "no random bytes")
	}
	private[0] &^= 0x07
	private[half-1] = private[half-1]&0x1f | 0x40
	if Check(private) != nil {
		return fault.Internal.New("no random bytes")
	}
	return nil
}

// PublicKey computes the public key of a private one. Errors: fault.Invalid.
func (s *Signer) PublicKey(private []byte) (curve.PublicKey, error) {
	if err := Check(private); err != nil {
		return curve.PublicKey{}, err
	}
	var encoded [32]byte
	s.lend(func(w *work) {
		w.load(private)
		encoded = w.key
	})
	return curve.NewPublicKey(curve.Ed25519BIP32, encoded[:])
}

// Sign makes the signature of a message, as [curve.EdDSABIP32] has it. It is
// deterministic. Errors: fault.Invalid for a private key that is none.
func (s *Signer) Sign(private, message []byte) ([]byte, error) {
	if err := Check(private); err != nil {
		return nil, err
	}
	signature := make([]byte, SignatureSize)
	s.lend(func(w *work) { w.sign(signature, private, message) })
	return signature, nil
}

// lend gives f the memory for one computation, and wipes it.
func (s *Signer) lend(f func(w *work)) {
	w, ok := s.works.Get().(*work)
	if !ok {
		w = newWork()
	}
	defer s.works.Put(w) // behind wiping, which a panic does not prevent either
	secret.Do(func() {
		defer w.wipe()
		f(w)
	})
}

// work is everything secret of one computation. It is used again: memory that each
// computation allocated anew within secret.Do would be tracked by the runtime.
type work struct {
	hash  hash.Hash // SHA-512
	wide  [sha512.Size]byte
	kL    edwards25519.Scalar
	r     edwards25519.Scalar
	e     edwards25519.Scalar
	point edwards25519.Point

	key, commitment [32]byte // not secret: A and R
}

func newWork() *work { return &work{hash: sha512.New()} }

// load sets w.kL and computes w.key.
func (w *work) load(private []byte) {
	clear(w.wide[:])
	copy(w.wide[:], private[:half])
	w.reduce(&w.kL)
	w.multiply(&w.key, &w.kL)
}

// sign makes R‖S.
func (w *work) sign(signature, private, message []byte) {
	w.load(private)
	w.digest(&w.r, private[half:], nil, message)
	w.multiply(&w.commitment, &w.r)
	w.digest(&w.e, w.commitment[:], w.key[:], message)
	w.e.MultiplyAdd(&w.e, &w.kL, &w.r)
	copy(signature, w.commitment[:])
	copy(signature[len(w.commitment):], w.e.Bytes())
}

// multiply computes a multiple of the base point.
func (w *work) multiply(dst *[32]byte, k *edwards25519.Scalar) {
	w.point.ScalarBaseMult(k)
	copy(dst[:], w.point.Bytes())
}

// digest is the hash of the parts, reduced.
func (w *work) digest(dst *edwards25519.Scalar, first, second, third []byte) {
	w.hash.Reset()
	w.hash.Write(first)
	w.hash.Write(second)
	w.hash.Write(third)
	w.hash.Sum(w.wide[:0])
	w.reduce(dst)
}

// reduce sets dst to w.wide, little-endian, modulo the group order.
func (w *work) reduce(dst *edwards25519.Scalar) {
	if _, err := dst.SetUniformBytes(w.wide[:]); err != nil {
		panic("edwards: " + err.Error()) // it only objects to another length
	}
}

// wipe forgets everything. The hash keeps the last bytes written in a buffer that
// Reset leaves alone: a block that comes in two pieces overwrites all of it.
func (w *work) wipe() {
	*w = work{hash: w.hash}
	w.hash.Reset()
	w.hash.Write(w.wide[:1])
	w.hash.Write(w.wide[1:])
	w.hash.Write(w.wide[:])
	w.hash.Reset()
}
