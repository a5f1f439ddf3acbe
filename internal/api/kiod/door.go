package kiod

import (
	"context"
	"errors"
	"io"
	"iter"
	"log/slog"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"strongroom/internal/chain/antelope"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
	"strongroom/internal/server"
)

// Door is the HTTP side of the protocol. It holds no listener: [Door.Handler]
// makes a handler for each, all of one state.
type Door struct {
	gate    Gate
	cfg     DoorConfig
	routes  map[string]*endpoint
	apis    []byte
	cors    http.Header
	product []string
	table   *table
	texts   keyTexts
	flight  flight
	bodies  bodies
	replies server.Buffers
}

// DoorConfig is what a door needs.
type DoorConfig struct {
	Profile     antelope.Profile // how keys are written, and what else there is (§15)
	PathPrefix  string           // how errors name a wallet's file: this, the name, ".wallet"
	Timeout     time.Duration    // until everything locks; 0 locks before every command
	MaxBody     int64            // largest request body in bytes
	Verbose     bool             // show the causes of errors
	NoKeepAlive bool             // close after every answer
	CORS        CORS

	MaxBytesInFlight    int64 // of bodies and answers; negative: no limit
	MaxRequestsInFlight int64 // negative: no limit

	Listener string // the door's name, which rules and the journal know
	Product  string // the value of the Server header
	Now      func() time.Time
	Rand     io.Reader // source of passwords
	Logger   *slog.Logger
	Stop     func() // asked for by a client; must return at once
}

// CORS is what every answer says to browsers, as configured; nothing follows from
// the request (§2). Empty values are left out.
type CORS struct {
	AllowOrigin, AllowHeaders, MaxAge string
	AllowCredentials                  bool
}

func (c CORS) header() http.Header {
	h := http.Header{}
	for name, value := range map[string]string{
		"Access-Control-Allow-Origin": c.AllowOrigin, "Access-Control-Allow-Headers": c.AllowHeaders, "Access-Control-Max-Age": c.MaxAge,
	} {
		if value != "" {
			h.Set(name, value)
		}
	}
	if c.AllowCredentials {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	return h
}

// NewDoor makes a door to core.
func NewDoor(cfg DoorConfig, core Gate) (*Door, error) {
	if core == nil || cfg.Listener == "" || cfg.Now == nil || cfg.Rand == nil || cfg.Logger == nil || cfg.Stop == nil {
		return nil, fault.Internal.New("kiod: a part of the door is missing")
	}
	if cfg.Timeout < 0 || cfg.MaxBody < 1 {
		return nil, fault.Invalid.New("kiod: the unlock timeout cannot be negative, and bodies must have some size")
	}
	return &Door{
		gate: core, cfg: cfg, routes: route(cfg.Profile), apis: supported(cfg.Profile),
		cors: cfg.CORS.header(), product: []string{cfg.Product},
		table:  newTable(core, cfg.Now, cfg.Timeout),
		flight: flight{maxBytes: cfg.MaxBytesInFlight, maxRequests: cfg.MaxRequestsInFlight},
	}, nil
}

// Handler serves the door on one listener. Over TCP hosts guards it; on a unix
// socket it is nil (§2.1).
func (d *Door) Handler(hosts *Hosts) http.Handler { return &entrance{d, hosts} }

// entrance is the door as one listener sees it.
type entrance struct {
	*Door
	hosts *Hosts
}

// ServeHTTP checks a request in the peer's order (§2.1): target, host, OPTIONS,
// path. The method does not matter, and the path is compared as it was sent.
func (e *entrance) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["Date"], h["Server"] = nil, e.product
	if e.cfg.NoKeepAlive {
		h.Set("Connection", "close")
	}
	if !strings.HasPrefix(r.RequestURI, "/") || strings.Contains(r.RequestURI, "..") {
		server.SendJSON(w, http.StatusBadRequest, illegalTarget())
		return
	}
	to := e.routes[r.RequestURI]
	if !e.hosts.allows(r) {
		if to != nil && to.operation != "" {
			e.gate.Refused(r.Context(), e.callerOf(r), to.operation, fault.Unauthenticated)
		}
		server.SendJSON(w, http.StatusBadRequest, illegalHost())
		return
	}
	for name, value := range e.cors {
		h[name] = value
	}
	switch {
	case r.Method == http.MethodOptions:
		server.SendJSON(w, http.StatusOK, []byte("{}"))
	case to == nil:
		server.SendJSON(w, http.StatusNotFound, unknownEndpoint())
	default:
		e.serve(w, r, to)
	}
}

