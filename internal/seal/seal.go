// Package seal makes and opens keyslots: sealed copies of a wallet's 32-byte data
// key, each under one secret that a person or a machine holds, as in LUKS. A
// password change rewrites one slot and touches no key.
//
// # Construction
//
// A password slot is Argon2id (RFC 9106) over the password and a random salt,
// giving the key under which XChaCha20-Poly1305 seals the data key. Everything
// else in the slot and the [Binding] (store, wallet, slot number) is associated
// data: a slot cannot be edited, nor moved to another place, wallet or store.
// The format is in slot.go.
//
// # Bounds
//
// The derivation parameters stand in the slot, where somebody with access to the
// store could plant others. [Limits] bound them both ways and are checked before
// anything is derived: weak parameters would make guessing cheap, huge ones would
// stop the daemon. An existing slot may cost little more than what is configured for
// new ones, see [Limits.opening]. [Production] is for every daemon; the cheap profile of
// seal/sealtest is for tests, and Production refuses it.
//
// # What stays in memory
//
// Keys derived here are wiped before the call returns. Argon2's work area and
// the cipher's copy of its key are ordinary heap of the libraries; they are
// allocated inside [secret.Do], so a build that erases (see [secret.Erasing])
// clears them when they are collected. The goroutines that Argon2 starts, one per
// lane and step, are outside Do: their stacks hold single blocks of the work area.
//
// A derivation takes the profile's memory and most of a second. The caller
// bounds how many run at once.
//
// gate/internal/wallet uses this package and the daemon's wiring configures it;
// nobody else imports it. Only tests import seal/sealtest.
package seal

import (
	"io"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"

	"strongroom/internal/fault"
	"strongroom/internal/secret"
)

const (
	// KeySize is the length of a data key in bytes.
	KeySize = 32
	// MaxPassword is the length of the longest password in bytes: what fits a
	// request body, and far more than Argon2 gains from.
	MaxPassword = 4 << 20
)

// Binding is the place a slot belongs to. It is authenticated, not stored.
type Binding struct {
	Store  [16]byte // the store's own identity
	Wallet [16]byte // the wallet's id
	Slot   uint32   // the slot's number in the wallet
}

// Config is what a [Sealer] needs. All fields are required.
type Config struct {
	Profile Profile   // cost of new slots
	Limits  Limits    // what is accepted: of Profile, and of existing slots unless Profile is far below
	Rand    io.Reader // source of salts and nonces: crypto/rand.Reader
}

// Sealer makes and opens keyslots. It may be used concurrently as far as its Rand may.
type Sealer struct {
	profile Profile
	limits  Limits // for opening
	rand    io.Reader
}

// New checks the configuration. A profile outside the limits is fault.Invalid.
func New(cfg Config) (*Sealer, error) {
	if cfg.Rand == nil {
		return nil, fault.Invalid.New("a sealer needs a source of randomness")
	}
	if err := cfg.Limits.check(cfg.Profile); err != nil {
		return nil, fault.Invalid.Wrap(err, "the password derivation profile is not acceptable: %s", fault.Text(err))
	}
	return &Sealer{profile: cfg.Profile, limits: cfg.Limits.opening(cfg.Profile), rand: cfg.Rand}, nil
}

// Profile is the cost of slots that Seal makes.
func (s *Sealer) Profile() Profile { return s.profile }

