package cli

import (
	"strings"

	"strongroom/internal/api/rest"
	"strongroom/internal/chain"
	"strongroom/internal/chain/all"
)

// decimalsOn tells how many digits of an amount stand behind the point, for the native
// asset of a chain, which people do not count in its smallest unit. Two chains may call
// their assets by one symbol, so the chain must be known.
func decimalsOn(id string) func(asset string) int {
	row, err := chain.Find(all.Rows(), id, false)
	return func(asset string) int {
		if err == nil && asset == row.Symbol {
			return row.Decimals
		}
		return 0
	}
}

// describeEffect puts an effect on a chain into one line.
func describeEffect(e rest.Effect, decimals func(asset string) int) string {
	words := []string{e.Kind}
	if e.Detail != "" && e.Detail != e.Kind {
		words = append(words, "("+shown(e.Detail)+")")
	}
	for _, part := range []struct{ label, value string }{
		{"", amount(e.Amount, decimals(e.Asset))}, {"", e.Asset}, {"of", subject(e)}, {"from", e.From}, {"to", e.To}, {"until", e.Until},
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

// subject is what is acted on, unless the kind says it already.
func subject(e rest.Effect) string {
	if e.Subject == e.Kind {
		return ""
	}
	return e.Subject
}

// amount is a decimal number of smallest units as people write it. What is no
// number ("all") stays as it is, and so does what has no known decimals, said so.
func amount(n string, digits int) string {
	if !isNumber(n) {
		return n
	}
	if digits == 0 {
		return n + " units of"
	}
	return withPoint(n, digits)
}

// withPoint writes a number of smallest units in whole ones.
func withPoint(n string, digits int) string {
	if !isNumber(n) || digits <= 0 {
		return n
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

func isNumber(n string) bool { return n != "" && strings.Trim(n, "0123456789") == "" }
