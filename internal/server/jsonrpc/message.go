package jsonrpc

import (
	"bytes"
	"errors"
	"io"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// keptArgs is how many parameters of a call are kept; more are only counted. No method
// takes more.
const keptArgs = 8

// kind of a message: what it wants of us.
type kind uint8

const (
	invalid      kind = iota // a reply that says so
	call                     // a reply
	notification             // nothing
	response                 // nothing: it answers a call of ours, or pretends to
)

// message is one message of JSON-RPC. Its values are pieces of what was read.
type message struct {
	kind     kind
	id       jsontext.Value // nil if there is none that could be echoed
	method   string
	params   jsontext.Value // nil if absent
	args     [keptArgs]jsontext.Value
	argCount int
	result   jsontext.Value // nil if absent
	err      jsontext.Value // nil if absent
}

// reader reads messages out of bytes that nobody changes meanwhile.
type reader struct {
	text   []byte
	buffer bytes.Buffer
	json   jsontext.Decoder
}

// readers are idle: none holds on to what it read.
type readers struct{ pool sync.Pool }

func (p *readers) get(text []byte) *reader {
	r, ok := p.pool.Get().(*reader)
	if !ok {
		r = new(reader)
	}
	r.text = text
	r.buffer = *bytes.NewBuffer(text) // which the decoder reads in place
	r.json.Reset(&r.buffer)
	return r
}

func (p *readers) put(r *reader) {
	r.text, r.buffer = nil, bytes.Buffer{}
	r.json.Reset(&r.buffer)
	p.pool.Put(r)
}

// errEmpty is what text without a value gives.
var errEmpty = errors.New("no value")

// messages reads the first value of the text: one message, or a batch of any length of
// which at most most are kept. Errors: errEmpty, or that of the decoder, and then nothing
// of the text is to be trusted.
func (r *reader) messages(most int) (all []message, total int, isBatch bool, err error) {
	switch r.json.PeekKind() {
	case '[':
		isBatch = true
	case 0:
		if _, err := r.json.ReadToken(); errors.Is(err, io.EOF) {
			return nil, 0, false, errEmpty
		}
	}
	if !isBatch {
		all = make([]message, 1)
		return all, 1, false, r.message(&all[0])
	}
	if _, err := r.json.ReadToken(); err != nil {
		return nil, 0, true, err
	}
	var over message // what is not kept is read all the same
	for r.json.PeekKind() != ']' {
		m := &over
		if total++; total <= most {
			all = append(all, message{})
			m = &all[len(all)-1]
		}
		if err := r.message(m); err != nil {
			return nil, 0, true, err
		}
	}
	_, err = r.json.ReadToken()
	return all, total, true, err
}

// message reads one value as a message.
func (r *reader) message(m *message) error {
	*m = message{}
	if r.json.PeekKind() != '{' {
		_, err := r.value()
		return err
	}
	if _, err := r.json.ReadToken(); err != nil {
		return err
	}
	var version string
	var anyID jsontext.Value
	for r.json.PeekKind() != '}' {
		name, err := r.json.ReadToken()
		if err != nil {
			return err
		}
		switch name.String() {
		case "jsonrpc":
			version, err = r.str()
		case "method":
			m.method, err = r.str()
		case "id":
			anyID, err = r.value()
		case "params":
			err = r.parameters(m)
		case "result":
			m.result, err = r.value()
		case "error":
			m.err, err = r.value()
		default:
			err = r.json.SkipValue()
		}
		if err != nil {
			return err
		}
	}
	if _, err := r.json.ReadToken(); err != nil {
		return err
	}
	if k := anyID.Kind(); anyID != nil && k != '{' && k != '[' {
		m.id = anyID
	}
	switch {
	case version != "2.0":
	case m.method != "" && anyID == nil:
		m.kind = notification
	case m.method != "" && m.id != nil:
		m.kind = call
	case m.method == "" && m.id != nil && m.params == nil && (m.result != nil || m.err != nil):
		m.kind = response
	}
	return nil
}

// parameters reads a list as its elements, and anything else as it is.
func (r *reader) parameters(m *message) error {
	if r.json.PeekKind() != '[' {
		var err error
		m.params, err = r.value()
		return err
	}
	if _, err := r.json.ReadToken(); err != nil {
		return err
	}
	start := r.json.InputOffset() - 1
	for r.json.PeekKind() != ']' {
		v, err := r.value()
		if err != nil {
			return err
		}
		if m.argCount < keptArgs {
			m.args[m.argCount] = v
		}
		m.argCount++
	}
	if _, err := r.json.ReadToken(); err != nil {
		return err
	}
	m.params = r.text[start:r.json.InputOffset():r.json.InputOffset()]
	return nil
}

// value reads one value as it is written.
func (r *reader) value() (jsontext.Value, error) {
	v, err := r.json.ReadValue()
	if err != nil {
		return nil, err
	}
	end := r.json.InputOffset()
	return r.text[end-int64(len(v)) : end : end], nil
}

// str reads a string; of any other value it is empty.
func (r *reader) str() (string, error) {
	if r.json.PeekKind() != '"' {
		return "", r.json.SkipValue()
	}
	token, err := r.json.ReadToken()
	if err != nil {
		return "", err
	}
	return token.String(), nil
}
