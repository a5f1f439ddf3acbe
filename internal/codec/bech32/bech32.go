// Package bech32 writes data as text with a human-readable part and a checksum,
// and reads it back: Bech32 (BIP-173) and Bech32m (BIP-350).
//
// Data are groups of 5 bits, one in each byte, as the standards have them;
// [ToGroups] and [FromGroups] turn bytes into groups and back. Reading is strict:
// one case, a known checksum, no bits left over. What a group means (a witness
// version, an address) is the caller's.
//
// The package is pure and may be imported by everybody. It is not for secrets: it
// makes strings.
package bech32

import (
	"strings"

	"strongroom/internal/fault"
)

// Variant is the constant that a checksum is made with. The zero value is none.
type Variant uint8

// The variants.
const (
	Bech32  Variant = 1 // BIP-173
	Bech32m Variant = 2 // BIP-350
)

// MaxText is the largest number of characters that is read. BIP-173 stops at 90,
// which bounds what its checksum is sure to find; [Decode] leaves that to callers,
// because addresses of Cardano are longer.
const MaxText = 1023

const (
	alphabet     = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	checksumSize = 6
)

// What can be wrong with a text. The texts never hold any of the input.
var (
	ErrText     = fault.Invalid.New("bech32 text with a wrong form")
	ErrChecksum = fault.Invalid.New("bech32 text with a wrong checksum")
	ErrPadding  = fault.Invalid.New("bech32 text with bits left over")
)

func (v Variant) constant() uint32 {
	if v == Bech32m {
		return 0x2bc830a3
	}
	return 1
}

// Encode writes groups of 5 bits behind a human-readable part, in lower case.
func Encode(v Variant, hrp string, groups []byte) (string, error) {
	if v != Bech32 && v != Bech32m || !validPrefix(hrp) || hrp != strings.ToLower(hrp) {
		return "", ErrText
	}
	text := make([]byte, 0, len(hrp)+1+len(groups)+checksumSize)
	text = append(append(text, hrp...), '1')
	check := expand(hrp)
	for _, g := range groups {
		if g > 31 {
			return "", ErrText
		}
		check = step(check, g)
		text = append(text, alphabet[g])
	}
	for range checksumSize {
		check = step(check, 0)
	}
	check ^= v.constant()
	for i := range checksumSize {
		text = append(text, alphabet[check>>(5*(checksumSize-1-i))&31])
	}
	return string(text), nil
}

// Decode reads a text of either variant. Errors: [ErrText], [ErrChecksum].
func Decode(text string) (v Variant, hrp string, groups []byte, err error) {
	lower := strings.ToLower(text)
	if len(text) > MaxText || text != lower && text != strings.ToUpper(text) {
		return 0, "", nil, ErrText
	}
	split := strings.LastIndexByte(lower, '1')
	if split < 1 || len(lower)-split-1 < checksumSize || !validPrefix(lower[:split]) {
		return 0, "", nil, ErrText
	}
	hrp = lower[:split]
	check := expand(hrp)
	groups = make([]byte, 0, len(lower)-split-1)
	for _, c := range []byte(lower[split+1:]) {
		g := strings.IndexByte(alphabet, c)
		if g < 0 {
			return 0, "", nil, ErrText
		}
		check = step(check, byte(g))
		groups = append(groups, byte(g))
	}
	switch check {
	case Bech32.constant():
		v = Bech32
	case Bech32m.constant():
		v = Bech32m
	default:
		return 0, "", nil, ErrChecksum
	}
	return v, hrp, groups[:len(groups)-checksumSize], nil
}

// validPrefix tells whether hrp has 1 to 83 visible ASCII characters (BIP-173).
func validPrefix(hrp string) bool {
	if len(hrp) < 1 || len(hrp) > 83 {
		return false
	}
	for _, c := range []byte(hrp) {
		if c < 33 || c > 126 {
			return false
		}
	}
	return true
}

// expand is the state of the checksum after the human-readable part.
func expand(hrp string) uint32 {
	check := uint32(1)
	for _, c := range []byte(hrp) {
		check = step(check, c>>5)
	}
	check = step(check, 0)
	for _, c := range []byte(hrp) {
		check = step(check, c&31)
	}
	return check
}

// step takes one group into the checksum.
func step(check uint32, group byte) uint32 {
	top := check >> 25
	check = check&0x1ffffff<<5 ^ uint32(group)
	for i, generator := range [...]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
		if top>>i&1 == 1 {
			check ^= generator
		}
	}
	return check
}

// ToGroups cuts bytes into groups of 5 bits; the last is filled with zeros.
func ToGroups(data []byte) []byte {
	groups := make([]byte, 0, (len(data)*8+4)/5)
	held, bits := uint32(0), 0
	for _, b := range data {
		held, bits = held<<8|uint32(b), bits+8
		for bits >= 5 {
			bits -= 5
			groups = append(groups, byte(held>>bits&31))
		}
		held &= 1<<bits - 1
	}
	if bits > 0 {
		groups = append(groups, byte(held<<(5-bits)&31))
	}
	return groups
}

// FromGroups joins groups of 5 bits into bytes. What is left over must be fewer
// than 5 bits, all zero. Errors: [ErrPadding], [ErrText].
func FromGroups(groups []byte) ([]byte, error) {
	data := make([]byte, 0, len(groups)*5/8)
	held, bits := uint32(0), 0
	for _, g := range groups {
		if g > 31 {
			return nil, ErrText
		}
		held, bits = held<<5|uint32(g), bits+5
		if bits >= 8 {
			bits -= 8
			data = append(data, byte(held>>bits))
		}
		held &= 1<<bits - 1
	}
	if bits >= 5 || held != 0 {
		return nil, ErrPadding
	}
	return data, nil
}
