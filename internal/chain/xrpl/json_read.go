package xrpl

import (
	"bytes"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
)

// maxFile bounds a file: hex of the largest payload, or JSON of one.
const maxFile = 512 << 10

// maxNodes bounds the values of a JSON text.
const maxNodes = 1 << 16

// node is a JSON value.
type node struct {
	kind    jsontext.Kind
	text    string   // of a text or number, as it is spelt
	members []member // of an object, in their order
	items   []node   // of an array
}

// member is a member of a JSON object; names do not repeat.
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

// parseJSON reads one JSON object. Repeated members are refused.
func parseJSON(data []byte) (node, error) {
	r := treeReader{dec: jsontext.NewDecoder(bytes.NewReader(data))}
	n, err := r.value(0)
	if err == nil {
		if _, err = r.dec.ReadToken(); err == io.EOF {
			err = nil
		} else {
			err = errJSON
		}
	}
	if err == nil && n.kind != '{' {
		err = errJSON
	}
	return n, err
}

var errJSON = fault.InvalidPayload.New("the file is not one valid json object")

type treeReader struct {
	dec   *jsontext.Decoder
	nodes int
}

func (r *treeReader) value(depth int) (n node, err error) {
	// An array of objects is two levels, its elements' names are a third.
	if r.nodes++; r.nodes > maxNodes || depth > 3*maxDepth {
		return n, fault.TooLarge.New("json of more than %d values, or nested too deeply", maxNodes)
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
