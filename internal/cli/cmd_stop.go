package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"strongroom/internal/api/rest"
	"strongroom/internal/daemon"
	"strongroom/internal/fault"
)

func (a *app) newStopCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "stop",
		Short: "Stop the daemon",
		Long: `Tells the daemon to stop and waits until it has let go of the data directory.
Requests under way are finished first, for as long as daemon.shutdown-grace allows.`,
		Example: "  strongroom stop",
		Args:    exactly(0),
		RunE:    a.run(func(ctx context.Context, _ []string) error { return a.runStop(ctx) }),
	}
}

const (
	stopStep  = 50 * time.Millisecond // between two looks at the directory
	stopExtra = 30 * time.Second      // beyond the grace period, to bring the store to rest
)

func (a *app) runStop(ctx context.Context) error {
	if err := a.withDaemon(ctx, func(ctx context.Context, c *rest.Client) error { return c.Stop(ctx) }); err != nil {
		return err
	}
	dir, loaded, err := a.load()
	if err != nil {
		return err
	}
	if err := a.awaitStop(ctx, dir, loaded.Config.Daemon.ShutdownGrace.Std()+stopExtra); err != nil {
		return err
	}
	return a.finished("the daemon has stopped")
}

// awaitStop waits until the data directory belongs to nobody.
func (a *app) awaitStop(ctx context.Context, dir string, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ticker := time.NewTicker(stopStep)
	defer ticker.Stop()
	for {
		d, err := daemon.OpenDirectory(dir, false, a.global.TrustModes)
		if err == nil {
			return d.Close()
		}
		if !fault.Is(err, fault.Busy) {
			return err
		}
		select {
		case <-ctx.Done():
			return &trouble{code: exitDaemon, kind: "still-running", text: "the daemon was told to stop, but still holds the data directory"}
		case <-ticker.C:
		}
	}
}
