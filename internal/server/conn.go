package server

import (
	"log/slog"
	"net"
	"os"
	"sync"
	"sync/atomic"
)

// conn is one accepted connection.
type conn struct {
	net.Conn
	peer    Peer
	used    atomic.Bool // the client has sent something
	release func()      // gives the place back; safe to call again

	complain func(status int, text string) []byte // see Config.Complain; may be nil
}

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 && !c.used.Load() {
		c.used.Store(true)
	}
	return n, err
}

// CloseWrite lets net/http end an answer properly when it closes a connection
// whose request it has not read to the end: without it the client would see a
// reset in place of the answer.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

func (c *conn) Close() error {
	c.release()
	return c.Conn.Close()
}

// door accepts at most as many connections as there are places; the rest waits
// in the kernel's queue, which is bounded too.
type door struct {
	net.Listener
	places    chan struct{} // a value is a taken place
	closed    chan struct{} // closed by Close
	closeOnce sync.Once
	closeErr  error
	numbers   *atomic.Uint64
	ownerOnly bool
	complain  func(status int, text string) []byte
	log       *slog.Logger
}

// Accept waits for a place, then for a connection that may enter.
func (d *door) Accept() (net.Conn, error) {
	select {
	case d.places <- struct{}{}:
	case <-d.closed:
		return nil, net.ErrClosed
	}
	for {
		inner, err := d.Listener.Accept()
		if err != nil {
			<-d.places
			return nil, err
		}
		c := &conn{Conn: inner, peer: identify(inner, d.numbers.Add(1), d.Addr()), complain: d.complain}
		c.release = sync.OnceFunc(func() { <-d.places })
		if !d.ownerOnly || isOwner(c.peer.UID) {
			return c, nil
		}
		d.log.Warn("connection of another user refused", "caller", c.peer.Address, "uid", c.peer.UID, "pid", c.peer.PID)
		_ = inner.Close() // the place is kept for the next one
	}
}

// Close stops accepting. Connections under way go on.
func (d *door) Close() error {
	d.closeOnce.Do(func() {
		close(d.closed)
		d.closeErr = d.Listener.Close()
	})
	return d.closeErr
}

func (d *door) isClosed() bool {
	select {
	case <-d.closed:
		return true
	default:
		return false
	}
}

// isOwner reports whether uid is ours or root's. An unknown uid is neither.
func isOwner(uid int64) bool { return uid == 0 || (uid > 0 && uid == int64(os.Geteuid())) }
