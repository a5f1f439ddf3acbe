package clefjs

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// spoken are the messages of a conversation, without their lengths.
func spoken() [][]byte {
	var all [][]byte
	for _, m := range []message{
		source{timeoutMillis: 4500, memoryMiB: 64, text: "function f(){}"}, hello{}, hello{problem: "SyntaxError"}, hello{landlock: 7},
		prepare{id: 7, object: []byte(`{"a":1}`)}, call{function: "ApproveTx", prepared: 7, argument: []byte(`{}`)},
		call{function: "f", probe: true}, get{key: "count"}, value{text: "3"}, value{failed: true, text: "no"}, line{text: "JS:>  €"},
		answer{status: statusReturned, text: "Approve"}, answer{status: statusMemory},
		answer{status: statusReturned, text: "Approve", puts: []Put{{"a", ""}, {"b", "c"}}},
	} {
		all = append(all, m.append(nil))
	}
	return all
}

func TestMessagesComeAcross(t *testing.T) {
	for _, b := range spoken() {
		fromChild, err := decodeFromChild(b)
		fromParent, perr := decodeFromParent(b)
		if (err == nil) == (perr == nil) {
			t.Fatalf("%q may be said by both or by none: %v, %v", b, err, perr)
		}
		m := fromChild
		if err != nil {
			m = fromParent
		}
		if diff := cmp.Diff(b, m.append(nil)); diff != "" {
			t.Errorf("%q: %s", b, diff)
		}
		for i := range b { // cut short, and with something behind
			if m, err := decodeFromChild(b[:i]); err == nil {
				t.Errorf("%q is %+v", b[:i], m)
			}
			if m, err := decodeFromParent(b[:i]); err == nil {
				t.Errorf("%q is %+v", b[:i], m)
			}
		}
		if m, err := decodeFromChild(append(b, 0)); err == nil {
			t.Errorf("%q and a zero is %+v", b, m)
		}
	}
}

func TestChildrenKeepToTheBounds(t *testing.T) {
	tooMany := make([]Put, maxPuts+1)
	for i := range tooMany {
		tooMany[i] = Put{"k", "v"}
	}
	big := strings.Repeat("x", maxValue)
	for name, m := range map[string]message{
		"key":           get{key: strings.Repeat("x", maxKey+1)},
		"line":          line{text: strings.Repeat("x", maxLine+1)},
		"text":          answer{status: statusReturned, text: strings.Repeat("x", maxText+1)},
		"problem":       hello{problem: strings.Repeat("x", maxText+1)},
		"puts":          answer{status: statusReturned, puts: tooMany},
		"put key":       answer{status: statusReturned, puts: []Put{{strings.Repeat("x", maxKey+1), ""}}},
		"empty put key": answer{status: statusReturned, puts: []Put{{"", "v"}}},
		"put value":     answer{status: statusReturned, puts: []Put{{"k", big + "x"}}},
		"all puts":      answer{status: statusReturned, puts: []Put{{"a", big}, {"b", big}, {"c", "x"}}},
		"no status":     answer{},
		"odd status":    answer{status: statusStorage + 1},
		"not UTF-8":     answer{status: statusReturned, text: "Approve\xff"},
		"key not UTF-8": get{key: "\xc0\x80"},
		"a parent's":    value{text: "x"},
	} {
		if m, err := decodeFromChild(m.append(nil)); !errors.Is(err, errProtocol) {
			t.Errorf("%s: %T %v", name, m, err)
		}
	}
	largest := answer{status: statusReturned, text: strings.Repeat("x", maxText)}
	for i := range maxPuts {
		largest.puts = append(largest.puts, Put{strings.Repeat("k", 8), strings.Repeat("v", maxStored/maxPuts-8)})
		_ = i
	}
	b := largest.append(nil)
	if _, err := decodeFromChild(b); err != nil || len(b) > maxFromChild {
		t.Errorf("the largest answer has %d bytes: %v", len(b), err)
	}
}

