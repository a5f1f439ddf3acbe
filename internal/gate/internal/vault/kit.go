package vault

import (
	"io"

	"strongroom/internal/curve"
	"strongroom/internal/gate/internal/vault/edwards"
	"strongroom/internal/gate/internal/vault/weierstrass"
	"strongroom/internal/hd"
	"strongroom/internal/secret"
)

// Kit computes public keys of secrets that belong to no wallet: words or a key that
// somebody holds in hand and wants to see the addresses of. It keeps nothing and can
// not sign.
type Kit struct{ vault Vault }

// NewKit makes a kit. rand must be as good as crypto/rand.Reader.
func NewKit(rand io.Reader) *Kit {
	return &Kit{Vault{signer: weierstrass.New(rand), extended: edwards.New(rand)}}
}

// Point is the public key of a private one, in the form that [Vault.ImportKey] takes.
func (k *Kit) Point(a curve.Algorithm, private []byte) (curve.PublicKey, error) {
	return k.vault.publicKey(a, private)
}

// PublicKey is [Kit.Point] for a typed secret.
func (k *Kit) PublicKey(a curve.Algorithm, private secret.Bytes) (curve.PublicKey, error) {
	return k.Point(a, private.Expose())
}

// Child is the public key at the end of a path, see [hd.Derive].
func (k *Kit) Child(a curve.Algorithm, words, passphrase secret.Bytes, path hd.Path) (curve.PublicKey, error) {
	private := secret.New(make([]byte, 2*SeedSize))
	defer private.Wipe()
	n, err := hd.Derive(private.Expose(), a, words, passphrase, path, k.Point)
	if err != nil {
		return curve.PublicKey{}, err
	}
	return k.Point(a, private.Expose()[:n])
}

// Extended is the extended public key at the end of a path, see [hd.Extended].
func (k *Kit) Extended(a curve.Algorithm, words, passphrase secret.Bytes, path hd.Path) (hd.ExtendedPublic, error) {
	return hd.Extended(a, words, passphrase, path, k.Point)
}
