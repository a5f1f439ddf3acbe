package daemon

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"strongroom/internal/api/clef"
	"strongroom/internal/api/rest"
	"strongroom/internal/approval"
	"strongroom/internal/chain/all"
	"strongroom/internal/config"
	"strongroom/internal/gate"
	"strongroom/internal/server"
)

// StartConfig says which daemon to start.
type StartConfig struct {
	Dir        string // data directory
	Create     bool   // make it if it does not exist
	TrustModes bool   // accept a directory that others may enter
	AcceptGap  bool   // go on although journal records are missing
	Settings   config.Config
	Sealing    Sealing
	Log        *slog.Logger
	Now        func() time.Time
	Version    string
	Stop       func() // asked for over the admin socket; must return at once
	// Approvers decide, for the listeners that have one, what the rules want approved;
	// for the others it is decided over the admin socket.
	Approvers map[string]approval.Approver
}

// Daemon is a core with its admin door open.
type Daemon struct {
	*Core
	cfg     StartConfig
	dir     *Directory
	numbers atomic.Uint64 // of connections, over all doors
	started time.Time

	watching watchers

	mu    sync.Mutex
	doors []*door // in the order of opening; the admin door is the first
	// elsewhere are the listeners that a personality serves.
	elsewhere []rest.Listener
}

// door is one listener that is served.
type door struct {
	shown rest.Listener
	web   interface{ Shutdown(context.Context) error }
	ended chan error // receives once, when serving ends
}

// adminLimits bounds our own command line. A password derivation may wait its turn.
var adminLimits = server.Limits{
	MaxBody: 4 << 20, MaxHeader: 64 << 10, MaxConnections: 256,
	HeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 10 * time.Minute, IdleTimeout: 2 * time.Minute,
}

// Start opens a data directory and the admin socket in it. When ctx ends, nothing waits
// for an approval any more, so that no door is kept open by what does.
func Start(ctx context.Context, cfg StartConfig) (_ *Daemon, err error) {
	tuneMemory(cfg.Settings.Sealing)
	d := &Daemon{cfg: cfg, started: cfg.Now()}
	if d.dir, err = OpenDirectory(cfg.Dir, cfg.Create, cfg.TrustModes); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.dir.Close())
		}
	}()
	d.Core, err = OpenCore(ctx, d.dir, CoreConfig{
		Settings: cfg.Settings, Sealing: cfg.Sealing, AcceptGap: cfg.AcceptGap, Log: cfg.Log, Now: cfg.Now,
		Approvers: cfg.Approvers,
	})
	if err != nil {
		return nil, err
	}
	if err = d.openAdmin(ctx); err != nil {
		return nil, errors.Join(err, d.Core.Close(ctx))
	}
	// Personalities drain their own doors before they close the daemon.
	context.AfterFunc(ctx, d.desk.Close)
	return d, nil
}

// AdminAddress is where the command line finds the daemon of a data directory.
func AdminAddress(dir string, settings config.Config) string {
	return "unix:" + filepath.Join(dir, runName, settings.Daemon.AdminSocket)
}

func (d *Daemon) openAdmin(ctx context.Context) error {
	address := AdminAddress(d.dir.Path, d.cfg.Settings)
	listener, err := server.Listen(ctx, address)
	if err != nil {
		return err
	}
	limits := adminLimits
	limits.WriteTimeout += d.cfg.Settings.Approval.Timeout.Std() // which a rule may ask of our own commands too
	return d.open(rest.Listener{Name: config.AdminListener, Protocol: "rest", Address: address}, listener, d.adminHandler(), limits, doorOptions{ownerOnly: true})
}

// adminHandler is the API of the admin socket. The command line speaks it through
// the socket even where it is the daemon itself, for the length of one command.
func (d *Daemon) adminHandler() http.Handler {
	return rest.NewDoor(rest.Config{
		Gate: d.Gate, Chains: all.Rows(), Caller: adminCaller, Status: d.status, Stop: d.cfg.Stop, Log: d.cfg.Log,
		KeyStores: d.dir.keyStores(d.cfg.Settings.Listeners),
	})
}

// adminCaller says who called over the admin socket; the kernel vouches for it.
func adminCaller(r *http.Request) gate.Caller {
	peer := server.PeerOf(r.Context())
	return gate.Caller{
		Listener: config.AdminListener, Protocol: "rest", Address: peer.Address, UID: peer.UID, Identity: "socket", Conn: peer.Conn,
	}
}

// doorOptions is what few doors have.
type doorOptions struct {
	ownerOnly bool                                 // only our own user and root may connect
	complain  func(status int, text string) []byte // see server.Config
}

// open serves a handler on a listener, which it takes over, until Close.
func (d *Daemon) open(shown rest.Listener, l net.Listener, h http.Handler, limits server.Limits, o doorOptions) error {
	web, err := server.New(server.Config{
		Handler: h, Limits: limits, Log: d.cfg.Log, Numbers: &d.numbers, OwnerOnly: o.ownerOnly, Complain: o.complain,
	})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	d.keep(&door{shown: shown, web: web, ended: make(chan error, 1)}, func() error { return web.Serve(l) })
	return nil
}

// serve serves what is open already until Close.
func (d *Daemon) serve(shown rest.Listener, e *clef.Entrance) {
	d.keep(&door{shown: shown, web: e, ended: make(chan error, 1)}, e.Serve)
}

// keep runs a door and remembers it for Close.
func (d *Daemon) keep(opened *door, serve func() error) {
	d.mu.Lock()
	d.doors = append(d.doors, opened)
	d.mu.Unlock()
	go func() { opened.ended <- serve() }()
}

// Close closes the doors, newest first, lets requests under way finish within the
// grace period, and then brings everything behind them to rest.
func (d *Daemon) Close(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	d.watching.end()
	d.desk.Close() // what waits for approval must not be waited for
	drain, cancel := context.WithTimeout(ctx, d.cfg.Settings.Daemon.ShutdownGrace.Std())
	defer cancel()
	d.mu.Lock()
	doors := d.doors
	d.mu.Unlock()
	var errs []error
	for i := len(doors) - 1; i >= 0; i-- {
		errs = append(errs, doors[i].web.Shutdown(drain), <-doors[i].ended)
	}
	return errors.Join(append(errs, d.Core.Close(ctx), d.dir.Close())...)
}

// show describes a listener that serves at an address: host and port, or the path
// of a socket.
func show(l config.Listener, address string) rest.Listener {
	if filepath.IsAbs(address) {
		address = "unix:" + address
	}
	return rest.Listener{Name: l.Name, Protocol: l.Protocol, Address: address}
}

// shower lets a personality, which serves its listener itself, say where.
func (d *Daemon) shower(l config.Listener) func(address string) {
	return func(address string) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.elsewhere = append(d.elsewhere, show(l, address))
	}
}

// status is what the admin door tells besides the gate's own state.
func (d *Daemon) status() rest.Status {
	s := rest.Status{
		Version: d.cfg.Version, Directory: d.dir.Path, PID: os.Getpid(), Started: d.started.UTC(), Memory: d.arena.Backing(),
	}
	s.Listeners = d.Listeners()
	s.Advice = behindAdvice(d.journal.Dir())
	return s
}

// Listeners lists the doors that are open, in the order of opening.
func (d *Daemon) Listeners() []rest.Listener {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make([]rest.Listener, 0, len(d.doors)+len(d.elsewhere))
	for _, opened := range d.doors {
		all = append(all, opened.shown)
	}
	return append(all, d.elsewhere...)
}
