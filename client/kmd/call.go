package kmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

const (
	tokenHeader  = "X-KMD-API-Token"
	maxPlainText = 256 // bytes shown of a refusal that is not in the daemon's JSON form
)

// call sends one request and decodes its answer. The body (nil for none) is
// wiped when call returns, and so is the answer. decode is called once for each
// field of the answer.
func (c *Client) call(ctx context.Context, method, path string, body *encoder, decode fieldFunc) error {
	defer body.wipe()
	if err := body.finish(); err != nil {
		return fmt.Errorf("kmd: %s %s: %w", method, path, err)
	}
	status, answer, err := c.send(ctx, method, path, body.bytes())
	defer func() { clear(answer) }()
	if err != nil {
		return fmt.Errorf("kmd: %s %s: %w", method, path, err)
	}
	var refusal struct {
		set     bool
		message string
	}
	err = decodeAnswer(answer, func(d *decoder, name string) (err error) {
		switch name {
		case "error":
			refusal.set, err = d.boolean()
		case "message":
			refusal.message, err = d.text()
		default:
			if decode == nil {
				return errUnknownField
			}
			return decode(d, name)
		}
		return err
	})
	switch {
	case err == nil && (refusal.set || refusal.message != ""):
		return &Error{Status: status, Message: refusal.message}
	case status != http.StatusOK: // not from an endpoint: an unknown path, a proxy
		return &Error{Status: status, Message: plainText(answer)}
	case err != nil:
		return fmt.Errorf("kmd: %s %s: answer: %w", method, path, err)
	}
	return nil
}

// callRaw fetches a JSON document that is not in the API's own form.
func (c *Client) callRaw(ctx context.Context, path string) (json.RawMessage, error) {
	status, answer, err := c.send(ctx, http.MethodGet, path, nil)
	switch {
	case err != nil:
		return nil, fmt.Errorf("kmd: GET %s: %w", path, err)
	case status != http.StatusOK:
		return nil, &Error{Status: status, Message: plainText(answer)}
	case !json.Valid(answer):
		return nil, fmt.Errorf("kmd: GET %s: answer: not JSON", path)
	}
	return answer, nil
}

// send makes the HTTP request and reads the answer, which the caller wipes.
func (c *Client) send(ctx context.Context, method, path string, data []byte) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, http.NoBody)
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set(tokenHeader, c.token)
	req.Header.Set("Accept", "application/json")
	if data != nil {
		shared := &sharedBody{data: data}
		// The transport may still read the body after it has returned.
		defer shared.revoke()
		req.Header.Set("Content-Type", "application/json")
		req.ContentLength = int64(len(data))
		req.Body = shared.reader()
		req.GetBody = func() (io.ReadCloser, error) { return shared.reader(), nil }
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err := readBounded(resp.Body, c.maxAnswer, resp.ContentLength)
	return resp.StatusCode, answer, err
}

// readBounded reads all of r into one slice, wiping each smaller slice that it
// outgrows. hint is the expected size, -1 if unknown.
func readBounded(r io.Reader, limit, hint int64) ([]byte, error) {
	if hint > limit {
		return nil, fmt.Errorf("answer of %d bytes is above the limit of %d", hint, limit)
	}
	size := int64(512)
	if hint >= 0 {
		size = hint + 1 // one more, so that the end is seen without growing
	}
	buf := make([]byte, 0, size)
	for {
		if len(buf) == cap(buf) {
			grown := make([]byte, len(buf), 2*cap(buf))
			copy(grown, buf)
			clear(buf)
			buf = grown
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if int64(len(buf)) > limit {
			clear(buf)
			return nil, fmt.Errorf("answer is above the limit of %d bytes", limit)
		}
		if errors.Is(err, io.EOF) {
			return buf, nil
		}
		if err != nil {
			clear(buf)
			return nil, err
		}
	}
}

// plainText makes a refusal that is not JSON presentable: short, one line, no
// control characters.
func plainText(answer []byte) string {
	if len(answer) > maxPlainText {
		answer = answer[:maxPlainText]
	}
	if !utf8.Valid(answer) {
		return ""
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, string(answer)))
}

// sharedBody hands the same bytes to every attempt of the transport, and takes
// them away before they are wiped.
type sharedBody struct {
	mu   sync.Mutex
	data []byte // nil once revoked
}

func (b *sharedBody) reader() io.ReadCloser { return &bodyReader{from: b} }

// revoke returns once no reader touches the bytes any more.
func (b *sharedBody) revoke() {
	b.mu.Lock()
	b.data = nil
	b.mu.Unlock()
}

type bodyReader struct {
	from *sharedBody
	at   int
}

func (r *bodyReader) Read(p []byte) (int, error) {
	r.from.mu.Lock()
	defer r.from.mu.Unlock()
	if r.from.data == nil {
		return 0, errors.New("the request is over")
	}
	if r.at >= len(r.from.data) {
		return 0, io.EOF
	}
	n := copy(p, r.from.data[r.at:])
	r.at += n
	return n, nil
}

func (r *bodyReader) Close() error { return nil }
