package kiod

import (
	"bytes"
	"errors"
	"io"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/secret"
)

// maxDepth bounds the nesting of a body. A transaction has five levels.
const maxDepth = 64

// body is one request body in one buffer, and the reader of its JSON. Values of
// the request point into the buffer, so all ends with [bodies.put].
type body struct {
	buf    []byte
	src    bytes.Buffer
	dec    jsontext.Decoder
	values []jsontext.Value // of the outermost list, or the one scalar
}

// bodies recycles the readers of bodies.
type bodies struct{ pool sync.Pool }

// of is a reader of buf, which it owns.
func (p *bodies) of(buf []byte) *body {
	b, ok := p.pool.Get().(*body)
	if !ok {
		b = new(body)
	}
	b.buf = buf
	return b
}

// put wipes the buffer, lets go of it and keeps the reader.
func (p *bodies) put(b *body) {
	clear(b.buf[:cap(b.buf)])
	clear(b.values)
	b.buf, b.values = nil, b.values[:0]
	b.src = bytes.Buffer{}
	b.dec.Reset(&b.src)
	p.pool.Put(b)
}

// read splits the body into as many values as an endpoint takes (§3): none must
// be empty; one is a scalar; more are a list of exactly that length.
func (b *body) read(arguments int) error {
	switch empty := isEmpty(b.buf); {
	case arguments == 0 && !empty:
		return errUnparsable()
	case arguments == 0:
		return nil
	case empty:
		return refuse(codeRequest, "A Request body is required")
	}
	if tooDeep(b.buf) {
		return errUnparsable()
	}
	b.src = *bytes.NewBuffer(b.buf)
	b.dec.Reset(&b.src)
	if arguments == 1 {
		v, err := b.next()
		if err != nil || v.Kind() == jsontext.KindBeginObject || v.Kind() == jsontext.KindBeginArray || !b.atEnd() {
			return errUnparsable()
		}
		b.values = append(b.values, v)
		return nil
	}
	return b.list(arguments)
}

func (b *body) list(arguments int) error {
	if b.dec.PeekKind() != jsontext.KindBeginArray {
		return errUnparsable()
	}
	if _, err := b.dec.ReadToken(); err != nil {
		return errUnparsable()
	}
	count := 0
	for b.dec.PeekKind() != jsontext.KindEndArray {
		v, err := b.next()
		if err != nil {
			return errUnparsable()
		}
		if count++; count <= arguments {
			b.values = append(b.values, v)
		}
	}
	if _, err := b.dec.ReadToken(); err != nil || !b.atEnd() {
		return errUnparsable()
	}
	if count != arguments {
		return refuse(codeRequest, "Missing valid input from POST body")
	}
	return nil
}

// next reads one value. What it returns is a part of the buffer and stays valid.
func (b *body) next() (jsontext.Value, error) {
	v, err := b.dec.ReadValue()
	if err != nil {
		return nil, err
	}
	end := int(b.dec.InputOffset())
	return b.buf[end-len(v) : end : end], nil
}

// atEnd reports whether nothing but white space is left. The peer ignores what
// follows; two readers must not see two requests.
func (b *body) atEnd() bool {
	_, err := b.dec.ReadToken()
	return errors.Is(err, io.EOF)
}

// isEmpty reports whether a body says nothing: white space, around an empty
// object perhaps, in which a line end is already something (§3).
func isEmpty(buf []byte) bool {
	rest := bytes.Trim(buf, " \t\r\n")
	if len(rest) == 0 {
		return true
	}
	inner, ok := bytes.CutPrefix(rest, []byte("{"))
	inner, closed := bytes.CutSuffix(inner, []byte("}"))
	return ok && closed && len(bytes.Trim(inner, " \t")) == 0
}

// tooDeep reports whether brackets outside of strings nest deeper than maxDepth.
// It knows nothing else of JSON; what it lets pass is still to be parsed.
func tooDeep(buf []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(buf); i++ {
		switch c := buf[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth > maxDepth {
				return true
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return false
}

// text is the text of a scalar: that of a string, or the spelling of a number,
// true or false; null is empty.
func text(v jsontext.Value) (string, error) {
	switch v.Kind() {
	case jsontext.KindString:
		if bytes.IndexByte(v, '\\') < 0 {
			return string(v[1 : len(v)-1]), nil
		}
		unquoted, err := jsontext.AppendUnquote(nil, v)
		return string(unquoted), err
	case jsontext.KindNull:
		return "", nil
	case jsontext.KindNumber, jsontext.KindTrue, jsontext.KindFalse:
		return string(v), nil
	}
	return "", errCast()
}

// hiddenText is [text] as a secret of its own, of which nothing else keeps a copy
// but the body. The memory is made large enough at once.
func hiddenText(v jsontext.Value) (secret.Bytes, error) {
	switch v.Kind() {
	case jsontext.KindString:
		unquoted, err := jsontext.AppendUnquote(make([]byte, 0, len(v)), v)
		return secret.New(unquoted), err
	case jsontext.KindNull:
		return secret.Bytes{}, nil
	case jsontext.KindNumber, jsontext.KindTrue, jsontext.KindFalse:
		return secret.Copy(v), nil
	}
	return secret.Bytes{}, errCast()
}
