package typed

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"strongroom/internal/fault"
)

// checker goes through a document twice, as the peer does: first for what can be shown,
// then for what can be hashed. It counts what it looks at, because a type of many members
// can be asked for by a few bytes of values.
type checker struct {
	doc  *Document
	left int // looks
}

// maxLooks is more than there are values in the largest document, many times.
const maxLooks = 1 << 20

func (c *checker) look() error {
	if c.left--; c.left < 0 {
		return fault.TooLarge.New("typed data: too many members are missing or empty")
	}
	return nil
}

// check finds what is wrong with a document, in the peer's order.
func (doc *Document) check() error {
	c := &checker{doc: doc, left: maxLooks}
	if err := c.showStruct(domainType, doc.domain); err != nil {
		return err
	}
	if err := c.showStruct(doc.primary, doc.message); err != nil {
		return err
	}
	if err := doc.checkTypes(); err != nil {
		return err
	}
	if len(doc.domain) == 0 {
		return fault.InvalidPayload.New("domain is undefined")
	}
	if err := c.hashStruct(domainType, doc.domain); err != nil {
		return err
	}
	if err := c.hashStruct(doc.primary, doc.message); err != nil {
		return err
	}
	if _, ok := doc.types[doc.primary]; !ok {
		return fault.InvalidPayload.New("primary type %q is undefined", cut(doc.primary)).
			WithHint("name one of the types of the document as its primaryType")
	}
	return nil
}

// checkTypes checks the table of types. Where several are wrong, the first by name is
// told; the peer tells any of them.
func (doc *Document) checkTypes() error {
	for _, name := range slices.Sorted(maps.Keys(doc.types)) {
		if name == "" {
			return fault.InvalidPayload.New("empty type key")
		}
		seen := map[string]bool{}
		for i, m := range doc.types[name] {
			if seen[m.name] { // which would be hashed twice, and something else not at all
				return fault.InvalidPayload.New("type %q:%d: Name %q is given twice", cut(name), i, cut(m.name))
			}
			seen[m.name] = true
			switch {
			case m.typ == "":
				return fault.InvalidPayload.New("type %q:%d: empty Type", cut(name), i)
			case m.name == "":
				return fault.InvalidPayload.New("type %q:%d: empty Name", cut(name), i)
			case m.typ == name:
				return fault.InvalidPayload.New("type %q cannot reference itself", cut(name))
			case isPrimitive(baseOf(m.typ)):
				continue
			}
			if _, ok := doc.types[baseOf(m.typ)]; !ok {
				return fault.InvalidPayload.New("reference type %q is undefined", cut(m.typ))
			}
			if !isReference(m.typ) {
				return fault.InvalidPayload.New("unknown reference type %q", cut(m.typ))
			}
		}
	}
	return nil
}

// baseOf is a type without what stands in brackets behind it.
func baseOf(typ string) string {
	base, _, _ := strings.Cut(typ, "[")
	return base
}

// isPrimitive reports whether a name is that of a type that EIP-712 defines, or uint or
// int.
func isPrimitive(name string) bool {
	switch name {
	case "address", "bool", "string", "bytes", "int", "uint":
		return true
	}
	for _, family := range [...]struct {
		prefix    string
		step, max int
	}{{"bytes", 1, 32}, {"uint", 8, 256}, {"int", 8, 256}} {
		digits, ok := strings.CutPrefix(name, family.prefix)
		if n, err := strconv.Atoi(digits); ok && err == nil && n > 0 && n <= family.max && n%family.step == 0 && strconv.Itoa(n) == digits {
			return true
		}
	}
	return false
}

// isReference reports whether a type is a letter, more letters, digits or underscores,
// and then any number of brackets with digits or nothing in them.
func isReference(typ string) bool {
	base := baseOf(typ)
	for i, c := range []byte(base) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	_, ok := lengths(typ[len(base):])
	return ok && base != ""
}

// lengths reads the brackets behind a type; -1 stands for any length.
func lengths(brackets string) (list []int, ok bool) {
	for brackets != "" {
		digits, rest, found := strings.Cut(brackets[1:], "]")
		if brackets[0] != '[' || !found || strings.Trim(digits, "0123456789") != "" {
			return nil, false
		}
		n := -1
		if digits != "" {
			var err error
			if n, err = strconv.Atoi(digits); err != nil {
				return nil, false
			}
		}
		list, brackets = append(list, n), rest
	}
	return list, true
}

// at is a member of a value, null if it is missing.
func at(members map[string]*value, name string) *value {
	if v := members[name]; v != nil {
		return v
	}
	return &value{}
}
