package vault

import (
	"io"

	"strongroom/internal/curve"
	"strongroom/internal/gate/internal/vault/weierstrass"
)

// Trial signs with a key that is nobody's, by the same code that signs for wallets,
// so that its cost can be measured. Nothing can be put into it or taken out of it.
// It is safe for concurrent use.
type Trial struct {
	signer  *weierstrass.Signer
	private [weierstrass.ScalarSize]byte
}

// NewTrial draws a key of secp256k1 or P-256. rand is as for [Config].
func NewTrial(a curve.Algorithm, rand io.Reader) (*Trial, error) {
	t := &Trial{signer: weierstrass.New(rand)}
	if err := t.signer.Generate(a, t.private[:]); err != nil {
		return nil, err
	}
	return t, nil
}

// Sign signs a digest of 32 bytes. Errors: fault.Invalid, fault.Unsupported.
func (t *Trial) Sign(scheme curve.Scheme, digest []byte) ([]byte, error) {
	return t.signer.Sign(scheme, t.private[:], digest)
}