// serve carries out one request.
func (d *Door) serve(w http.ResponseWriter, r *http.Request, to *endpoint) {
	c := call{Door: d, ctx: r.Context(), caller: d.callerOf(r), to: to}
	if r.ContentLength > 0 && r.ContentLength <= d.cfg.MaxBody { // a larger one is refused before it is read
		c.held = r.ContentLength
	}
	busy := d.flight.enter(c.held)
	defer func() { d.flight.leave(c.held) }()
	if busy != "" {
		status, body := c.refuse(refuse(codeBusy, "%s", busy))
		server.SendJSON(w, status, body)
		return
	}
	c.reply.b = d.replies.Get()
	if err := c.carryOut(r); err != nil {
		d.replies.Put(c.reply.b)
		status, body := c.refuse(err)
		server.SendJSON(w, status, body)
		return
	}
	out := c.reply.finish()
	c.hold(len(out))
	if c.stop {
		w.Header().Set("Connection", "close")
	}
	server.SendJSON(w, to.status, out)
	d.replies.Put(c.reply.b)
	if c.stop {
		d.cfg.Stop() // requests under way are finished, this one too
	}
}

// carryOut reads the body and runs the command. When it returns, nothing of the
// request is left in memory that it controls.
func (c *call) carryOut(r *http.Request) error {
	if c.to.anyBody {
		return c.to.run(c)
	}
	buf, err := server.ReadBody(r, c.cfg.MaxBody)
	switch {
	case fault.Is(err, fault.Invalid), fault.Is(err, fault.Canceled): // no HTTP, or not all of it
		return &refusal{code: codeRequest, message: fault.Text(err), cause: err}
	case err != nil:
		return err
	}
	b := c.bodies.of(buf)
	defer c.bodies.put(b)
	defer c.wipe()
	if r.ContentLength < 0 {
		c.hold(len(buf))
	}
	if err := b.read(len(c.to.arguments)); err != nil {
		return err
	}
	for i, a := range c.to.arguments {
		if err := c.take(a, b.values[i]); err != nil {
			return err
		}
	}
	if !c.to.quiet {
		c.table.command(c.ctx, c.caller)
	}
	return c.to.run(c)
}

// hold counts bytes of the request that were not known when it came.
func (c *call) hold(n int) {
	c.held += int64(n)
	c.flight.bytes.Add(int64(n))
}

// refuse is the answer to an error, which is logged if it is ours, and reported to
// the gate if it never came there.
func (c *call) refuse(err error) (int, []byte) {
	if worthLogging(err) && !errors.Is(err, context.Canceled) {
		c.cfg.Logger.Error("request failed", "op", c.to.method(), "err", err)
	}
	r := c.translate(err)
	if kind, ours := unseen[r.code]; ours && r.cause == nil && c.to.operation != "" {
		c.gate.Refused(c.ctx, c.caller, c.to.operation, kind)
	}
	return r.answer(c.to.method(), c.cfg.Verbose)
}

// unseen are the refusals of commands of which the gate would not learn otherwise.
var unseen = map[code]fault.Kind{
	codeWalletUnknown: fault.UnknownWallet,
	codeWalletLocked:  fault.Locked,
	codeMissingKey:    fault.UnknownKey,
	codeKeyUnknown:    fault.UnknownKey,
}

// method is the command's name, as error details tell it.
func (e *endpoint) method() string { return e.path[strings.LastIndexByte(e.path, '/')+1:] }

// paths are those of all endpoints.
func (d *Door) paths() iter.Seq[string] { return maps.Keys(d.routes) }

// pathOf is how errors name the file of a wallet.
func (d *Door) pathOf(name string) string { return d.cfg.PathPrefix + name + ".wallet" }

// callerOf says who sent a request, as far as the connection tells.
func (d *Door) callerOf(r *http.Request) gate.Caller {
	peer := server.PeerOf(r.Context())
	return gate.Caller{Listener: d.cfg.Listener, Protocol: "kiod", Address: peer.Address, UID: peer.UID, Conn: peer.Conn}
}

// parseSeconds reads the argument of set_timeout: a whole number, or one whose
// fraction is cut off.
func parseSeconds(s string) (int64, error) {
	whole, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || strings.Trim(fraction, "0123456789") != "" {
		return 0, errUnparsable()
	}
	return n, nil
}
