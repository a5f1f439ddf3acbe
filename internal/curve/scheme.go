package curve

import (
	"bytes"
	"crypto/ed25519"

	"strongroom/internal/fault"
)

// Scheme is a way to sign with a key of some algorithm: what is signed and how
// the signature is encoded. The zero value is no scheme and signs nothing.
type Scheme uint8

// The schemes. The numbers never change. All signatures are deterministic.
//
// The ECDSA schemes sign a digest of 32 bytes with the nonce of RFC 6979 and
// SHA-256, and have signatures of 65 bytes with the recovery id. That has bit 0 set
// where the y of the nonce's point is odd (after s was negated, where it was), and
// bit 1 where its x is not below the group order (which happens once in 2^32
// signatures on P-256, and never seen on secp256k1). Their s is at most half the
// group order, except for [ECDSASecp256k1AnyS].
//
// The others have signatures of 64 bytes, from which no key can be recovered.
const (
	NoScheme       Scheme = 0
	PureEdDSA      Scheme = 1 // Ed25519 over the message itself; R‖S (RFC 8032)
	ECDSASecp256k1 Scheme = 2 // secp256k1; r‖s‖recovery id
	AntelopeK1     Scheme = 3 // secp256k1 as keosd signs; (31 + recovery id)‖r‖s, always canonical
	ECDSAP256      Scheme = 4 // P-256; r‖s‖recovery id
	// TaprootKey is BIP-340 by the key tweaked for a key-path spend of BIP-341, with
	// auxiliary randomness of 32 zero bytes. The key is the internal one. The message is a
	// digest of 32 bytes, followed by the 32 bytes of the script tree's root where there
	// is one, which makes the tweak and is not signed (see [PublicKey.Taproot]).
	TaprootKey Scheme = 5
	// SchnorrBCH is the Schnorr signature of Bitcoin Cash (2019-05-15-schnorr.md) of a
	// digest of 32 bytes. The nonce is that of RFC 6979 with "Schnorr+SHA256  " as
	// additional data (its section 3.6), as the nodes' wallets make it.
	SchnorrBCH Scheme = 6
	// ECDSASecp256k1AnyS is ECDSASecp256k1 without the rule for s, which stays as the
	// nonce makes it: about half are above half the group order. For Flow. Who has one
	// signature can make a second of it, so nothing may depend on its being the only one.
	ECDSASecp256k1AnyS Scheme = 7
	// EdDSABIP32 is Ed25519 over the message itself by an extended key: the nonce is made
	// of kR, as the paper has it. R‖S, and verified as PureEdDSA is.
	EdDSABIP32 Scheme = 8
)

// Sizes in bytes.
const (
	DigestSize      = 32 // what the ECDSA schemes sign
	RecoverableSize = 65 // an ECDSA signature with its recovery id
	compactSize     = 64 // r‖s, each 32 bytes big-endian
	maxMessage      = 64 << 20
)

// antelopeHeader is what Antelope adds to the recovery id: 27 as Bitcoin's
// message signatures do, and 4 for a compressed key.
const antelopeHeader = 27 + 4

// String is the name used in the journal.
func (s Scheme) String() string {
	switch s {
	case PureEdDSA:
		return "ed25519"
	case ECDSASecp256k1:
		return "ecdsa-secp256k1"
	case AntelopeK1:
		return "antelope-k1"
	case ECDSAP256:
		return "ecdsa-p256"
	case TaprootKey:
		return "bip340-taproot"
	case SchnorrBCH:
		return "schnorr-bch"
	case ECDSASecp256k1AnyS:
		return "ecdsa-secp256k1-any-s"
	case EdDSABIP32:
		return "ed25519-bip32"
	}
	return "none"
}

// Algorithm is the algorithm whose keys the scheme uses.
func (s Scheme) Algorithm() Algorithm {
	switch s {
	case PureEdDSA:
		return Ed25519
	case ECDSASecp256k1, AntelopeK1, TaprootKey, SchnorrBCH, ECDSASecp256k1AnyS:
		return Secp256k1
	case ECDSAP256:
		return P256
	case EdDSABIP32:
		return Ed25519BIP32
	}
	return NoAlgorithm
}

// Join encodes an ECDSA signature as the scheme has it, from r‖s of 64 bytes and
// the recovery id. It does not look at the numbers. Schemes without a recovery id,
// whose signatures are 64 bytes as they are, have nothing to join: fault.Invalid.
func (s Scheme) Join(rs []byte, recovery byte) ([]byte, error) {
	if len(rs) != compactSize || recovery > 3 {
		return nil, fault.Invalid.New("an ECDSA signature has %d bytes and a recovery id of at most 3", compactSize)
	}
	out := make([]byte, 0, RecoverableSize)
	switch s {
	case ECDSASecp256k1, ECDSASecp256k1AnyS, ECDSAP256:
		return append(append(out, rs...), recovery), nil
	case AntelopeK1:
		return append(append(out, antelopeHeader+recovery), rs...), nil
	}
	return nil, fault.Invalid.New("scheme %s does not sign with ECDSA", s)
}

// Split is the inverse of [Scheme.Join]. rs shares the memory of signature.
func (s Scheme) Split(signature []byte) (rs []byte, recovery byte, err error) {
	if len(signature) != RecoverableSize {
		return nil, 0, errSignature(s)
	}
	switch s {
	case ECDSASecp256k1, ECDSASecp256k1AnyS, ECDSAP256:
		rs, recovery = signature[:compactSize], signature[compactSize]
	case AntelopeK1:
		rs, recovery = signature[1:], signature[0]-antelopeHeader
	default:
		return nil, 0, errSignature(s)
	}
	if recovery > 3 {
		return nil, 0, errSignature(s)
	}
	return rs, recovery, nil
}

