package cli

import (
	"strings"

	"strongroom/internal/api/rest"
)

// decimals is how many digits of an amount stand behind the point, for assets that
// people do not count in their smallest unit.
func decimals(asset string) int {
	if asset == "ALGO" { // in microAlgos
		return 6
	}
	return 0
}

// describeEffect puts an effect into one line.
func describeEffect(e rest.Effect) string {
	words := []string{e.Kind}
	if e.Detail != "" && e.Detail != e.Kind {
		words = append(words, "("+shown(e.Detail)+")")
	}
	for _, part := range []struct{ label, value string }{
		{"", amount(e.Amount, e.Asset)}, {"", e.Asset}, {"of", e.Subject}, {"from", e.From}, {"to", e.To}, {"until", e.Until},
	} {
		if part.value == "" {
			continue
		}
		if part.label != "" {
			words = append(words, part.label)
		}
		words = append(words, shown(part.value))
	}
	return strings.Join(words, " ")
}

// amount is a decimal number of smallest units as people write it. What is no
// number ("all") stays as it is, and so does what has no known decimals, said so.
func amount(n, asset string) string {
	if n == "" || strings.Trim(n, "0123456789") != "" {
		return n
	}
	digits := decimals(asset)
	if digits == 0 {
		return n + " units of"
	}
	if len(n) <= digits {
		n = strings.Repeat("0", digits+1-len(n)) + n
	}
	whole, part := n[:len(n)-digits], strings.TrimRight(n[len(n)-digits:], "0")
	if part == "" {
		return whole
	}
	return whole + "." + part
}
