package server

import (
	"context"
	"log/slog"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// conn is one accepted connection.
type conn struct {
	net.Conn
	peer    Peer
	used    atomic.Bool // the client has sent something
	idle    uint64      // when it began to wait for a further request, in the order of the server's connections; 0 at work. Guarded by the server's mutex
	release func()      // gives the place back; safe to call again

	complain func(status int, text string) []byte // see Config.Complain; may be nil

	ahead ahead
	lost  context.CancelFunc // ends the requests of the connection
}

func (c *conn) Read(b []byte) (int, error) {
	n, kept, err := c.ahead.take(c.Conn, b)
	if !kept {
		n, err = c.Conn.Read(b)
	}
	if n > 0 && !c.used.Load() {
		c.used.Store(true)
	}
	if n == 1 && len(b) == 1 && err == nil {
		c.readOn() // it was net/http that watches for the client's end
	}
	return n, err
}

// SetReadDeadline implements [net.Conn].
func (c *conn) SetReadDeadline(t time.Time) error { return c.ahead.setDeadline(c.Conn, t) }

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

// door lets in as many connections as there are places. One more may wait in it; the
// rest waits in the kernel's queue, which is bounded too.
type door struct {
	net.Listener
	places    chan struct{} // a value is a taken place
	crowded   func(bool)    // told when a connection begins to wait for a place, and when it has one
	closed    chan struct{} // closed by Close
	closeOnce sync.Once
	closeErr  error
	numbers   *atomic.Uint64
	ownerOnly bool
	complain  func(status int, text string) []byte
	log       *slog.Logger
}

// Accept waits for a connection that may enter, then for a place.
func (d *door) Accept() (net.Conn, error) {
	for {
		inner, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c := &conn{Conn: inner, peer: Identify(inner, d.numbers.Add(1), d.Addr()), complain: d.complain}
		if d.ownerOnly && !isOwner(c.peer.UID) {
			d.log.Warn("connection of another user refused", "caller", c.peer.Address, "uid", c.peer.UID, "pid", c.peer.PID)
			_ = inner.Close()
			continue
		}
		select {
		case d.places <- struct{}{}:
		default:
			if !d.wait() {
				_ = inner.Close()
				return nil, net.ErrClosed
			}
		}
		c.release = sync.OnceFunc(func() { <-d.places })
		return c, nil
	}
}

// wait waits for a place. It is false once the door is closed.
func (d *door) wait() bool {
	d.crowded(true)
	defer d.crowded(false)
	select {
	case d.places <- struct{}{}:
		return true
	case <-d.closed:
		return false
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
