package vault

import (
	"encoding/binary"
	"io"

	"golang.org/x/crypto/chacha20poly1305"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

// Label is everything about a sealed record that is not secret. It is bound into
// the seal: a record opens only under the label that it was sealed with.
type Label struct {
	Record    [16]byte // the record's own random id
	Kind      uint8    // what the secret is; the numbers are the caller's (store.RecordKind)
	Algorithm uint8    // curve.Algorithm, 0 where it does not apply
	Usage     uint8    // tells apart uses of one key pair where a protocol does
	Public    []byte   // public key or address, at most 64 KiB; may be empty
}

// Format of a sealed record: one version byte, the random half of the nonce, the
// ciphertext with its tag.
//
// The nonce of XChaCha20-Poly1305 is the record's id, 16 bytes, and 8 random ones.
// XChaCha20 begins with a key of its own for the first 16 bytes of a nonce,
// HChaCha20(data key, record id), so each record has a key of its own, and sealing
// a record again changes the rest.
const (
	recordVersion  = 1
	randomSize     = chacha20poly1305.NonceSizeX - 16
	recordOverhead = 1 + randomSize + chacha20poly1305.Overhead
	maxSecret      = 1 << 20 // no record holds more than this
	recordDomain   = "strongroom record v1"

	associatedRoom = 128 // bytes: enough for the associated data of a key of 32 bytes
)

// associated is the data that the seal of a record covers besides the secret:
// domain, version, store, wallet, record, kind, algorithm, usage, and the public part.
// Every part but the last has a fixed length, so the encoding is unambiguous.
func (v *Vault) associated(dst []byte, wallet [16]byte, l Label) []byte {
	dst = append(dst, recordDomain...)
	dst = append(dst, recordVersion)
	dst = append(dst, v.cfg.Store[:]...)
	dst = append(dst, wallet[:]...)
	dst = append(dst, l.Record[:]...)
	dst = append(dst, l.Kind, l.Algorithm, l.Usage)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(l.Public)))
	return append(dst, l.Public...)
}

// sealRecord encrypts plain under its label. The caller holds k.mu and wipes plain.
func (v *Vault) sealRecord(k *dataKey, l Label, plain []byte) ([]byte, error) {
	if len(plain) > maxSecret || len(l.Public) > 1<<16 {
		return nil, fault.TooLarge.New("a record of %d bytes is too large", len(plain))
	}
	out := make([]byte, 1+randomSize, recordOverhead+len(plain))
	out[0] = recordVersion
	if _, err := io.ReadFull(v.cfg.Rand, out[1:]); err != nil {
		return nil, fault.Internal.Wrap(err, "no random bytes")
	}
	bound := v.associated(make([]byte, 0, associatedRoom), k.wallet, l)
	var failed error
	secret.Do(func() {
		aead, err := chacha20poly1305.NewX(k.buffer.Bytes()[:dataKeySize])
		if err != nil {
			failed = err
			return
		}
		nonce := l.nonce(out[1:])
		out = aead.Seal(out, nonce[:], plain, bound)
	})
	if failed != nil {
		return nil, fault.Internal.Wrap(failed, "seal a record")
	}
	return out, nil
}

// openRecord decrypts a record, appending to dst, which must have the room: the
// secret may not be moved by a growing slice. The caller holds k.mu.
func (v *Vault) openRecord(dst []byte, k *dataKey, l Label, sealed []byte) ([]byte, error) {
	if len(sealed) < recordOverhead || len(sealed) > recordOverhead+maxSecret || cap(dst)-len(dst) < len(sealed)-recordOverhead {
		return nil, errDamaged()
	}
	if sealed[0] != recordVersion {
		return nil, fault.Unsupported.New("the record has format version %d; this program knows version %d", sealed[0], recordVersion)
	}
	bound := v.associated(make([]byte, 0, associatedRoom), k.wallet, l)
	var out []byte
	secret.Do(func() {
		aead, err := chacha20poly1305.NewX(k.buffer.Bytes()[:dataKeySize])
		if err != nil {
			return
		}
		random, box := sealed[1:1+randomSize], sealed[1+randomSize:]
		nonce := l.nonce(random)
		if opened, err := aead.Open(dst, nonce[:], box, bound); err == nil {
			out = opened
		}
	})
	if out == nil {
		return nil, errDamaged()
	}
	return out, nil
}

// nonce is the record's id and the random half.
func (l *Label) nonce(random []byte) (n [chacha20poly1305.NonceSizeX]byte) {
	copy(n[:], l.Record[:])
	copy(n[len(l.Record):], random)
	return n
}

// SealData seals bytes that are no key (an account's preimage) so that nobody
// without the data key can change them unseen.
func (v *Vault) SealData(ref Ref, l Label, data []byte) ([]byte, error) {
	var sealed []byte
	err := v.with(ref, func(k *dataKey) (err error) {
		sealed, err = v.sealRecord(k, l, data)
		return err
	})
	return sealed, err
}

// OpenData is the inverse of [Vault.SealData].
func (v *Vault) OpenData(ref Ref, l Label, sealed []byte) ([]byte, error) {
	out := make([]byte, 0, max(len(sealed), recordOverhead)-recordOverhead+1)
	err := v.with(ref, func(k *dataKey) (err error) {
		out, err = v.openRecord(out, k, l, sealed)
		return err
	})
	return out, err
}

// with runs f while the data key of ref can not be wiped.
func (v *Vault) with(ref Ref, f func(k *dataKey) error) error {
	k, err := v.key(ref)
	if err != nil {
		return err
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.buffer == nil {
		return errLocked()
	}
	return f(k)
}

func errDamaged() error {
	return fault.Corrupt.New("a sealed record is damaged or does not belong where it stands")
}
