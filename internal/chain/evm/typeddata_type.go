package evm

import (
	"sort"
	"strconv"
	"strings"

	"strongroom/internal/chain/hexaccount"
	"strongroom/internal/fault"
)

// member is one member of a struct type as JSON has it.
type member struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// structType is a type that a document defines.
type structType struct {
	name    string
	members []structMember
	encoded string   // encodeType of EIP-712
	hash    [32]byte // of encoded
}

type structMember struct {
	name string
	text string // of the type, as written
	fieldType
}

// kind is a family of types of values.
type kind uint8

const (
	kindAddress kind = iota
	kindBool
	kindString
	kindBytes   // of any length
	kindFixed   // bytes1 to bytes32
	kindUint    // uint8 to uint256, uint
	kindInt     // int8 to int256, int
	kindStruct  // a type of the document
	kindUnknown // not a type
)

// fieldType is the type of a value.
type fieldType struct {
	kind kind
	size int         // bytes of kindFixed, bits of numbers
	of   *structType // of kindStruct
	dims []int       // lengths of arrays, the innermost first; -1 is any
}

const anyLength = -1

// readTypes reads the types of a document.
func readTypes(file map[string][]member) (map[string]*structType, error) {
	if len(file) > maxTypes {
		return nil, fault.TooLarge.New("typed data: more than %d types", maxTypes)
	}
	types := make(map[string]*structType, len(file))
	for name := range file {
		if !isTypeName(name) {
			return nil, fault.InvalidPayload.New("typed data: a type whose name cannot be one")
		}
		types[name] = &structType{name: name}
	}
	for name, members := range file {
		t := types[name]
		if len(members) > maxMembers {
			return nil, fault.TooLarge.New("typed data: type %s has more than %d members", name, maxMembers)
		}
		seen := make(map[string]bool, len(members))
		for _, m := range members {
			if !isName(m.Name) || seen[m.Name] {
				return nil, fault.InvalidPayload.New("typed data: type %s has a member twice, or one whose name cannot be one", name)
			}
			seen[m.Name] = true
			field, err := readType(m.Type, types)
			if err != nil {
				return nil, fault.InvalidPayload.New("typed data: the type of member %s of %s is not known", m.Name, name)
			}
			t.members = append(t.members, structMember{name: m.Name, text: m.Type, fieldType: field})
		}
	}
	for _, t := range types {
		t.encoded = t.encodeType()
		t.hash = hexaccount.Keccak([]byte(t.encoded))
	}
	return types, nil
}

// readType reads the text of a type: "uint256", "Person[2][]".
func readType(text string, types map[string]*structType) (f fieldType, err error) {
	base, rest, _ := strings.Cut(text, "[")
	if len(base) < len(text) {
		rest = "[" + rest
	}
	if f.of = types[base]; f.of != nil { // which hides a primitive type of that name
		f.kind = kindStruct
	} else if f.kind, f.size = primitive(base); f.kind == kindUnknown {
		return f, errTyped
	}
	for rest != "" {
		end := strings.IndexByte(rest, ']')
		if rest[0] != '[' || end < 0 || len(f.dims) >= maxDepth {
			return f, errTyped
		}
		length := anyLength
		if digits := rest[1:end]; digits != "" {
			n, err := strconv.ParseUint(digits, 10, 20)
			if err != nil || n == 0 || digits != strconv.FormatUint(n, 10) {
				return f, errTyped
			}
			length = int(n)
		}
		f.dims = append(f.dims, length)
		rest = rest[end+1:]
	}
	return f, nil
}

var errTyped = fault.InvalidPayload.New(" does not fit its type")

// primitive finds a type that EIP-712 defines. The names uint and int are no
// aliases there, but wallets sign them as numbers of 256 bits.
func primitive(name string) (kind, int) {
	switch name {
	case "address":
		return kindAddress, 0
	case "bool":
		return kindBool, 0
	case "string":
		return kindString, 0
	case "bytes":
		return kindBytes, 0
	case "uint":
		return kindUint, 256
	case "int":
		return kindInt, 256
	}
	for _, family := range []struct {
		prefix    string
		kind      kind
		step, max int
	}{{"bytes", kindFixed, 1, 32}, {"uint", kindUint, 8, 256}, {"int", kindInt, 8, 256}} {
		digits, ok := strings.CutPrefix(name, family.prefix)
		if n, err := strconv.Atoi(digits); ok && err == nil && n > 0 && n <= family.max && n%family.step == 0 && strconv.Itoa(n) == digits {
			return family.kind, n
		}
	}
	return kindUnknown, 0
}

// isName reports whether a text is an identifier, so that no name can pass for a
// part of the encoding of another type.
func isName(text string) bool {
	if len(text) > maxName {
		return false
	}
	for i, c := range []byte(text) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return text != ""
}

// isTypeName allows colons besides, which some exchanges use to group types.
func isTypeName(text string) bool {
	if len(text) > maxName {
		return false
	}
	for part := range strings.SplitSeq(text, ":") {
		if !isName(part) {
			return false
		}
	}
	return true
}

// collect adds t and the types that it uses.
func (t *structType) collect(used map[string]*structType) {
	if used[t.name] != nil {
		return
	}
	used[t.name] = t
	for i := range t.members {
		if of := t.members[i].of; of != nil {
			of.collect(used)
		}
	}
}

// encodeType writes the type and, by name, those that it uses (EIP-712,
// "Definition of encodeType").
func (t *structType) encodeType() string {
	used := map[string]*structType{}
	t.collect(used)
	delete(used, t.name)
	names := make([]string, 0, len(used))
	for name := range used {
		names = append(names, name)
	}
	sort.Strings(names)
	b := t.appendType(nil)
	for _, name := range names {
		b = used[name].appendType(b)
	}
	return string(b)
}

func (t *structType) appendType(b []byte) []byte {
	b = append(append(b, t.name...), '(')
	for i := range t.members {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, t.members[i].text...), ' '), t.members[i].name...)
	}
	return append(b, ')')
}

// appendJSON writes the definition: "Person":[{"name":"wallet","type":"address"}].
func (t *structType) appendJSON(b []byte) []byte {
	b = append(appendQuoted(b, t.name), ":["...)
	for i := range t.members {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendQuoted(append(b, `{"name":`...), t.members[i].name)
		b = appendQuoted(append(b, `,"type":`...), t.members[i].text)
		b = append(b, '}')
	}
	return append(b, ']')
}
