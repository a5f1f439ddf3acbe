package kmdfile

import (
	"unicode/utf8"

	"strongroom/internal/secret"
)

// fold replaces each character beyond U+FFFF by one U+FFFD, which is what kmd
// makes of an escaped surrogate pair in JSON. It reports false if there is none.
// Bytes that are not UTF-8 stay as they are.
func fold(password secret.Bytes) (secret.Bytes, bool) {
	in := password.Expose()
	out := make([]byte, 0, len(in)) // the result is never longer
	found := false
	for len(in) > 0 {
		r, n := utf8.DecodeRune(in)
		if r > 0xffff {
			out = utf8.AppendRune(out, utf8.RuneError)
			found = true
		} else {
			out = append(out, in[:n]...)
		}
		in = in[n:]
	}
	if !found {
		clear(out)
		return secret.Bytes{}, false
	}
	return secret.New(out), true
}
