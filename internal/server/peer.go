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

// Identify asks the kernel who is at the other end of a connection that a listener with
// this address accepted, and that gets this number. It is for protocols other than HTTP;
// a [Server] does it by itself.
func Identify(c net.Conn, number uint64, listener net.Addr) Peer {
	p := unknownPeer
	p.Conn = number
	u, ok := c.(*net.UnixConn)
	if !ok {
		p.Address = c.RemoteAddr().String()
		return p
	}
	p.Address = listener.String() // the connection knows only the name that was bound
	p.UID, p.PID = credentialsOf(u)
	return p
}

// ServerUID is the user who listens at the other end of a connection that [Dial]
// made, as the kernel knows it; -1 over TCP and where it is unknown. Whoever sends
// a secret should look first: a path alone does not tell who answers there.
func ServerUID(c net.Conn) int64 {
	u, ok := c.(*net.UnixConn)
	if !ok {
		return -1
	}
	uid, _ := credentialsOf(u)
	return uid
}

// credentialsOf gives user and process at the other end, -1 where unknown.
func credentialsOf(c *net.UnixConn) (uid, pid int64) {
	raw, err := c.SyscallConn()
	if err != nil {
		return -1, -1
	}
	uid, pid = -1, -1
	if err := raw.Control(func(fd uintptr) { uid, pid = credentials(int(fd)) }); err != nil {
		return -1, -1
	}
	return uid, pid
}
