package clefjs

import (
	"bytes"
	"errors"
	"io"

	"github.com/dop251/goja"
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
)

// lazyFrom is the number of values from which a member of a prepared argument is
// brought into JavaScript only when it is looked at.
const lazyFrom = 64

// node is a JSON value on its way into JavaScript. A node can be built into any number
// of runtimes: what it holds of them is text and numbers, which belong to none.
type node struct {
	kind     jsontext.Kind
	leaf     goja.Value // of a text, a number, a boolean or null
	members  []member   // of an object
	elements []node     // of an array
	size     int        // values in it, itself included
}

type member struct {
	name string
	node node
}

var errDepth = errors.New("the argument is nested too deeply")

// parseObject reads exactly one JSON object. Twice the same name is an error. vm makes
// the text and the numbers, which serve any other runtime as well.
func parseObject(vm *goja.Runtime, text []byte) (node, error) {
	d := jsontext.NewDecoder(bytes.NewReader(text))
	if d.PeekKind() != '{' {
		return node{}, errors.New("the argument is not a JSON object")
	}
	n, err := parseNode(vm, d, 0)
	if err != nil {
		return node{}, err
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return node{}, errors.New("the argument is followed by something")
	}
	return n, nil
}

// checkArgument says whether a child could take text as an argument, without making
// anything of it.
func checkArgument(text []byte) error {
	if len(text) > maxArgument {
		return fault.TooLarge.New("the request is too large for the rule file")
	}
	d := jsontext.NewDecoder(bytes.NewReader(text))
	if d.PeekKind() != '{' {
		return fault.Invalid.New("the argument of the rule file is not a JSON object")
	}
	for {
		_, err := d.ReadToken()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return fault.Invalid.Wrap(err, "the argument of the rule file is not valid JSON")
		case d.StackDepth() > maxDepth:
			return fault.Invalid.Wrap(errDepth, "the argument of the rule file is nested too deeply")
		case d.StackDepth() == 0 && d.PeekKind() != jsontext.KindInvalid:
			return fault.Invalid.New("the argument of the rule file is followed by something")
		}
	}
}

func parseNode(vm *goja.Runtime, d *jsontext.Decoder, depth int) (node, error) {
	if depth >= maxDepth {
		return node{}, errDepth
	}
	token, err := d.ReadToken()
	if err != nil {
		return node{}, err
	}
	n := node{kind: token.Kind(), size: 1}
	switch n.kind {
	case '{':
		for d.PeekKind() != '}' {
			name, err := d.ReadToken()
			if err != nil {
				return node{}, err
			}
			m := member{name: name.String()}
			if m.node, err = parseNode(vm, d, depth+1); err != nil {
				return node{}, err
			}
			n.members = append(n.members, m)
			n.size += m.node.size
		}
		_, err = d.ReadToken()
	case '[':
		for d.PeekKind() != ']' {
			element, err := parseNode(vm, d, depth+1)
			if err != nil {
				return node{}, err
			}
			n.elements = append(n.elements, element)
			n.size += element.size
		}
		_, err = d.ReadToken()
	default:
		n.leaf = leafValue(vm, token)
	}
	return n, err
}

func leafValue(vm *goja.Runtime, token jsontext.Token) goja.Value {
	switch token.Kind() {
	case '"':
		return vm.ToValue(token.String())
	case '0':
		f, _ := token.Float() // what is too big for a number is infinite, as in JavaScript
		return vm.ToValue(f)
	case 't', 'f':
		return vm.ToValue(token.Bool())
	}
	return goja.Null()
}

// build makes n a value of vm. Later changes of prototypes do not change what it does.
func (n *node) build(vm *goja.Runtime) goja.Value {
	switch n.kind {
	case '{':
		o := vm.NewObject()
		n.buildInto(vm, o, 0)
		return o
	case '[':
		values := make([]any, len(n.elements))
		for i := range n.elements {
			values[i] = n.elements[i].build(vm)
		}
		return vm.NewArray(values...)
	}
	return n.leaf
}

// buildInto defines n's members in o; those of at least lazy values (0: none) appear
// when they are looked at.
func (n *node) buildInto(vm *goja.Runtime, o *goja.Object, lazy int) {
	for i := range n.members {
		m := &n.members[i]
		if lazy > 0 && m.node.size >= lazy {
			defineLazily(vm, o, m.name, func() goja.Value { return m.node.build(vm) })
			continue
		}
		define(o, m.name, m.node.build(vm))
	}
}

// define makes a property as an object literal does: also of the name __proto__, and
// whatever setters prototypes have.
func define(o *goja.Object, name string, v goja.Value) {
	// it fails for frozen objects only, and those have the property
	_ = o.DefineDataProperty(name, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
}

// defineLazily makes a property whose value is made when it is first read, and which is
// then, or when it is assigned to, a plain one. It is enumerable and configurable, so
// that only getOwnPropertyDescriptor sees the difference.
func defineLazily(vm *goja.Runtime, o *goja.Object, name string, make func() goja.Value) {
	var made goja.Value
	getter := vm.ToValue(func(goja.FunctionCall) goja.Value {
		if made == nil {
			made = make()
			define(o, name, made)
		}
		return made
	})
	setter := vm.ToValue(func(c goja.FunctionCall) goja.Value {
		define(o, name, c.Argument(0))
		return goja.Undefined()
	})
	_ = o.DefineAccessorProperty(name, getter, setter, goja.FLAG_TRUE, goja.FLAG_TRUE)
}
