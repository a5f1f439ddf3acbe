package typed

import (
	"strings"

	"strongroom/internal/fault"
)

// showStruct finds what of a struct cannot be shown.
func (c *checker) showStruct(typ string, members map[string]*value) error {
	for _, m := range c.doc.types[typ] {
		if err := c.look(); err != nil {
			return err
		}
		v := at(members, m.name)
		var err error
		if _, known := c.doc.types[m.typ]; strings.IndexByte(m.typ, '[') > 0 {
			err = c.showArray(m.typ, v)
		} else if !known {
			err = showPrimitive(m.typ, v)
		} else if v.kind == kindObject {
			err = c.showStruct(m.typ, v.members)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// showArray finds what of an array cannot be shown. A value that is none is found when
// it is hashed.
func (c *checker) showArray(typ string, v *value) error {
	if v.kind != kindList || len(v.items) == 0 {
		return nil
	}
	base := baseOf(typ)
	of, ok := lengths(typ[len(base):])
	if _, known := c.doc.types[base]; known {
		return c.showStructs(base, max(1, len(of)), v)
	}
	if strings.HasPrefix(base, "bytes") { // which the peer shows whatever they are
		return nil
	}
	if !ok || !isPrimitive(base) {
		return errUnshown(typ)
	}
	return c.showPrimitives(typ, base, of, v)
}

// showStructs goes through an array of so many dimensions of structs.
func (c *checker) showStructs(base string, dimensions int, v *value) error {
	for _, item := range v.items {
		err := c.look()
		switch {
		case err != nil:
		case dimensions > 1 && item.kind == kindList:
			err = c.showStructs(base, dimensions-1, item)
		case dimensions == 1:
			err = c.showStruct(base, item.members)
		default:
			err = c.showStruct(base, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// showPrimitives goes through an array of the given lengths, the innermost first, of a
// primitive type. The peer shows no such array that is not empty; what has not the shape
// of the type is refused in its words.
func (c *checker) showPrimitives(typ, base string, of []int, v *value) error {
	last := len(of) - 1
	if v.kind != kindList || of[last] >= 0 && of[last] != len(v.items) {
		return errUnshown(typ)
	}
	for _, item := range v.items {
		err := c.look()
		switch {
		case err != nil:
		case last > 0:
			err = c.showPrimitives(typ, base, of[:last], item)
		case item.kind == kindNull, item.kind == kindList, item.kind == kindObject:
			err = errUnshown(typ)
		default:
			err = showPrimitive(base, item)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// errUnshown is for an array that has not the shape of its type.
func errUnshown(typ string) error {
	err := fault.InvalidPayload.New("unhandled type %s", cut(typ))
	for _, prefix := range [...]string{"uint", "int"} {
		if size, ok := strings.CutPrefix(typ, prefix); ok {
			err = fault.InvalidPayload.New("invalid size on integer: %s", cut(size))
			break
		}
	}
	return err.WithHint("the value has not the shape of the type %s: check how many entries there are, and that none is null or a list", cut(typ))
}

// showPrimitive finds out whether a value can be shown as one of a type that is no
// struct.
func showPrimitive(typ string, v *value) error {
	switch {
	case typ == "address":
		if v.kind != kindText {
			return fault.InvalidPayload.New("could not format value %s as address", v)
		}
	case typ == "bool":
		if v.kind != kindBool {
			return fault.InvalidPayload.New("could not format value %s as bool", v)
		}
	case typ == "string", strings.HasPrefix(typ, "bytes"): // anything
	case strings.HasPrefix(typ, "uint"), strings.HasPrefix(typ, "int"):
		_, err := integer(typ, v)
		return err
	default:
		return fault.InvalidPayload.New("unhandled type %s", cut(typ))
	}
	return nil
}
