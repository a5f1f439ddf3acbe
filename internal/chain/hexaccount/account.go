package hexaccount

import (
	"encoding/hex"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/sha3"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// Address is where an account or contract is.
type Address = [20]byte

const prefix = "0x"

var (
	errAddress  = fault.InvalidAddress.New("an address is 0x and 40 hex digits")
	errChecksum = fault.InvalidAddress.New("an address with a wrong checksum: one character is mistyped, or in the wrong case")
)

// Keccak is Keccak-256 with the padding from before FIPS 202.
func Keccak(parts ...[]byte) (sum [32]byte) {
	h := sha3.NewLegacyKeccak256()
	for _, p := range parts {
		h.Write(p)
	}
	h.Sum(sum[:0])
	return sum
}

// Account is a key's account.
type Account struct {
	Key     curve.PublicKey
	Address Address
	Text    string // in the spelling of the chain
}

// Accounts finds the accounts of keys and remembers those that were used lately: to
// find the second coordinate of a key takes longer than all the rest of decoding a
// transfer, and is the same every time. Whether it is remembered changes no answer. It
// holds public data only, and is safe for concurrent use.
type Accounts struct {
	text  func(Address) string
	slots [256]atomic.Pointer[Account]
}

// New makes accounts that text spells.
func New(text func(Address) string) *Accounts { return &Accounts{text: text} }

// Of gives the account of a key. Errors: fault.UnknownKey for no key, one of another
// algorithm, and bytes that are no point of the curve.
func (m *Accounts) Of(key curve.PublicKey) (*Account, error) {
	if key.IsZero() {
		return nil, fault.UnknownKey.New("the request does not say with which key to sign")
	}
	if key.Algorithm() != curve.Secp256k1 {
		return nil, fault.UnknownKey.New("a key of algorithm %s owns no address here", key.Algorithm())
	}
	var room [33]byte
	slot := &m.slots[key.AppendTo(room[:0])[32]]
	if known := slot.Load(); known != nil && known.Key == key {
		return known, nil
	}
	a, err := AddressOf(key)
	if err != nil {
		return nil, fault.UnknownKey.Wrap(err, "the key to sign with is no point of the curve")
	}
	found := &Account{Key: key, Address: a}
	found.Text = m.text(found.Address)
	slot.Store(found)
	return found, nil
}

// AddressOf computes the address of a secp256k1 key. Errors: those of
// [curve.PublicKey.Uncompressed], for bytes that are no point of the curve.
func AddressOf(key curve.PublicKey) (Address, error) {
	point, err := key.Uncompressed()
	if err != nil {
		return Address{}, err
	}
	sum := Keccak(point[1:])
	return Address(sum[12:]), nil
}

// Lower writes an address as 0x and digits in lower case.
func Lower(a Address) string { return prefix + hex.EncodeToString(a[:]) }

// Checksummed writes an address with the capitals of EIP-55.
func Checksummed(a Address) string {
	var text [42]byte
	copy(text[:], prefix)
	hex.Encode(text[2:], a[:])
	sum := Keccak(text[2:])
	for i := range text[2:] {
		if text[2+i] >= 'a' && sum[i/2]>>(4*(1-i%2))&8 != 0 {
			text[2+i] -= 'a' - 'A'
		}
	}
	return string(text[:])
}

// Parse reads 0x and 40 digits. Digits in one case carry no checksum; in mixed case it
// must be right. Errors: fault.InvalidAddress.
func Parse(text string) (a Address, err error) {
	if len(text) != 42 || text[:2] != prefix {
		return a, errAddress
	}
	if _, err := hex.Decode(a[:], []byte(text[2:])); err != nil {
		return Address{}, errAddress
	}
	digits := text[2:]
	if digits != strings.ToLower(digits) && digits != strings.ToUpper(digits) && text != Checksummed(a) {
		return Address{}, errChecksum
	}
	return a, nil
}

// IsBurn reports whether nobody can have the key of an address: zero, or 0x…dead.
func IsBurn(a Address) bool {
	for _, b := range a[:18] {
		if b != 0 {
			return false
		}
	}
	return a[18] == 0 && a[19] == 0 || a[18] == 0xde && a[19] == 0xad
}
