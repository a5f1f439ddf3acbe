package evm

import (
	"encoding/hex"
	"strings"

	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/codec/bech32"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
)

// The forms of an address ([Chain.AddressFormats]).
const (
	FormatChecksum = "checksum" // 0x and 40 hex digits, capitals as EIP-55 has them
	FormatLower    = "lower"    // 0x and 40 hex digits in lower case
	FormatXDC      = "xdc"      // xdc and 40 hex digits in lower case
	Format0x       = "0x"       // what XDC calls the form with 0x; as FormatChecksum
	FormatOne      = "one"      // Bech32 with the prefix one, of Harmony
)

const (
	hexPrefix = "0x"
	xdcPrefix = "xdc"
	onePrefix = "one"
)

// address is where an account or contract is: the last 20 bytes of a hash.
type address = [20]byte

// Address is the address of a secp256k1 key in the usual form of the chain: with
// the checksum of EIP-55, or as xdc… on XDC. Errors: fault.UnknownKey for keys of
// another algorithm and for bytes that are no point of the curve.
func (c Chain) Address(key curve.PublicKey) (string, error) {
	account, err := c.accounts.Of(key)
	if err != nil {
		return "", err
	}
	return account.Text, nil
}

// AddressFormats names the forms of an address, the usual one first.
func (c Chain) AddressFormats() []string {
	switch c.params.Dialect {
	case XDC:
		return []string{FormatXDC, Format0x, FormatLower}
	case Harmony:
		return []string{FormatChecksum, FormatLower, FormatOne}
	}
	return []string{FormatChecksum, FormatLower}
}

// AddressAs gives an address in one of the forms; fault.Unsupported for others.
func (c Chain) AddressAs(key curve.PublicKey, format string) (string, error) {
	account, err := c.accounts.Of(key)
	if err != nil {
		return "", err
	}
	for _, offered := range c.AddressFormats() {
		if format == offered {
			return formatAddress(account.Address, format)
		}
	}
	return "", fault.Unsupported.New("%s has no form %q of addresses", c.network.ID, format)
}

func formatAddress(a address, format string) (string, error) {
	switch format {
	case FormatLower:
		return hexaccount.Lower(a), nil
	case FormatXDC:
		return xdcPrefix + hex.EncodeToString(a[:]), nil
	case FormatOne:
		return bech32.Encode(bech32.Bech32, onePrefix, bech32.ToGroups(a[:]))
	}
	return hexaccount.Checksummed(a), nil
}

// text is an address as effects write it.
func (c Chain) text(a address) string { return c.params.Dialect.text(a) }

func (d Dialect) text(a address) string {
	if d == XDC {
		return xdcPrefix + hex.EncodeToString(a[:])
	}
	return hexaccount.Checksummed(a)
}

// ParseAddress reads an address in each of the chain's forms. Digits in one case
// carry no checksum; in mixed case it must be right. Errors: fault.InvalidAddress.
func (c Chain) ParseAddress(text string) ([20]byte, error) {
	if c.params.Dialect == Harmony && len(text) > 3 && strings.EqualFold(text[:3], onePrefix) {
		return parseOne(text)
	}
	if rest, ok := strings.CutPrefix(text, xdcPrefix); ok && c.params.Dialect == XDC {
		text = hexPrefix + rest
	}
	return hexaccount.Parse(text)
}

func parseOne(text string) (a address, err error) {
	variant, prefix, groups, err := bech32.Decode(text)
	if err != nil {
		return a, fault.InvalidAddress.Wrap(err, "an address of Harmony with a wrong character or checksum")
	}
	data, err := bech32.FromGroups(groups)
	if err != nil || variant != bech32.Bech32 || prefix != onePrefix || len(data) != len(a) {
		return a, fault.InvalidAddress.New("an address of Harmony is one and 20 bytes in Bech32")
	}
	copy(a[:], data)
	return a, nil
}
