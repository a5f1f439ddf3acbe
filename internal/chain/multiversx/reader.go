package multiversx

import (
	"bytes"
	"encoding/base64"
	"strconv"

	"strongroom/internal/fault"
)

// reader takes a payload apart from its beginning. The first error sticks, and what is
// read after it is zero.
type reader struct {
	rest []byte
	err  error
}

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = fault.InvalidPayload.New("transaction: %s", what)
	}
}

// literal passes over a fixed text.
func (r *reader) literal(text string) {
	if !r.optional(text) {
		r.fail("not in its canonical encoding where " + strconv.Quote(text) + " is expected")
	}
}

// optional passes over a fixed text if it comes next.
func (r *reader) optional(text string) bool {
	if r.err != nil || len(r.rest) < len(text) || string(r.rest[:len(text)]) != text {
		return false
	}
	r.rest = r.rest[len(text):]
	return true
}

// has reports whether a text member of that name comes next.
func (r *reader) has(name string) bool {
	return r.err == nil && len(r.rest) > len(name)+5 && string(r.rest[:2]) == `,"` && string(r.rest[2:2+len(name)]) == name &&
		string(r.rest[2+len(name):5+len(name)]) == `":"`
}

// number reads digits without leading zeros.
func (r *reader) number(most uint64) uint64 {
	n := 0
	for n < len(r.rest) && '0' <= r.rest[n] && r.rest[n] <= '9' {
		n++
	}
	if r.err != nil {
		return 0
	}
	digits := r.rest[:n]
	value, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil || value > most || n > 1 && digits[0] == '0' {
		r.fail("a number that is not whole or does not fit")
		return 0
	}
	r.rest = r.rest[n:]
	return value
}

// member reads a text member. Nothing in a transaction needs an escape, so a text with
// one, or with anything that must have one, is refused.
func (r *reader) member(name string) string {
	if r.err != nil {
		return ""
	}
	if !r.has(name) {
		r.fail("not in its canonical encoding where " + strconv.Quote(name) + " is expected")
		return ""
	}
	body := r.rest[len(name)+5:]
	end := bytes.IndexByte(body, '"')
	if end < 0 {
		r.fail("a text without its end")
		return ""
	}
	for _, c := range body[:end] {
		if c < ' ' || c > '~' || c == '\\' {
			r.fail("a text with an escape or another character than visible ASCII")
			return ""
		}
	}
	r.rest = body[end+1:]
	return string(body[:end])
}

func (r *reader) address(name string) (string, address) {
	text := r.member(name)
	if r.err != nil {
		return "", address{}
	}
	a, err := parseAddress(text)
	if err != nil {
		r.err = fault.InvalidPayload.Wrap(err, "transaction: %s: %s", name, fault.Text(err))
	}
	return text, a
}

// base64 reads a member that is left out where it is empty.
func (r *reader) base64(name string) []byte {
	if !r.has(name) {
		return nil
	}
	text := r.member(name)
	if r.err != nil {
		return nil
	}
	data, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(data) == 0 {
		r.fail(name + " is not base64 of anything")
	}
	return data
}
