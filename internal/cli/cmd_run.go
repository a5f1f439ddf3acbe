package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/spf13/cobra"

	"strongroom/internal/api/rest"
	"strongroom/internal/config"
	"strongroom/internal/daemon"
	"strongroom/internal/telemetry"
)

func (a *app) newRunCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "Serve the configured doors until stopped",
		Long: `Takes the data directory and serves the admin socket and every listener of
strongroom.toml until it is interrupted, terminated, or told to stop. Requests under
way are finished. The log goes to standard error, as log.level and log.format of the
configuration say; --verbose and --json win over them. The addresses go to standard
output once all doors are open.`,
		Example: "  strongroom run\n  strongroom run --set listener.kmd.address=127.0.0.1:7833",
		Args:    exactly(0),
		RunE:    a.run(func(ctx context.Context, _ []string) error { return a.runRun(ctx) }),
	}
}

func (a *app) runRun(ctx context.Context) error {
	dir, loaded, err := a.load()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cfg := a.startConfig(dir, loaded.Config, stop)
	if cfg.Log, err = a.daemonLog(loaded.Config.Log); err != nil {
		return err
	}
	var failed error
	err = daemon.Run(ctx, cfg, func(d *daemon.Daemon) {
		if failed = a.announce(d.Listeners()); failed != nil {
			stop()
		}
	})
	if err != nil {
		return alreadyRunning(err)
	}
	return failed
}

// daemonLog is the log of a daemon: records with times, for a log collector. The
// flags win over the configuration.
func (a *app) daemonLog(c config.Log) (*slog.Logger, error) {
	if a.global.Verbose {
		c.Level = "debug"
	}
	if a.global.JSON {
		c.Format = "json"
	}
	return telemetry.New(a.env.Stderr, telemetry.Config{Format: c.Format, Level: c.Level})
}

// announced is what run tells once all doors are open.
type announced struct {
	Listeners []rest.Listener `json:"listeners"`
}

func (a *app) announce(listeners []rest.Listener) error {
	return a.put(announced{Listeners: listeners}, func(out io.Writer) {
		for _, l := range listeners {
			fmt.Fprintf(out, "%s %s %s\n", l.Name, l.Protocol, l.Address)
		}
	})
}