// Verify checks a signature under the scheme, recovery id and canonical form
// included. The message of the ECDSA schemes and of SchnorrBCH is the digest, that of
// TaprootKey the digest and the root. It fails closed: an unknown scheme or a key of
// another algorithm verifies nothing. Errors: fault.Invalid, fault.TooLarge.
func Verify(s Scheme, key PublicKey, message, signature []byte) error {
	if s.Algorithm() == NoAlgorithm || s.Algorithm() != key.algorithm {
		return fault.Invalid.New("scheme %s does not fit a key of algorithm %s", s, key.algorithm)
	}
	if len(message) > maxMessage {
		return fault.TooLarge.New("message of %d bytes", len(message))
	}
	ok := false
	switch s {
	case PureEdDSA, EdDSABIP32:
		ok = len(signature) == ed25519.SignatureSize && ed25519.Verify(key.bytes[:ed25519.PublicKeySize], message, signature)
	case TaprootKey:
		ok = verifyTaproot(key, message, signature)
	case SchnorrBCH:
		ok = verifyBCH(key, message, signature)
	case ECDSASecp256k1, AntelopeK1, ECDSASecp256k1AnyS: // recovering the key is a verification that heeds the recovery id
		actual, err := Recover(s, message, signature)
		ok = err == nil && actual == key
	case ECDSAP256:
		rs, recovery, err := s.Split(signature)
		if err != nil {
			return err
		}
		actual, err := RecoveryID(key, message, rs)
		ok = err == nil && actual == recovery
	}
	if !ok {
		return errSignature(s)
	}
	return nil
}

// Recover finds the public key that made an ECDSA signature of digest. That it
// finds one says nothing yet: compare it with the key that was expected. Errors:
// fault.Invalid, also for a scheme without recovery ids.
func Recover(s Scheme, digest, signature []byte) (PublicKey, error) {
	rs, recovery, err := s.Split(signature)
	if err != nil {
		return PublicKey{}, err
	}
	a := s.Algorithm()
	if len(digest) != DigestSize || !inRange(a, rs, s == ECDSASecp256k1AnyS) || s == AntelopeK1 && !(Canonical(rs[:32]) && Canonical(rs[32:])) {
		return PublicKey{}, errSignature(s)
	}
	var encoded []byte
	if a == Secp256k1 {
		encoded = recoverSecp256k1(digest, rs, recovery)
	} else {
		encoded = recoverP256(digest, rs, recovery)
	}
	if encoded == nil {
		return PublicKey{}, errSignature(s)
	}
	return NewPublicKey(a, encoded)
}

// RecoveryID verifies the ECDSA signature r‖s of digest by key and gives its
// recovery id, for signers that do not tell it. s must be at most half the order,
// also for a key that signs with [ECDSASecp256k1AnyS]: that scheme's signer tells it.
// Errors: fault.Invalid.
func RecoveryID(key PublicKey, digest, rs []byte) (byte, error) {
	a := key.algorithm
	if (a == Secp256k1 || a == P256) && len(digest) == DigestSize && len(rs) == compactSize && inRange(a, rs, false) {
		switch a {
		case Secp256k1:
			for id := range byte(4) {
				if encoded := recoverSecp256k1(digest, rs, id); bytes.Equal(encoded, key.bytes[:]) {
					return id, nil
				}
			}
		case P256:
			if id, ok := recoveryIDP256(key.bytes[:], digest, rs); ok {
				return id, nil
			}
		}
	}
	return 0, fault.Invalid.New("the signature does not belong to this key and digest")
}

// Canonical reports whether r or s, 32 bytes big-endian, has the only form that
// Antelope's nodes accept: as a signed number it is positive and fills its bytes.
func Canonical(number []byte) bool {
	return len(number) == 32 && number[0]&0x80 == 0 && (number[0] != 0 || number[1]&0x80 != 0)
}

// The group orders, big-endian (SEC 2, section 2.4.1; FIPS 186-5 and SP 800-186).
const (
	orderSecp256k1 = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xba\xae\xdc\xe6\xaf\x48\xa0\x3b\xbf\xd2\x5e\x8c\xd0\x36\x41\x41"
	orderP256      = "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51"

	halfSecp256k1 = "\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x5d\x57\x6e\x73\x57\xa4\x50\x1d\xdf\xe9\x2f\x46\x68\x1b\x20\xa0"
	halfP256      = "\x7f\xff\xff\xff\x80\x00\x00\x00\x7f\xff\xff\xff\xff\xff\xff\xff\xde\x73\x7d\x56\xd3\x8b\xcf\x42\x79\xdc\xe5\x61\x7e\x31\x92\xa8"
)

// Order is the number of points of a curve that signs with ECDSA, 32 bytes
// big-endian; the zero array for others.
func (a Algorithm) Order() (order [32]byte) {
	switch a {
	case Secp256k1:
		copy(order[:], orderSecp256k1)
	case P256:
		copy(order[:], orderP256)
	}
	return order
}

// inRange reports whether 0 < r < order and 0 < s <= order/2; with anyS, s < order.
func inRange(a Algorithm, rs []byte, anyS bool) bool {
	order, half := orderSecp256k1, halfSecp256k1
	if a == P256 {
		order, half = orderP256, halfP256
	}
	r, s := string(rs[:32]), string(rs[32:])
	const zero = "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	return r > zero && r < order && s > zero && (s <= half || anyS && s < order)
}

func errSignature(s Scheme) error {
	return fault.Invalid.New("verify %s: the signature does not belong to this key and message", s)
}
