package antelope

import (
	"strings"

	"strongroom/internal/fault"
)

// ErrName: a text is no name.
var ErrName = fault.Invalid.New("a name has up to 13 of the characters a-z, 1-5 and dot, the 13th at most j, and no dot at the end")

// Name is the name of an account, permission, action or table. The zero value
// is the empty name.
type Name uint64

const (
	nameChars = 13
	// nameAlphabet gives each character its 5 bits.
	nameAlphabet = ".12345abcdefghijklmnopqrstuvwxyz"
)

// ParseName reads the one spelling of a name that [Name.String] writes. The
// error is [ErrName].
func ParseName(text string) (Name, error) {
	if len(text) > nameChars || strings.HasSuffix(text, ".") {
		return 0, ErrName
	}
	var n Name
	for i := range len(text) {
		v := nameValue(text[i])
		switch {
		case v < 0 || i == nameChars-1 && v > 0xf: // the 13th has only 4 bits left
			return 0, ErrName
		case i == nameChars-1:
			n |= Name(v)
		default:
			n |= Name(v) << (64 - 5*(i+1))
		}
	}
	return n, nil
}

func nameValue(c byte) int {
	switch {
	case c == '.':
		return 0
	case '1' <= c && c <= '5':
		return int(c-'1') + 1
	case 'a' <= c && c <= 'z':
		return int(c-'a') + 6
	}
	return -1
}

// String is the usual spelling: trailing dots are left out.
func (n Name) String() string {
	var b [nameChars]byte
	return string(n.AppendTo(b[:0]))
}

// AppendTo appends the usual spelling to b.
func (n Name) AppendTo(b []byte) []byte {
	for i := 0; n != 0; i++ { // what is left is shifted to the top
		if i == nameChars-1 {
			return append(b, nameAlphabet[n>>60])
		}
		b = append(b, nameAlphabet[n>>59])
		n <<= 5
	}
	return b
}
