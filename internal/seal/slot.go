package seal

import (
	"encoding/binary"

	"golang.org/x/crypto/chacha20poly1305"

	"strongroom/internal/fault"
)

// Kind says what opens a slot. Numbers are stored and never change.
type Kind uint8

// The kinds. Only Password is made and opened; the other numbers are taken so
// that stores written later stay readable, and are refused with fault.Unsupported.
const (
	Password      Kind = 1 // a password, through Argon2id
	RecoveryWords Kind = 2 // reserved: recovery words
	HostSecret    Kind = 3 // reserved: a secret of the machine (systemd credential, TPM, PKCS#11, cloud KMS)
)

// String is the name of the kind in messages.
func (k Kind) String() string {
	switch k {
	case Password:
		return "password"
	case RecoveryWords:
		return "recovery words"
	case HostSecret:
		return "host secret"
	}
	return "unknown"
}

// Flags are authenticated notes about the secret of a slot.
type Flags uint16

const (
	// NotBlank says that the password is not blank, so that the routine blank
	// probes of clients cost no derivation. It tells a reader of the store nothing
	// that trying the blank password would not.
	NotBlank Flags = 1 << 0
	// FoldedSurrogates says that the password went through [FoldSurrogates].
	FoldedSurrogates Flags = 1 << 1

	knownFlags = NotBlank | FoldedSurrogates
)

// Version 1 of a slot, integers big-endian:
//
//	 0   4  magic "SRks"
//	 4   1  version, 1
//	 5   1  kind
//	 6   2  flags
//	 8   4  Argon2id passes
//	12   4  Argon2id memory in KiB
//	16   1  Argon2id lanes
//	17   3  zero
//	20  32  salt
//	52  24  nonce
//	76  48  XChaCha20-Poly1305 of the data key, tag last
//
// The associated data is the label below, the first 76 bytes, the store's id, the
// wallet's id and the slot's number (4 bytes). All parts have a fixed length.
const (
	magic   = "SRks"
	version = 1
	label   = "strongroom keyslot"

	offVersion = 4
	offKind    = 5
	offFlags   = 6
	offTime    = 8
	offMemory  = 12
	offLanes   = 16
	offZero    = 17
	offSalt    = 20
	offNonce   = 52
	headerSize = 76
	slotSize   = headerSize + KeySize + chacha20poly1305.Overhead
)

type header struct {
	kind    Kind
	flags   Flags
	profile Profile
	salt    [offNonce - offSalt]byte
	nonce   [chacha20poly1305.NonceSizeX]byte
}

func (h *header) append(b []byte) []byte {
	b = append(b, magic...)
	b = append(b, version, byte(h.kind))
	b = binary.BigEndian.AppendUint16(b, uint16(h.flags))
	b = binary.BigEndian.AppendUint32(b, h.profile.Time)
	b = binary.BigEndian.AppendUint32(b, h.profile.MemoryKiB)
	b = append(b, h.profile.Lanes, 0, 0, 0)
	b = append(b, h.salt[:]...)
	return append(b, h.nonce[:]...)
}

// parse reads a slot's header strictly: every accepted slot has one spelling.
func parse(slot []byte) (header, error) {
	if len(slot) <= offKind || string(slot[:len(magic)]) != magic {
		return header{}, fault.Corrupt.New("this is not a keyslot")
	}
	if v := slot[offVersion]; v != version {
		return header{}, fault.Unsupported.New("keyslot format version %d is not known to this version of strongroom", v)
	}
	h := header{kind: Kind(slot[offKind])}
	switch h.kind {
	case Password:
	case RecoveryWords, HostSecret:
		// Its own layout may differ from here on; the kind is all we know.
		return h, fault.Unsupported.New("keyslots of kind %q are not supported by this version of strongroom", h.kind)
	default:
		return header{}, fault.Corrupt.New("the keyslot is of the unknown kind %d", h.kind)
	}
	if len(slot) != slotSize {
		return header{}, fault.Corrupt.New("a keyslot must have %d bytes, not %d", slotSize, len(slot))
	}
	h.flags = Flags(binary.BigEndian.Uint16(slot[offFlags:]))
	if h.flags&^knownFlags != 0 || slot[offZero]|slot[offZero+1]|slot[offZero+2] != 0 {
		return header{}, fault.Corrupt.New("the keyslot has unknown flags")
	}
	h.profile = Profile{
		Time:      binary.BigEndian.Uint32(slot[offTime:]),
		MemoryKiB: binary.BigEndian.Uint32(slot[offMemory:]),
		Lanes:     slot[offLanes],
	}
	copy(h.salt[:], slot[offSalt:])
	copy(h.nonce[:], slot[offNonce:])
	return h, nil
}

func associated(header []byte, b Binding) []byte {
	ad := make([]byte, 0, len(label)+headerSize+len(b.Store)+len(b.Wallet)+4)
	ad = append(ad, label...)
	ad = append(ad, header...)
	ad = append(ad, b.Store[:]...)
	ad = append(ad, b.Wallet[:]...)
	return binary.BigEndian.AppendUint32(ad, b.Slot)
}

// Info is what a slot says about itself. Nothing of it is proven until the slot opens.
type Info struct {
	Kind    Kind
	Flags   Flags
	Profile Profile
}

// Inspect reads a slot without deriving anything. Errors are those of
// [Sealer.Open] for malformed and unsupported slots; for a reserved kind Info
// still names the Kind, so that a caller can pass over the slot.
func Inspect(slot []byte) (Info, error) {
	h, err := parse(slot)
	return Info{Kind: h.kind, Flags: h.flags, Profile: h.profile}, err
}
