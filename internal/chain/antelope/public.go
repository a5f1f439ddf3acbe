package antelope

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"

	"strongroom/internal/codec/antelope"
	"strongroom/internal/codec/base58"
	"strongroom/internal/curve"
)

const (
	publicPrefix  = "PUB_"
	legacyEOS     = "EOS"
	legacySYS     = "SYS"
	pointSize     = 33 // compressed
	longPointSize = 65
	edwardsSize   = 32
	blsPublicSize = 96
	maxRelyingID  = 255 // a domain name
	maxPresence   = 2   // user presence of WebAuthn: none, present, verified
)

// PublicKey is a public key of any type. It is comparable, so it serves as a map
// key. The zero value is no key.
type PublicKey struct {
	kind KeyType
	// packed is the key as it stands in packed data behind its type: a compressed
	// point for K1, R1 and EM, 32 bytes for ED; for WA a compressed point, a byte
	// for the user's presence, and the relying party id with its length; for BLS
	// the two coordinates.
	packed string
}

// NewPublicKey is the key of a wallet with its type, which must fit the
// algorithm; an EM key must be a point of its curve. The error is [ErrKey].
func NewPublicKey(t KeyType, key curve.PublicKey) (PublicKey, error) {
	if key.IsZero() || t.Algorithm() != key.Algorithm() {
		return PublicKey{}, ErrKey
	}
	var space [pointSize]byte
	return newPublicKey(t, key.AppendTo(space[:0]))
}

// newPublicKey checks packed and copies it. The text of an EM key has both
// coordinates, so it must be a point.
func newPublicKey(t KeyType, packed []byte) (PublicKey, error) {
	r := antelope.NewReader(packed)
	key := readPacked(&r, t)
	if r.End() != nil || t == EM && key.Key().Valid() != nil {
		return PublicKey{}, ErrKey
	}
	return key, nil
}

// readPublicKey reads type and key. On an error the reader has failed.
func readPublicKey(r *antelope.Reader) PublicKey {
	t := r.Varuint32()
	if t >= uint32(keyTypes) {
		r.Fail(ErrKey)
		return PublicKey{}
	}
	return readPacked(r, KeyType(t))
}

// minPacked is the size of the smallest packed key with its type.
const minPacked = 1 + edwardsSize

// readPacked reads a key of a known type. Like the network, it does not ask
// whether the bytes of EM, ED and BLS keys are a point: that takes long, and a
// payload may hold thousands.
func readPacked(r *antelope.Reader, t KeyType) PublicKey {
	var packed []byte
	switch t {
	case K1, R1, EM:
		packed = r.Fixed(pointSize)
		if len(packed) > 0 && packed[0]|1 != 3 {
			r.Fail(ErrKey)
		}
	case WA:
		packed = slices.Clone(r.Fixed(pointSize))
		presence := r.Uint8()
		if len(packed) > 0 && packed[0]|1 != 3 || presence > maxPresence {
			r.Fail(ErrKey)
		}
		packed = antelope.AppendBytes(append(packed, presence), r.Bytes(maxRelyingID))
	case ED:
		packed = r.Fixed(edwardsSize)
	case BLS:
		packed = r.Fixed(blsPublicSize)
	}
	if r.Err() != nil {
		return PublicKey{}
	}
	return PublicKey{kind: t, packed: string(packed)}
}

// Type is the type of the key.
func (p PublicKey) Type() KeyType { return p.kind }

// IsZero reports whether p is no key.
func (p PublicKey) IsZero() bool { return p.packed == "" }

// Key is the key as wallets hold it, zero for WA and BLS keys, which no wallet
// holds.
func (p PublicKey) Key() curve.PublicKey {
	key, err := curve.NewPublicKey(p.kind.Algorithm(), []byte(p.packed))
	if err != nil {
		return curve.PublicKey{}
	}
	return key
}

// AppendPacked appends type and key in packed form.
func (p PublicKey) AppendPacked(b []byte) []byte {
	return append(antelope.AppendVaruint32(b, uint32(p.kind)), p.packed...)
}

// Compare orders keys by type, then by packed form: the order of keys in lists,
// wallet files and transactions.
func (p PublicKey) Compare(q PublicKey) int {
	return cmp.Or(cmp.Compare(p.kind, q.kind), cmp.Compare(p.packed, q.packed))
}

// String is the text in the current form, with a prefix.
func (p PublicKey) String() string { return p.Text(Kiod) }

