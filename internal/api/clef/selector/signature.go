package selector

import (
	"fmt"
	"strconv"
	"strings"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/fault"
)

// Bounds on a method signature. The longest of the embedded table has 208 bytes and
// three dimensions.
const (
	maxSignature = 4096
	maxDepth     = 16
	maxWords     = 1 << 16 // of a type that has no dynamic parts: 2 MiB
)

// method is a parsed signature: name(types).
type method struct {
	name string
	args []argument
}

// argument is one type as it is written. resolve makes the rest of it.
type argument struct {
	base   string     // elementary, without dimensions; "" for a tuple
	fields []argument // of a tuple
	dims   string     // "[2][]"
	t      *abiType
}

// parseSignature reads a method signature. It knows nothing of types yet, see
// [method.resolve]. Errors: fault.Invalid with the peer's texts.
func parseSignature(text string) (*method, error) {
	p := parser{rest: text}
	m := &method{}
	var err error
	if len(text) > maxSignature {
		return nil, fault.Invalid.New("failed to parse selector: it has more than %d bytes", maxSignature)
	}
	if m.name, err = p.token(true); err == nil {
		if after, ok := strings.CutPrefix(p.rest, "()"); ok {
			p.rest = after
		} else {
			m.args, err = p.tuple(0)
		}
	}
	if err == nil && p.rest != "" {
		err = fmt.Errorf("unexpected string '%s'", p.rest)
	}
	if err != nil {
		return nil, fault.Invalid.New("failed to parse selector: failed to parse selector '%s': %s", text, err.Error())
	}
	return m, nil
}

type parser struct{ rest string }

// token takes a name: letters and digits, and for identifiers $ and _.
func (p *parser) token(identifier bool) (string, error) {
	symbol := func(c byte) bool { return identifier && (c == '$' || c == '_') }
	if p.rest == "" {
		return "", fmt.Errorf("empty token")
	}
	if c := p.rest[0]; !isLetter(c) && !symbol(c) {
		return "", fmt.Errorf("invalid token start: %c", c)
	}
	n := 1
	for n < len(p.rest) && (isLetter(p.rest[n]) || isDigit(p.rest[n]) || symbol(p.rest[n])) {
		n++
	}
	name := p.rest[:n]
	p.rest = p.rest[n:]
	return name, nil
}

// tuple takes types in parentheses, at least one.
func (p *parser) tuple(depth int) (list []argument, err error) {
	if p.rest == "" || p.rest[0] != '(' {
		return nil, fmt.Errorf("expected '(', got '%.1s'", p.rest)
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("more than %d tuples within each other", maxDepth)
	}
	for next := byte('('); len(p.rest) > 0 && p.rest[0] == next; next = ',' {
		p.rest = p.rest[1:]
		one, err := p.argument(depth)
		if err != nil {
			return nil, fmt.Errorf("failed to parse type: %w", err)
		}
		list = append(list, one)
	}
	if p.rest == "" || p.rest[0] != ')' {
		return nil, fmt.Errorf("expected ')', got '%s'", p.rest)
	}
	p.rest = p.rest[1:]
	return list, nil
}

func (p *parser) argument(depth int) (a argument, err error) {
	if p.rest == "" {
		return a, fmt.Errorf("empty type")
	}
	if p.rest[0] == '(' {
		a.fields, err = p.tuple(depth + 1)
	} else if a.base, err = p.token(false); err != nil {
		err = fmt.Errorf("failed to parse elementary type: %w", err)
	}
	if err == nil {
		a.dims, err = p.dimensions()
	}
	return a, err
}

// dimensions takes what makes arrays of a type.
func (p *parser) dimensions() (string, error) {
	start := p.rest
	for strings.HasPrefix(p.rest, "[") {
		n := 1
		for n < len(p.rest) && isDigit(p.rest[n]) {
			n++
		}
		if n == len(p.rest) {
			return "", fmt.Errorf("failed to parse array: expected ']', got end of string")
		}
		if p.rest[n] != ']' {
			return "", fmt.Errorf("failed to parse array: expected ']', got %c", p.rest[n])
		}
		p.rest = p.rest[n+1:]
	}
	return start[:len(start)-len(p.rest)], nil
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// resolve finds the types. Errors: fault.Invalid, with the description of the function
// that the peer quotes.
func (m *method) resolve() error {
	for i := range m.args {
		if err := m.args[i].resolve(); err != nil {
			described := string(appendArguments(nil, m.args))
			described = `[{"name":` + strconv.Quote(m.name) + `,"type":"function","inputs":` + described + `}]`
			return fault.Invalid.New("invalid method signature (%q): %s", described, err.Error())
		}
	}
	return nil
}

func (a *argument) resolve() error {
	t := &abiType{kind: tupleKind}
	if a.base != "" {
		var ok bool
		if t, ok = elementary(a.base); !ok {
			return fmt.Errorf("unsupported arg type: %s", a.base)
		}
	}
	for i := range a.fields {
		if err := a.fields[i].resolve(); err != nil {
			return err
		}
		t.fields = append(t.fields, a.fields[i].t)
	}
	if len(a.fields) > 0 && !t.measureTuple() {
		return fmt.Errorf("type of more than %d words", maxWords)
	}
	for n, rest := 0, a.dims; rest != ""; n++ {
		digits, after, _ := strings.Cut(rest[1:], "]")
		rest = after
		if n == maxDepth {
			return fmt.Errorf("more than %d dimensions", maxDepth)
		}
		array, ok := arrayOf(t, digits)
		if !ok {
			return fmt.Errorf("array size [%s]", digits)
		}
		t = array
	}
	a.t = t
	return nil
}

// appendArguments appends the JSON with which the peer describes arguments.
func appendArguments(b []byte, args []argument) []byte {
	b = append(b, '[')
	for i := range args {
		a := &args[i]
		name := a.base + a.dims
		if a.base == "" {
			name = "tuple" + a.dims
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `{"Name":"name%d","Type":"%s","InternalType":"%s","Components":`, i, name, name)
		if a.fields == nil {
			b = append(b, "null"...)
		} else {
			b = appendArguments(b, a.fields)
		}
		b = append(b, `,"Indexed":false}`...)
	}
	return append(b, ']')
}

// types are those of the arguments, resolved.
func (m *method) types() []*abiType {
	list := make([]*abiType, len(m.args))
	for i := range m.args {
		list[i] = m.args[i].t
	}
	return list
}

// signature is the canonical text, which the selector is of.
func (m *method) signature() string { return m.name + "(" + joinTypes(m.types()) + ")" }

// selector is what call data begin with.
func (m *method) selector() [4]byte {
	sum := wire.Keccak([]byte(m.signature()))
	return [4]byte(sum[:4])
}

// declaration is how the peer writes a function.
func (m *method) declaration() string {
	args := make([]string, len(m.args))
	for i := range m.args {
		args[i] = m.args[i].t.String() + " name" + strconv.Itoa(i)
	}
	return "function " + m.name + "(" + strings.Join(args, ", ") + ") returns()"
}
