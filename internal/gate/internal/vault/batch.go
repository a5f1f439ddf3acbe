package vault

import (
	"io"

	"golang.org/x/crypto/chacha20poly1305"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// SealedSize is the length of a sealed record of n bytes.
func SealedSize(n int) int { return recordOverhead + n }

// SealMany is [Vault.SealData] for many secrets of equal length, which stand one
// after the other in plain. The results come to stand so in sealed, which has
// [SealedSize] bytes for each. What erasing costs is paid once, so it takes a
// fraction of the time.
func (v *Vault) SealMany(ref Ref, labels []Label, plain, sealed []byte) error {
	if len(labels) == 0 {
		return nil
	}
	size := len(plain) / len(labels)
	stride := SealedSize(size)
	if size*len(labels) != len(plain) || size > maxSecret || len(sealed) != len(labels)*stride {
		return fault.Internal.New("%d bytes are sealed as %d secrets into %d bytes", len(plain), len(labels), len(sealed))
	}
	random := make([]byte, len(labels)*randomSize)
	if _, err := io.ReadFull(v.cfg.Rand, random); err != nil {
		return fault.Internal.Wrap(err, "no random bytes")
	}
	nonce, bound := make([]byte, chacha20poly1305.NonceSizeX), make([]byte, 0, associatedRoom)
	return v.with(ref, func(k *dataKey) (failed error) {
		secret.Do(func() {
			aead, err := chacha20poly1305.NewX(k.buffer.Bytes()[:dataKeySize])
			if err != nil {
				failed = fault.Internal.Wrap(err, "seal records")
				return
			}
			for i, l := range labels {
				out := sealed[i*stride : (i+1)*stride]
				out[0] = recordVersion
				copy(out[1:], random[i*randomSize:(i+1)*randomSize])
				copy(nonce[copy(nonce, l.Record[:]):], out[1:])
				aead.Seal(out[:1+randomSize], nonce, plain[i*size:(i+1)*size], v.associated(bound, k.wallet, l))
			}
		})
		return failed
	})
}

// OpenMany opens what was sealed, secrets of equal length, into dst, one after the
// other. Errors: fault.Corrupt, fault.Locked; dst then holds nothing of use.
func (v *Vault) OpenMany(ref Ref, labels []Label, sealed [][]byte, dst []byte) error {
	if len(labels) == 0 {
		return nil
	}
	size := len(dst) / len(labels)
	if size*len(labels) != len(dst) || len(sealed) != len(labels) {
		return fault.Internal.New("%d records are opened into %d bytes", len(labels), len(dst))
	}
	nonce, bound := make([]byte, chacha20poly1305.NonceSizeX), make([]byte, 0, associatedRoom)
	return v.with(ref, func(k *dataKey) (failed error) {
		secret.Do(func() {
			aead, err := chacha20poly1305.NewX(k.buffer.Bytes()[:dataKeySize])
			if err != nil {
				failed = fault.Internal.Wrap(err, "open records")
				return
			}
			for i, l := range labels {
				s := sealed[i]
				if len(s) != SealedSize(size) || s[0] != recordVersion {
					failed = errDamaged()
					return
				}
				copy(nonce[copy(nonce, l.Record[:]):], s[1:])
				if _, err := aead.Open(dst[i*size:i*size:(i+1)*size], nonce, s[1+randomSize:], v.associated(bound, k.wallet, l)); err != nil {
					failed = errDamaged()
					return
				}
			}
		})
		return failed
	})
}
