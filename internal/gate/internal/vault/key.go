package vault

import (
	"bytes"
	"crypto/ed25519"
	"crypto/subtle"
	"io"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/vault/edwards"
	"strongroom/internal/gate/internal/vault/weierstrass"
	"strongroom/internal/hd"
	"strongroom/internal/secret"
)

// SeedSize is the length in bytes of a seed: an Ed25519 private key (RFC 8032)
// and a kmd master derivation key alike.
const SeedSize = 32

// privateSize is the length in bytes of a private key, 0 where there are no keys of
// the algorithm.
func privateSize(a curve.Algorithm) int {
	switch a {
	case curve.Ed25519:
		return SeedSize
	case curve.Secp256k1, curve.P256:
		return weierstrass.ScalarSize
	case curve.Ed25519BIP32:
		return edwards.PrivateSize
	}
	return 0
}

// Derivation is a way to draw keys from a seed. The zero value is none.
type Derivation uint8

// KmdDerivation is the one of Algorand's kmd: numbered Ed25519 keys, the first is 1.
const KmdDerivation Derivation = 1

// Sealed is a private key as it is kept: its public key and the sealed record.
type Sealed struct {
	Public curve.PublicKey
	Sealed []byte
}

// ImportSeed seals a seed; an empty or all-zero one is replaced by a random one.
func (v *Vault) ImportSeed(ref Ref, l Label, seed secret.Bytes) ([]byte, error) {
	buffer, err := v.cfg.Arena.Alloc(SeedSize)
	if err != nil {
		return nil, err
	}
	defer buffer.Release()
	switch seed.Len() {
	case 0:
	case SeedSize:
		copy(buffer.Bytes(), seed.Expose())
	default:
		return nil, fault.Invalid.New("a seed must have %d bytes, not %d", SeedSize, seed.Len())
	}
	if subtle.ConstantTimeCompare(buffer.Bytes(), make([]byte, SeedSize)) == 1 {
		if _, err := io.ReadFull(v.cfg.Rand, buffer.Bytes()); err != nil {
			return nil, fault.Internal.Wrap(err, "no random bytes")
		}
	}
	var sealed []byte
	err = v.with(ref, func(k *dataKey) (err error) {
		sealed, err = v.sealRecord(k, l, buffer.Bytes())
		return err
	})
	return sealed, err
}

// Derive draws key number index from a sealed seed and seals it. The label of the
// new key needs no public part yet: it is the key's own.
func (v *Vault) Derive(ref Ref, seedLabel Label, sealedSeed []byte, how Derivation, index uint64, keyLabel Label) (Sealed, error) {
	if how != KmdDerivation {
		return Sealed{}, fault.Unsupported.New("unknown key derivation %d", how)
	}
	buffer, err := v.cfg.Arena.Alloc(2 * SeedSize)
	if err != nil {
		return Sealed{}, err
	}
	defer buffer.Release()
	seed, key := buffer.Bytes()[:SeedSize], buffer.Bytes()[SeedSize:]
	var out Sealed
	err = v.with(ref, func(k *dataKey) error {
		if _, err := v.openRecord(seed[:0:SeedSize], k, seedLabel, sealedSeed); err != nil {
			return err
		}
		if err := hd.KmdSeed(key, seed, index); err != nil {
			return err
		}
		out, err = v.sealKey(k, keyLabel, curve.Ed25519, key)
		return err
	})
	return out, err
}

// GenerateKey draws a random key and seals it.
func (v *Vault) GenerateKey(ref Ref, l Label, algorithm curve.Algorithm) (Sealed, error) {
	size := privateSize(algorithm)
	if size == 0 {
		return Sealed{}, errNoKeys(algorithm)
	}
	buffer, err := v.cfg.Arena.Alloc(size)
	if err != nil {
		return Sealed{}, err
	}
	defer buffer.Release()
	if err := v.generate(algorithm, buffer.Bytes()); err != nil {
		return Sealed{}, err
	}
	var out Sealed
	err = v.with(ref, func(k *dataKey) (err error) {
		out, err = v.sealKey(k, l, algorithm, buffer.Bytes())
		return err
	})
	return out, err
}

