package clefjs

import (
	"encoding/binary"
	"errors"
	"unicode/utf8"
)

// kind is the first byte of a message: what it is and who may send it.
type kind byte

// The messages. A conversation is source-hello, then any number of prepare and of
// call-(line|get-value)*-answer.
const (
	kindSource  kind = 'S' // parent: what to run
	kindHello   kind = 'H' // child: whether it compiles
	kindPrepare kind = 'P' // parent: members to keep for later calls
	kindCall    kind = 'C' // parent: run a function
	kindGet     kind = 'G' // child: what is stored under a key?
	kindValue   kind = 'V' // parent: that is
	kindLine    kind = 'L' // child: a line on the console
	kindAnswer  kind = 'A' // child: what the function came back with
)

// status is how a call ended. The zero value is none of them.
type status byte

const (
	statusReturned status = iota + 1
	statusNoFunction
	statusException
	statusTimeout
	statusMemory
	statusStorage
)

// A message is length-prefixed (4 bytes, little endian, of what follows), its kind, and
// its fields: numbers of 4 bytes and texts that are prefixed by their length.
type message interface {
	append(b []byte) []byte
}

type source struct {
	timeoutMillis, memoryMiB uint32
	text                     string
}

type hello struct {
	problem  string // "": it compiles
	landlock uint32 // the version that holds for the child; 0: none
}

type prepare struct {
	id     uint32
	object []byte
}

type call struct {
	function string
	probe    bool   // run the top level only and answer the function's typeof
	prepared uint32 // whose members come first; 0: none
	argument []byte
}

type get struct{ key string }

type value struct {
	failed bool
	text   string
}

type line struct{ text string }

type answer struct {
	status status
	text   string
	puts   []Put
}

func (m source) append(b []byte) []byte {
	b = append(b, byte(kindSource))
	b = append32(b, m.timeoutMillis)
	b = append32(b, m.memoryMiB)
	return appendText(b, m.text)
}

func (m hello) append(b []byte) []byte {
	return append32(appendText(append(b, byte(kindHello)), m.problem), m.landlock)
}

func (m prepare) append(b []byte) []byte {
	return appendText(append32(append(b, byte(kindPrepare)), m.id), m.object)
}

func (m call) append(b []byte) []byte {
	b = appendText(append(b, byte(kindCall)), m.function)
	b = appendBool(b, m.probe)
	b = append32(b, m.prepared)
	return appendText(b, m.argument)
}

func (m get) append(b []byte) []byte { return appendText(append(b, byte(kindGet)), m.key) }

func (m value) append(b []byte) []byte {
	return appendText(appendBool(append(b, byte(kindValue)), m.failed), m.text)
}

func (m line) append(b []byte) []byte { return appendText(append(b, byte(kindLine)), m.text) }

func (m answer) append(b []byte) []byte {
	b = append(b, byte(kindAnswer), byte(m.status))
	b = appendText(b, m.text)
	b = append32(b, uint32(len(m.puts)))
	for _, p := range m.puts {
		b = appendText(appendText(b, p.Key), p.Value)
	}
	return b
}

func append32(b []byte, n uint32) []byte { return binary.LittleEndian.AppendUint32(b, n) }

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

func appendText[T ~string | ~[]byte](b []byte, text T) []byte {
	return append(append32(b, uint32(len(text))), text...)
}

// errProtocol says no more than that: what made it is hostile or broken either way.
var errProtocol = errors.New("the message breaks the protocol")

// decodeFromChild reads what a child may say. What it returns keeps to the bounds, and
// b can be used again.
func decodeFromChild(b []byte) (message, error) {
	if len(b) == 0 {
		return nil, errProtocol
	}
	f := fields{rest: b[1:]}
	var m message
	switch kind(b[0]) {
	case kindHello:
		m = hello{problem: f.text(maxText), landlock: f.number()}
	case kindGet:
		m = get{key: f.text(maxKey)}
	case kindLine:
		m = line{text: f.text(maxLine)}
	case kindAnswer:
		m = f.answer()
	default:
		return nil, errProtocol
	}
	return m, f.end()
}

// decodeFromParent reads what a parent says.
func decodeFromParent(b []byte) (message, error) {
	if len(b) == 0 {
		return nil, errProtocol
	}
	f := fields{rest: b[1:]}
	var m message
	switch kind(b[0]) {
	case kindSource:
		m = source{timeoutMillis: f.number(), memoryMiB: f.number(), text: f.text(maxSource)}
	case kindPrepare:
		m = prepare{id: f.number(), object: []byte(f.text(maxArgument))}
	case kindCall:
		m = call{function: f.text(maxName), probe: f.bool(), prepared: f.number(), argument: []byte(f.text(maxArgument))}
	case kindValue:
		m = value{failed: f.bool(), text: f.text(maxValue)}
	default:
		return nil, errProtocol
	}
	return m, f.end()
}

// fields takes the fields off a message one after the other. The first that is not
// there, or is not what it should be, spoils all that follow.
type fields struct {
	rest []byte
	bad  bool
}

func (f *fields) take(n int) []byte {
	if f.bad || n > len(f.rest) {
		f.bad = true
		return nil
	}
	taken := f.rest[:n]
	f.rest = f.rest[n:]
	return taken
}

func (f *fields) number() uint32 {
	if b := f.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (f *fields) bool() bool {
	b := f.take(1)
	if b == nil || b[0] > 1 {
		f.bad = true
		return false
	}
	return b[0] == 1
}

// text is a field of at most limit bytes of UTF-8.
func (f *fields) text(limit int) string {
	n := f.number()
	if n > uint32(limit) {
		f.bad = true
		return ""
	}
	b := f.take(int(n))
	if !utf8.Valid(b) {
		f.bad = true
		return ""
	}
	return string(b)
}

func (f *fields) answer() answer {
	var m answer
	if b := f.take(1); b != nil {
		m.status = status(b[0])
	}
	if m.status < statusReturned || m.status > statusStorage {
		f.bad = true
	}
	m.text = f.text(maxText)
	n, stored := f.number(), 0
	if f.bad || n > maxPuts {
		f.bad = true
		return answer{}
	}
	for range n {
		p := Put{Key: f.text(maxKey), Value: f.text(maxValue)}
		if stored += len(p.Key) + len(p.Value); f.bad || p.Key == "" || stored > maxStored {
			f.bad = true
			return answer{}
		}
		m.puts = append(m.puts, p)
	}
	return m
}

func (f *fields) end() error {
	if f.bad || len(f.rest) != 0 {
		return errProtocol
	}
	return nil
}
