package cli

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
)

type approvalListOptions struct {
	Wait time.Duration
}

func (o *approvalListOptions) Add(f *pflag.FlagSet) {
	f.DurationVar(&o.Wait, "wait", 0, "wait this long, at most 1m, until there is something to list")
}

func (a *app) newApprovalListCommand() *cobra.Command {
	var o approvalListOptions
	c := &cobra.Command{
		Use:   "list",
		Short: "Show what waits for an approval",
		Long: `Shows all that waits for an approval, oldest first: who asks, for what, and of a
signature what it would do, as tx decode shows it.`,
		Example: "  strongroom approval list\n  strongroom approval list --wait 1m --json | jq '.approvals[].id'",
		Args:    exactly(0),
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, _ []string) error { return a.runApprovalList(ctx, o) })
	return c
}

func (a *app) runApprovalList(ctx context.Context, o approvalListOptions) error {
	if o.Wait < 0 || o.Wait > time.Minute {
		return usage("--wait must be between 0s and 1m")
	}
	return a.withDaemon(ctx, func(ctx context.Context, c *rest.Client) error {
		waiting, err := c.Approvals(ctx, 0, o.Wait)
		if err != nil {
			return err
		}
		if waiting == nil {
			waiting = []rest.Approval{}
		}
		if len(waiting) == 0 {
			a.explain("nothing waits for an approval")
		}
		return a.put(rest.Approvals{Approvals: waiting}, func(w io.Writer) {
			for _, q := range waiting {
				writeApproval(w, q, a.env.Now())
			}
		})
	})
}
