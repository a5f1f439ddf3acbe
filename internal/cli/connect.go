package cli

import (
	"context"
	"errors"
	"net"

	"strongroom/internal/api/rest"
	"strongroom/internal/config"
	"strongroom/internal/daemon"
	"strongroom/internal/fault"
)

func newClient(dir string, settings config.Config) *rest.Client {
	return rest.NewClient(func(ctx context.Context) (net.Conn, error) { return daemon.Reach(ctx, dir, settings) })
}

// isRunning reports whether a daemon serves a data directory.
func isRunning(ctx context.Context, dir string, settings config.Config) (bool, error) {
	conn, err := daemon.Reach(ctx, dir, settings)
	if errors.Is(err, daemon.ErrNobody) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, conn.Close()
}

// withDaemon does work with the daemon that runs.
func (a *app) withDaemon(ctx context.Context, work func(context.Context, *rest.Client) error) error {
	dir, loaded, err := a.load()
	if err != nil {
		return err
	}
	client := newClient(dir, loaded.Config)
	defer client.Close()
	if err := work(ctx, client); !errors.Is(err, daemon.ErrNobody) {
		return err
	}
	return notRunning(dir)
}

func notRunning(dir string) error {
	return &trouble{
		code: exitDaemon, kind: "not-running", text: "no daemon runs on " + shown(dir),
		hint: "start one with: strongroom run --data-dir " + shellWord(dir),
	}
}

// alreadyRunning makes the directory's refusal one of the command line, so that
// it has a status of its own.
func alreadyRunning(err error) error {
	if !fault.Is(err, fault.Busy) {
		return err
	}
	return &trouble{code: exitDaemon, kind: "already-running", text: fault.Text(err), hint: fault.Hint(err)}
}

// withCore does work with the daemon that runs, or with one inside this process.
func (a *app) withCore(ctx context.Context, work func(context.Context, *rest.Client) error) error {
	dir, loaded, err := a.load()
	if err != nil {
		return err
	}
	running, err := isRunning(ctx, dir, loaded.Config)
	if err != nil {
		return err
	}
	if !running {
		a.explain("no daemon runs on %s; doing it here", shown(dir))
		return a.alone(ctx, dir, loaded.Config, work)
	}
	client := newClient(dir, loaded.Config)
	defer client.Close()
	if err := work(ctx, client); !errors.Is(err, daemon.ErrNobody) {
		return err
	}
	return notRunning(dir) // it ended in the meantime
}

// alone makes this process the daemon of a data directory for the length of work.
func (a *app) alone(ctx context.Context, dir string, settings config.Config, work func(context.Context, *rest.Client) error) (err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	d, err := daemon.Start(ctx, a.startConfig(dir, settings, stop))
	if err != nil {
		return alreadyRunning(err)
	}
	defer func() { err = errors.Join(err, d.Close(ctx)) }()
	client := newClient(dir, settings)
	defer client.Close()
	return work(ctx, client)
}

// startConfig says how this process becomes a daemon. stop ends it.
func (a *app) startConfig(dir string, settings config.Config, stop func()) daemon.StartConfig {
	return daemon.StartConfig{
		Dir: dir, TrustModes: a.global.TrustModes, Settings: settings, Sealing: a.env.Sealing,
		Log: a.logger(), Now: a.env.Now, Version: a.env.Version, Stop: stop,
	}
}
