package typed

import (
	"bytes"
	"encoding/hex"
	encodingjson "encoding/json" // as the peer: its words about what is no JSON
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
)

// kind is what a value of JSON is. The zero value is null, also for a member that is
// missing.
type kind uint8

const (
	kindNull kind = iota
	kindBool
	kindNumber
	kindText
	kindList
	kindObject
)

// value is a value of JSON. Numbers keep their digits.
type value struct {
	kind    kind
	text    string // of a text; the digits of a number; "true" or "false"
	exact   bool   // of a number: it was no JSON number, and may have more than 63 bits
	items   []*value
	members map[string]*value
}

// maxNesting is deeper than any value that package evm takes.
const maxNesting = 64

// maxDocument is what package evm takes of typed data, in bytes.
const maxDocument = 256 << 10

// readValue reads JSON. Two members of one name are refused: two readers must not see two
// values.
func readValue(raw []byte) (*value, error) {
	dec := jsontext.NewDecoder(bytes.NewReader(raw))
	v, err := decode(dec, 0)
	if err == nil {
		if _, behind := dec.ReadToken(); !errors.Is(behind, io.EOF) {
			err = errBehind
		}
	}
	if err == nil {
		return v, nil
	}
	var known *fault.Error
	var theirs *encodingjson.SyntaxError
	switch syntax := encodingjson.Unmarshal(raw, new(encodingjson.RawMessage)); {
	case errors.As(syntax, &theirs):
		return nil, fault.InvalidPayload.New("%s", theirs)
	case errors.Is(err, jsontext.ErrDuplicateName):
		return nil, fault.InvalidPayload.Wrap(err, "json: a member is given twice")
	case errors.As(err, &known):
		return nil, known
	}
	return nil, fault.InvalidPayload.Wrap(err, "json: not valid JSON in UTF-8")
}

var (
	errBehind = fault.InvalidPayload.New("json: more than one value")
	errDeep   = fault.TooLarge.New("json: values are nested deeper than %d levels", maxNesting)
)

func decode(dec *jsontext.Decoder, depth int) (*value, error) {
	if depth > maxNesting {
		return nil, errDeep
	}
	switch dec.PeekKind() {
	case '[':
		return decodeList(dec, depth)
	case '{':
		return decodeObject(dec, depth)
	}
	raw, err := dec.ReadValue()
	if err != nil {
		return nil, err
	}
	switch raw.Kind() {
	case 't', 'f':
		return &value{kind: kindBool, text: string(raw)}, nil
	case '0':
		if _, err := strconv.ParseFloat(string(raw), 64); err != nil {
			return nil, fault.InvalidPayload.New("json: cannot unmarshal number %s into Go value of type float64", cut(string(raw)))
		}
		return &value{kind: kindNumber, text: string(raw)}, nil
	case '"':
		unquoted, err := jsontext.AppendUnquote(nil, raw)
		return &value{kind: kindText, text: string(unquoted)}, err
	}
	return &value{}, nil
}

func decodeList(dec *jsontext.Decoder, depth int) (*value, error) {
	v := &value{kind: kindList}
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	for dec.PeekKind() != ']' {
		item, err := decode(dec, depth+1)
		if err != nil {
			return nil, err
		}
		v.items = append(v.items, item)
	}
	_, err := dec.ReadToken()
	return v, err
}

func decodeObject(dec *jsontext.Decoder, depth int) (*value, error) {
	v := &value{kind: kindObject, members: map[string]*value{}}
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return nil, err
		}
		text := name.String() // before the decoder reads on
		if v.members[text], err = decode(dec, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := dec.ReadToken()
	return v, err
}

// member is the member of an object, null if there is none.
func (v *value) member(name string) *value {
	if m := v.members[name]; m != nil {
		return m
	}
	return &value{}
}

// goType is what the peer, which is written in Go, calls the type of a value.
func (v *value) goType() string {
	switch v.kind {
	case kindBool:
		return "bool"
	case kindNumber:
		return "float64"
	case kindText:
		return "string"
	case kindList:
		return "[]interface {}"
	case kindObject:
		return "map[string]interface {}"
	}
	return "<nil>"
}

// jsonType is what a kind of values is called in JSON.
func (v *value) jsonType() string {
	return [...]string{"null", "bool", "number", "string", "array", "object"}[v.kind]
}

// plain is the value as the peer has it in memory.
func (v *value) plain() any {
	switch v.kind {
	case kindBool:
		return v.text == "true"
	case kindNumber:
		if v.exact {
			return v.text
		}
		n, _ := strconv.ParseFloat(v.text, 64) // which was read before
		return n
	case kindText:
		return v.text
	case kindList:
		items := make([]any, len(v.items))
		for i, item := range v.items {
			items[i] = item.plain()
		}
		return items
	case kindObject:
		members := make(map[string]any, len(v.members))
		for name, m := range v.members {
			members[name] = m.plain()
		}
		return members
	}
	return nil
}

// String is the value as the peer's errors quote it, cut where it is long.
func (v *value) String() string { return cut(fmt.Sprintf("%v", v.plain())) }

// json is the value in JSON.
func (v *value) json() string {
	text, _ := encodingjson.Marshal(v.plain()) // which was read from JSON
	return string(text)
}

// cut bounds what an error quotes of a request.
func cut(text string) string {
	const most = 1000
	if len(text) <= most {
		return text
	}
	return string([]rune(text[:most])) + "…"
}

// hexBytes is a text of 0x and hex digits.
func (v *value) hexBytes() ([]byte, error) {
	if v.kind != kindText {
		return nil, fault.InvalidPayload.New("wrong type %s", v.goType())
	}
	return fromHex(v.text)
}

// hexText is a JSON text of 0x and hex digits.
func hexText(raw []byte) ([]byte, error) {
	v, err := readValue(raw)
	if err != nil {
		return nil, err
	}
	return v.hexBytes()
}

// fromHex reads 0x or 0X and an even number of hex digits. The texts of errors are the
// peer's.
func fromHex(text string) ([]byte, error) {
	if text == "" {
		return nil, fault.InvalidPayload.New("empty hex string")
	}
	if len(text) < 2 || text[0] != '0' || text[1] != 'x' && text[1] != 'X' {
		return nil, fault.InvalidPayload.New("hex string without 0x prefix")
	}
	data, err := hex.DecodeString(text[2:])
	switch {
	case errors.Is(err, hex.ErrLength):
		return nil, fault.InvalidPayload.New("hex string of odd length")
	case err != nil:
		return nil, fault.InvalidPayload.New("invalid hex string")
	}
	return data, nil
}
