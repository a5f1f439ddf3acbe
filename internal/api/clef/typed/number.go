package typed

import (
	"math/big"
	"strconv"
	"strings"

	"strongroom/internal/fault"
)

// integer reads a value of a type whose name begins with int or uint: a JSON number, or
// text in decimal or behind 0x in hex; empty text is 0. The texts of errors are the
// peer's. Unlike it, this takes JSON numbers exactly, not as the nearest float64, and
// holds signed numbers to the range of their type.
func integer(typ string, v *value) (*big.Int, error) {
	bits := 256
	digits, unsigned := strings.CutPrefix(typ, "uint")
	if !unsigned {
		digits = strings.TrimPrefix(typ, "int")
	}
	if digits != "" {
		var err error
		if bits, err = strconv.Atoi(digits); err != nil {
			return nil, fault.InvalidPayload.New("invalid size on integer: %s", cut(digits))
		}
	}
	n, err := wholeNumber(typ, v)
	if err != nil {
		return nil, err
	}
	if n.BitLen() > bits || !unsigned && tooWide(n, bits) {
		return nil, fault.InvalidPayload.New("integer larger than '%s'", cut(typ))
	}
	if unsigned && n.Sign() < 0 {
		return nil, fault.InvalidPayload.New("invalid negative value for unsigned type %s", cut(typ))
	}
	return n, nil
}

// tooWide reports whether a number has no two's complement of that many bits.
func tooWide(n *big.Int, bits int) bool {
	if n.Sign() < 0 {
		n = new(big.Int).Not(n)
	}
	return n.BitLen() >= bits
}

func wholeNumber(typ string, v *value) (*big.Int, error) {
	switch v.kind {
	case kindText:
		n, ok := parseInteger(v.text)
		if !ok {
			return nil, errInteger(v.text)
		}
		return n, nil
	case kindNumber:
		if v.exact {
			n, _ := parseInteger(v.text) // which was read before
			return n, nil
		}
		n, ok := parseNumber(v.text)
		if !ok {
			return nil, fault.InvalidPayload.New("invalid float value %s for type %s", v, cut(typ))
		}
		return n, nil
	}
	return nil, fault.InvalidPayload.New("invalid integer value %s/%s for type %s", v, v.goType(), cut(typ))
}

func errInteger(text string) error {
	return fault.InvalidPayload.New("invalid hex or decimal integer %q", cut(text))
}

// parseInteger reads text: nothing (0), decimal digits behind an optional sign, or 0x
// and hex digits; zeros in front count for nothing. It has at most 256 bits.
func parseInteger(text string) (*big.Int, bool) {
	if text == "" {
		return new(big.Int), true
	}
	digits, base, set := text, 10, "0123456789"
	if len(text) > 1 && text[0] == '0' && text[1]|0x20 == 'x' {
		digits, base, set = text[2:], 16, "0123456789abcdefABCDEF"
	} else if text[0] == '-' || text[0] == '+' {
		digits = text[1:]
	}
	if digits == "" || strings.Trim(digits, set) != "" {
		return nil, false
	}
	const mostDigits = 78 // of 256 bits, in decimal
	if digits = strings.TrimLeft(digits, "0"); digits == "" {
		return new(big.Int), true
	}
	if len(digits) > mostDigits {
		return nil, false
	}
	n, ok := new(big.Int).SetString(digits, base)
	if !ok || n.BitLen() > 256 {
		return nil, false
	}
	if text[0] == '-' {
		n.Neg(n)
	}
	return n, true
}

// parseNumber reads a JSON number that is whole and has at most 63 bits and a sign, as
// the peer demands, however it is written: "1e3", "10.0".
func parseNumber(text string) (*big.Int, bool) {
	unsigned, negative := strings.CutPrefix(text, "-")
	mantissa, exponent := unsigned, 0
	if i := strings.IndexAny(unsigned, "eE"); i >= 0 {
		var err error
		if exponent, err = strconv.Atoi(unsigned[i+1:]); err != nil {
			return nil, false
		}
		mantissa = unsigned[:i]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	point := len(digits) - len(fraction) + exponent // digits in front of it
	digits = strings.TrimRight(digits, "0")
	if digits == "" {
		return new(big.Int), true
	}
	const mostDigits = 19 // of 63 bits
	if len(digits) > point || point > mostDigits {
		return nil, false
	}
	n, ok := new(big.Int).SetString(digits+strings.Repeat("0", point-len(digits)), 10)
	if !ok {
		return nil, false
	}
	if negative {
		n.Neg(n)
	}
	return n, n.IsInt64()
}
