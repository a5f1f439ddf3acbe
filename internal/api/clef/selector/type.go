package selector

import (
	"strconv"
	"strings"
)

// abiKind is what a value of the ABI is.
type abiKind uint8

const (
	uintKind abiKind = iota
	intKind
	boolKind
	addressKind
	stringKind
	bytesKind
	fixedKind    // bytes1 to bytes32
	functionKind // an address and a selector
	arrayKind
	sliceKind
	tupleKind
)

// abiType is a type of the contract ABI.
type abiType struct {
	kind    abiKind
	name    string     // of an elementary type
	size    int        // bits of numbers, bytes of fixedKind, elements of arrayKind
	elem    *abiType   // of arrays and slices
	fields  []*abiType // of a tuple
	dynamic bool
	words   int // that it takes where it stands; 1, an offset, if it is dynamic
}

// elementary is the type of a name.
func elementary(name string) (*abiType, bool) {
	t := &abiType{name: name, words: 1}
	switch name {
	case "bool":
		t.kind = boolKind
	case "address":
		t.kind = addressKind
	case "string":
		t.kind, t.dynamic = stringKind, true
	case "bytes":
		t.kind, t.dynamic = bytesKind, true
	case "function":
		t.kind = functionKind
	default:
		return t, t.sized(name)
	}
	return t, true
}

// sized finds the types that have a size in their name.
func (t *abiType) sized(name string) bool {
	for prefix, kind := range map[string]abiKind{"uint": uintKind, "int": intKind, "bytes": fixedKind} {
		digits, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		n, err := strconv.Atoi(digits)
		if err != nil || strconv.Itoa(n) != digits {
			return false
		}
		t.kind, t.size = kind, n
		if kind == fixedKind {
			return n >= 1 && n <= 32
		}
		return n >= 8 && n <= 256 && n%8 == 0
	}
	return false
}

// arrayOf is an array of t with the size in digits, or a slice if there are none.
func arrayOf(t *abiType, digits string) (*abiType, bool) {
	if digits == "" {
		return &abiType{kind: sliceKind, elem: t, dynamic: true, words: 1}, true
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 || n > maxWords || strconv.Itoa(n) != digits {
		return nil, false
	}
	a := &abiType{kind: arrayKind, elem: t, size: n, dynamic: t.dynamic, words: 1}
	if !t.dynamic {
		a.words = n * t.words
	}
	return a, a.words <= maxWords
}

// measureTuple finds out how large a tuple is.
func (t *abiType) measureTuple() bool {
	for _, f := range t.fields {
		t.dynamic = t.dynamic || f.dynamic
		t.words += f.words
	}
	small := t.words <= maxWords
	if t.dynamic {
		t.words = 1
	}
	return small
}

// String is the canonical name.
func (t *abiType) String() string {
	switch t.kind {
	case arrayKind:
		return t.elem.String() + "[" + strconv.Itoa(t.size) + "]"
	case sliceKind:
		return t.elem.String() + "[]"
	case tupleKind:
		return "(" + joinTypes(t.fields) + ")"
	}
	return t.name
}

func joinTypes(list []*abiType) string {
	names := make([]string, len(list))
	for i, t := range list {
		names[i] = t.String()
	}
	return strings.Join(names, ",")
}
