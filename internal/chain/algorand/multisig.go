package algorand

import (
	"bytes"
	"crypto/sha512"

	"strongroom/internal/codec/msgpack"
	"strongroom/internal/fault"
)

// What can be wrong with a multisig account or a signature for it. The functions
// of this package return these values (possibly wrapped): compare with errors.Is.
var (
	// ErrUnknownVersion: the multisig version is not 1.
	ErrUnknownVersion = fault.Invalid.New("unknown multisig version")
	// ErrInvalidThreshold: no keys, a threshold of zero, or one above the number of keys.
	ErrInvalidThreshold = fault.Invalid.New("invalid multisig threshold")
	// ErrNotAmongKeys: the first signature is to be made with a key that is not
	// one of the account's.
	ErrNotAmongKeys = fault.Invalid.New("the key is not one of the multisig account's keys")
	// ErrNotPossibleSigner: the same, for a further signature.
	ErrNotPossibleSigner = fault.Invalid.New("the key is not a possible signer of this partial multisig")
	// ErrAddressMismatch: the multisig belongs neither to the account that is
	// signed for nor to the authorised address named in the request.
	ErrAddressMismatch = fault.Invalid.New("the multisig hashes neither to the account nor to its authorised address")
	// ErrConflictingSignature: the key's slot already holds another signature.
	ErrConflictingSignature = fault.Invalid.New("the multisig already holds a different signature of this key")
)

const (
	multisigVersion = 1
	prefixMultisig  = "MultisigAddr"
	// maxMultisigKeys bounds what is read. The network allows 255 keys; kmd
	// stores more, and accounts that it stored must remain readable.
	maxMultisigKeys = 4096
	signatureSize   = 64
)

// Multisig is a multisig account with the signatures collected so far. Order
// and repetition of the keys matter: they are part of the address.
type Multisig struct {
	Version   uint8
	Threshold uint8 // signatures that the network asks for
	Subsigs   []Subsig
}

// Subsig is one slot of a multisig.
type Subsig struct {
	Key       [32]byte
	Signature [64]byte // all zero: none yet
}

// Signed reports whether the slot holds a signature.
func (s Subsig) Signed() bool { return s.Signature != [64]byte{} }

// NewMultisig is an account without signatures.
func NewMultisig(version, threshold uint8, keys [][32]byte) Multisig {
	m := Multisig{Version: version, Threshold: threshold, Subsigs: make([]Subsig, len(keys))}
	for i, key := range keys {
		m.Subsigs[i].Key = key
	}
	return m
}

// IsZero reports whether m says nothing at all, which in a request means that
// there is no partial signature yet.
func (m Multisig) IsZero() bool { return m.Version == 0 && m.Threshold == 0 && len(m.Subsigs) == 0 }

// Keys are the keys of the account in order.
func (m Multisig) Keys() [][32]byte {
	keys := make([][32]byte, len(m.Subsigs))
	for i := range m.Subsigs {
		keys[i] = m.Subsigs[i].Key
	}
	return keys
}

// Validate checks the version, then the threshold: [ErrUnknownVersion],
// [ErrInvalidThreshold], or fault.TooLarge for more than 4096 keys.
func (m Multisig) Validate() error {
	switch {
	case m.Version != multisigVersion:
		return ErrUnknownVersion
	case m.Threshold == 0 || int(m.Threshold) > len(m.Subsigs):
		return ErrInvalidThreshold
	case len(m.Subsigs) > maxMultisigKeys:
		return fault.TooLarge.New("a multisig account of %d keys, at most %d are allowed", len(m.Subsigs), maxMultisigKeys)
	}
	return nil
}

// Address is the account's address: SHA-512/256 over the text "MultisigAddr"
// and the preimage. It is meaningful only for a valid multisig.
func (m Multisig) Address() Address {
	return sha512.Sum512_256(m.appendPreimage([]byte(prefixMultisig)))
}

// Preimage is what names the account, without signatures, in the compact form
// in which wallets keep it: the version byte, the threshold byte, then 32 bytes
// for each key in order.
func (m Multisig) Preimage() []byte { return m.appendPreimage(nil) }

func (m Multisig) appendPreimage(b []byte) []byte {
	b = append(b, m.Version, m.Threshold)
	for i := range m.Subsigs {
		b = append(b, m.Subsigs[i].Key[:]...)
	}
	return b
}

// ParsePreimage is the inverse of [Multisig.Preimage]. It also validates.
func ParsePreimage(b []byte) (Multisig, error) {
	const keySize = 32
	if len(b) < 2 || (len(b)-2)%keySize != 0 || len(b) > 2+keySize*maxMultisigKeys {
		return Multisig{}, fault.Invalid.New("a multisig preimage of %d bytes", len(b))
	}
	m := Multisig{Version: b[0], Threshold: b[1]}
	for keys := b[2:]; len(keys) > 0; keys = keys[keySize:] {
		m.Subsigs = append(m.Subsigs, Subsig{Key: [keySize]byte(keys)})
	}
	return m, m.Validate()
}

