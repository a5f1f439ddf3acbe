package jsonrpc

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/server"
)

// ipcDirMode is that of the directory of a socket, if it has to be made: the peer's.
const ipcDirMode = 0o751

// ListenIPC opens the unix socket of that absolute path, for its owner only (0600). It
// makes the directory if it is missing, replaces a socket that nobody listens on any
// more, and removes the socket when the listener is closed. Errors: as
// [server.Listen].
func ListenIPC(ctx context.Context, path string) (net.Listener, error) {
	if filepath.IsAbs(path) {
		if err := os.MkdirAll(filepath.Dir(path), ipcDirMode); err != nil {
			return nil, fault.Storage.Wrap(err, "cannot create the directory %s", filepath.Dir(path))
		}
	}
	return server.Listen(ctx, "unix:"+path)
}

// IPCConfig is what an [IPC] is made of.
type IPCConfig struct {
	Service        *Service
	Stream         StreamConfig
	MaxConnections int // served at the same time; further ones wait in the kernel's queue
	// Numbers counts connections; servers of one process share it. Nil counts for this
	// one alone.
	Numbers *atomic.Uint64
	Log     *slog.Logger
}

// IPC serves a [Service] on a unix socket.
type IPC struct {
	config IPCConfig
	places chan struct{} // a value is a taken place
	ctx    context.Context
	cut    context.CancelFunc // of all connections
	work   sync.WaitGroup     // connections and Serve

	mu       sync.Mutex
	listener net.Listener
	isClosed bool
	live     map[*stream]struct{}
}

// NewIPC checks the configuration. It opens nothing.
func NewIPC(c IPCConfig) (*IPC, error) {
	if c.Service == nil || c.Log == nil || c.MaxConnections <= 0 {
		return nil, fault.Invalid.New("an ipc server needs a service, a log and a bound on connections")
	}
	if err := c.Stream.check(); err != nil {
		return nil, err
	}
	if c.Numbers == nil {
		c.Numbers = new(atomic.Uint64)
	}
	s := &IPC{config: c, places: make(chan struct{}, c.MaxConnections), live: map[*stream]struct{}{}}
	s.ctx, s.cut = context.WithCancel(context.Background())
	return s, nil
}

// Serve accepts connections on l, which it takes over, until [IPC.Shutdown]. It returns
// nil after an orderly end. A server serves once.
func (s *IPC) Serve(l net.Listener) error {
	s.mu.Lock()
	if s.listener != nil || s.isClosed {
		wasServing := s.listener != nil
		s.mu.Unlock()
		if err := l.Close(); wasServing {
			return errors.Join(fault.Conflict.New("the server serves already"), err)
		}
		return nil
	}
	s.listener = l
	s.work.Add(1)
	s.mu.Unlock()
	defer s.work.Done()
	for {
		select {
		case s.places <- struct{}{}:
		case <-s.ctx.Done():
			return nil
		}
		conn, err := l.Accept()
		if err != nil {
			<-s.places
			if s.closed() {
				return nil
			}
			return fault.Internal.Wrap(err, "cannot accept connections on %s", l.Addr())
		}
		s.start(conn, l.Addr())
	}
}

// start serves a connection in a goroutine of its own, unless the server is closed.
func (s *IPC) start(conn net.Conn, address net.Addr) {
	peer := server.Identify(conn, s.config.Numbers.Add(1), address)
	meta := &Meta{Remote: "NA", Local: "NA", Scheme: "ipc", UID: peer.UID, PID: peer.PID, Conn: peer.Conn}
	st, err := s.config.Service.newStream(s.ctx, conn, meta, s.config.Stream)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isClosed || err != nil {
		_ = conn.Close()
		<-s.places
		return
	}
	s.live[st] = struct{}{}
	s.work.Add(1)
	go func() {
		defer s.work.Done()
		s.config.Log.Debug("ipc connection opened", "conn", peer.Conn, "uid", peer.UID, "pid", peer.PID)
		err := st.serve()
		s.config.Log.Debug("ipc connection closed", "conn", peer.Conn, "err", err)
		s.mu.Lock()
		delete(s.live, st)
		s.mu.Unlock()
		<-s.places
	}()
}

func (s *IPC) closed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.isClosed
}

// cutWait is how long methods may take to notice that their calls were cut.
const cutWait = 5 * time.Second

// Shutdown stops accepting and reading, lets calls at work finish until ctx ends, then
// cuts them. It returns when nothing is at work any more: nil if all finished,
// fault.Canceled if some had to be cut, or if one does not even end then.
func (s *IPC) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.isClosed = true
	if s.listener != nil {
		_ = s.listener.Close() // also removes the socket
	}
	for st := range s.live {
		st.end()
	}
	s.mu.Unlock()

	finished := make(chan struct{})
	go func() {
		defer close(finished)
		s.work.Wait()
	}()
	defer s.cut()
	select {
	case <-finished:
		return nil
	case <-ctx.Done():
	}
	s.cut()
	select {
	case <-finished:
		return fault.Canceled.Wrap(ctx.Err(), "calls under way were cut")
	case <-time.After(cutWait):
		return fault.Canceled.New("a call does not end although its connection was cut")
	}
}
