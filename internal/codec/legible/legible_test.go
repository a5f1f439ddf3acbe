package legible

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "I own this": true, "two\nlines\twith tabs\r\nand ends": true, "Grüße, мир, 世界, שלום": true, "❤️ 🚀": true,
		"over\rwritten": false, "\x1b[2J": false, "\x00": false, "a\u200bb": false, "\u202egnp": false, "\u2066x\u2069": false, "\u3164": false,
		"\u2800": false, "a\ufe00": false, "\ufffd": false, "\xff": false, "a\u034fb": false, "\u115f": false, "\x7f": false, "\u0085": false,
	} {
		if Text([]byte(text)) != want {
			t.Errorf("%q: %t", text, !want)
		}
		if Line(text) && !want || Line(text) && strings.ContainsAny(text, "\n\t\r") {
			t.Errorf("%q is one line", text)
		}
	}
}

func TestShow(t *testing.T) {
	for _, c := range []struct {
		in   string
		most int
		want string
		ok   bool
	}{
		{"hello", 10, "hello", true}, {"hello", 3, "hel… (cut)", true}, {"世界", 4, "世… (cut)", true}, {"\xff\x00", 10, "0xff00", false},
		{"\xff\x00\x01", 2, "0xff00… (cut)", false}, {"", 10, "", true},
	} {
		if text, ok := Show([]byte(c.in), c.most); text != c.want || ok != c.ok {
			t.Errorf("%q: %q, %t, want %q, %t", c.in, text, ok, c.want, c.ok)
		}
	}
}

func FuzzShow(f *testing.F) {
	f.Add([]byte("hello\u200b"), 3)
	f.Fuzz(func(t *testing.T, b []byte, most int) {
		if most < 0 || most > 1<<16 {
			return
		}
		text, _ := Show(b, most)
		if !utf8.ValidString(text) || len(text) > 2*most+2+len(cutMark)+utf8.UTFMax {
			t.Errorf("%d bytes of %q", len(text), text)
		}
		for _, r := range text {
			if r != '\n' && r != '\t' && r != '\r' && !Rune(r) {
				t.Errorf("shows %q", r)
			}
		}
	})
}
