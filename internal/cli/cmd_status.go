package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"strongroom/internal/api/rest"
)

func (a *app) newStatusCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "status",
		Short:   "Show what the daemon does",
		Long:    `Shows the daemon of a data directory: its doors, wallets, sessions and journal.`,
		Example: "  strongroom status --json | jq .sessions",
		Args:    exactly(0),
		RunE:    a.run(func(ctx context.Context, _ []string) error { return a.runStatus(ctx) }),
	}
}

func (a *app) runStatus(ctx context.Context) error {
	return a.withDaemon(ctx, func(ctx context.Context, c *rest.Client) error {
		s, err := c.Status(ctx)
		if err != nil {
			return err
		}
		return a.put(s, func(out io.Writer) {
			note(out, "version", "%s", s.Version)
			note(out, "directory", "%s", shown(s.Directory))
			note(out, "process", "%d, since %s", s.PID, until(s.Started))
			note(out, "memory", "%s", s.Memory)
			note(out, "wallets", "%d, open sessions %d", s.Wallets, s.Sessions)
			note(out, "journal", "%d records", s.Journal)
			for _, l := range s.Listeners {
				note(out, "door", "%s (%s) %s", l.Name, l.Protocol, l.Address)
			}
			for _, advice := range s.Advice {
				note(out, "advice", "%s", shown(advice))
			}
		})
	})
}
