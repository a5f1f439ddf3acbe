package server

import (
	"context"
	"net"
)

// Peer is who is at the other end of a connection, as far as the kernel knows.
// The zero value is not a peer: a uid of 0 is root's, so unknown ones are -1.
type Peer struct {
	Conn    uint64 // number of the connection, counted from 1 over all listeners that share a counter
	Address string // remote host:port, or the path of the unix socket
	UID     int64  // effective user id at the time of connecting; -1 over TCP
	PID     int64  // process id; -1 where the system does not tell
}

// unknownPeer is what a request has that did not come through a [Server].
var unknownPeer = Peer{UID: -1, PID: -1}

type connKey struct{}

// PeerOf is the peer of a request's connection.
func PeerOf(ctx context.Context) Peer {
	if c, ok := ctx.Value(connKey{}).(*conn); ok {
		return c.peer
	}
	return unknownPeer
}

// identify asks the kernel who is at the other end.
func identify(c net.Conn, number uint64, listener net.Addr) Peer {
	p := unknownPeer
	p.Conn = number
	u, ok := c.(*net.UnixConn)
	if !ok {
		p.Address = c.RemoteAddr().String()
		return p
	}
	p.Address = listener.String() // the connection knows only the name that was bound
	raw, err := u.SyscallConn()
	if err != nil {
		return p
	}
	if err := raw.Control(func(fd uintptr) { p.UID, p.PID = credentials(int(fd)) }); err != nil {
		p.UID, p.PID = -1, -1
	}
	return p
}
