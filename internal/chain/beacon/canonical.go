package beacon

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
)

// parseCanonical reads one JSON object that must be in the form that is signed. It is
// quick and lax about details, and then writes what it read and compares: so exactly
// one text is read as each value.
func parseCanonical(payload []byte) (node, error) {
	r := canonicalReader{text: string(payload)}
	n, err := r.value(0)
	if err != nil {
		return n, err
	}
	if n.kind != '{' || r.text != "" {
		return n, errJSON
	}
	again, err := n.appendCanonical(make([]byte, 0, len(payload)))
	if err != nil {
		return n, err
	}
	if !bytes.Equal(again, payload) {
		return n, fault.InvalidPayload.New("the sign document is not in its canonical form")
	}
	return n, nil
}

// canonicalReader takes values from the front of text. Values share its memory.
type canonicalReader struct {
	text  string
	nodes int
}

// take removes what text begins with.
func (r *canonicalReader) take(token string) (ok bool) {
	r.text, ok = strings.CutPrefix(r.text, token)
	return ok
}

func (r *canonicalReader) value(depth int) (n node, err error) {
	if r.nodes++; r.nodes > maxNodes || depth > maxDepth {
		return n, errLarge
	}
	if r.text == "" {
		return n, errJSON
	}
	switch c := r.text[0]; {
	case c == '"':
		n.kind = '"'
		n.text, err = r.quoted()
	case c == '-' || '0' <= c && c <= '9':
		end := 1
		for end < len(r.text) && '0' <= r.text[end] && r.text[end] <= '9' {
			end++
		}
		n.kind, n.text, r.text = '0', r.text[:end], r.text[end:]
	case c == '{':
		n.kind = '{'
		err = r.object(&n, depth)
	case c == '[':
		n.kind = '['
		err = r.array(&n, depth)
	case r.take("null"), r.take("true"), r.take("false"):
		n.kind = jsontext.Kind(c)
	default:
		err = errJSON
	}
	return n, err
}

// object reads members, whose names must rise, so that none repeats.
func (r *canonicalReader) object(n *node, depth int) error {
	r.take("{")
	room := 2 // members of most objects inside
	if depth == 0 {
		room = 7
	}
	n.members = make([]member, 0, room)
	for !r.take("}") {
		if len(n.members) > 0 && !r.take(",") {
			return errJSON
		}
		name, err := r.quoted()
		if err != nil || !r.take(":") || len(n.members) > 0 && name <= n.members[len(n.members)-1].name {
			return errJSON
		}
		value, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.members = append(n.members, member{name, value})
	}
	return nil
}

func (r *canonicalReader) array(n *node, depth int) error {
	r.take("[")
	for !r.take("]") {
		if len(n.items) > 0 && !r.take(",") {
			return errJSON
		}
		value, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.items = append(n.items, value)
	}
	return nil
}

// quoted reads a text.
func (r *canonicalReader) quoted() (string, error) {
	if r.text == "" || r.text[0] != '"' {
		return "", errJSON
	}
	escaped := false
	for end := 1; end < len(r.text); end++ {
		switch r.text[end] {
		case '\\':
			escaped = true
			end++
		case '"':
			text := r.text[:end+1]
			r.text = r.text[end+1:]
			if !escaped {
				return text[1:end], nil
			}
			plain, err := jsontext.AppendUnquote(nil, text)
			if err != nil {
				return "", errJSON
			}
			return string(plain), nil
		}
	}
	return "", errJSON
}
