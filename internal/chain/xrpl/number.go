package xrpl

import (
	"encoding/binary"
	"math"
	"strings"

	"strongroom/internal/fault"
)

// A Number field is a mantissa of 64 and an exponent of 32 bits, both signed. The
// mantissa has 19 digits, or 18 where 19 would not fit into 63 bits.
const (
	numberSize     = 12
	numberMin      = 1e18
	numberShort    = math.MaxInt64/10 + 1 // the least mantissa that has 18 digits because 19 do not fit
	numberExponent = 1 << 15
	zeroExponent   = math.MinInt32
)

// checkNumber finds whether a number is normalised.
func checkNumber(b []byte) error {
	mantissa, exponent := int64(binary.BigEndian.Uint64(b)), int32(binary.BigEndian.Uint32(b[8:]))
	size := uint64(mantissa)
	if mantissa < 0 {
		size = -size
	}
	switch {
	case mantissa == 0 && exponent == zeroExponent:
		return nil
	case size < numberShort || size > math.MaxInt64, exponent < -numberExponent || exponent > numberExponent:
		return fault.InvalidPayload.New("a number that is not normalised")
	}
	return nil
}

// encodeNumber reads a decimal text into a normalised number; what does not fit
// without rounding is refused.
func encodeNumber(text string) ([]byte, error) {
	d, err := parseDecimal(text)
	if err != nil {
		return nil, err
	}
	mantissa, exponent := int64(0), zeroExponent
	if d.digits != "" {
		if len(d.digits) > 19 {
			return nil, errPrecision
		}
		digits := d.digits + strings.Repeat("0", 19-len(d.digits))
		exponent = d.exponent - (19 - len(d.digits))
		var size uint64
		for _, c := range []byte(digits) {
			size = size*10 + uint64(c-'0')
		}
		if size > math.MaxInt64 {
			if size%10 != 0 {
				return nil, errPrecision
			}
			size, exponent = size/10, exponent+1
		}
		if mantissa = int64(size); d.negative {
			mantissa = -mantissa
		}
	}
	b := binary.BigEndian.AppendUint64(nil, uint64(mantissa))
	b = binary.BigEndian.AppendUint32(b, uint32(int32(exponent)))
	return b, checkNumber(b)
}

var errDecimal = fault.InvalidPayload.New("a text that is no decimal number")

var errPrecision = fault.InvalidPayload.New("a number with more digits than its field can hold")

// decimal is a number as people write it: digits without zeros at either end, empty
// for zero, and a power of ten.
type decimal struct {
	negative bool
	digits   string
	exponent int
}

// parseDecimal reads a sign, digits, a point, and an exponent.
func parseDecimal(text string) (d decimal, err error) {
	if len(text) > 256 {
		return d, errDecimal
	}
	switch rest, ok := strings.CutPrefix(text, "-"); {
	case ok:
		d.negative, text = true, rest
	default:
		text = strings.TrimPrefix(text, "+")
	}
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		sign, power := 1, text[i+1:]
		if rest, ok := strings.CutPrefix(power, "-"); ok {
			sign, power = -1, rest
		} else {
			power = strings.TrimPrefix(power, "+")
		}
		if power == "" || len(power) > 5 || !isDigits(power) {
			return d, errDecimal
		}
		for _, c := range []byte(power) {
			d.exponent = d.exponent*10 + int(c-'0')
		}
		d.exponent *= sign
		text = text[:i]
	}
	whole, fraction, _ := strings.Cut(text, ".")
	if d.digits = whole + fraction; d.digits == "" || !isDigits(d.digits) {
		return decimal{}, errDecimal
	}
	d.exponent -= len(fraction)
	d.digits = strings.TrimLeft(d.digits, "0")
	short := strings.TrimRight(d.digits, "0")
	d.exponent += len(d.digits) - len(short)
	if d.digits = short; short == "" {
		d = decimal{}
	}
	return d, nil
}

func isDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}
