package jsonrpc

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// frames reads all values of a text, in pieces as from makes them.
func frames(from io.Reader, most int, lines bool) (all []string, err error) {
	f := &framer{from: from, most: most, lines: lines}
	for {
		v, err := f.next()
		if err != nil {
			return all, err
		}
		all = append(all, string(v))
	}
}

func TestFramer(t *testing.T) {
	for name, test := range map[string]struct {
		text  string
		lines bool
		want  []string
		err   error
	}{
		"one":                  {`{"a":1}`, false, []string{`{"a":1}`}, io.EOF},
		"two without a space":  {`{"a":1}{"b":[2,{}]}`, false, []string{`{"a":1}`, `{"b":[2,{}]}`}, io.EOF},
		"brackets in strings":  {`{"a":"}]\"}"}[1]`, false, []string{`{"a":"}]\"}"}`, `[1]`}, io.EOF},
		"backslashes":          {`{"a":"\\"}{"b":"\\\""}`, false, []string{`{"a":"\\"}`, `{"b":"\\\""}`}, io.EOF},
		"spread over lines":    {" \r\n{\n\"a\":\t1\n}\n\n[\n]", false, []string{"{\n\"a\":\t1\n}", "[\n]"}, io.EOF},
		"numbers and words":    {`1 2.5e3 null"x"true{}-4`, false, []string{"1", "2.5e3", "null", `"x"`, "true", "{}", "-4"}, io.EOF},
		"words run together":   {`nullnull`, false, []string{"nullnull"}, io.EOF},
		"a bracket too many":   {`{}}`, false, []string{"{}"}, errFrame},
		"a comma":              {`{},{}`, false, []string{"{}"}, errFrame},
		"ends within":          {`{"a":`, false, nil, io.ErrUnexpectedEOF},
		"ends in a string":     {`"abc`, false, nil, io.ErrUnexpectedEOF},
		"nothing":              {"  \n", false, nil, io.EOF},
		"lines are skipped":    {"hello {}\n{\"a\":1}\n\"text\"\n} 5\n[2]", true, []string{`{"a":1}`, "[2]"}, io.EOF},
		"skipped to the end":   {"hello", true, nil, io.EOF},
		"text behind a value":  {"{} and more\n{\"b\":2}", true, []string{"{}", `{"b":2}`}, io.EOF},
		"too large":            {`[` + strings.Repeat(" ", 100) + `]`, false, nil, errFrameSize},
		"as large as may be":   {`[` + strings.Repeat(" ", 62) + `]5`, false, []string{`[` + strings.Repeat(" ", 62) + `]`, "5"}, io.EOF},
		"one byte too large":   {`[` + strings.Repeat(" ", 63) + `]`, false, nil, errFrameSize},
		"blanks are not large": {strings.Repeat(" ", 20000) + `{}`, false, []string{"{}"}, io.EOF},
		"text is not large":    {strings.Repeat("x", 20000) + "\n{}", true, []string{"{}"}, io.EOF},
		"large unfinished":     {`"` + strings.Repeat("x", 20000), false, nil, errFrameSize},
	} {
		for way, from := range map[string]io.Reader{
			"whole": strings.NewReader(test.text), "byte by byte": iotest.OneByteReader(strings.NewReader(test.text)),
			"end with data": iotest.DataErrReader(strings.NewReader(test.text)),
		} {
			got, err := frames(from, 64, test.lines)
			if !slices.Equal(got, test.want) || !errors.Is(err, test.err) {
				t.Errorf("%s, %s: got %q, %v, want %q, %v", name, way, got, err, test.want, test.err)
			}
		}
	}
}

// TestFramerForgets: what was given away or skipped is not in the buffer any more, nor in
// those that it left behind.
func TestFramerForgets(t *testing.T) {
	text := `{"text":"canary"}` + "\ncanary\n" + `{"text":"` + strings.Repeat("canary", 6000) + `"}`
	f := &framer{from: iotest.HalfReader(strings.NewReader(text)), most: 1 << 20, lines: true}
	var seen [][]byte // every buffer that there was
	for {
		if n := len(seen); cap(f.buffer) > 0 && (n == 0 || &seen[n-1][0] != &f.buffer[:1][0]) {
			seen = append(seen, f.buffer[:cap(f.buffer)])
		}
		if n, err := f.scan(); n > 0 || err != nil {
			f.take(n)
			continue
		}
		if f.err != nil {
			break
		}
		if err := f.fill(); err != nil {
			t.Fatal(err)
		}
	}
	for i, b := range seen {
		if bytes.Contains(b, []byte("canary")) {
			t.Errorf("buffer %d of %d still has it", i, len(seen))
		}
	}
	if len(seen) < 3 {
		t.Errorf("only %d buffers", len(seen))
	}
}

func FuzzFramer(f *testing.F) {
	for _, seed := range []string{`{"a":"\\\""}[1]2 "x"`, "text\n{}", `}{`, `{"jsonrpc":"2.0","id":1,"result":{"text":"\u0022}"}}`, "\"\\", "[[[[", "1e5,"} {
		f.Add([]byte(seed), false)
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, text []byte, lines bool) {
		whole, err := frames(bytes.NewReader(text), 1000, lines)
		bytewise, err2 := frames(iotest.OneByteReader(bytes.NewReader(text)), 1000, lines)
		if !slices.Equal(whole, bytewise) || (err == nil) != (err2 == nil) {
			t.Fatalf("the pieces matter: %q and %q", whole, bytewise)
		}
		for _, v := range whole {
			if len(v) == 0 || len(v) > 1000 {
				t.Fatalf("a value of %d bytes", len(v))
			}
		}
	})
}
