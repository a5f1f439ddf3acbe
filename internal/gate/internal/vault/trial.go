package vault

import (
	"io"

	"strongroom/internal/curve"
	"strongroom/internal/gate/internal/vault/edwards"
	"strongroom/internal/gate/internal/vault/weierstrass"
)

// Trial signs with a key that is nobody's, by the same code that signs for wallets,
// so that its cost can be measured. Nothing can be put into it or taken out of it.
// It is safe for concurrent use.
type Trial struct {
	signer   *weierstrass.Signer
	extended *edwards.Signer
	private  []byte
}

// NewTrial draws a key of secp256k1, P-256 or Ed25519BIP32. rand is as for [Config].
// Errors: fault.Unsupported.
func NewTrial(a curve.Algorithm, rand io.Reader) (*Trial, error) {
	t := &Trial{signer: weierstrass.New(rand), extended: edwards.New(rand), private: make([]byte, privateSize(a))}
	var err error
	switch a {
	case curve.Secp256k1, curve.P256:
		err = t.signer.Generate(a, t.private)
	case curve.Ed25519BIP32:
		err = t.extended.Generate(t.private)
	default:
		err = errNoKeys(a)
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// Sign signs a message as the scheme has it, which is a digest of 32 bytes for all
// but EdDSABIP32. Errors: fault.Invalid, fault.Unsupported.
func (t *Trial) Sign(scheme curve.Scheme, message []byte) ([]byte, error) {
	if scheme == curve.EdDSABIP32 {
		return t.extended.Sign(t.private, message)
	}
	return t.signer.Sign(scheme, t.private, message)
}
