package solidity

import (
	"strings"
	"testing"

	"strongroom/internal/chain"
)

// argumentOf makes an argument of a type for encode: lists with n entries, bytes of
// size n*word, and numbers that are small.
func argumentOf(s *shape, n int) any {
	switch s.kind {
	case kindAddress:
		return mallory
	case kindBool:
		return n > 0
	case kindFixed:
		return [32]byte{}
	case kindBytes:
		return make([]byte, n*word)
	case kindArray:
		entries := list{}
		for range n {
			entries = append(entries, argumentOf(&s.parts[0], n))
		}
		return entries
	case kindTuple:
		var members tuple
		for i := range s.parts {
			members = append(members, argumentOf(&s.parts[i], n))
		}
		return members
	}
	return n
}

// TestEveryCallNamesItsContract: whatever a function is called, and whatever it is
// given, the effects name the contract that is trusted with it. A contract of
// somebody's own may have any function of any name.
func TestEveryCallNamesItsContract(t *testing.T) {
	for _, r := range rows(t) {
		s, ok := shapeOf(r.signature)
		if !ok {
			t.Fatal(r.signature)
		}
		for n := range 4 {
			var arguments []any
			for i := range s.parts {
				arguments = append(arguments, argumentOf(&s.parts[i], n))
			}
			m := read(target, encode(r.signature, arguments...))
			if !mentions(m.Effects, "target") {
				t.Errorf("%s with lists of %d does not name the contract:\n%s", r.signature, n, describe(m.Effects...))
			}
			trusted := find(m.Effects, chain.Effect{Kind: chain.Call, To: "target"}) || find(m.Effects, chain.Effect{Kind: chain.Opaque, To: "target"})
			for _, e := range m.Effects {
				if !trusted && e.Asset != "" && !mentions([]chain.Effect{e}, "target") {
					t.Errorf("%s with lists of %d works on what others keep, and no call is named:\n%s", r.signature, n, describe(m.Effects...))
				}
				if e.Kind == chain.Message || e.Kind == chain.Fee || e.Detail == notCanonical && r.signature != "multiSend(bytes)" {
					t.Errorf("%s with lists of %d:\n%s", r.signature, n, describe(e))
				}
			}
		}
	}
}

// mentions reports whether a text stands in a field of an effect that rules look at.
func mentions(effects []chain.Effect, text string) bool {
	for _, e := range effects {
		if strings.Contains(e.Asset+" "+e.From+" "+e.To, text) {
			return true
		}
	}
	return false
}
