package server

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

const (
	maxAhead  = 64 << 10    // bytes that are read ahead of one connection
	aheadWait = time.Second // for a request to end whose client has said more than that
)

// errTooFarAhead ends a connection whose client can not be watched any more.
var errTooFarAhead = errors.New("the client sends further requests and does not wait for an answer")

// ahead is what a client said while its request was at work.
//
// net/http watches for the client's end with a read of one byte. A client that has said
// more by then, such as its next request, has spent that byte: nothing would see its end,
// and what waits for somebody would outlive who asked for it. So the connection reads
// on, as far as there is room, and when there is none it ends a request that goes on all
// the same.
type ahead struct {
	mu       sync.Mutex
	kept     []byte        // not given to net/http yet
	err      error         // behind what is kept
	deadline time.Time     // of reads, as net/http set it last
	stop     chan struct{} // to be closed
	stopped  chan struct{} // closed when nobody reads on; nil if nobody did
}

// readOn reads on until it is stopped.
func (c *conn) readOn() {
	a := &c.ahead
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stop, a.stopped = make(chan struct{}), make(chan struct{})
	go c.keep(maxAhead-len(a.kept), a.stop, a.stopped)
}

// keep keeps what comes, and ends the requests of a client that is gone.
func (c *conn) keep(room int, stop <-chan struct{}, stopped chan<- struct{}) {
	defer close(stopped)
	var chunk [4 << 10]byte
	defer clear(chunk[:])
	for room > 0 {
		n, err := c.Conn.Read(chunk[:min(len(chunk), room)])
		room -= n
		if errors.Is(err, os.ErrDeadlineExceeded) { // stopped, or net/http looks for itself
			c.ahead.add(chunk[:n], nil)
			return
		}
		c.ahead.add(chunk[:n], err)
		if err != nil {
			c.lost()
			return
		}
	}
	timer := time.NewTimer(aheadWait)
	defer timer.Stop()
	select {
	case <-stop:
	case <-timer.C:
		c.ahead.add(nil, errTooFarAhead)
		c.lost()
	}
}

func (a *ahead) add(b []byte, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.kept = append(Grow(a.kept, len(b)), b...)
	if a.err == nil {
		a.err = err
	}
}

// take gives what was kept. It is false if there is nothing, and the connection is to be
// read.
func (a *ahead) take(c net.Conn, b []byte) (n int, ok bool, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stopped != nil {
		close(a.stop)
		_ = c.SetReadDeadline(time.Unix(1, 0))
		stopped := a.stopped
		a.mu.Unlock()
		<-stopped
		a.mu.Lock()
		a.stopped = nil
		_ = c.SetReadDeadline(a.deadline)
	}
	switch {
	case len(a.kept) > 0 && a.err != errTooFarAhead:
		n = copy(b, a.kept)
		clear(a.kept[:n])
		a.kept = a.kept[n:]
		return n, true, nil
	case a.err != nil:
		return 0, true, a.err
	}
	a.kept = nil
	return 0, false, nil
}

// setDeadline passes a deadline on and remembers it.
func (a *ahead) setDeadline(c net.Conn, t time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.deadline = t
	return c.SetReadDeadline(t)
}
