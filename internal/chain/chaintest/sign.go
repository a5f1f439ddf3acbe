package chaintest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"testing"

	"filippo.io/edwards25519"
	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/txscript"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
)

// PublicKey is the public key of a private one, computed by other code than the
// vault's. private is what the vault would import.
func PublicKey(t testing.TB, a curve.Algorithm, private []byte) curve.PublicKey {
	t.Helper()
	var encoded []byte
	switch a {
	case curve.Ed25519:
		encoded = ed25519.NewKeyFromSeed(private)[32:]
	case curve.Secp256k1:
		encoded = secp256k1.PrivKeyFromBytes(private).PubKey().SerializeCompressed()
	case curve.Ed25519BIP32:
		encoded = new(edwards25519.Point).ScalarBaseMult(wideScalar(t, private[:32])).Bytes()
	default:
		t.Fatalf("no public keys of algorithm %s here", a)
	}
	key, err := curve.NewPublicKey(a, encoded)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Sign makes the signature of a task by other code than the vault's, so that the
// two check each other. It is deterministic, like the vault.
func Sign(t testing.TB, task chain.Task, private []byte) []byte {
	t.Helper()
	switch task.Scheme {
	case curve.PureEdDSA:
		return ed25519.Sign(ed25519.NewKeyFromSeed(private), task.Message)
	case curve.EdDSABIP32:
		return signExtended(t, private, task.Message)
	}
	key := secp256k1.PrivKeyFromBytes(private)
	switch task.Scheme {
	case curve.ECDSASecp256k1:
		s := ecdsa.SignCompact(key, task.Message, true)
		return append(s[1:], s[0]-31)
	case curve.ECDSASecp256k1AnyS:
		return signAnyS(key, task.Message)
	case curve.SchnorrBCH:
		return signSchnorrBCH(key, task.Message)
	case curve.TaprootKey:
		mine, _ := btcec.PrivKeyFromBytes(private)
		var aux [32]byte
		tweaked := txscript.TweakTaprootPrivKey(*mine, task.Message[32:])
		s, err := schnorr.Sign(tweaked, task.Message[:32], schnorr.CustomNonce(aux))
		if err != nil {
			t.Fatal(err)
		}
		return s.Serialize()
	}
	t.Fatalf("no signatures of scheme %s here", task.Scheme)
	return nil
}

// SignAll makes the signature of every task with the private key that fits it.
func SignAll(t testing.TB, in *chain.Intent, private ...[]byte) [][]byte {
	t.Helper()
	signatures := make([][]byte, len(in.Tasks))
	for i, task := range in.Tasks {
		for _, p := range private {
			if PublicKey(t, task.Key.Algorithm(), p) == task.Key {
				signatures[i] = Sign(t, task, p)
			}
		}
		if signatures[i] == nil {
			t.Fatalf("task %d wants the key %s, which is not among those given", i, task.Key)
		}
	}
	return signatures
}

// signAnyS is ECDSA with the nonce of RFC 6979 and s as it falls.
func signAnyS(key *secp256k1.PrivateKey, digest []byte) []byte {
	var e secp256k1.ModNScalar
	e.SetByteSlice(digest)
	k, r, recovery := nonce(key, digest, nil)
	s := new(secp256k1.ModNScalar).Mul2(r, &key.Key).Add(&e)
	s.Mul(k.InverseNonConst())
	return append(join(r, s), recovery)
}

// signSchnorrBCH follows 2019-05-15-schnorr.md of Bitcoin Cash.
func signSchnorrBCH(key *secp256k1.PrivateKey, digest []byte) []byte {
	k, _, _ := nonce(key, digest, []byte("Schnorr+SHA256  "))
	var point secp256k1.JacobianPoint
	secp256k1.ScalarBaseMultNonConst(k, &point)
	point.ToAffine()
	var root secp256k1.FieldVal
	if !root.SquareRootVal(&point.Y) {
		k.Negate()
	}
	x := *point.X.Bytes()
	h := sha256.New()
	h.Write(x[:])
	h.Write(key.PubKey().SerializeCompressed())
	h.Write(digest)
	var e secp256k1.ModNScalar
	e.SetByteSlice(h.Sum(nil))
	s := e.Mul(&key.Key).Add(k).Bytes()
	return append(x[:], s[:]...)
}

// nonce is that of RFC 6979 and its r.
func nonce(key *secp256k1.PrivateKey, digest, extra []byte) (k, r *secp256k1.ModNScalar, recovery byte) {
	d := key.Key.Bytes()
	k = rfc6979(d[:], digest, extra)
	var point secp256k1.JacobianPoint
	secp256k1.ScalarBaseMultNonConst(k, &point)
	point.ToAffine()
	r = new(secp256k1.ModNScalar)
	recovery = byte(point.Y.IsOddBit())
	if r.SetBytes(point.X.Bytes()) != 0 {
		recovery |= 2
	}
	return k, r, recovery
}

// rfc6979 is the first nonce of RFC 6979 with SHA-256, section 3.2 and, for extra
// data of any length, 3.6. digest is taken to be below the group order.
func rfc6979(private, digest, extra []byte) *secp256k1.ModNScalar {
	mac := func(key []byte, parts ...[]byte) []byte {
		h := hmac.New(sha256.New, key)
		for _, p := range parts {
			h.Write(p)
		}
		return h.Sum(nil)
	}
	key, value := make([]byte, 32), bytes.Repeat([]byte{1}, 32)
	for _, round := range []byte{0, 1} {
		key = mac(key, value, []byte{round}, private, digest, extra)
		value = mac(key, value)
	}
	k := new(secp256k1.ModNScalar)
	k.SetByteSlice(mac(key, value))
	return k
}

func join(r, s *secp256k1.ModNScalar) []byte {
	a, b := r.Bytes(), s.Bytes()
	return append(a[:], b[:]...)
}

// signExtended is Ed25519 with the scalar kL and a nonce from kR.
func signExtended(t testing.TB, private, message []byte) []byte {
	k := wideScalar(t, private[:32])
	public := new(edwards25519.Point).ScalarBaseMult(k).Bytes()
	r := hashScalar(t, private[32:64], message)
	first := new(edwards25519.Point).ScalarBaseMult(r).Bytes()
	h := hashScalar(t, first, public, message)
	return append(first, edwards25519.NewScalar().MultiplyAdd(h, k, r).Bytes()...)
}

func hashScalar(t testing.TB, parts ...[]byte) *edwards25519.Scalar {
	h := sha512.New()
	for _, p := range parts {
		h.Write(p)
	}
	s, err := edwards25519.NewScalar().SetUniformBytes(h.Sum(nil))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// wideScalar reduces a number of 32 bytes, little-endian, modulo the group order.
func wideScalar(t testing.TB, number []byte) *edwards25519.Scalar {
	var wide [64]byte
	copy(wide[:], number)
	s, err := edwards25519.NewScalar().SetUniformBytes(wide[:])
	if err != nil {
		t.Fatal(err)
	}
	return s
}
