package xrpl

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"strconv"
	"strings"

	"strongroom/internal/fault"
)

// Sizes of amounts in bytes: of the native asset, of an issued currency (number,
// currency, issuer), and of a multi-purpose token (flags, number, issuance).
const (
	nativeSize = 8
	issuedSize = 8 + 2*accountSize
	mptSize    = 1 + 8 + issuanceSize
)

// The highest bits of an amount.
const (
	bitIssued   = 0x80
	bitPositive = 0x40
	bitMPT      = 0x20
)

// Numbers of issued currencies have a mantissa of 16 digits and an exponent
// (xrpl.org, "Token Amount Format").
const (
	minMantissa = 1e15
	maxMantissa = 1e16 - 1
	minExponent = -96
	maxExponent = 80
	issuedZero  = uint64(bitIssued) << 56

	maxDrops = 1e17 // all XRP that there ever were
)

// amount is a number of something, in its parts.
type amount struct {
	negative bool
	mantissa uint64
	exponent int    // of ten; 0 but for issued currencies
	currency []byte // of issued currencies
	issuer   []byte // of issued currencies and multi-purpose tokens
	issuance []byte // of multi-purpose tokens
}

// amountSize measures an amount by its first byte.
func amountSize(b []byte) (int, error) {
	switch {
	case len(b) == 0:
		return 0, errShort
	case b[0]&bitIssued != 0:
		return issuedSize, nil
	case b[0]&bitMPT != 0:
		return mptSize, nil
	}
	return nativeSize, nil
}

// parseAmount takes an amount apart that was checked.
func parseAmount(b []byte) (a amount) {
	a.negative = b[0]&bitPositive == 0
	switch len(b) {
	case nativeSize:
		a.mantissa = binary.BigEndian.Uint64(b) &^ (uint64(bitPositive) << 56)
	case mptSize:
		a.mantissa = binary.BigEndian.Uint64(b[1:])
		a.issuance, a.issuer = b[9:], b[13:]
	default:
		n := binary.BigEndian.Uint64(b)
		a.mantissa = n & (1<<54 - 1)
		if a.exponent = int(n>>54&0xff) - 97; a.mantissa == 0 {
			a.exponent, a.negative = 0, false
		}
		a.currency, a.issuer = b[8:28], b[28:]
	}
	return a
}

// checkAmount finds whether an amount of the right size is normalised.
func checkAmount(b []byte) error {
	a := parseAmount(b)
	switch len(b) {
	case nativeSize:
		if a.mantissa > maxDrops {
			return fault.InvalidPayload.New("an amount of more XRP than there are")
		}
	case mptSize:
		if b[0]&^bitPositive != bitMPT || a.mantissa > math.MaxInt64 {
			return fault.InvalidPayload.New("an amount of a multi-purpose token out of range")
		}
	default:
		if isZero(a.currency) || isZero(a.issuer) {
			return fault.InvalidPayload.New("an issued amount without currency or issuer")
		}
		if binary.BigEndian.Uint64(b) == issuedZero {
			return nil
		}
		if a.mantissa < minMantissa || a.mantissa > maxMantissa || a.exponent < minExponent || a.exponent > maxExponent {
			return fault.InvalidPayload.New("an issued amount that is not normalised")
		}
	}
	if a.mantissa == 0 && a.negative {
		return fault.InvalidPayload.New("an amount of minus zero")
	}
	return nil
}

func (a *amount) isNative() bool { return a.currency == nil && a.issuance == nil }

func (a *amount) isZero() bool { return a.mantissa == 0 }

// number is the amount in decimal: drops of XRP, the smallest units of a multi-purpose
// token, and whole units of an issued currency, whose units can be divided at will.
func (a *amount) number() string {
	if a.exponent == 0 && !a.negative {
		return strconv.FormatUint(a.mantissa, 10)
	}
	b := make([]byte, 0, 128)
	if a.negative {
		b = append(b, '-')
	}
	digits := strconv.AppendUint(nil, a.mantissa, 10)
	exponent := a.exponent
	for len(digits) > 1 && digits[len(digits)-1] == '0' && exponent < 0 {
		digits, exponent = digits[:len(digits)-1], exponent+1
	}
	switch {
	case exponent >= 0:
		b = append(b, digits...)
		for range exponent {
			b = append(b, '0')
		}
	case -exponent < len(digits):
		point := len(digits) + exponent
		b = append(append(append(b, digits[:point]...), '.'), digits[point:]...)
	default:
		b = append(b, '0', '.')
		for range -exponent - len(digits) {
			b = append(b, '0')
		}
		b = append(b, digits...)
	}
	return string(b)
}

// currencyText is a currency as the ledger's tools write it: three characters of a
// standard code, or 40 digits. The standard code "XRP" would look like the native
// asset and is written in digits, as they do.
func currencyText(c []byte) string {
	code := string(c[12:15])
	if isZero(c[:12]) && isZero(c[15:]) && code != nativeCode && isCurrencyCode(code) {
		return code
	}
	return upperHex(c)
}

// isCurrencyCode reports whether text can be a standard code: three characters of
// those that xrpl.org ("Currency Codes") allows.
func isCurrencyCode(text string) bool {
	if len(text) != 3 {
		return false
	}
	for i := range len(text) {
		c := text[i]
		letter := '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
		if !letter && strings.IndexByte("?!@#$%^&*<>(){}[]|", c) < 0 {
			return false
		}
	}
	return true
}

// nativeCode is the native asset where a currency's code is expected.
const nativeCode = "XRP"

// upperHex writes bytes as the ledger's tools do.
func upperHex(b []byte) string {
	const digits = "0123456789ABCDEF"
	text := make([]byte, hex.EncodedLen(len(b)))
	for i, c := range b {
		text[2*i], text[2*i+1] = digits[c>>4], digits[c&15]
	}
	return string(text)
}
