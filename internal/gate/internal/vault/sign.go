package vault

import (
	"crypto/ed25519"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/vault/edwards"
	"strongroom/internal/gate/internal/vault/weierstrass"
	"strongroom/internal/secret"
)

// scratchSize holds an Ed25519 private key as crypto/ed25519 wants it, seed, then
// public key; and the longest of the others, an extended key.
const scratchSize = max(ed25519.PrivateKeySize, edwards.PrivateSize, weierstrass.ScalarSize)

// Sign makes one signature. The label names the key; the scheme must fit its
// algorithm. This is the only place of the product that uses a private key to sign.
func (v *Vault) Sign(ref Ref, l Label, sealed []byte, scheme curve.Scheme, message []byte) ([]byte, error) {
	if scheme.Algorithm() == curve.NoAlgorithm || uint8(scheme.Algorithm()) != l.Algorithm {
		return nil, fault.Invalid.New("scheme %s does not fit a key of algorithm %s", scheme, curve.Algorithm(l.Algorithm))
	}
	switch scheme {
	case curve.PureEdDSA:
		return v.signEd25519(ref, l, sealed, message)
	case curve.ECDSASecp256k1, curve.AntelopeK1, curve.ECDSAP256, curve.TaprootKey, curve.SchnorrBCH, curve.ECDSASecp256k1AnyS:
		return v.signOpened(ref, l, sealed, func(private []byte) ([]byte, error) {
			if weierstrass.CheckScalar(scheme.Algorithm(), private) != nil {
				return nil, errDamaged()
			}
			return v.signer.Sign(scheme, private, message)
		})
	case curve.EdDSABIP32:
		return v.signOpened(ref, l, sealed, func(private []byte) ([]byte, error) {
			if edwards.Check(private) != nil {
				return nil, errDamaged()
			}
			return v.extended.Sign(private, message)
		})
	}
	return nil, fault.Unsupported.New("unknown signature scheme %d", scheme)
}

// signEd25519 opens the seed into scratch, signs, and wipes the scratch before the
// signature leaves. The scratch is on Go's heap because crypto/ed25519 tracks the
// key by a weak pointer, which memory outside the heap does not allow; its page is locked.
func (v *Vault) signEd25519(ref Ref, l Label, sealed, message []byte) ([]byte, error) {
	signature := make([]byte, ed25519.SignatureSize)
	err := v.with(ref, func(k *dataKey) error {
		scratch := <-v.scratch // only with the key in hand: after Close there is none
		defer func() {
			scratch.Wipe()
			v.scratch <- scratch
		}()
		private := scratch.Bytes()[:ed25519.PrivateKeySize]
		opened, err := v.openRecord(private[:0:SeedSize], k, l, sealed)
		if err != nil {
			return err
		}
		if len(opened) != SeedSize || copy(private[SeedSize:], l.Public) != ed25519.PublicKeySize {
			return errDamaged()
		}
		secret.Do(func() { copy(signature, ed25519.Sign(private, message)) })
		return nil
	})
	if err != nil {
		return nil, err
	}
	// Only the first signature after Tidy stores: a shared cache line written by
	// every signature would cost more than the flag is worth.
	if !v.unclean.Load() {
		v.unclean.Store(true)
	}
	return signature, nil
}

// signOpened opens the private key into scratch, lends it to sign, and wipes the
// scratch before the signature leaves. Libraries keep nothing that Tidy could
// displace: see weierstrass and edwards.
func (v *Vault) signOpened(ref Ref, l Label, sealed []byte, sign func(private []byte) ([]byte, error)) ([]byte, error) {
	var signature []byte
	err := v.with(ref, func(k *dataKey) error {
		scratch := <-v.scratch
		defer func() {
			scratch.Wipe()
			v.scratch <- scratch
		}()
		private, err := v.openRecord(scratch.Bytes()[:0:scratchSize], k, l, sealed)
		if err != nil {
			return err
		}
		signature, err = sign(private)
		return err
	})
	return signature, err
}

// Unclean reports whether something was signed since the last [Vault.Tidy].
func (v *Vault) Unclean() bool { return v.unclean.Load() }

// Tidy displaces what crypto/ed25519 remembers of the last keys: it signs once
// with a meaningless key in each scratch. The remains are then garbage, which
// the runtime erases if it was built to (see the package comment).
func (v *Vault) Tidy() {
	v.tidying.Lock() // two that each took half of the scratch would wait for ever
	defer v.tidying.Unlock()
	v.unclean.Store(false)
	held := make([]*secret.Scratch, 0, cap(v.scratch))
	for range cap(v.scratch) {
		held = append(held, <-v.scratch)
	}
	for _, s := range held {
		private := s.Bytes()[:ed25519.PrivateKeySize]
		copy(private, "this key protects nothing; it only takes the place of one before")
		_ = ed25519.Sign(private, nil)
		s.Wipe()
		v.scratch <- s
	}
}
