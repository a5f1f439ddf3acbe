package cli

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"strongroom/internal/api/rest"
)

func (a *app) newApprovalAnswerCommand(approve bool) *cobra.Command {
	c := &cobra.Command{
		Use:   "deny ID",
		Short: "Deny what waits for an approval",
		Long: `Denies what waits under a number of approval list. The caller is told so, and the
journal says who denied it.`,
		Example: "  strongroom approval deny 1763700012",
	}
	if approve {
		c.Use, c.Short = "approve ID", "Approve what waits for an approval"
		c.Long = `Approves what waits under a number of approval list, which is then done at once. Look at
it first: approval list shows all of it. The journal says who approved it.`
		c.Example = "  strongroom approval approve 1763700012"
	}
	c.Args, c.ValidArgsFunction = exactly(1), a.completeApprovals
	c.RunE = a.run(func(ctx context.Context, args []string) error { return a.runApprovalAnswer(ctx, args[0], approve) })
	return c
}

func (a *app) runApprovalAnswer(ctx context.Context, text string, approve bool) error {
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return usage("%s is no number of an approval", shown(text)).withHint("list them with: strongroom approval list")
	}
	return a.withDaemon(ctx, func(ctx context.Context, c *rest.Client) error {
		if err := c.Answer(ctx, id, approve); err != nil {
			return err
		}
		return a.finished("%d is %s", id, answered(approve))
	})
}

func answered(approve bool) string {
	if approve {
		return "approved"
	}
	return "denied"
}
