// Package base58 writes bytes as text in the alphabet of Bitcoin or in another
// one ([Alphabet]), and reads them back. A leading zero byte is a leading zero
// digit ('1' in Bitcoin's alphabet); every other digit follows from the number
// that the bytes spell in big-endian order. Each byte string has exactly one text
// and the reverse, so nothing here needs a second look at spelling.
//
// # Secrets
//
// Private keys have this form too. The working memory is wiped, and nothing is
// kept or grown behind the caller's back: where dst has room for the result
// ([MaxEncoded], [MaxDecoded]), the result is written nowhere else. Time depends
// on the value; that is tolerable where a key is read once at import, and it is
// the reason not to use this package in a signing path.
//
// # Bounds
//
// Both directions cost the square of the length. Texts longer than [MaxText]
// are refused unread; at that size reading takes well below a millisecond.
//
// The package is pure and may be imported by everybody.
package base58

import (
	"encoding/binary"
	"slices"
	"strings"

	"strongroom/internal/fault"
)

// MaxText is the largest number of characters that is read.
const MaxText = 4096

// What can be wrong with a text. Compare with errors.Is. The texts never hold
// any of the input.
var (
	ErrCharacter = fault.Invalid.New("base58 text with a character outside of its alphabet")
	ErrLarge     = fault.TooLarge.New("base58 text of more than %d characters", MaxText)
)

// Alphabet is the 58 digits of a way to write, that of zero first.
type Alphabet string

// The alphabets in use.
const (
	Bitcoin Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	XRPL    Alphabet = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz" // the XRP Ledger's, xrpl.org "base58 Encodings"
)

const (
	base        = 58
	groupDigits = 5                                // as many as fit into 32 bits
	groupBase   = base * base * base * base * base // about 2^29.29
	stackLimbs  = 32                               // 128 bytes: keys and signatures need no heap
)

// MaxEncoded is an upper bound of the characters for n bytes.
func MaxEncoded(n int) int { return n + (n*8/29+1)*groupDigits }

// MaxDecoded is an upper bound of the bytes for n characters.
func MaxDecoded(n int) int { return n }

// AppendEncode appends the text of src in Bitcoin's alphabet to dst.
func AppendEncode(dst, src []byte) []byte { return Bitcoin.AppendEncode(dst, src) }

// AppendEncode appends the text of src to dst.
func (a Alphabet) AppendEncode(dst, src []byte) []byte {
	zeros := 0
	for zeros < len(src) && src[zeros] == 0 {
		zeros++
	}
	var space [stackLimbs]uint32
	number := load(space[:0], src[zeros:])
	defer wipe(number)

	// Digits come lowest first, in groups; they are turned round at the end.
	start := len(dst)
	dst = slices.Grow(dst, MaxEncoded(len(src)))
	for limbs := number; len(limbs) > 0; {
		var rest uint64
		for i, limb := range limbs {
			v := rest<<32 | uint64(limb)
			limbs[i], rest = uint32(v/groupBase), v%groupBase
		}
		for range groupDigits {
			dst = append(dst, a[rest%base])
			rest /= base
		}
		for len(limbs) > 0 && limbs[0] == 0 {
			limbs = limbs[1:]
		}
	}
	for len(dst) > start && dst[len(dst)-1] == a[0] {
		dst = dst[:len(dst)-1]
	}
	for range zeros {
		dst = append(dst, a[0])
	}
	slices.Reverse(dst[start:])
	return dst
}

// load appends the number that src spells to limbs, the highest limb first and
// not zero. The first byte of src is not zero.
func load(limbs []uint32, src []byte) []uint32 {
	limbs = slices.Grow(limbs, (len(src)+3)/4)
	if odd := len(src) % 4; odd != 0 {
		var limb uint32
		for _, b := range src[:odd] {
			limb = limb<<8 | uint32(b)
		}
		limbs, src = append(limbs, limb), src[odd:]
	}
	for ; len(src) > 0; src = src[4:] {
		limbs = append(limbs, binary.BigEndian.Uint32(src))
	}
	return limbs
}

// AppendDecode appends the bytes that text stands for in Bitcoin's alphabet to
// dst. It fails with [ErrCharacter] or [ErrLarge], and then returns nil and leaves
// nothing of the number behind.
func AppendDecode[T string | []byte](dst []byte, text T) ([]byte, error) {
	return appendDecode(Bitcoin, dst, text)
}

// AppendDecode is the inverse of [Alphabet.AppendEncode], with the errors of
// [AppendDecode].
func (a Alphabet) AppendDecode(dst, text []byte) ([]byte, error) { return appendDecode(a, dst, text) }

func appendDecode[T string | []byte](a Alphabet, dst []byte, text T) ([]byte, error) {
	if len(text) > MaxText {
		return nil, ErrLarge
	}
	ones := 0
	for ones < len(text) && text[ones] == a[0] {
		ones++
	}
	digits := text[ones:]
	// A digit is below 6 bits, so this is enough, and nothing is reallocated.
	need := len(digits)*6/32 + 1
	var space [stackLimbs]uint32
	number := slices.Grow(space[:0], need) // the lowest limb first
	defer func() { wipe(number) }()
	for len(digits) > 0 {
		n := min(groupDigits, len(digits))
		factor, carry := uint64(1), uint64(0)
		for i := range n {
			d := strings.IndexByte(string(a), digits[i])
			if d < 0 {
				return nil, ErrCharacter
			}
			factor, carry = factor*base, carry*base+uint64(d)
		}
		digits = digits[n:]
		for i, limb := range number {
			v := uint64(limb)*factor + carry
			number[i], carry = uint32(v), v>>32
		}
		if carry > 0 {
			number = append(number, uint32(carry))
		}
	}

	dst = slices.Grow(dst, ones+4*len(number))
	for range ones {
		dst = append(dst, 0)
	}
	leading := true
	for i := len(number) - 1; i >= 0; i-- {
		for shift := 24; shift >= 0; shift -= 8 {
			b := byte(number[i] >> shift)
			if leading = leading && b == 0; !leading {
				dst = append(dst, b)
			}
		}
	}
	return dst, nil
}

// wipe overwrites the working memory. It is not inlined, so that the compiler
// cannot prove the memory dead and drop the stores.
//
//go:noinline
func wipe(limbs []uint32) { clear(limbs[:cap(limbs)]) }
