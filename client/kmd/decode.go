package kmd

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

var errUnknownField = errors.New("unknown field")

// fieldFunc reads the value of one field of an answer. It returns
// errUnknownField, and reads nothing, for names it does not know.
type fieldFunc func(d *decoder, name string) error

// decoder reads an answer strictly and in place: names are exact and occur
// once, there is no null, and secrets are decoded straight into their slice so
// that no copy is left behind. Nesting is as deep as the answers' types are.
type decoder struct {
	rest []byte
}

// decodeAnswer reads one JSON object that is all of data.
func decodeAnswer(data []byte, field fieldFunc) error {
	if !utf8.Valid(data) {
		return errors.New("not valid UTF-8")
	}
	d := &decoder{rest: data}
	if err := d.object(field); err != nil {
		return err
	}
	d.space()
	if len(d.rest) > 0 {
		return errors.New("there is something after the answer")
	}
	return nil
}

func (d *decoder) space() { d.rest = bytes.TrimLeft(d.rest, " \t\r\n") }

// skip consumes c if it is the next character.
func (d *decoder) skip(c byte) bool {
	d.space()
	if len(d.rest) == 0 || d.rest[0] != c {
		return false
	}
	d.rest = d.rest[1:]
	return true
}

func (d *decoder) object(field fieldFunc) error {
	if !d.skip('{') {
		return errors.New("an object is missing")
	}
	var seen []string // answers have a handful of fields
	for more := !d.skip('}'); more; more = !d.skip('}') {
		if len(seen) > 0 && !d.skip(',') {
			return errors.New("an object does not end")
		}
		name, err := d.text()
		if err != nil {
			return err
		}
		for _, s := range seen {
			if s == name {
				return fmt.Errorf("field %q occurs twice", name)
			}
		}
		seen = append(seen, name)
		if !d.skip(':') {
			return fmt.Errorf("field %q has no value", name)
		}
		if err := field(d, name); err != nil {
			return fmt.Errorf("field %q: %w", name, err)
		}
	}
	return nil
}

func (d *decoder) list(element func() error) error {
	if !d.skip('[') {
		return errors.New("a list is missing")
	}
	first := true
	for more := !d.skip(']'); more; more = !d.skip(']') {
		if !first && !d.skip(',') {
			return errors.New("a list does not end")
		}
		first = false
		if err := element(); err != nil {
			return err
		}
	}
	return nil
}

// quoted consumes a string with its quotes and returns it with them.
func (d *decoder) quoted() ([]byte, error) {
	if !d.skip('"') {
		return nil, errors.New("a text is missing")
	}
	for i := 0; i < len(d.rest); i++ {
		switch d.rest[i] {
		case '\\':
			i++
		case '"':
			// The opening quote is the byte before rest.
			token := d.rest[:i+1]
			d.rest = d.rest[i+1:]
			return token, nil
		}
	}
	return nil, errors.New("a text does not end")
}

// text reads a string that is no secret.
func (d *decoder) text() (string, error) {
	token, err := d.quoted()
	if err != nil {
		return "", err
	}
	if bytes.IndexByte(token, '\\') < 0 && !bytes.ContainsFunc(token, func(r rune) bool { return r < 0x20 }) {
		return string(token[:len(token)-1]), nil
	}
	var text string
	if err := json.Unmarshal(append([]byte{'"'}, token...), &text); err != nil {
		return "", errors.New("a text is malformed")
	}
	return text, nil
}

// base64 reads bytes: standard alphabet, padded, no line ends, no stray bits.
// want is the exact number of bytes, -1 for any.
func (d *decoder) base64(want int) ([]byte, error) {
	token, err := d.quoted()
	if err != nil {
		return nil, err
	}
	token = token[:len(token)-1]
	if bytes.ContainsAny(token, "\r\n\\") {
		return nil, errors.New("malformed base64")
	}
	value := make([]byte, base64.StdEncoding.DecodedLen(len(token)))
	n, err := base64.StdEncoding.Strict().Decode(value, token)
	if err != nil {
		clear(value)
		return nil, errors.New("malformed base64")
	}
	if want >= 0 && n != want {
		clear(value)
		return nil, fmt.Errorf("%d bytes, want %d", n, want)
	}
	return value[:n], nil
}

func (d *decoder) key() (PublicKey, error) {
	value, err := d.base64(len(PublicKey{}))
	if err != nil {
		return PublicKey{}, err
	}
	return PublicKey(value), nil
}

// integer reads a JSON integer from low to high.
func (d *decoder) integer(low, high int64) (int64, error) {
	d.space()
	end := 0
	for end < len(d.rest) && (d.rest[end] == '-' && end == 0 || d.rest[end] >= '0' && d.rest[end] <= '9') {
		end++
	}
	digits := string(d.rest[:end])
	value, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || digits != strconv.FormatInt(value, 10) {
		return 0, errors.New("not an integer")
	}
	if value < low || value > high {
		return 0, errors.New("an integer is out of range")
	}
	d.rest = d.rest[end:]
	return value, nil
}

func (d *decoder) boolean() (bool, error) {
	d.space()
	for _, value := range []bool{true, false} {
		if rest, found := bytes.CutPrefix(d.rest, strconv.AppendBool(nil, value)); found {
			d.rest = rest
			return value, nil
		}
	}
	return false, errors.New("neither true nor false")
}

// texts reads a list of strings.
func (d *decoder) texts() ([]string, error) {
	var all []string
	err := d.list(func() error {
		text, err := d.text()
		all = append(all, text)
		return err
	})
	return all, err
}