// Encode is the canonical msgpack of a partial or complete multisig signature,
// {subsig: [{pk, s?}], thr, v}, as networks and kmd's clients read it.
func (m Multisig) Encode() []byte {
	return m.append(make([]byte, 0, 24+len(m.Subsigs)*(8+32+signatureSize)))
}

func (m Multisig) append(b []byte) []byte {
	members := 0
	for _, present := range []bool{len(m.Subsigs) > 0, m.Threshold != 0, m.Version != 0} {
		if present {
			members++
		}
	}
	b = msgpack.AppendMapHeader(b, members)
	if len(m.Subsigs) > 0 {
		b = msgpack.AppendArrayHeader(msgpack.AppendText(b, "subsig"), len(m.Subsigs))
		for i := range m.Subsigs {
			b = m.Subsigs[i].append(b)
		}
	}
	if m.Threshold != 0 {
		b = msgpack.AppendUint(msgpack.AppendText(b, "thr"), uint64(m.Threshold))
	}
	if m.Version != 0 {
		b = msgpack.AppendUint(msgpack.AppendText(b, "v"), uint64(m.Version))
	}
	return b
}

func (s *Subsig) append(b []byte) []byte {
	hasKey, hasSignature := s.Key != [32]byte{}, s.Signed()
	members := 0
	if hasKey {
		members++
	}
	if hasSignature {
		members++
	}
	b = msgpack.AppendMapHeader(b, members)
	if hasKey {
		b = msgpack.AppendBinary(msgpack.AppendText(b, "pk"), s.Key[:])
	}
	if hasSignature {
		b = msgpack.AppendBinary(msgpack.AppendText(b, "s"), s.Signature[:])
	}
	return b
}

// multisigShape is the schema that Encode follows.
func multisigShape() shape {
	return fields(
		field("subsig", list(maxMultisigKeys, fields(field("pk", fixed(32)), field("s", fixed(signatureSize))))),
		field("thr", uints(8)), field("v", uints(8)),
	)
}

var multisigRecord = multisigShape().record

// DecodeMultisig reads what [Multisig.Encode] writes and nothing else. It does
// not validate: a partial signature is checked where it is used. Errors are
// fault.InvalidPayload.
func DecodeMultisig(encoded []byte) (Multisig, error) {
	if err := requireCanonical(encoded, multisigRecord, "multisig"); err != nil {
		return Multisig{}, err
	}
	return readMultisig(encoded), nil
}

// readMultisig reads a canonical encoding.
func readMultisig(encoded []byte) Multisig {
	m := Multisig{
		Version:   uint8(readUint(findValue(encoded, "v"))),
		Threshold: uint8(readUint(findValue(encoded, "thr"))),
	}
	for _, item := range readList(findValue(encoded, "subsig")) {
		s := Subsig{Key: readAddress(findValue(item, "pk"))}
		copy(s.Signature[:], readBytes(findValue(item, "s")))
		m.Subsigs = append(m.Subsigs, s)
	}
	return m
}

// requireCanonical checks that encoded is the one canonical encoding of a record.
func requireCanonical(encoded []byte, rec *record, what string) error {
	canonical, err := appendCanonical(nil, encoded, rec)
	if err != nil {
		return fault.InvalidPayload.New("%s: %s", what, fault.Text(err))
	}
	if !bytes.Equal(canonical, encoded) {
		return fault.InvalidPayload.New("%s: not in its canonical encoding", what)
	}
	return nil
}

// Has reports whether key is one of the account's keys.
func (m Multisig) Has(key [32]byte) bool {
	for i := range m.Subsigs {
		if m.Subsigs[i].Key == key {
			return true
		}
	}
	return false
}

// Merge gives a copy of m in which every slot of key holds the signature. Slots
// of other keys are copied unseen. A slot that already holds a different
// signature makes it fail with [ErrConflictingSignature], a key without a slot
// with [ErrNotPossibleSigner].
func (m Multisig) Merge(key [32]byte, signature [64]byte) (Multisig, error) {
	if !m.Has(key) {
		return Multisig{}, ErrNotPossibleSigner
	}
	merged := m
	merged.Subsigs = append([]Subsig(nil), m.Subsigs...)
	for i := range merged.Subsigs {
		s := &merged.Subsigs[i]
		if s.Key != key {
			continue
		}
		if s.Signed() && s.Signature != signature {
			return Multisig{}, ErrConflictingSignature
		}
		s.Signature = signature
	}
	return merged, nil
}
