package flow

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
)

var errArgument = fault.InvalidPayload.New("transaction: an argument that is not the JSON-Cadence that its script takes")

// value is one value of JSON-Cadence (cadence-lang.org, "JSON-Cadence Data Interchange
// Format").
type value struct {
	Type  string         `json:"type"`
	Value jsontext.Value `json:"value"`
}

// arguments reads arguments one after the other; its first error sticks.
type arguments struct {
	rest [][]byte
	err  error
}

func (a *arguments) fail() {
	if a.err == nil {
		a.err = errArgument
	}
}

// end gives the first error, or one if there are arguments left.
func (a *arguments) end() error {
	if len(a.rest) > 0 {
		a.fail()
	}
	return a.err
}

// next takes an argument of some type.
func (a *arguments) next(kind string) jsontext.Value {
	if len(a.rest) == 0 {
		a.fail()
		return nil
	}
	text := a.rest[0]
	a.rest = a.rest[1:]
	v, err := readValue(text, kind)
	if err != nil {
		a.fail()
	}
	return v
}

// readValue reads a value that must be of some type and gives its content.
func readValue(text []byte, kind string) (jsontext.Value, error) {
	// Almost every argument is written like this; anything else goes the long way.
	head := len(`{"type":"`) + len(kind) + len(`","value":"`)
	trimmed := bytes.TrimSuffix(text, []byte("\n"))
	if len(trimmed) > head+2 && string(trimmed[:9]) == `{"type":"` && string(trimmed[9:9+len(kind)]) == kind &&
		string(trimmed[9+len(kind):head]) == `","value":"` && string(trimmed[len(trimmed)-2:]) == `"}` && isPlain(trimmed[head:len(trimmed)-2]) {
		return jsontext.Value(trimmed[head-1 : len(trimmed)-1]), nil
	}
	var v value
	if err := json.Unmarshal(text, &v, json.RejectUnknownMembers(true)); err != nil || v.Type != kind || len(v.Value) == 0 {
		return nil, errArgument
	}
	return v.Value, nil
}

// isPlain reports whether a JSON text without its quotes is what it says.
func isPlain(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// content is the text of a JSON string.
func (a *arguments) content(v jsontext.Value) string {
	if len(v) >= 2 && v[0] == '"' && isPlain(v[1:len(v)-1]) {
		return string(v[1 : len(v)-1])
	}
	var s string
	if err := json.Unmarshal(v, &s); err != nil || len(v) == 0 || v[0] != '"' {
		a.fail()
	}
	return s
}

func (a *arguments) text() string { return a.content(a.next("String")) }

// path is an identifier of a storage or public path.
func (a *arguments) path() string {
	s := a.text()
	for i, c := range []byte(s) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			a.fail()
		}
	}
	if s == "" {
		a.fail()
	}
	return s
}

func (a *arguments) address() Address {
	s := a.content(a.next("Address"))
	at, err := ParseAddress(s)
	if err != nil || !strings.HasPrefix(s, "0x") {
		a.fail()
	}
	return at
}

// number is an integer of a type with so many bits; Int and UInt are read as 64 bits.
func (a *arguments) number(kind string, size int) string {
	return a.digits(a.next(kind), size)
}

func (a *arguments) digits(v jsontext.Value, size int) string {
	s := a.content(v)
	if n, err := strconv.ParseUint(s, 10, size); err != nil || strconv.FormatUint(n, 10) != s {
		a.fail()
	}
	return s
}

// amount is a UFix64, in units of 10^-8.
func (a *arguments) amount() string {
	n, ok := units(a.content(a.next("UFix64")))
	if !ok {
		a.fail()
	}
	return strconv.FormatUint(n, 10)
}

// units reads a decimal number with a point and one to eight digits behind it.
func units(s string) (uint64, bool) {
	whole, fraction, ok := strings.Cut(s, ".")
	if !ok || whole == "" || fraction == "" || len(fraction) > 8 || len(whole) > 1 && whole[0] == '0' {
		return 0, false
	}
	digits := whole + fraction + "00000000"[len(fraction):]
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	return n, err == nil
}

// optional reads a number or nothing.
func (a *arguments) optional(kind string, size int) (s string, present bool) {
	v := a.next("Optional")
	if string(v) == "null" {
		return "", false
	}
	inner, err := readValue(v, kind)
	if err != nil {
		a.fail()
		return "", false
	}
	return a.digits(inner, size), true
}

// list reads an array of values.
func (a *arguments) list(v jsontext.Value) (all []jsontext.Value) {
	if len(v) == 0 || v[0] != '[' || json.Unmarshal(v, &all) != nil || len(all) > maxArguments {
		a.fail()
		return nil
	}
	return all
}

// texts reads a dictionary from text to text, in its order.
func (a *arguments) texts() (all [][2]string) {
	var entries []struct {
		Key   jsontext.Value `json:"key"`
		Value jsontext.Value `json:"value"`
	}
	v := a.next("Dictionary")
	if len(v) == 0 || v[0] != '[' || json.Unmarshal(v, &entries, json.RejectUnknownMembers(true)) != nil || len(entries) > maxArguments {
		a.fail()
		return nil
	}
	for _, e := range entries {
		key, err := readValue(e.Key, "String")
		content, err2 := readValue(e.Value, "String")
		if err != nil || err2 != nil {
			a.fail()
			return nil
		}
		all = append(all, [2]string{a.content(key), a.content(content)})
	}
	return all
}

// fields reads the fields of a composite value that must have that id and those names,
// in any order.
func (a *arguments) fields(v jsontext.Value, id string, names ...string) []jsontext.Value {
	var c struct {
		ID     string `json:"id"`
		Fields []struct {
			Name  string         `json:"name"`
			Value jsontext.Value `json:"value"`
		} `json:"fields"`
	}
	found := make([]jsontext.Value, len(names))
	if len(v) == 0 || json.Unmarshal(v, &c, json.RejectUnknownMembers(true)) != nil || c.ID != id || len(c.Fields) != len(names) {
		a.fail()
		return found
	}
	for _, f := range c.Fields {
		for i, name := range names {
			if name == f.Name && found[i] == nil {
				found[i] = f.Value
			}
		}
	}
	for _, f := range found {
		if f == nil {
			a.fail()
		}
	}
	return found
}
