package cli

import (
	"context"

	"github.com/spf13/cobra"

	"strongroom/internal/config"
	"strongroom/internal/daemon"
)

func (a *app) newAuditCommand() *cobra.Command {
	c := a.group(&cobra.Command{
		Use:   "audit",
		Short: "Read and check the journal of every decision",
		Long: `The journal has a record of every signature and every change, allowed or refused. Each
record holds a hash of the one before; the store remembers where the journal ends.`,
		Example: "  strongroom audit tail\n  strongroom audit verify",
	})
	c.AddCommand(a.newAuditTailCommand(), a.newAuditVerifyCommand(), a.newAuditAcceptGapCommand())
	return c
}

// withJournal lends the directory of the journal while no daemon runs, or says
// that one does. It is read without opening the core, because a damaged one keeps
// the core from opening.
func (a *app) withJournal(ctx context.Context, dir string, settings config.Config, work func(d *daemon.Directory) error) (running bool, err error) {
	running, err = isRunning(ctx, dir, settings)
	if err != nil || running {
		return running, err
	}
	d, err := daemon.OpenDirectory(dir, false, a.global.TrustModes)
	if err != nil {
		return false, alreadyRunning(err)
	}
	defer d.Close()
	return false, work(d)
}
