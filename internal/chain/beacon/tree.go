package beacon

import (
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
)

// Bounds of a JSON text.
const (
	maxNodes = 1 << 14
	maxDepth = 16
)

// node is a JSON value.
type node struct {
	kind    jsontext.Kind
	text    string   // of a text or number, as it is spelt
	members []member // of an object, in their order
	items   []node   // of an array
}

type member struct {
	name  string
	value node
}

// get gives a member of an object, nil where it is not there.
func (n *node) get(name string) *node {
	for i := range n.members {
		if n.members[i].name == name {
			return &n.members[i].value
		}
	}
	return nil
}

// has reports whether the members of an object are exactly those, whatever their order.
func (n *node) has(names ...string) bool {
	if n.kind != '{' || len(n.members) != len(names) {
		return false
	}
	for _, name := range names {
		if n.get(name) == nil {
			return false
		}
	}
	return true
}

// isText, isNumber and isArray report what a value is; a value that is not there is none.
func (n *node) isText() bool   { return n != nil && n.kind == '"' }
func (n *node) isNumber() bool { return n != nil && n.kind == '0' }
func (n *node) isArray() bool  { return n != nil && n.kind == '[' }

// uint reads digits of at most 63 bits without zeros in front.
func (n *node) uint() (uint64, bool) {
	if n == nil || n.text != "0" && strings.HasPrefix(n.text, "0") {
		return 0, false
	}
	v, err := strconv.ParseUint(n.text, 10, 63)
	return v, err == nil
}

var (
	errJSON  = fault.InvalidPayload.New("not one valid json object")
	errLarge = fault.TooLarge.New("json of more than %d values, or nested too deeply", maxNodes)
)

// parseJSON reads one JSON object. Repeated members are refused.
func parseJSON(data []byte) (node, error) {
	r := treeReader{dec: jsontext.NewDecoder(bytes.NewBuffer(data))}
	n, err := r.value(0)
	if err == nil {
		if _, end := r.dec.ReadToken(); end != io.EOF || n.kind != '{' {
			err = errJSON
		}
	}
	return n, err
}

type treeReader struct {
	dec   *jsontext.Decoder
	nodes int
}

func (r *treeReader) value(depth int) (n node, err error) {
	if r.nodes++; r.nodes > maxNodes || depth > maxDepth {
		return n, errLarge
	}
	token, err := r.dec.ReadToken()
	if err != nil {
		return n, errJSON
	}
	switch n.kind = token.Kind(); n.kind {
	case '"', '0':
		n.text = token.String()
	case '{':
		for r.dec.PeekKind() != '}' {
			name, err := r.dec.ReadToken()
			if err != nil {
				return n, errJSON
			}
			m := member{name: name.String()}
			if m.value, err = r.value(depth + 1); err != nil {
				return n, err
			}
			n.members = append(n.members, m)
		}
		_, err = r.dec.ReadToken()
	case '[':
		for r.dec.PeekKind() != ']' {
			item, err := r.value(depth + 1)
			if err != nil {
				return n, err
			}
			n.items = append(n.items, item)
		}
		_, err = r.dec.ReadToken()
	}
	if err != nil {
		err = errJSON
	}
	return n, err
}

// appendCanonical writes a value in the one form that is signed. Names that are not
// plain ASCII, whose order two sorters could see differently, and numbers that are not
// plain integers are refused.
func (n *node) appendCanonical(b []byte) ([]byte, error) {
	switch n.kind {
	case 'n':
		return append(b, "null"...), nil
	case 't':
		return append(b, "true"...), nil
	case 'f':
		return append(b, "false"...), nil
	case '"':
		b, err := jsontext.AppendQuote(b, n.text)
		if err != nil {
			return nil, errJSON
		}
		return b, nil
	case '0':
		digits := node{text: strings.TrimPrefix(n.text, "-")}
		if v, ok := digits.uint(); !ok || v == 0 && n.text != "0" {
			return nil, fault.InvalidPayload.New("a number that is no plain integer")
		}
		return append(b, n.text...), nil
	case '[':
		b = append(b, '[')
		for i := range n.items {
			if i > 0 {
				b = append(b, ',')
			}
			var err error
			if b, err = n.items[i].appendCanonical(b); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	}
	byName := func(a, b member) int { return strings.Compare(a.name, b.name) }
	members := n.members
	if !slices.IsSortedFunc(members, byName) {
		members = slices.SortedFunc(slices.Values(members), byName)
	}
	b = append(b, '{')
	for i := range members {
		if i > 0 {
			b = append(b, ',')
		}
		m := &members[i]
		if strings.ContainsFunc(m.name, func(r rune) bool { return r < ' ' || r > '~' }) {
			return nil, fault.InvalidPayload.New("a member whose name is not plain ascii")
		}
		var err error
		if b, err = jsontext.AppendQuote(b, m.name); err != nil {
			return nil, errJSON
		}
		if b, err = m.value.appendCanonical(append(b, ':')); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}
