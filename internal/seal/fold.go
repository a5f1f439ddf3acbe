package seal

import (
	"unicode/utf8"

	"strongroom/internal/secret"
)

// FoldSurrogates replaces each character beyond U+FFFF by one U+FFFD and reports
// whether there was any. This is what kmd's JSON reader does to characters that a
// client escaped as surrogate pairs, so wallets exist that are sealed under such
// a password. Bytes that are not valid UTF-8 stay as they are.
//
// If changed, the result is a new secret that the caller must wipe; otherwise it
// is the password itself.
func FoldSurrogates(password secret.Bytes) (folded secret.Bytes, changed bool) {
	in := password.Expose()
	out := make([]byte, 0, len(in)) // a fold only shrinks: 4 bytes become 3
	for i := 0; i < len(in); {
		r, size := utf8.DecodeRune(in[i:])
		if r > 0xFFFF {
			out = utf8.AppendRune(out, utf8.RuneError)
			changed = true
		} else {
			out = append(out, in[i:i+size]...)
		}
		i += size
	}
	if !changed {
		clear(out)
		return password, false
	}
	return secret.New(out), true
}
