package kmd

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/server"
)

// Door is the HTTP side of the protocol. It holds no listener: it is a handler
// that the daemon, or [Main], serves on the listeners it has.
type Door struct {
	gate     Gate
	now      func() time.Time
	logger   *slog.Logger
	listener string
	token    [sha256.Size]byte
	lifetime time.Duration
	cors     cors
	swagger  []byte
	routes   map[routeKey]*route
	handles  *handles
	lists    *lists
	bodies   bodies
	buffers  server.Buffers
	lastUse  atomic.Int64 // of the clock, in nanoseconds; see [Door.LastUse]
}

// maxLifetime bounds the life of a handle; longer ones are cut to it.
const maxLifetime = 365 * 24 * time.Hour

// DoorConfig is what a door needs.
type DoorConfig struct {
	Token               string        // API token: 64 to 256 bytes
	SessionLifetime     time.Duration // life of a handle; 0 makes handles expire at once
	AllowedOrigins      []string      // web origins that may read answers; "*" allows all
	AllowPrivateNetwork bool          // answer private network access preflights
	MaxBody             int64         // largest request body in bytes; 0 means 4 MiB

	Listener string // the door's name, which rules and the journal know
	Now      func() time.Time
	Rand     io.Reader // source of handles
	Logger   *slog.Logger
}

// NewDoor makes a door to core.
func NewDoor(cfg DoorConfig, core Gate) (*Door, error) {
	if err := checkToken(cfg.Token); err != nil {
		return nil, err
	}
	if core == nil || cfg.Listener == "" || cfg.Now == nil || cfg.Rand == nil || cfg.Logger == nil {
		return nil, fault.Internal.New("kmd: a part of the door is missing")
	}
	if cfg.SessionLifetime < 0 || cfg.MaxBody < 0 {
		return nil, fault.Invalid.New("kmd: neither the life of a handle nor the size of a body can be negative")
	}
	d := &Door{
		gate: core, now: cfg.Now, logger: cfg.Logger, listener: cfg.Listener,
		token:    sha256.Sum256([]byte(cfg.Token)),
		lifetime: min(cfg.SessionLifetime, maxLifetime),
		cors:     cors{origins: cfg.AllowedOrigins, privateNetwork: cfg.AllowPrivateNetwork},
		routes:   make(map[routeKey]*route),
		handles:  newHandles(cfg.Now, cfg.Rand),
		lists:    newLists(),
	}
	d.bodies.limit = cmp.Or(cfg.MaxBody, defaultMaxBody)
	all := routes()
	for i := range all {
		d.routes[routeKey{all[i].method, all[i].path}] = &all[i]
	}
	d.swagger = describe(all)
	d.lastUse.Store(d.now().UnixNano())
	return d, nil
}

// LastUse is when a request with the right token last reached a route below
// /v1, whatever its outcome; at first, when the door was made. The idle timeout
// of §1.5 counts from it.
func (d *Door) LastUse() time.Time { return time.Unix(0, d.lastUse.Load()) }

// call is one authenticated request on its way through a handler.
type call struct {
	*Door
	ctx    context.Context
	caller gate.Caller
	req    request
	reply  reply
}

// serve carries out one routed request: token, body, operation, answer.
func (d *Door) serve(w http.ResponseWriter, r *http.Request, to *route) {
	c := call{Door: d, ctx: r.Context(), caller: d.callerOf(r)}
	if !d.authentic(r) {
		hurry(w)
		d.gate.Refused(c.ctx, c.caller, to.operation, fault.Unauthenticated)
		server.SendJSON(w, unauthorized, errorBody(textToken))
		return
	}
	c.caller.Identity = "token"
	d.lastUse.Store(d.now().UnixNano())

	c.reply.b = d.buffers.Get()
	if err := c.carryOut(r, to); err != nil {
		d.buffers.Put(c.reply.b)
		d.refuse(w, to, err)
		return
	}
	out := c.reply.finish()
	server.SendJSON(w, http.StatusOK, out)
	d.buffers.Put(c.reply.b)
}

// carryOut reads the body and runs the operation. When it returns, nothing of
// the request is left in memory that it controls.
func (c *call) carryOut(r *http.Request, to *route) error {
	if to.fields == noFields {
		return to.run(c)
	}
	b, err := c.bodies.read(r)
	if err != nil {
		return err
	}
	defer c.bodies.put(b)
	defer c.req.wipe()
	if err := b.decode(to.fields, &c.req); err != nil {
		return err
	}
	return to.run(c)
}

// refuse answers an error, and logs it if it is ours.
func (d *Door) refuse(w http.ResponseWriter, to *route, err error) {
	if worthLogging(err) && !errors.Is(err, context.Canceled) {
		d.logger.Error("request failed", "op", string(to.operation), "err", err)
	}
	a := translate(err, to.in)
	server.SendJSON(w, a.status, errorBody(a.text))
}

// callerOf says who sent a request, as far as the connection tells.
func (d *Door) callerOf(r *http.Request) gate.Caller {
	peer := server.PeerOf(r.Context())
	return gate.Caller{Listener: d.listener, Protocol: "kmd", Address: peer.Address, UID: peer.UID, Conn: peer.Conn}
}

// authentic compares the token. Digests are compared, so that not even the
// length of the right one shows in the time.
func (d *Door) authentic(r *http.Request) bool {
	given := sha256.Sum256([]byte(r.Header.Get("X-KMD-API-Token")))
	return subtle.ConstantTimeCompare(given[:], d.token[:]) == 1
}

// session is the first check of most operations: it finds the session behind
// the handle of the request.
func (c *call) session() (gate.SessionID, error) {
	_, s, err := c.handles.find(c.req.handle)
	return s, err
}

// WaitIdle returns nil once limit has passed since [Door.LastUse], or the error
// of ctx when that ends first.
func (d *Door) WaitIdle(ctx context.Context, limit time.Duration) error {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		}
		left := limit - d.now().Sub(d.LastUse())
		if left <= 0 {
			return nil
		}
		timer.Reset(left)
	}
}

// Listen opens the door's address as the peer does (§2): an empty one is port
// 7833 of the loopback device, or any free port if that is taken.
func Listen(ctx context.Context, address string) (net.Listener, error) {
	if address != "" {
		return server.Listen(ctx, address)
	}
	l, err := server.Listen(ctx, "127.0.0.1:7833")
	if err != nil {
		return server.Listen(ctx, "127.0.0.1:0")
	}
	return l, nil
}
