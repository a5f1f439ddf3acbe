package tron

import (
	"crypto/sha256"
	"encoding/hex"

	"strongroom/internal/codec/base58"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// The forms of an address ([Chain.AddressFormats]).
const (
	FormatBase58 = "base58" // base58check: 34 characters that begin with T
	FormatHex    = "hex"    // 42 hex digits in lower case that begin with 41
)

const (
	hashSize     = 20
	addressSize  = 1 + hashSize
	checksumSize = 4
)

var errAddress = fault.InvalidAddress.New("an address is 34 characters that begin with T, with a right checksum, or 42 hex digits that begin with 41")

// Address is the address of a secp256k1 key in base58check. Errors:
// fault.UnknownKey for keys of another algorithm and for bytes that are no point of
// the curve.
func (c Chain) Address(key curve.PublicKey) (string, error) {
	a, err := c.accounts.Of(key)
	if err != nil {
		return "", err
	}
	return a.Text, nil
}

// AddressFormats names the forms of an address, the usual one first.
func (Chain) AddressFormats() []string { return []string{FormatBase58, FormatHex} }

// AddressAs gives an address in one of the forms; fault.Unsupported for others.
func (c Chain) AddressAs(key curve.PublicKey, format string) (string, error) {
	a, err := c.accounts.Of(key)
	if err != nil {
		return "", err
	}
	switch format {
	case FormatBase58:
		return a.Text, nil
	case FormatHex:
		return hexAddress(a.Address), nil
	}
	return "", fault.Unsupported.New("tron has no form %q of addresses", format)
}

// ParseAddress reads an address in either form and gives the 20 bytes behind its
// first one. Errors: fault.InvalidAddress.
func ParseAddress(text string) (hash [hashSize]byte, err error) {
	raw := make([]byte, 0, addressSize+checksumSize)
	if len(text) == 2*addressSize {
		if raw, err = hex.AppendDecode(raw, []byte(text)); err != nil || raw[0] != addressPrefix {
			return hash, errAddress
		}
		return [hashSize]byte(raw[1:]), nil
	}
	if len(text) > 2*addressSize {
		return hash, errAddress
	}
	raw, err = base58.AppendDecode(raw, text)
	if err != nil || len(raw) != addressSize+checksumSize || raw[0] != addressPrefix {
		return hash, errAddress
	}
	if sum := checksum(raw[:addressSize]); string(sum[:]) != string(raw[addressSize:]) {
		return hash, errAddress
	}
	return [hashSize]byte(raw[1:]), nil
}

// addressText writes an address in base58check.
func addressText(hash [hashSize]byte) string {
	var raw [addressSize + checksumSize]byte
	raw[0] = addressPrefix
	copy(raw[1:], hash[:])
	sum := checksum(raw[:addressSize])
	copy(raw[addressSize:], sum[:])
	var room [64]byte
	return string(base58.AppendEncode(room[:0], raw[:]))
}

func hexAddress(hash [hashSize]byte) string {
	return hex.EncodeToString(append([]byte{addressPrefix}, hash[:]...))
}

// checksum is the beginning of SHA-256 of SHA-256.
func checksum(data []byte) [checksumSize]byte {
	first := sha256.Sum256(data)
	second := sha256.Sum256(first[:])
	return [checksumSize]byte(second[:checksumSize])
}