// Text is the text of the key as the profile writes it, "" for no key.
func (p PublicKey) Text(profile Profile) string {
	if p.IsZero() {
		return ""
	}
	if p.kind == K1 && profile != Kiod {
		prefix := legacyEOS
		if profile == KiodSys {
			prefix = legacySYS
		}
		return string(appendChecked([]byte(prefix), []byte(p.packed), ""))
	}
	name := p.kind.String()
	b := append(make([]byte, 0, 2*longPointSize+16), publicPrefix...)
	b = append(append(b, name...), '_')
	switch p.kind {
	case EM:
		point, err := p.Key().Uncompressed()
		if err != nil { // no point, in somebody's transaction: show what is there
			point = []byte(p.packed)
		}
		b = appendHex(b, point)
	case ED:
		b = base58.AppendEncode(b, []byte(p.packed))
	case BLS:
		sum := checksum([]byte(p.packed), "")
		b = base64.RawURLEncoding.AppendEncode(b, append([]byte(p.packed), sum[:]...))
	default:
		b = appendChecked(b, []byte(p.packed), name)
	}
	return string(b)
}

// ParsePublicKey reads every form that any release of the peers writes: EOS… and
// SYS… (K1), PUB_K1_…, PUB_R1_…, PUB_WA_…, PUB_EM_… (hex of 65, 64 or 33 bytes,
// with or without 0x), PUB_ED_… and PUB_BLS_…. Errors: [ErrNotBase58],
// [ErrChecksum], [ErrLength], [ErrPrefix], [ErrKey], [ErrOddHex], [ErrHexDigit].
func ParsePublicKey(text string) (PublicKey, error) {
	if rest, ok := strings.CutPrefix(text, publicPrefix); ok {
		name, rest, _ := strings.Cut(rest, "_")
		t, ok := ParseKeyType(name)
		if !ok || name != t.String() {
			return PublicKey{}, ErrPrefix
		}
		packed, err := decodePublic(t, rest)
		if err != nil {
			return PublicKey{}, err
		}
		return newPublicKey(t, packed)
	}
	for _, prefix := range []string{legacyEOS, legacySYS} {
		if rest, ok := strings.CutPrefix(text, prefix); ok && !strings.Contains(rest, "_") {
			packed, err := decodeChecked(rest, "", pointSize, ErrLength)
			if err != nil {
				return PublicKey{}, err
			}
			return newPublicKey(K1, packed)
		}
	}
	return PublicKey{}, ErrPrefix
}

// decodePublic gives the packed form of what stands behind a prefix.
func decodePublic(t KeyType, text string) ([]byte, error) {
	switch t {
	case EM:
		return decodePoint(text)
	case ED:
		packed, err := base58.AppendDecode(nil, text)
		if err == nil && len(packed) != edwardsSize {
			err = ErrLength
		}
		return packed, inText(err)
	case BLS:
		return decodeBLS(text)
	case WA:
		return decodeChecked(text, t.String(), 0, ErrLength)
	}
	return decodeChecked(text, t.String(), pointSize, ErrLength)
}

// decodePoint reads the hex forms of a secp256k1 point and compresses it.
func decodePoint(text string) ([]byte, error) {
	text = trimHexPrefix(text)
	if len(text) > 2*longPointSize {
		return nil, ErrLength
	}
	point, err := decodeHex(text)
	switch {
	case err != nil:
		return nil, err
	case len(point) == longPointSize-1: // without the byte that says that both coordinates follow
		point = slices.Insert(point, 0, 4)
	case len(point) != longPointSize && len(point) != pointSize:
		return nil, ErrLength
	}
	key, err := curve.ParsePoint(curve.Secp256k1, point)
	if err != nil {
		return nil, ErrKey
	}
	return key.Bytes(), nil
}

func decodeBLS(text string) ([]byte, error) {
	const size = blsPublicSize + checksumSize
	if len(text) != base64.RawURLEncoding.EncodedLen(size) {
		return nil, ErrLength
	}
	// The decoder skips line ends: encoding again catches them.
	all, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || base64.RawURLEncoding.EncodeToString(all) != text {
		return nil, ErrKey
	}
	if sum := checksum(all[:blsPublicSize], ""); string(sum[:]) != string(all[blsPublicSize:]) {
		return nil, ErrChecksum
	}
	return all[:blsPublicSize], nil
}