func FuzzFromChild(f *testing.F) {
	for _, b := range spoken() {
		f.Add(b)
	}
	f.Add([]byte{byte(kindAnswer), 1, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := decodeFromChild(b)
		if err != nil {
			return
		}
		if !bytes.Equal(m.append(nil), b) {
			t.Errorf("%q is also %q", b, m.append(nil))
		}
		a, _ := m.(answer)
		for _, p := range a.puts {
			if p.Key == "" || len(p.Key) > maxKey || len(p.Value) > maxValue || !utf8.ValidString(p.Key+p.Value) {
				t.Errorf("put of %q", p.Key)
			}
		}
	})
}

func FuzzFrames(f *testing.F) {
	var stream []byte
	for _, b := range spoken() {
		stream = append(binary.LittleEndian.AppendUint32(stream, uint32(len(b))), b...)
	}
	f.Add(stream, 1000)
	f.Add([]byte{0, 0, 0, 0}, 10)
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 1}, 10)
	f.Fuzz(func(t *testing.T, stream []byte, limit int) {
		limit = min(max(limit, 1), maxFromChild)
		whole := framer{in: bytes.NewReader(stream), limit: limit}
		pieces := framer{in: iotest.OneByteReader(bytes.NewReader(stream)), limit: limit}
		var sent bytes.Buffer
		for {
			a, aerr := whole.receive()
			b, berr := pieces.receive()
			if !bytes.Equal(a, b) || (aerr == nil) != (berr == nil) {
				t.Fatalf("%q %v, but in pieces %q %v", a, aerr, b, berr)
			}
			if aerr != nil {
				break
			}
			if len(a) == 0 || len(a) > limit {
				t.Fatalf("a message of %d bytes, with a limit of %d", len(a), limit)
			}
			sent.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(len(a))), a...))
		}
		if !bytes.HasPrefix(stream, sent.Bytes()) {
			t.Error("what was received is not what was sent")
		}
		if len(whole.buffer) > 4*len(stream)+16<<10 {
			t.Errorf("%d bytes of memory for a stream of %d", len(whole.buffer), len(stream))
		}
	})
}

func TestFramesThatAreCutShort(t *testing.T) {
	f := framer{in: strings.NewReader("\x05\x00\x00\x00Habc"), limit: 100}
	if _, err := f.receive(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
	f = framer{in: strings.NewReader(""), limit: 100}
	if _, err := f.receive(); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

// A child that breaks the protocol is gone, and what it said counts for nothing.
func TestChildrenThatBreakTheProtocol(t *testing.T) {
	approves := answer{status: statusReturned, text: "Approve"}
	for name, said := range map[string][]message{
		"greets again":       {hello{}, approves},
		"answers twice":      {approves, approves},
		"has a line to add":  {approves, line{text: "x"}},
		"plays the parent":   {value{text: "x"}, approves},
		"prints too much":    flood(40, approves),
		"ignores a failure":  {get{key: "broken"}, approves},
		"asks, and breaks":   {get{key: "x"}, source{}},
		"says nothing":       {},
		"sends half a frame": {half{}},
	} {
		t.Run(name, func(t *testing.T) {
			o, err := talkWith(t, said)
			if err == nil {
				t.Errorf("that came to %+v", o)
			}
		})
	}
	if o, err := talkWith(t, []message{line{text: "x"}, get{key: "x"}, approves}); err != nil || o.text != "Approve" {
		t.Errorf("one that keeps to it: %+v %v", o, err)
	}
}

// half is a message that ends before it should.
type half struct{}

func (half) append(b []byte) []byte { return append(b, "H\x04\x00\x00\x00ab"...) }

func flood(n int, last message) (all []message) {
	for range n {
		all = append(all, line{text: strings.Repeat("x", maxLine)})
	}
	return append(all, last)
}

// talkWith has a call with a child that says all at once what it is told to.
func talkWith(t *testing.T, said []message) (answer, error) {
	t.Helper()
	var out bytes.Buffer
	speaker := framer{out: &out}
	for _, m := range said {
		speaker.queue(m)
	}
	if err := speaker.flush(); err != nil {
		t.Fatal(err)
	}
	ch := &child{pipe: framer{in: &out, out: io.Discard, limit: maxFromChild}}
	talk := talk{
		engine: newEngine(Config{}), child: ch,
		storage: hook(func(key string) (string, error) {
			if key == "broken" {
				return "", errors.New("disk on fire")
			}
			return "", nil
		}),
	}
	a, err := talk.run(call{function: "f"}, nil)
	if err == nil {
		err = talk.failed
	}
	return a, err
}
