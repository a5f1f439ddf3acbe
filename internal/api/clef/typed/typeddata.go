package typed

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/api/clef/wire"
	"strongroom/internal/chain/evm"
)

// TypedData is account_signTypedData, and account_signData of typed data. Errors:
// fault.InvalidPayload and fault.TooLarge.
func TypedData(address wire.Address, doc *Document) (*Request, error) {
	if err := doc.check(); err != nil {
		return nil, err
	}
	payload, raw, err := evm.TypedDataPreimage(doc.appendJSON(nil))
	if err != nil {
		return nil, err
	}
	return newRequest(evm.FormTypedData, payload, raw, address, contentTyped, []wire.NameValueType{
		{Name: domainType, Value: doc.fields(domainType, doc.domain), Type: "domain"},
		{Name: doc.primary, Value: doc.fields(doc.primary, doc.message), Type: "primary type"},
	}), nil
}

// fields shows a struct that was checked; one without members is null.
func (doc *Document) fields(typ string, members map[string]*value) wire.Value {
	var list []wire.NameValueType
	for _, m := range doc.types[typ] {
		list = append(list, wire.NameValueType{Name: m.name, Value: doc.show(m.typ, at(members, m.name)), Type: m.typ})
	}
	return wire.Value{Fields: list}
}

// show shows a value that was checked.
func (doc *Document) show(typ string, v *value) wire.Value {
	if strings.HasSuffix(typ, "]") {
		return doc.showArray(typ, v)
	}
	if _, ok := doc.types[typ]; ok {
		return doc.fields(typ, v.members)
	}
	return wire.TextValue(showText(typ, v))
}

// showArray shows an array. An empty one is null, bytes are one text, and a struct that
// is the only one of its array stands for it, as with the peer. Otherwise each entry is
// a line that is named by its number in brackets, as no member can be.
func (doc *Document) showArray(typ string, v *value) wire.Value {
	inner := typ[:strings.LastIndexByte(typ, '[')]
	_, ofStructs := doc.types[inner]
	_, known := doc.types[baseOf(typ)]
	switch {
	case len(v.items) == 0:
		return wire.Value{}
	case len(v.items) == 1 && ofStructs:
		return doc.fields(inner, v.items[0].members)
	case !known && strings.HasPrefix(typ, "bytes"):
		return wire.TextValue(fmt.Sprint(v.plain()))
	}
	list := make([]wire.NameValueType, len(v.items))
	for i, item := range v.items {
		list[i] = wire.NameValueType{Name: "[" + strconv.Itoa(i) + "]", Value: doc.show(inner, item), Type: inner}
	}
	return wire.Value{Fields: list}
}

// showText shows a value of a primitive type.
func showText(typ string, v *value) string {
	switch {
	case typ == "address":
		a, _ := address(v)
		return wire.Checksummed(a)
	case strings.HasPrefix(typ, "uint"), strings.HasPrefix(typ, "int"):
		if n, err := integer(typ, v); err == nil {
			return fmt.Sprintf("%d (%#x)", n, n)
		}
	}
	return v.text
}

// appendJSON writes a document that was checked in the spelling that package evm reads,
// with the types that it uses.
func (doc *Document) appendJSON(b []byte) []byte {
	used := map[string]bool{}
	doc.collect(used, domainType)
	doc.collect(used, doc.primary)
	b = append(b, `{"types":{`...)
	for i, name := range slices.Sorted(maps.Keys(used)) {
		b = appendQuoted(appendComma(b, i), name)
		b = append(b, `:[`...)
		for k, m := range doc.types[name] {
			b = appendQuoted(append(appendComma(b, k), `{"name":`...), m.name)
			b = append(appendQuoted(append(b, `,"type":`...), m.typ), '}')
		}
		b = append(b, ']')
	}
	b = appendQuoted(append(b, `},"primaryType":`...), doc.primary)
	b = doc.appendStruct(append(b, `,"domain":`...), domainType, doc.domain)
	b = doc.appendStruct(append(b, `,"message":`...), doc.primary, doc.message)
	return append(b, '}')
}

// collect adds a type and those that it uses.
func (doc *Document) collect(used map[string]bool, typ string) {
	if _, ok := doc.types[typ]; !ok || used[typ] {
		return
	}
	used[typ] = true
	for _, m := range doc.types[typ] {
		doc.collect(used, baseOf(m.typ))
	}
}

func (doc *Document) appendStruct(b []byte, typ string, members map[string]*value) []byte {
	b = append(b, '{')
	for i, m := range doc.types[typ] {
		b = append(appendQuoted(appendComma(b, i), m.name), ':')
		b = doc.appendValue(b, m.typ, at(members, m.name))
	}
	return append(b, '}')
}

func (doc *Document) appendValue(b []byte, typ string, v *value) []byte {
	if strings.HasSuffix(typ, "]") {
		inner := typ[:strings.LastIndexByte(typ, '[')]
		b = append(b, '[')
		for i, item := range v.items {
			b = doc.appendValue(appendComma(b, i), inner, item)
		}
		return append(b, ']')
	}
	if _, ok := doc.types[typ]; ok {
		return doc.appendStruct(b, typ, v.members)
	}
	switch {
	case typ == "bool":
		return append(b, v.text...)
	case typ == "address":
		a, _ := address(v)
		return appendQuoted(b, wire.Lower(a))
	case strings.HasPrefix(typ, "bytes"):
		data, _ := v.hexBytes()
		return appendQuoted(b, "0x"+hex.EncodeToString(data))
	case strings.HasPrefix(typ, "uint"), strings.HasPrefix(typ, "int"):
		if n, err := integer(typ, v); err == nil {
			return appendQuoted(b, n.String())
		}
	}
	return appendQuoted(b, v.text)
}

// appendQuoted appends a JSON text. What was read from JSON is UTF-8.
func appendQuoted(b []byte, text string) []byte {
	b, _ = jsontext.AppendQuote(b, text) // the error says that something was no UTF-8
	return b
}

func appendComma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}