// Seal makes a password slot for dataKey, which must have [KeySize] bytes.
//
// NotBlank is set by Seal itself according to the password; passing it with a
// blank password is refused, so that a caller's wrong belief shows. With
// FoldedSurrogates the password is folded before derivation, as Open does.
func (s *Sealer) Seal(b Binding, password secret.Bytes, flags Flags, dataKey []byte) ([]byte, error) {
	switch {
	case len(dataKey) != KeySize:
		return nil, fault.Invalid.New("a data key must have %d bytes, not %d", KeySize, len(dataKey))
	case password.Len() > MaxPassword:
		return nil, errLongPassword()
	case flags&^knownFlags != 0:
		return nil, fault.Invalid.New("unknown keyslot flags %#x", uint16(flags))
	case flags&NotBlank != 0 && password.IsEmpty():
		return nil, fault.Invalid.New("a blank password cannot have a keyslot that says it is not blank")
	}
	if !password.IsEmpty() {
		flags |= NotBlank
	}
	h := header{kind: Password, flags: flags, profile: s.profile}
	for _, random := range [][]byte{h.salt[:], h.nonce[:]} {
		if _, err := io.ReadFull(s.rand, random); err != nil {
			return nil, fault.Internal.Wrap(err, "the system gave no randomness")
		}
	}
	slot := h.append(make([]byte, 0, slotSize))
	err := withSlotKey(&h, password, func(key []byte) error {
		aead, err := chacha20poly1305.NewX(key)
		if err != nil {
			return err
		}
		slot = aead.Seal(slot, h.nonce[:], dataKey, associated(slot, b))
		return nil
	})
	if err != nil {
		return nil, fault.Internal.Wrap(err, "the keyslot could not be sealed")
	}
	return slot, nil
}

// Open writes the slot's data key into dst, which must have [KeySize] bytes and
// should be locked memory; after an error dst is all zero.
//
// Errors: fault.WrongPassword when the password does not fit, which is also what
// a slot looks like that was changed or belongs elsewhere; fault.Corrupt for a
// slot that is malformed or has parameters outside the limits, and
// fault.Unsupported for kinds and versions that this software does not open, both
// before any derivation. A blank password is refused without a derivation where
// the slot says that its password is not blank.
func (s *Sealer) Open(b Binding, slot []byte, password secret.Bytes, dst []byte) error {
	clear(dst)
	if len(dst) != KeySize {
		return fault.Invalid.New("a data key must have %d bytes, not %d", KeySize, len(dst))
	}
	h, err := parse(slot)
	if err != nil {
		return err
	}
	if err := s.limits.check(h.profile); err != nil {
		return fault.Corrupt.Wrap(err, "the keyslot's derivation parameters are not acceptable: %s", fault.Text(err)).
			WithHint("if you made it so costly yourself, set [sealing] to no less than a quarter of that")
	}
	if password.Len() > MaxPassword {
		return errLongPassword()
	}
	if password.IsEmpty() && h.flags&NotBlank != 0 {
		return errWrongPassword()
	}
	err = withSlotKey(&h, password, func(key []byte) error {
		aead, err := chacha20poly1305.NewX(key)
		if err != nil {
			return err
		}
		_, err = aead.Open(dst[:0:KeySize], h.nonce[:], slot[headerSize:], associated(slot[:headerSize], b))
		return err
	})
	if err != nil {
		clear(dst)
		return errWrongPassword()
	}
	return nil
}

func errWrongPassword() error { return fault.WrongPassword.New("wrong password") }

func errLongPassword() error {
	return fault.TooLarge.New("a password may have at most %d bytes", MaxPassword)
}

// withSlotKey derives the key that the header and the password give and lends it
// to use. The key is gone when withSlotKey returns.
func withSlotKey(h *header, password secret.Bytes, use func(key []byte) error) (err error) {
	if h.flags&FoldedSurrogates != 0 {
		folded, changed := FoldSurrogates(password)
		if changed {
			defer folded.Wipe()
		}
		password = folded
	}
	secret.Do(func() {
		key := slotKey(h.profile, password.Expose(), h.salt[:])
		defer clear(key)
		err = use(key)
	})
	return err
}

// slotKey is Argon2id, version 1.3, without the optional secret and associated
// data: the header is bound by the cipher instead.
func slotKey(p Profile, password, salt []byte) []byte {
	return argon2.IDKey(password, salt, p.Time, p.MemoryKiB, p.Lanes, chacha20poly1305.KeySize)
}
