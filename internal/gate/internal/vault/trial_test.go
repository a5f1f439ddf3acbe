package vault

import (
	"crypto/rand"
	"crypto/sha256"
	"testing"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// TestTrial: what is measured are signatures, and each trial has a key of its own.
func TestTrial(t *testing.T) {
	digest := sha256.Sum256([]byte("trial"))
	seen := map[string]bool{}
	for range 3 {
		trial, err := NewTrial(curve.Secp256k1, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		public, err := trial.signer.PublicKey(curve.Secp256k1, trial.private)
		if err != nil {
			t.Fatal(err)
		}
		for _, scheme := range []curve.Scheme{curve.AntelopeK1, curve.ECDSASecp256k1, curve.ECDSASecp256k1AnyS, curve.TaprootKey, curve.SchnorrBCH} {
			signature, err := trial.Sign(scheme, digest[:])
			if err == nil {
				err = curve.Verify(scheme, public, digest[:], signature)
			}
			if err != nil {
				t.Errorf("%s: %x, %v", scheme, signature, err)
			}
			if seen[scheme.String()+string(signature)] {
				t.Error("two trials have the same key")
			}
			seen[scheme.String()+string(signature)] = true
		}
		if _, err := trial.Sign(curve.PureEdDSA, digest[:]); !fault.Is(err, fault.Unsupported) {
			t.Errorf("another algorithm's scheme: %v", err)
		}
	}
	trial, err := NewTrial(curve.Ed25519BIP32, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := trial.extended.PublicKey(trial.private)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := trial.Sign(curve.EdDSABIP32, digest[:])
	if err == nil {
		err = curve.Verify(curve.EdDSABIP32, public, digest[:], signature)
	}
	if err != nil {
		t.Errorf("extended: %x, %v", signature, err)
	}
	if _, err := trial.Sign(curve.TaprootKey, digest[:]); !fault.Is(err, fault.Invalid) {
		t.Errorf("a scheme of another algorithm with an extended key: %v", err)
	}
	if _, err := NewTrial(curve.Ed25519, rand.Reader); !fault.Is(err, fault.Unsupported) {
		t.Errorf("a key of Ed25519: %v", err)
	}
}
