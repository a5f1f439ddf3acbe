package kmd

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/secret"
)

// The readers of single values. Each reports whether the value is one that its
// field accepts (§3.5, less what docs/coming-from-kmd.md takes away); none looks
// deeper into a value of another kind, so nesting costs nothing.

// object reads an object and gives each member's name to member, which reads
// the value; null is an object without members.
func (b *body) object(member func(name []byte) bool) bool {
	switch b.dec.PeekKind() {
	case jsontext.KindNull:
		return b.skip()
	case jsontext.KindBeginObject:
	default:
		return false
	}
	if _, err := b.dec.ReadToken(); err != nil {
		return false
	}
	for b.dec.PeekKind() == jsontext.KindString {
		raw, err := b.dec.ReadValue()
		if err != nil {
			return false
		}
		name, ok := b.unquote(raw)
		if !ok || !member(name) {
			return false
		}
	}
	end, err := b.dec.ReadToken()
	return err == nil && end.Kind() == jsontext.KindEndObject
}

// array calls element before each element, which reads it; null is an empty array.
func (b *body) array(element func() bool) bool {
	switch b.dec.PeekKind() {
	case jsontext.KindNull:
		return b.skip()
	case jsontext.KindBeginArray:
	default:
		return false
	}
	if _, err := b.dec.ReadToken(); err != nil {
		return false
	}
	for {
		switch b.dec.PeekKind() {
		case jsontext.KindEndArray:
			_, err := b.dec.ReadToken()
			return err == nil
		case jsontext.KindInvalid:
			return false
		}
		if !element() {
			return false
		}
	}
}

// literal reads a scalar and returns the text it stands for: that of a string,
// or the spelling of a number, true or false, which string fields accept too.
// null is empty. The result points into the buffer unless it had escapes.
func (b *body) literal() (text []byte, kind jsontext.Kind, ok bool) {
	kind = b.dec.PeekKind()
	switch kind {
	case jsontext.KindNull:
		return nil, kind, b.skip()
	case jsontext.KindString, jsontext.KindNumber, jsontext.KindTrue, jsontext.KindFalse:
	default:
		return nil, kind, false
	}
	raw, err := b.dec.ReadValue()
	if err != nil {
		return nil, kind, false
	}
	if kind == jsontext.KindString {
		text, ok = b.unquote(raw)
		return text, kind, ok
	}
	return raw, kind, true
}

// unquote is the text of a valid JSON string: a part of raw where it has no
// escapes, else a copy that [bodies.put] wipes. The copy is made large enough at
// once, so that growing leaves no half of a secret behind.
func (b *body) unquote(raw []byte) ([]byte, bool) {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1], true
	}
	text, err := jsontext.AppendUnquote(make([]byte, 0, len(raw)), raw)
	b.copies = append(b.copies, text)
	return text, err == nil
}

// text reads a string field.
func (b *body) text(dst *[]byte) bool {
	text, _, ok := b.literal()
	*dst = text
	return ok
}

// password reads a string field into a secret of its own.
func (b *body) password(dst *secret.Bytes) bool {
	text, _, ok := b.literal()
	*dst = secret.Copy(text)
	return ok
}

// decoded is the base64 text of the next value, as bytes. Line breaks inside are
// skipped and unused trailing bits not looked at, as the peer does.
func (b *body) decoded(limit int) ([]byte, bool) {
	text, kind, ok := b.literal()
	if !ok || kind != jsontext.KindString && kind != jsontext.KindNull {
		return nil, false
	}
	if base64.StdEncoding.DecodedLen(len(text)) > limit {
		return nil, false
	}
	out := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(out, text)
	if err != nil {
		clear(out)
		return nil, false
	}
	return out[:n], true
}

// maxFixed bounds the base64 of values of fixed size; line breaks may stretch it.
const maxFixed = 256

// bytes reads a field of bytes of any length.
func (b *body) bytes(dst *[]byte) (ok bool) {
	*dst, ok = b.decoded(len(b.buf))
	return ok
}

// secret reads a field of secret bytes: none, or between least and most.
func (b *body) secret(dst *secret.Bytes, least, most int) bool {
	value, ok := b.decoded(maxFixed)
	*dst = secret.New(value)
	return ok && (len(value) == 0 || least <= len(value) && len(value) <= most)
}

// fixed reads a field of exactly len(dst) bytes; none stand for zeros.
func (b *body) fixed(dst []byte) bool {
	value, ok := b.decoded(maxFixed)
	if !ok || len(value) != 0 && len(value) != len(dst) {
		return false
	}
	copy(dst, value)
	return true
}

// uint8 reads a small integer, bare or quoted, without fraction or exponent.
func (b *body) uint8(dst *uint8) bool {
	text, kind, ok := b.literal()
	switch {
	case !ok || kind == jsontext.KindTrue || kind == jsontext.KindFalse:
		return false
	case kind == jsontext.KindNull:
		return true
	}
	n, err := strconv.ParseUint(string(text), 10, 8)
	*dst = uint8(n)
	return err == nil
}

// boolean reads true, false or null.
func (b *body) boolean(dst *bool) bool {
	_, kind, ok := b.literal()
	*dst = kind == jsontext.KindTrue
	return ok && (*dst || kind == jsontext.KindFalse || kind == jsontext.KindNull)
}

func (b *body) skip() bool { return b.dec.SkipValue() == nil }

// atEnd reports whether nothing but white space is left.
func (b *body) atEnd() bool {
	_, err := b.dec.ReadToken()
	return errors.Is(err, io.EOF)
}
