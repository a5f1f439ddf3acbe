package weierstrass

import (
	"crypto/sha256"
	"crypto/subtle"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// Both kinds of Schnorr signature are s = k + ed for a nonce k with R = kG, and
// there are two of each nonce: R and -R have the same x, and the verifier takes the
// one whose y is even (BIP-340) or a square (Bitcoin Cash). Where kG is the other
// one, -k is the nonce. Which of the two the generator gave is no secret worth
// keeping: for any signature that is published both were equally likely, so it tells
// nothing of the number. What is negated is secret, and is so without a branch.
//
// The public key is computed anew for each signature instead of being taken from
// the caller: a challenge for a key that is not that of d, signed with the same
// nonce as one for the right key, would give d away.

// extraBCH is what Bitcoin Cash adds to the input of RFC 6979, so that an ECDSA
// signature of the same digest has another nonce (2019-05-15-schnorr.md).
const extraBCH = "Schnorr+SHA256  "

// signBCH makes a Schnorr signature of Bitcoin Cash. private is in range.
func (w *work) signBCH(signature *[64]byte, private, digest []byte) error {
	w.d.SetByteSlice(private)
	if err := w.point(&w.key, &w.d); err != nil {
		return err
	}
	w.e.SetByteSlice(digest)
	w.e.PutBytes(&w.bytes) // reduced, as for ECDSA
	w.nonces.init(private, w.bytes[:], w.other[:copy(w.other[:], extraBCH)])
	for range maxTries {
		if !w.nextNonce() {
			continue
		}
		if err := w.point(&w.commitment, &w.k); err != nil {
			return err
		}
		negate := 1
		if w.f.SquareRootVal(&w.sum.Y) {
			negate = 0
		}
		w.negateIf(&w.k, negate)
		h := w.nonces.hash
		h.Reset()
		h.Write(w.commitment[1:])
		h.Write(w.key[:])
		h.Write(digest)
		h.Sum(w.bytes[:0])
		w.respond(signature)
		return nil
	}
	return fault.Internal.New("no signature after %d nonces", maxTries)
}

// signTaproot signs for the output key of BIP-341 that private, as the internal key,
// and the root behind the digest make. private is in range.
func (w *work) signTaproot(signature *[64]byte, private, message []byte) error {
	digest, root := message[:curve.DigestSize], message[curve.DigestSize:]
	w.d.SetByteSlice(private)
	if err := w.evenKey(); err != nil {
		return err
	}
	w.tagged(&w.bytes, "TapTweak", w.key[1:], root)
	overflow := w.t.SetBytes(&w.bytes)
	if w.d.Add(&w.t); overflow != 0 || w.d.IsZero() {
		return fault.Invalid.New("the internal key and the root make no output key") // once in 2^127
	}
	return w.signBIP340(signature, digest)
}

// signBIP340 signs with w.d, with auxiliary randomness of 32 zero bytes: our
// signatures are deterministic. What that randomness is for, keeping the key from
// who measures the hashing, blinding does for the multiplications; hashing with SHA-256
// takes the same time for all keys.
func (w *work) signBIP340(signature *[64]byte, digest []byte) error {
	if err := w.evenKey(); err != nil {
		return err
	}
	clear(w.other[:])
	w.tagged(&w.other, "BIP0340/aux", w.other[:])
	w.d.PutBytes(&w.bytes)
	subtle.XORBytes(w.bytes[:], w.bytes[:], w.other[:])
	w.tagged(&w.bytes, "BIP0340/nonce", w.bytes[:], w.key[1:], digest)
	w.k.SetBytes(&w.bytes)
	if w.k.IsZero() {
		return fault.Internal.New("the nonce is zero") // once in 2^256
	}
	if err := w.point(&w.commitment, &w.k); err != nil {
		return err
	}
	w.negateIf(&w.k, int(w.commitment[0]&1))
	w.tagged(&w.bytes, "BIP0340/challenge", w.commitment[1:], w.key[1:], digest)
	w.respond(signature)
	return nil
}

// evenKey sets w.key to the public key of w.d, and negates w.d where its y is odd.
func (w *work) evenKey() error {
	if err := w.point(&w.key, &w.d); err != nil {
		return err
	}
	w.negateIf(&w.d, int(w.key[0]&1))
	return nil
}

// respond completes a signature: R is w.commitment, and w.bytes the challenge, to be
// reduced.
func (w *work) respond(signature *[64]byte) {
	w.e.SetBytes(&w.bytes)
	w.s.Mul2(&w.e, &w.d).Add(&w.k)
	copy(signature[:32], w.commitment[1:])
	w.s.PutBytesUnchecked(signature[32:])
}

// negateIf replaces k by -k where yes is 1, and by itself where it is 0. It uses
// w.bytes, w.other and w.t.
func (w *work) negateIf(k *secp256k1.ModNScalar, yes int) {
	k.PutBytes(&w.bytes)
	w.t.NegateVal(k)
	w.t.PutBytes(&w.other)
	subtle.ConstantTimeCopy(yes, w.bytes[:], w.other[:])
	k.SetBytes(&w.bytes)
}

// tagged is the hash of BIP-340. dst may be one of the parts. It goes through the
// generator's hash, which [work.wipe] clears.
func (w *work) tagged(dst *[32]byte, tag string, parts ...[]byte) {
	w.tag = sha256.Sum256([]byte(tag))
	h := w.nonces.hash
	h.Reset()
	h.Write(w.tag[:])
	h.Write(w.tag[:])
	for _, part := range parts {
		h.Write(part)
	}
	h.Sum(dst[:0])
}
