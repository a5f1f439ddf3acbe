package web3crypto

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
)

// Members calls each with the members of a JSON object, in order. Names may differ in
// case, as Go's usual decoder has it, but none may be there twice, in whatever case:
// two readers must never see two values. A missing object or null has no members. The
// value is only good until each returns. Errors: fault.Corrupt, those of each.
func Members(object []byte, each func(name string, value jsontext.Value) error) error {
	if len(object) == 0 || string(object) == "null" {
		return nil
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(object))
	token, err := d.ReadToken()
	if err != nil {
		return errJSON(err)
	}
	if token.Kind() != '{' {
		return fault.Corrupt.New("the file does not hold a JSON object where one belongs")
	}
	seen := make(map[string]bool)
	for d.PeekKind() != '}' {
		token, err := d.ReadToken()
		if err != nil {
			return errJSON(err)
		}
		name := token.String()
		if folded := Fold(name); seen[folded] {
			return fault.Corrupt.New("the file has a member twice in one JSON object")
		} else {
			seen[folded] = true
		}
		value, err := d.ReadValue()
		if err != nil {
			return errJSON(err)
		}
		if err := each(name, value); err != nil {
			return err
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return errJSON(err)
	}
	if d.PeekKind() != 0 || len(bytes.TrimLeft(d.UnreadBuffer(), " \t\r\n")) > 0 {
		return fault.Corrupt.New("the file goes on after its JSON object")
	}
	return nil
}

// Fold gives the form of a member's name in which case does not matter.
func Fold(name string) string {
	switch name {
	case "address", "crypto", "id", "version": // the usual ones
		return name
	}
	return strings.ToLower(name)
}

// Text reads a member that is a string.
func Text(name string, value jsontext.Value) (string, error) {
	if value.Kind() != '"' {
		return "", fault.Corrupt.New("the member %q is not a text", shorten(name))
	}
	text, err := jsontext.AppendUnquote(nil, value)
	if err != nil {
		return "", errJSON(err)
	}
	return string(text), nil
}

func errJSON(err error) error { return fault.Corrupt.Wrap(err, "the file is not valid JSON") }
