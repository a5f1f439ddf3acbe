package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"strongroom/internal/api/rest"
	"strongroom/internal/daemon"
)

func (a *app) newAuditVerifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "Check the whole journal",
		Long: `Reads the whole journal and checks every record, the chain of their hashes, and that
it reaches as far as the store remembers. The first record that is not as it was
written is named, and the exit status is 9. Without a daemon the progress is shown: as
a bar on a terminal, as JSON lines on standard error with --json.`,
		Example: "  strongroom audit verify",
		Args:    exactly(0),
		RunE:    a.run(func(ctx context.Context, _ []string) error { return a.runAuditVerify(ctx) }),
	}
}

func (a *app) runAuditVerify(ctx context.Context) error {
	dir, loaded, err := a.load()
	if err != nil {
		return err
	}
	var v rest.Verification
	running, err := a.withJournal(ctx, dir, loaded.Config, func(d *daemon.Directory) error {
		bar := a.newBar()
		report, err := d.VerifyJournal(ctx, a.env.Now, bar.show)
		bar.end()
		v = rest.ShowReport(report)
		return err
	})
	if running {
		err = a.withDaemon(ctx, func(ctx context.Context, c *rest.Client) error {
			v, err = c.AuditVerify(ctx)
			return err
		})
	}
	if err != nil {
		return err
	}
	return a.put(v, func(out io.Writer) { writeVerification(out, v) })
}

func writeVerification(out io.Writer, v rest.Verification) {
	fmt.Fprintf(out, "the journal is whole: %d records in %d files\n", v.Records, v.Segments)
	note(out, "journal", "%s", v.Journal)
	note(out, "store", "%s", v.Store)
	if v.Records > 0 {
		note(out, "from", "%s", until(v.First))
		note(out, "to", "%s", until(v.Last))
	}
	note(out, "head", "%d %s", v.Head.Sequence, v.Head.Hash)
	for _, g := range v.Gaps {
		note(out, "gap", "record %d states it: %s", g.Sequence, describeGap(g.Gap))
	}
	if v.Torn > 0 {
		note(out, "torn", "%d bytes of a last record that was never finished", v.Torn)
	}
}