// generate fills private, of the right length, with a new random key.
func (v *Vault) generate(algorithm curve.Algorithm, private []byte) error {
	switch algorithm {
	case curve.Ed25519:
		if _, err := io.ReadFull(v.cfg.Rand, private); err != nil {
			return fault.Internal.Wrap(err, "no random bytes")
		}
		return nil
	case curve.Ed25519BIP32:
		return v.extended.Generate(private)
	}
	return v.signer.Generate(algorithm, private)
}

// ImportKey seals a private key that comes from outside and computes its public
// key. Ed25519: the 32 byte seed. secp256k1 and P-256: the scalar, 32 bytes
// big-endian; one that is zero or not below the group order is refused.
// Ed25519BIP32: kL‖kR, 64 bytes without chain code; what is no such key is refused
// (see package edwards).
func (v *Vault) ImportKey(ref Ref, l Label, algorithm curve.Algorithm, private secret.Bytes) (Sealed, error) {
	var out Sealed
	err := v.with(ref, func(k *dataKey) (err error) {
		out, err = v.sealKey(k, l, algorithm, private.Expose())
		return err
	})
	return out, err
}

// sealKey computes the public key and seals the private one under a label that names it.
func (v *Vault) sealKey(k *dataKey, l Label, algorithm curve.Algorithm, private []byte) (Sealed, error) {
	public, err := v.publicKey(algorithm, private)
	if err != nil {
		return Sealed{}, err
	}
	l.Algorithm, l.Public = uint8(algorithm), public.Bytes()
	sealed, err := v.sealRecord(k, l, private)
	return Sealed{Public: public, Sealed: sealed}, err
}

// publicKey computes the public key of a private one.
func (v *Vault) publicKey(algorithm curve.Algorithm, private []byte) (curve.PublicKey, error) {
	switch algorithm {
	case curve.Ed25519:
		if len(private) != SeedSize {
			return curve.PublicKey{}, fault.Invalid.New("an Ed25519 private key must have %d bytes, not %d", SeedSize, len(private))
		}
		var encoded [32]byte
		secret.Do(func() {
			full := ed25519.NewKeyFromSeed(private)
			copy(encoded[:], full[SeedSize:])
			clear(full)
		})
		return curve.NewPublicKey(curve.Ed25519, encoded[:])
	case curve.Secp256k1, curve.P256:
		return v.signer.PublicKey(algorithm, private)
	case curve.Ed25519BIP32:
		return v.extended.PublicKey(private)
	}
	return curve.PublicKey{}, errNoKeys(algorithm)
}

// Export gives a sealed secret in the clear: a private key in the form that
// [Vault.ImportKey] takes, or a seed. The caller wipes it.
func (v *Vault) Export(ref Ref, l Label, sealed []byte) (secret.Bytes, error) {
	out := secret.New(make([]byte, max(len(sealed), recordOverhead)-recordOverhead))
	err := v.with(ref, func(k *dataKey) error {
		_, err := v.openRecord(out.Expose()[:0:out.Len()], k, l, sealed)
		return err
	})
	if err != nil {
		out.Wipe()
		return secret.Bytes{}, err
	}
	return out, nil
}

// ExportInto is [Vault.Export] into memory of the caller's, of exactly the length
// of the secret.
func (v *Vault) ExportInto(ref Ref, l Label, sealed, dst []byte) error {
	if len(sealed) != recordOverhead+len(dst) {
		return errDamaged()
	}
	return v.with(ref, func(k *dataKey) error {
		_, err := v.openRecord(dst[:0:len(dst)], k, l, sealed)
		return err
	})
}

// CheckKey tells whether a sealed private key belongs to the public key in its
// label: for keys that come from files which do not prove it. Errors: fault.Corrupt.
func (v *Vault) CheckKey(ref Ref, l Label, sealed []byte) error {
	size := privateSize(curve.Algorithm(l.Algorithm))
	if size == 0 {
		return errDamaged()
	}
	buffer, err := v.cfg.Arena.Alloc(size)
	if err != nil {
		return err
	}
	defer buffer.Release()
	if err := v.ExportInto(ref, l, sealed, buffer.Bytes()); err != nil {
		return err
	}
	public, err := v.publicKey(curve.Algorithm(l.Algorithm), buffer.Bytes())
	if err != nil || !bytes.Equal(public.Bytes(), l.Public) {
		return fault.Corrupt.New("a private key does not belong to its public key")
	}
	return nil
}

func errNoKeys(a curve.Algorithm) error {
	return fault.Unsupported.New("there are no keys of algorithm %s", a)
}
