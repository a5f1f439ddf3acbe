package server

import (
	"net/http"
	"strconv"
	"sync"
)

// Sizes of the buffers of answers, in bytes: the first, and the largest that is
// kept for the next answer.
const (
	firstAnswer = 1 << 10
	maxPooled   = 64 << 10
)

// Buffers recycles the buffers of answers. An answer may hold a key, so what comes
// back is wiped. The zero value is ready, and for many goroutines at once.
type Buffers struct{ pool sync.Pool }

// Get is an empty buffer, to be given back with [Buffers.Put].
func (p *Buffers) Get() []byte {
	if b, ok := p.pool.Get().(*[]byte); ok {
		return (*b)[:0]
	}
	return make([]byte, 0, firstAnswer)
}

// Put wipes all of b, beyond its length too, and keeps it unless it is large. It
// need not have come from [Buffers.Get].
func (p *Buffers) Put(b []byte) {
	clear(b[:cap(b)])
	if cap(b) <= maxPooled {
		p.pool.Put(&b)
	}
}

// Grow is b with room for n more bytes. If that is another array, then the one
// that it leaves behind is wiped, which append would not do.
func Grow(b []byte, n int) []byte {
	if cap(b)-len(b) >= n {
		return b
	}
	grown := make([]byte, len(b), 2*cap(b)+n)
	copy(grown, b)
	clear(b)
	return grown
}

// SendJSON answers with a JSON body and its exact length. An error of the
// connection is the client's loss and nobody else's, so it is not looked at.
func SendJSON(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h["Content-Type"] = []string{"application/json"}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
