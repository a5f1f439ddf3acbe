package policy

import (
	"strings"
)

// Match reports whether text matches pattern, in which each `*` stands for any
// run of bytes, also none. It takes time proportional to the product of both
// lengths at worst and allocates nothing.
func Match(pattern, text string) bool {
	prefix, rest, wild := strings.Cut(pattern, "*")
	if !wild {
		return pattern == text
	}
	if !strings.HasPrefix(text, prefix) {
		return false
	}
	text = text[len(prefix):]
	// Taking the leftmost place for each middle part is enough: it leaves the
	// most text for the parts that follow.
	for {
		part, after, more := strings.Cut(rest, "*")
		if !more {
			return strings.HasSuffix(text, part)
		}
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text, rest = text[at+len(part):], after
	}
}

// fewLiterals is how many literals are compared one by one; more go to a map.
const fewLiterals = 8

// matcher is a list of patterns. The zero value matches nothing.
type matcher struct {
	all      bool                // one of the patterns is "*"
	few      []string            // literals, while there are few
	many     map[string]struct{} // literals, once there are many
	patterns []string            // those with a wildcard
}

func newMatcher(patterns []string) matcher {
	var m matcher
	for _, p := range patterns {
		switch {
		case strings.Trim(p, "*") == "":
			m.all = m.all || p != ""
		case strings.Contains(p, "*"):
			m.patterns = append(m.patterns, p)
		default:
			m.few = append(m.few, p)
		}
	}
	if len(m.few) > fewLiterals {
		m.many = make(map[string]struct{}, len(m.few))
		for _, p := range m.few {
			m.many[p] = struct{}{}
		}
		m.few = nil
	}
	return m
}

func (m *matcher) match(text string) bool {
	if m.all {
		return true
	}
	for _, p := range m.few {
		if p == text {
			return true
		}
	}
	if m.many != nil {
		if _, ok := m.many[text]; ok {
			return true
		}
	}
	for _, p := range m.patterns {
		if Match(p, text) {
			return true
		}
	}
	return false
}

// any reports whether some text matches.
func (m *matcher) any() bool {
	return m.all || len(m.few) > 0 || len(m.many) > 0 || len(m.patterns) > 0
}

// matchAny reports whether one of the texts matches. No text at all (an
// operation that concerns no key) matches only "*".
func (m *matcher) matchAny(texts []string) bool {
	if m.all {
		return true
	}
	for _, t := range texts {
		if t != "" && m.match(t) {
			return true
		}
	}
	return false
}

// walletMatcher keeps patterns in the form of an id apart: they never match a name.
type walletMatcher struct {
	either matcher
	ids    matcher
}

// any reports whether there is a wallet that matches, or could be.
func (m *walletMatcher) any() bool { return m.either.any() || m.ids.any() }

func (m *walletMatcher) match(name, id string) bool {
	if m.either.all {
		return true
	}
	return (name != "" && m.either.match(name)) || (id != "" && (m.either.match(id) || m.ids.match(id)))
}
