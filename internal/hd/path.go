package hd

import (
	"strconv"
	"strings"

	"strongroom/internal/fault"
)

// Hardened is added to the numbers of a path whose keys cannot be derived from an
// extended public key (BIP-32 "Extended keys"). Numbers are below it otherwise.
const Hardened = 1 << 31

const (
	maxDepth    = 10                  // numbers in a path; wallets use up to six
	maxPathText = 2 + maxDepth*(1+11) // characters: "m/" and numbers of ten digits with a mark, separated
)

// Path is the way from a seed to a key: the numbers of the children, one below the
// other. The empty path is the master key.
type Path []uint32

// ParsePath reads a path such as m/44'/60'/0'/0/0. Hardened numbers have ', h or H
// behind them. An i stands for index, as in m/44'/60'/0'/0/i or m/44'/501'/0'/0'/i'.
//
// Numbers are decimal without needless zeros and below 2147483648, the index too
// where it stands in the path; a path has at most 10 of them. Errors are
// fault.Invalid, or fault.TooLarge for a path that is too long.
func ParsePath(text string, index uint32) (Path, error) {
	if len(text) > maxPathText {
		return nil, fault.TooLarge.New("a derivation path of %d characters is too long", len(text))
	}
	elements := strings.Split(text, "/")
	if elements[0] != "m" {
		return nil, fault.Invalid.New("a derivation path begins with m, as in m/44'/60'/0'/0/i")
	}
	elements = elements[1:]
	if len(elements) > maxDepth {
		return nil, fault.TooLarge.New("a derivation path may have %d numbers, not %d", maxDepth, len(elements))
	}
	path := make(Path, len(elements))
	for i, element := range elements {
		number, problem := parseElement(element, index)
		if problem != "" {
			return nil, fault.Invalid.New("number %d of the derivation path is %s", i+1, problem).
				WithHint("numbers are 0 to 2147483647, with ' behind them where they are hardened; i stands for the index")
		}
		path[i] = number
	}
	return path, nil
}

// parseElement reads one number, or says what else it is.
func parseElement(text string, index uint32) (number uint32, problem string) {
	digits := text
	if n := len(text); n > 0 && strings.IndexByte("'hH", text[n-1]) >= 0 {
		digits = text[:n-1]
	}
	number = index
	if digits != "i" {
		parsed, err := strconv.ParseUint(digits, 10, 31)
		if err != nil || strconv.FormatUint(parsed, 10) != digits {
			return 0, "no number below 2147483648"
		}
		number = uint32(parsed)
	}
	if number >= Hardened {
		return 0, "the index, which is not below 2147483648"
	}
	if len(digits) < len(text) {
		number += Hardened
	}
	return number, ""
}

// String is the path as [ParsePath] reads it, hardened numbers with '.
func (p Path) String() string {
	text := []byte{'m'}
	for _, number := range p {
		text = strconv.AppendUint(append(text, '/'), uint64(number&^Hardened), 10)
		if number >= Hardened {
			text = append(text, '\'')
		}
	}
	return string(text)
}
