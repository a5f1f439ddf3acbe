// Package legible tells text that shows a person what it says from text that hides or
// rewrites something: control characters, marks that turn the direction of writing, and
// letters and marks that are blank.
//
// Texts of others (memos, names of tokens, messages) are shown as they are only if they
// are legible, and a message is a statement only if a person can read all of it.
//
// The package is pure and may be imported by everybody.
package legible

import (
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Rune reports whether a character shows something of its own. The sign that makes an
// emoji of a character counts as seen.
func Rune(r rune) bool {
	const emoji, braillePatternBlank = '\ufe0f', '\u2800'
	return unicode.IsPrint(r) && r != braillePatternBlank && r != unicode.ReplacementChar &&
		(r == emoji || !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector))
}

// Line reports whether s is one line of legible text.
func Line(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !Rune(r) })
}

// Text reports whether b is legible text, with line breaks and tabs. A carriage return
// that does not end a line writes over it, and is not.
func Text(b []byte) bool {
	if !utf8.Valid(b) {
		return false
	}
	for _, r := range strings.ReplaceAll(string(b), "\r\n", "\n") {
		if r != '\n' && r != '\t' && !Rune(r) {
			return false
		}
	}
	return true
}

// Show is b as people may see it, at most about most bytes of it: text if it is legible,
// which it tells, else hex behind 0x.
func Show(b []byte, most int) (text string, ok bool) {
	if Text(b) {
		return cut(string(b), most), true
	}
	text = "0x" + hex.EncodeToString(b[:min(len(b), most)])
	if len(b) > most {
		text += cutMark
	}
	return text, false
}

const cutMark = "… (cut)"

// cut bounds a text between two characters.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + cutMark
}
