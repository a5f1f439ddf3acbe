package kiod

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"strongroom/internal/fault"
	"strongroom/internal/server"
)

// reply is the compact JSON of an answer as it is written.
type reply struct {
	b      []byte
	shared []byte // a finished answer that others hold too; sent instead of b, never wiped
}

// grow makes room for n more bytes; what it leaves behind is wiped, since it may hold a key.
func (r *reply) grow(n int) { r.b = server.Grow(r.b, n) }

// raw adds JSON as it is.
func (r *reply) raw(json string) {
	r.grow(len(json))
	r.b = append(r.b, json...)
}

// text adds a JSON string.
func (r *reply) text(s string) {
	r.grow(6*len(s) + 2) // every byte could need an escape
	r.b = appendText(r.b, s)
}

// plain adds a JSON string of bytes that need no escape, such as those of keys.
func (r *reply) plain(s []byte) {
	r.grow(len(s) + 2)
	r.b = append(append(append(r.b, '"'), s...), '"')
}

// list adds n elements, each written by element.
func (r *reply) list(n int, element func(i int)) {
	r.raw("[")
	for i := range n {
		if i > 0 {
			r.raw(",")
		}
		element(i)
	}
	r.raw("]")
}

func (r *reply) finish() []byte {
	switch {
	case r.shared != nil:
		return r.shared
	case len(r.b) == 0:
		return []byte("{}")
	}
	return r.b
}

// appendText appends a JSON string. Broken UTF-8 becomes U+FFFD.
func appendText(b []byte, s string) []byte {
	b, _ = jsontext.AppendQuote(b, s) // the error says that UTF-8 was broken
	return b
}

// statusTexts are the peer's words for a status.
var statusTexts = map[int]string{
	http.StatusBadRequest:            "Invalid Request",
	http.StatusForbidden:             "Forbidden",
	http.StatusNotFound:              "Not Found",
	http.StatusRequestEntityTooLarge: "Payload Too Large",
	http.StatusUnprocessableEntity:   "Unprocessable Entity",
	http.StatusInternalServerError:   "Internal Service Error",
	http.StatusServiceUnavailable:    "Busy",
}

// detail is one entry of an error's stack. The peer's file and line are of its own
// source, and clients print them at most: here they are always the same.
type detail struct{ message, method string }

// envelope writes an error answer (§4.1).
func envelope(status int, message string, code code, name, what string, details []detail) []byte {
	b := make([]byte, 0, 512)
	b = strconv.AppendInt(append(b, `{"code":`...), int64(status), 10)
	b = appendText(append(b, `,"message":`...), message)
	b = strconv.AppendInt(append(b, `,"error":{"code":`...), int64(code), 10)
	b = appendText(append(b, `,"name":`...), name)
	b = appendText(append(b, `,"what":`...), what)
	b = append(b, `,"details":[`...)
	for i, d := range details {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(append(b, `{"message":`...), d.message)
		b = appendText(append(b, `,"file":"strongroom","line_number":0,"method":`...), d.method)
		b = append(b, '}')
	}
	return append(b, `]}}`...)
}

// maxDetails is the most that verbose errors show.
const maxDetails = 10

// answer is status and body of a refusal. With verbose errors the causes follow
// it, as far as they are safe to show.
func (r *refusal) answer(method string, verbose bool) (int, []byte) {
	d := descriptions[r.code]
	status := r.status
	if status == 0 {
		status = d.status
	}
	if status == 0 {
		status = http.StatusInternalServerError
	}
	if r.code == codeBusy {
		return status, envelope(status, statusTexts[status], r.code, d.name, r.message, nil)
	}
	details := []detail{{r.message, method}}
	for err := r.cause; verbose && err != nil && len(details) < maxDetails; err = errors.Unwrap(err) {
		if f, ok := err.(*fault.Error); ok && fault.Text(f) != details[len(details)-1].message {
			details = append(details, detail{fault.Text(f), method})
		}
	}
	return status, envelope(status, statusTexts[status], r.code, d.name, d.what, details)
}

// The answers that no command makes.
func illegalTarget() []byte {
	return envelope(http.StatusBadRequest, "Illegal request-target", 0, "", "", nil)
}

func illegalHost() []byte {
	return envelope(http.StatusBadRequest, "Disallowed HTTP HOST header in the request", 0, "", "", nil)
}

func unknownEndpoint() []byte {
	d := descriptions[codeGeneric]
	return envelope(http.StatusNotFound, statusTexts[http.StatusNotFound], codeGeneric, d.name, d.what, []detail{{"Unknown Endpoint", "handle_request"}})
}

// Complaint is how the peer would put what net/http objects to before any handler
// is asked: status and text are net/http's. An empty answer closes the connection
// without one. It is for server.Config.
func Complaint(status int, text string) []byte {
	if status != http.StatusBadRequest {
		return nil // header too large, a transfer encoding that nobody uses
	}
	body := illegalTarget()
	switch text {
	case "missing required Host header", "malformed Host header":
		body = illegalHost()
	}
	b := append(make([]byte, 0, 512), "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "...)
	b = append(strconv.AppendInt(b, int64(len(body)), 10), "\r\n\r\n"...)
	return append(b, body...)
}
