package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"strongroom/internal/fault"
)

// Limits bounds what clients may use up. All fields must be positive.
type Limits struct {
	MaxBody        int64         // bytes of a request body
	MaxHeader      int           // bytes of a request header
	MaxConnections int           // served at the same time
	HeaderTimeout  time.Duration // to send a request header, from the connection's start or the first byte of a further request
	ReadTimeout    time.Duration // to send a whole request
	WriteTimeout   time.Duration // from the end of the header to the last byte of the answer
	IdleTimeout    time.Duration // between two requests
}

// Config is what a [Server] is made of.
type Config struct {
	Handler http.Handler
	Limits  Limits
	Log     *slog.Logger
	// Numbers counts connections. Servers that share one give each connection
	// of the process a number of its own. Nil counts for this server alone.
	Numbers *atomic.Uint64
	// OwnerOnly admits only unix socket peers of our own user or root.
	OwnerOnly bool
	// MaxBodies bounds what bodies that [ReadBody] has read, or is reading, take up
	// together, in bytes, until their handlers return. Small ones do not count. 0 is no
	// bound beside that of each.
	MaxBodies int64
	// Complain writes the whole answer to a request that net/http refuses before
	// any handler sees it, from the status and the words that it would use ("" if
	// there are none beside the status). An empty answer closes the connection
	// without one. Nil leaves net/http its own.
	Complain func(status int, text string) []byte
}

// Server serves HTTP/1.1 on one listener.
type Server struct {
	config Config
	http   *http.Server

	mu      sync.Mutex
	live    map[*conn]struct{} // from accept until the connection's goroutine ends
	idles   uint64             // how often a connection became idle
	crowded bool               // a connection waits for a place
	door    *door
	empty   chan struct{} // set once Shutdown waits; closed and unset when live becomes empty
}

// New checks the configuration. It opens nothing.
func New(c Config) (*Server, error) {
	l := c.Limits
	if l.MaxBody <= 0 || l.MaxHeader <= 0 || l.MaxConnections <= 0 ||
		l.HeaderTimeout <= 0 || l.ReadTimeout <= 0 || l.WriteTimeout <= 0 || l.IdleTimeout <= 0 {
		return nil, fault.Invalid.New("every limit of a server must be positive")
	}
	if c.Handler == nil || c.Log == nil {
		return nil, fault.Invalid.New("a server needs a handler and a log")
	}
	if c.Numbers == nil {
		c.Numbers = new(atomic.Uint64)
	}
	s := &Server{config: c, live: map[*conn]struct{}{}}
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	s.http = &http.Server{
		Handler:           &guard{next: c.Handler, maxBody: l.MaxBody, bodies: bodies{most: c.MaxBodies}, log: c.Log},
		ReadHeaderTimeout: l.HeaderTimeout,
		ReadTimeout:       l.ReadTimeout,
		WriteTimeout:      l.WriteTimeout,
		IdleTimeout:       l.IdleTimeout,
		MaxHeaderBytes:    l.MaxHeader,
		Protocols:         &protocols,
		ErrorLog:          slog.NewLogLogger(c.Log.Handler(), slog.LevelWarn),
		ConnState:         s.track,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			ctx, c.(*conn).lost = context.WithCancel(ctx)
			return context.WithValue(ctx, connKey{}, c)
		},
		// "OPTIONS *" is the handler's business like everything else.
		DisableGeneralOptionsHandler: true,
	}
	return s, nil
}

// Serve accepts connections on l, which it takes over, until [Server.Shutdown].
// It returns nil after an orderly end. A server serves once.
func (s *Server) Serve(l net.Listener) error {
	d := &door{
		Listener: l, places: make(chan struct{}, s.config.Limits.MaxConnections), closed: make(chan struct{}),
		numbers: s.config.Numbers, ownerOnly: s.config.OwnerOnly, complain: s.config.Complain, log: s.config.Log,
		crowded: s.setCrowded,
	}
	s.mu.Lock()
	taken := s.door != nil
	if !taken {
		s.door = d
	}
	s.mu.Unlock()
	if taken {
		return errors.Join(fault.Conflict.New("the server serves already"), l.Close())
	}
	err := s.http.Serve(d)
	if errors.Is(err, http.ErrServerClosed) || d.isClosed() {
		return nil
	}
	return fault.Internal.Wrap(err, "cannot accept connections on %s", l.Addr())
}

// track keeps the set of connections whose goroutines run, and knows which are idle.
func (s *Server) track(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := c.(*conn)
	switch state {
	case http.StateNew:
		s.live[one] = struct{}{}
	case http.StateActive:
		one.idle = 0
	case http.StateIdle:
		s.idles++
		one.idle = s.idles
		s.makeRoom()
	case http.StateClosed, http.StateHijacked:
		delete(s.live, one)
		if s.empty != nil && len(s.live) == 0 {
			close(s.empty)
			s.empty = nil
		}
	}
}

func (s *Server) setCrowded(is bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.crowded = is
	s.makeRoom()
}

// makeRoom closes the connection that has been idle for longest if another one waits for
// a place: who only keeps one must not keep others out. The mutex is held.
func (s *Server) makeRoom() {
	if !s.crowded {
		return
	}
	var longest *conn
	for c := range s.live {
		if c.idle != 0 && (longest == nil || c.idle < longest.idle) {
			longest = c
		}
	}
	if longest != nil {
		longest.idle = 0
		_ = longest.Close()
	}
}

// cutWait is how long handlers may take to notice that their connection was cut.
const cutWait = 5 * time.Second

// Shutdown stops accepting, lets requests under way finish until ctx ends, then
// cuts them. It returns when no handler runs any more: nil if all finished,
// fault.Canceled if some had to be cut, or if one does not even end then.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	d := s.door
	s.mu.Unlock()
	if d != nil {
		_ = d.Close() // a place may be waited for, which net/http does not know of
	}
	finished := make(chan error, 1)
	go func() { finished <- s.http.Shutdown(ctx) }()

	// net/http gives a connection that has not said anything yet another five
	// seconds. There is nothing to lose in it.
	s.mu.Lock()
	for c := range s.live {
		if !c.used.Load() {
			_ = c.Close()
		}
	}
	s.mu.Unlock()

	err := <-finished
	if err != nil {
		_ = s.http.Close()
	}
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), cutWait)
	defer cancel()
	select {
	case <-s.idle():
	case <-wait.Done():
		return fault.Canceled.New("a request does not end although its connection was cut")
	}
	if err != nil {
		return fault.Canceled.Wrap(err, "requests under way were cut")
	}
	return nil
}

// idle is closed once no connection is left.
func (s *Server) idle() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.live) == 0 {
		done := make(chan struct{})
		close(done)
		return done
	}
	if s.empty == nil {
		s.empty = make(chan struct{})
	}
	return s.empty
}
