package server

import (
	"bytes"
	"strconv"
	"strings"
)

// complaintHeaders is how net/http goes on after the status line of an answer that
// no handler made (server.go, serve). It writes such an answer at once, straight to
// the connection.
const complaintHeaders = "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"

// Write replaces the complaints of net/http by the protocol's own.
func (c *conn) Write(b []byte) (int, error) {
	if c.complain == nil {
		return c.Conn.Write(b)
	}
	status, text, ok := complaint(b)
	if !ok {
		return c.Conn.Write(b)
	}
	answer := c.complain(status, text)
	if len(answer) == 0 {
		return len(b), nil // net/http closes the connection next
	}
	if _, err := c.Conn.Write(answer); err != nil {
		return 0, err
	}
	return len(b), nil
}

// complaint takes such an answer apart: "HTTP/1.1 400 Bad Request: missing
// required Host header", then the headers.
func complaint(b []byte) (status int, text string, ok bool) {
	line, ok := bytes.CutPrefix(b, []byte("HTTP/1.1 "))
	if !ok || len(line) == 0 || line[0] < '4' {
		return 0, "", false
	}
	end := bytes.IndexByte(line, '\r')
	if end < 0 || !bytes.HasPrefix(line[end:], []byte(complaintHeaders)) {
		return 0, "", false
	}
	number, reason, _ := strings.Cut(string(line[:end]), " ")
	status, err := strconv.Atoi(number)
	_, text, _ = strings.Cut(reason, ": ")
	return status, text, err == nil
}
