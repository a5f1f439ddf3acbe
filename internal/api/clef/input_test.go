package clef

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestInputLines(t *testing.T) {
	var out strings.Builder
	in := strings.NewReader("ok\r\n\nlast")
	p := &input{in: in, out: &out}
	for _, want := range []string{"ok", "", "last"} {
		if got, err := p.line(); got != want || err != nil {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	if _, err := p.line(); !errors.Is(err, errNoInput) {
		t.Errorf("at the end: %v", err)
	}
	p.in = strings.NewReader(strings.Repeat("x", maxLine) + "\n" + strings.Repeat("y", maxLine+1) + "\n")
	if got, err := p.line(); len(got) != maxLine || err != nil {
		t.Errorf("the longest line: %d bytes, %v", len(got), err)
	}
	if _, err := p.line(); err == nil {
		t.Error("a line that is too long")
	}
}

// Whoever reads after us finds everything behind the line: the console of the signer
// reads what a script wrote after the password.
func TestInputTakesNoMoreThanItsLine(t *testing.T) {
	r, w := io.Pipe()
	go func() {
		_, _ = io.WriteString(w, "first\nthe rest")
		_ = w.Close()
	}()
	p := &input{in: r, out: io.Discard}
	if _, err := p.line(); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(r); string(rest) != "the rest" || err != nil {
		t.Errorf("left: %q, %v", rest, err)
	}
}

func TestInputPasswords(t *testing.T) {
	var out strings.Builder
	p := &input{in: strings.NewReader("one\ntwo\n"), out: &out}
	for _, want := range []string{"one", "two"} {
		password, err := p.password("Password: ")
		if err != nil || string(password.Expose()) != want {
			t.Errorf("got %q, %v", password.Expose(), err)
		}
	}
	if _, err := p.password("Password: "); !errors.Is(err, errNoInput) {
		t.Errorf("at the end: %v", err)
	}
	if want := "!! Unsupported terminal, password will be echoed.\n" + strings.Repeat("Password: \n", 3); out.String() != want {
		t.Errorf("printed %q", out.String())
	}
}

// What a terminal in raw mode leaves to us.
func TestInputEditing(t *testing.T) {
	for typed, want := range map[string]string{
		"ab\x7fc\r": "ac", "ä\x08b\r": "b", "abc\x15d\r": "d", "\x7f\x7fa\n": "a", "a\x04b\r": "ab",
	} {
		p := &input{in: strings.NewReader(typed), out: io.Discard}
		if line, err := p.read(edit); string(line) != want || err != nil {
			t.Errorf("%q: %q, %v", typed, line, err)
		}
	}
	for typed, want := range map[string]error{"ab\x03c\r": errAborted, "\x04": errNoInput, "": errNoInput} {
		p := &input{in: strings.NewReader(typed), out: io.Discard}
		if line, err := p.read(edit); line != nil || !errors.Is(err, want) {
			t.Errorf("%q: %q, %v, want %v", typed, line, err, want)
		}
	}
}
