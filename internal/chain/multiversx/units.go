package multiversx

import (
	"strings"

	"strongroom/internal/fault"
)

// Units converts an amount of EGLD as people and Tatum write it ("0.5") into units of
// 10^-18, as the protocol does ("500000000000000000"). It takes digits with at most one
// point and at most 18 places behind it: no sign, no exponent, nothing that would have
// to be rounded. Errors: fault.Invalid.
func Units(egld string) (string, error) {
	whole, part, point := strings.Cut(egld, ".")
	if whole == "" && part == "" || point && part == "" || len(whole) > maxDigits-decimals || len(part) > decimals {
		return "", errUnits
	}
	digits := strings.TrimLeft(whole+part+strings.Repeat("0", decimals-len(part)), "0")
	if digits == "" {
		digits = "0"
	}
	for _, c := range []byte(whole + part) {
		if !isDigit(c) {
			return "", errUnits
		}
	}
	return digits, nil
}

var errUnits = fault.Invalid.New("an amount of EGLD is digits with at most %d places behind the point", decimals)
