package wire

import (
	"encoding/hex"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
)

// appendText appends a JSON string. What is not UTF-8 becomes U+FFFD.
func appendText(b []byte, text string) []byte {
	b, _ = jsontext.AppendQuote(b, text) // the error only says that something was replaced
	return b
}

// appendComma separates the elements of a list.
func appendComma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}

// What can be wrong with hex digits; the texts are the peer's.
var (
	errPrefix = fault.Invalid.New("hex string without 0x prefix")
	errOdd    = fault.Invalid.New("hex string of odd length")
	errDigits = fault.Invalid.New("invalid hex string")
)

// cutPrefix takes 0x or 0X away.
func cutPrefix(text string) (digits string, ok bool) {
	if len(text) >= 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') {
		return text[2:], true
	}
	return text, false
}

// fixed reads exactly size bytes; kind is what the peer calls their type.
func fixed(text string, size int, kind string) ([]byte, error) {
	digits, ok := cutPrefix(text)
	if !ok && text != "" {
		return nil, errPrefix
	}
	if len(digits) != 2*size {
		return nil, fault.Invalid.New("hex string has length %d, want %d for %s", len(digits), 2*size, kind)
	}
	raw, err := hex.DecodeString(digits)
	if err != nil {
		return nil, errDigits
	}
	return raw, nil
}

// anyBytes reads bytes of any length; the empty string is none.
func anyBytes(text string) ([]byte, error) {
	digits, ok := cutPrefix(text)
	switch {
	case text == "":
		return []byte{}, nil
	case !ok:
		return nil, errPrefix
	case len(digits)%2 != 0:
		return nil, errOdd
	}
	raw, err := hex.DecodeString(digits)
	if err != nil {
		return nil, errDigits
	}
	return raw, nil
}

// number reads hex digits without leading zeros into room; the empty string is 0.
func number(text string, room []byte) error {
	digits, ok := cutPrefix(text)
	switch {
	case text == "":
		return nil
	case !ok:
		return errPrefix
	case digits == "":
		return fault.Invalid.New("hex string %q", text)
	case len(digits) > 1 && digits[0] == '0':
		return fault.Invalid.New("hex number with leading zero digits")
	case len(digits) > 2*len(room):
		return fault.Invalid.New("hex number > %d bits", 8*len(room))
	}
	even := digits
	if len(digits)%2 != 0 {
		even = "0" + digits
	}
	if strings.ContainsFunc(digits, func(r rune) bool { return !isHex(r) }) {
		return errDigits
	}
	_, err := hex.Decode(room[len(room)-len(even)/2:], []byte(even))
	return err
}

func isHex(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'F'
}
