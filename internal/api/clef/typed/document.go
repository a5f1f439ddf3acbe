package typed

import (
	"maps"
	"math/big"
	"slices"
	"strings"

	"strongroom/internal/fault"
)

// domainType is the name of the type of domains (EIP-712).
const domainType = "EIP712Domain"

// Document is typed data (EIP-712) as a caller sent it. Make it with [ReadDocument].
type Document struct {
	types   map[string][]member
	primary string
	domain  map[string]*value // only what is given and not empty
	message map[string]*value
}

// member is a member of a struct type.
type member struct{ name, typ string }

// ReadDocument reads {types, primaryType, domain, message}. Names are found in any case,
// and what is not known there is ignored, as it is by the peer; of types and values
// nothing is checked yet. Errors: fault.Invalid and fault.InvalidPayload, with the
// peer's texts for values of the wrong kind; fault.TooLarge.
func ReadDocument(raw []byte) (*Document, error) {
	if len(raw) > maxDocument {
		return nil, fault.TooLarge.New("typed data of %d bytes, at most %d are allowed", len(raw), maxDocument)
	}
	v, err := readValue(raw)
	if err != nil {
		return nil, err
	}
	if v.kind != kindObject && v.kind != kindNull {
		return nil, notA(v, "Go value", "apitypes.TypedData")
	}
	doc := &Document{}
	return doc, read(v, []known{
		{"types", doc.readTypes},
		{"primaryType", func(v *value) error { return readText(v, "TypedData.primaryType", &doc.primary) }},
		{"domain", doc.readDomain},
		{"message", doc.readMessage},
	})
}

// known is a member that an object may have, and what reads it.
type known struct {
	name string
	read func(*value) error
}

// read gives the members of an object to those who know them, in their order; null is
// no value, and other members are ignored. Two spellings of one name are refused.
func read(v *value, all []known) error {
	for _, want := range all {
		var given *value
		for name, m := range v.members {
			if !strings.EqualFold(name, want.name) {
				continue
			}
			if given != nil {
				return fault.Invalid.New("json: the member %s is given twice", want.name)
			}
			given = m
		}
		if given != nil && given.kind != kindNull {
			if err := want.read(given); err != nil {
				return err
			}
		}
	}
	return nil
}

func (doc *Document) readTypes(v *value) error {
	if v.kind != kindObject {
		return notA(v, "Go struct field TypedData.types", "apitypes.Types")
	}
	doc.types = make(map[string][]member, len(v.members))
	for _, name := range slices.Sorted(maps.Keys(v.members)) {
		list := v.members[name]
		if list.kind == kindNull {
			continue // a type that is not defined
		}
		if list.kind != kindList {
			return notA(list, "Go struct field TypedData.types", "[]apitypes.Type")
		}
		members := make([]member, len(list.items))
		for i, item := range list.items {
			if item.kind != kindObject && item.kind != kindNull {
				return notA(item, "Go struct field TypedData.types", "apitypes.Type")
			}
			m := &members[i]
			if err := read(item, []known{
				{"name", func(v *value) error { return readText(v, "Type.types.name", &m.name) }},
				{"type", func(v *value) error { return readText(v, "Type.types.type", &m.typ) }},
			}); err != nil {
				return err
			}
		}
		doc.types[name] = members
	}
	return nil
}

func (doc *Document) readDomain(v *value) error {
	if v.kind != kindObject {
		return notA(v, "Go struct field TypedData.domain", "apitypes.TypedDataDomain")
	}
	doc.domain = map[string]*value{}
	text := func(name string) known {
		return known{name, func(v *value) error {
			var s string
			err := readText(v, "TypedDataDomain.domain."+name, &s)
			if s != "" {
				doc.domain[name] = v
			}
			return err
		}}
	}
	return read(v, []known{text("name"), text("version"), {"chainId", func(v *value) error {
		id, err := readChainID(v)
		if err == nil {
			doc.domain["chainId"] = exactNumber(id)
		}
		return err
	}}, text("verifyingContract"), text("salt")})
}

// readChainID reads a number, or text in decimal or hex.
func readChainID(v *value) (*big.Int, error) {
	digits := v.text
	if v.kind == kindList || v.kind == kindObject {
		digits = v.json()
	}
	id, ok := parseInteger(digits)
	if !ok {
		return nil, errInteger(digits)
	}
	return id, nil
}

// exactNumber is a number that was no JSON number.
func exactNumber(n *big.Int) *value { return &value{kind: kindNumber, text: n.String(), exact: true} }

func (doc *Document) readMessage(v *value) error {
	if v.kind != kindObject {
		return notA(v, "Go struct field TypedData.message", "map[string]interface {}")
	}
	doc.message = v.members
	return nil
}

func readText(v *value, place string, to *string) error {
	if v.kind != kindText {
		return notA(v, "Go struct field "+place, "string")
	}
	*to = v.text
	return nil
}

// notA words a value of the wrong kind as the peer does.
func notA(v *value, place, kind string) error {
	return fault.Invalid.New("json: cannot unmarshal %s into %s of type %s", v.jsonType(), place, kind)
}
