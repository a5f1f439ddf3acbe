package wire

import (
	"encoding/hex"
	"strings"

	"golang.org/x/crypto/sha3"
)

// Address is an account's address as somebody spelled it. The spelling goes on to the UI
// and to rules; everything else goes by the 20 bytes. The zero value is an address that
// was not given: it is shown as "0x" and nobody has its key.
type Address struct {
	raw  [20]byte
	text string // the caller's; "" if none was given
}

// AddressOf is an address in the spelling of EIP-55.
func AddressOf(raw [20]byte) Address { return Address{raw: raw, text: Checksummed(raw)} }

// Raw is the address itself.
func (a Address) Raw() [20]byte { return a.raw }

// IsZero reports whether it is the zero address, given or not.
func (a Address) IsZero() bool { return a.raw == [20]byte{} }

// String is the caller's spelling, but for a prefix 0X, which becomes 0x; or "0x".
func (a Address) String() string {
	if a.text == "" {
		return "0x"
	}
	return "0x" + a.text[2:]
}

// Checked reports whether the spelling is exactly that of EIP-55, so that a mistyped
// character would have been noticed. Digits in one case do not count, nor does 0X.
func (a Address) Checked() bool { return a.text == Checksummed(a.raw) }

// MarshalJSON writes the caller's spelling.
func (a Address) MarshalJSON() ([]byte, error) { return appendText(nil, a.String()), nil }

// Lower writes an address as 0x and digits in lower case, as results have it.
func Lower(raw [20]byte) string { return "0x" + hex.EncodeToString(raw[:]) }

// Checksummed writes an address with the capitals of EIP-55.
func Checksummed(raw [20]byte) string {
	var text [42]byte
	copy(text[:], "0x")
	hex.Encode(text[2:], raw[:])
	sum := Keccak(text[2:])
	for i := range text[2:] {
		if text[2+i] >= 'a' && sum[i/2]>>(4*(1-i%2))&8 != 0 {
			text[2+i] -= 'a' - 'A'
		}
	}
	return string(text[:])
}

// Keccak is Keccak-256 with the padding from before FIPS 202.
func Keccak(parts ...[]byte) (sum [32]byte) {
	h := sha3.NewLegacyKeccak256()
	for _, p := range parts {
		h.Write(p)
	}
	h.Sum(sum[:0])
	return sum
}

// ParseAddress reads an address as requests spell it: 0x or 0X and 40 hex digits in any
// case. Errors: fault.Invalid with the peer's texts.
func ParseAddress(text string) (a Address, err error) {
	raw, err := fixed(text, len(a.raw), "common.Address")
	if err != nil {
		return Address{}, err
	}
	return Address{raw: [20]byte(raw), text: strings.Clone(text)}, nil
}
