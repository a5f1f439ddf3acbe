package server

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"strongroom/internal/fault"
)

// firstBuffer is the most that a body's announced length makes us allocate
// before any of it arrived, in bytes.
const firstBuffer = 64 << 10

// errBusy is what those are told for whose bodies there is no room at the moment.
var errBusy = fault.Busy.New("too many large requests at the same time")

// errBodyTooLarge is what a handler sees that reads past the bound by itself.
var errBodyTooLarge = fault.TooLarge.New("the request body is too large")

// ReadBody reads a whole body of at most limit bytes. The slice belongs to the
// caller, who should wipe it if it may hold a password; no copy of it stays
// behind here. (net/http's own read buffer is out of reach; it is overwritten by
// the next request that uses it.)
//
// Errors: fault.TooLarge (answer 413) and fault.Busy (answer 503; see
// [Config.MaxBodies]), after whose answers the connection is closed; fault.Canceled (the
// client went away or was too slow), fault.Invalid (the body is not well-formed HTTP). A
// request without a body gives an empty slice.
//
// Afterwards the time that the client had for sending no longer runs, so that a
// handler may take as long as the write timeout allows.
func ReadBody(r *http.Request, limit int64) ([]byte, error) {
	if r.ContentLength > limit {
		if g, ok := r.Body.(*guardedBody); ok {
			g.refuse()
		}
		return nil, errBodyTooLarge
	}
	room := anyRoom
	if g, ok := r.Body.(*guardedBody); ok {
		room = g.room
	}
	body, err := readAll(r.Body, r.ContentLength, limit, room)
	if err != nil {
		return nil, bodyFault(r, err)
	}
	if c, ok := r.Context().Value(connKey{}).(*conn); ok {
		// net/http watches for the client's end with a read under the same
		// deadline and would cancel the request when that passes.
		_ = c.SetReadDeadline(time.Time{})
	}
	return body, nil
}

func anyRoom(int) bool { return true }

// readAll reads to the end; announced (-1: unknown) only sizes the first buffer. room is
// asked for what the buffer needs beyond that. Outgrown buffers are wiped.
func readAll(r io.Reader, announced, limit int64, room func(int) bool) ([]byte, error) {
	if announced == 0 || r == nil {
		return nil, nil
	}
	size := int64(512)
	if announced > 0 {
		size = announced + 1 // one more, so that the end is seen without growing
	}
	buffer := make([]byte, 0, min(size, firstBuffer, limit+1))
	for {
		n, err := r.Read(buffer[len(buffer):cap(buffer)])
		buffer = buffer[:len(buffer)+n]
		if int64(len(buffer)) > limit {
			clear(buffer)
			return nil, errBodyTooLarge
		}
		if err == io.EOF {
			return buffer, nil
		}
		if err != nil {
			clear(buffer)
			return nil, err
		}
		if len(buffer) == cap(buffer) {
			size := min(2*cap(buffer), int(limit)+1)
			if !room(size) {
				clear(buffer)
				return nil, errBusy
			}
			grown := make([]byte, len(buffer), size)
			copy(grown, buffer)
			clear(buffer)
			buffer = grown
		}
	}
}

func bodyFault(r *http.Request, err error) error {
	for _, refusal := range []error{errBodyTooLarge, errBusy} {
		if errors.Is(err, refusal) {
			if g, ok := r.Body.(*guardedBody); ok {
				g.refuse()
			}
			return refusal
		}
	}
	if _, ok := errors.AsType[net.Error](err); ok || errors.Is(err, io.ErrUnexpectedEOF) || r.Context().Err() != nil {
		return fault.Canceled.Wrap(err, "the request body did not arrive in time or in full")
	}
	return fault.Invalid.Wrap(err, "cannot read the request body")
}

// lingerTime is how long a client that was refused may go on sending what nobody reads.
const lingerTime = time.Second

// guardedBody bounds what a handler can read that does not use ReadBody.
type guardedBody struct {
	inner  io.ReadCloser
	writer http.ResponseWriter // net/http's own
	ctx    context.Context     // of the request; looked into only when it is refused
	left   int64
	all    *bodies
	taken  int64 // of all
}

// bodies is what the bodies of a server take up.
type bodies struct {
	most  int64 // bytes; 0 for no bound
	taken atomic.Int64
}

// room takes up as much as a buffer of that size does, which grows.
func (g *guardedBody) room(size int) bool {
	if g.all.most == 0 || size <= firstBuffer {
		return true
	}
	more := int64(size) - g.taken
	if g.all.taken.Add(more) > g.all.most {
		g.all.taken.Add(-more)
		return false
	}
	g.taken += more
	return true
}

// release gives back what was taken.
func (g *guardedBody) release() {
	if g.taken > 0 {
		g.all.taken.Add(-g.taken)
		g.taken = 0
	}
}

// refuse makes net/http close the connection after the answer. It goes through
// an [http.MaxBytesReader] that overflows at once, because only that makes
// net/http end the connection so that the client sees the answer and no reset.
func (g *guardedBody) refuse() {
	var b [1]byte
	_, _ = http.MaxBytesReader(g.writer, io.NopCloser(strings.NewReader("x")), 0).Read(b[:])
	if c, ok := g.ctx.Value(connKey{}).(*conn); ok {
		_ = c.SetReadDeadline(time.Now().Add(lingerTime))
	}
}

func (g *guardedBody) Read(b []byte) (int, error) {
	if g.left < 0 {
		return 0, errBodyTooLarge
	}
	if int64(len(b)) > g.left+1 {
		b = b[:g.left+1]
	}
	n, err := g.inner.Read(b)
	if g.left -= int64(n); g.left < 0 {
		g.refuse()
		return n - 1, errBodyTooLarge
	}
	return n, err
}

func (g *guardedBody) Close() error { return g.inner.Close() }
