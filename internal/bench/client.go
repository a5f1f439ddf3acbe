package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strconv"
	"time"

	"strongroom/internal/fault"
)

// maxAnswer bounds the body of an answer: a list of a million keys fits.
const maxAnswer = 128 << 20

// answerWait is how long an answer may take. A password derivation on a busy
// machine takes seconds; what takes longer than this hangs.
const answerWait = 2 * time.Minute

// Conn is a keep-alive HTTP/1.1 connection that does as little as it can.
type Conn struct {
	conn net.Conn
	in   *bufio.Reader
	body []byte
}

// dial connects to a host and port, or to a unix socket by its absolute path.
func dial(ctx context.Context, address string) (*Conn, error) {
	network := "tcp"
	if filepath.IsAbs(address) {
		network = "unix"
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, fault.Internal.Wrap(err, "the measured server at %s can not be reached", address)
	}
	return &Conn{conn: c, in: bufio.NewReaderSize(c, 16<<10)}, nil
}

// Close ends the connection.
func (c *Conn) Close() error { return c.conn.Close() }

// request builds a whole HTTP request, with a token of kmd unless that is "".
func request(method, path, token string, body []byte) []byte {
	field := ""
	if token != "" {
		field = "X-KMD-API-Token: " + token + "\r\n"
	}
	return requestTo("localhost", method, path, field, body)
}

// requestTo builds a request with that value of Host and a further header field, if any.
func requestTo(host, method, path, field string, body []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n%s", method, path, host, field)
	fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n", len(body))
	b.Write(body)
	return b.Bytes()
}

// do sends a request and reads the answer. The body is valid until the next call.
func (c *Conn) do(req []byte) (status int, body []byte, err error) {
	if _, err := c.conn.Write(req); err != nil {
		return 0, nil, fault.Internal.Wrap(err, "the measured server closed the connection")
	}
	status, length, err := readHead(c.in)
	if err == nil {
		if cap(c.body) < length {
			c.body = make([]byte, length)
		}
		c.body = c.body[:length]
		_, err = io.ReadFull(c.in, c.body)
	}
	if err != nil {
		return 0, nil, fault.Internal.Wrap(err, "the measured server gave no whole answer")
	}
	return status, c.body, nil
}

// expect is do for an answer that must have a status.
func (c *Conn) expect(status int, req []byte) ([]byte, error) {
	got, body, err := c.do(req)
	if err != nil {
		return nil, err
	}
	if got != status {
		return nil, fault.Internal.New("the measured server answered with status %d in place of %d: %.200q", got, status, body)
	}
	return body, nil
}

// limit gives the exchanges until the next call of limit a time.
func (c *Conn) limit(d time.Duration) error { return c.conn.SetDeadline(time.Now().Add(d)) }

// readHead reads the status line and the header fields. An answer without a
// length is refused: none that is measured here lacks one.
func readHead(in *bufio.Reader) (status, length int, err error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return 0, 0, err
	}
	const proto = len("HTTP/1.1 ")
	if len(line) < proto+3 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return 0, 0, fmt.Errorf("not an HTTP/1.1 status line: %.80q", line)
	}
	if status, err = strconv.Atoi(string(line[proto : proto+3])); err != nil {
		return 0, 0, err
	}
	length = -1
	for {
		line, err = in.ReadSlice('\n')
		if err != nil {
			return 0, 0, err
		}
		name, value, _ := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(":"))
		if len(name) == 0 {
			break
		}
		if bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, 0, err
			}
		}
	}
	if length < 0 || length > maxAnswer {
		return 0, 0, fmt.Errorf("an answer of length %d", length)
	}
	return status, length, nil
}
