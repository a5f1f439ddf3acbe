package kmd

import (
	"encoding/base64"
	"errors"
	"strconv"
	"unicode/utf8"
)

var errNotUTF8 = errors.New("a text that is not valid UTF-8 cannot be sent")

// encoder writes a request body: one JSON object, fields in call order, empty
// fields left out (the daemon takes a missing field for an empty one). It wipes
// each buffer that it outgrows. The nil encoder stands for no body.
type encoder struct {
	buf   []byte
	first bool // no field of the innermost object or list has been written yet
	err   error
}

func newEncoder() *encoder {
	return &encoder{buf: append(make([]byte, 0, 512), '{'), first: true}
}

func (e *encoder) wipe() {
	if e != nil {
		clear(e.buf[:cap(e.buf)])
		e.buf = nil
	}
}

// finish closes the object and reports the first error of a field.
func (e *encoder) finish() error {
	if e == nil {
		return nil
	}
	e.put('}')
	return e.err
}

func (e *encoder) bytes() []byte {
	if e == nil {
		return nil
	}
	return e.buf
}

// grow makes room for n more bytes.
func (e *encoder) grow(n int) {
	if len(e.buf)+n <= cap(e.buf) {
		return
	}
	bigger := make([]byte, len(e.buf), 2*cap(e.buf)+n)
	copy(bigger, e.buf)
	clear(e.buf)
	e.buf = bigger
}

func (e *encoder) put(bytes ...byte) {
	e.grow(len(bytes))
	e.buf = append(e.buf, bytes...)
}

func (e *encoder) comma() {
	if !e.first {
		e.put(',')
	}
	e.first = false
}

func (e *encoder) name(name string) {
	e.comma()
	e.quote(name)
	e.put(':')
}

// quote writes a JSON string. Characters beyond ASCII stay as they are: the
// original daemon does not understand escaped surrogate pairs.
func (e *encoder) quote(text string) { quoteInto(e, text) }

func quoteInto[T string | []byte](e *encoder, text T) {
	const hex = "0123456789abcdef"
	e.grow(6*len(text) + 2) // the worst case, so that the loop never reallocates
	e.put('"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			e.put('\\', c)
		case c < 0x20:
			e.put('\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			e.put(c)
		}
	}
	e.put('"')
}

func (e *encoder) str(name, value string) {
	if value == "" {
		return
	}
	if !utf8.ValidString(value) {
		e.err = errNotUTF8
		return
	}
	e.name(name)
	e.quote(value)
}

// password writes a secret text without making a string of it.
func (e *encoder) password(value []byte) {
	if len(value) == 0 {
		return
	}
	if !utf8.Valid(value) {
		e.err = errNotUTF8
		return
	}
	e.name("wallet_password")
	quoteInto(e, value)
}

func (e *encoder) base64(name string, value []byte) {
	if len(value) == 0 {
		return
	}
	e.name(name)
	e.base64Value(value)
}

func (e *encoder) base64Value(value []byte) {
	e.grow(base64.StdEncoding.EncodedLen(len(value)) + 2)
	e.put('"')
	e.buf = base64.StdEncoding.AppendEncode(e.buf, value)
	e.put('"')
}

func (e *encoder) key(name string, key PublicKey) {
	if key != (PublicKey{}) {
		e.base64(name, key[:])
	}
}

func (e *encoder) uint8(name string, value uint8) {
	if value == 0 {
		return
	}
	e.name(name)
	e.put(strconv.AppendUint(nil, uint64(value), 10)...)
}

func (e *encoder) boolean(name string, value bool) {
	if value {
		e.name(name)
		e.put('t', 'r', 'u', 'e')
	}
}

// nested writes what inside writes between two brackets.
func (e *encoder) nested(open, closing byte, inside func()) {
	e.put(open)
	e.first = true
	inside()
	e.put(closing)
	e.first = false
}
