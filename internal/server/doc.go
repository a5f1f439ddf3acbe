// Package server is the process edge that all protocols share: listeners, the
// identity of the peer, bounds on what a client may use up, and an orderly end.
//
// It knows HTTP/1.1 and sockets, and nothing of wallets or protocols. Each API
// gives it an [http.Handler]; the daemon opens listeners with [Listen] and runs
// one [Server] for each.
//
// # Invariants
//
//   - A unix socket is never wider than 0600, not even for an instant and
//     whatever the umask, and never takes the place of a file that is not a socket.
//   - Who is at the other end ([PeerOf]) comes from the kernel, once per connection.
//   - Every wait for a client has a deadline, and every size a bound. A
//     connection over the bound waits in the kernel's queue.
//   - A panic in a handler ends its request, not the daemon.
//   - After [Server.Shutdown] no handler is running, unless it says so.
//   - Buffers of answers ([Buffers]) and outgrown ones ([Grow]) are wiped.
//
// Per request it adds one small allocation to net/http, no goroutine and no timer.
//
// It imports fault and golang.org/x/sys.
package server
