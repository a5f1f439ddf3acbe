package cli

import (
	"bytes"
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"strongroom/internal/api/rest"
	"strongroom/internal/fault"
)

func (a *app) newApprovalWatchCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "watch",
		Short: "Show what waits as it comes, and ask for answers",
		Long: `Shows what waits for an approval as it comes, one after the other, and asks on the
terminal: y approves, anything else denies. It goes on until it is interrupted; what has
no answer then still waits.

With --json it asks nothing and writes each as one line, for programs that answer with
approval approve and approval deny.`,
		Example: "  strongroom approval watch\n  strongroom approval watch --json | while read -r line; do notify-send approval \"$line\"; done",
		Args:    exactly(0),
	}
	c.RunE = a.run(func(ctx context.Context, _ []string) error { return a.runApprovalWatch(ctx) })
	return c
}

func (a *app) runApprovalWatch(ctx context.Context) error {
	var t *terminal
	if !a.global.JSON {
		var err error
		if t, err = openTerminal("answers"); err != nil {
			return usage("there is no terminal to ask for answers").withHint("with --json each is only shown; answer with: strongroom approval approve")
		}
		defer t.Close()
		t.forget = true
	}
	return a.withDaemon(ctx, func(ctx context.Context, c *rest.Client) error {
		for after := uint64(0); ; {
			waiting, err := c.Approvals(ctx, after, time.Minute)
			if err != nil {
				return err
			}
			for _, q := range waiting {
				after = q.ID
				err := a.put(q, func(w io.Writer) { writeApproval(w, q, a.env.Now()) })
				if err == nil && t != nil {
					err = a.askApproval(ctx, c, t, q)
				}
				if err != nil {
					return err
				}
			}
		}
	})
}

// askApproval asks for the answer to what waits, for as long as it waits.
func (a *app) askApproval(ctx context.Context, c *rest.Client, t *terminal, q rest.Approval) error {
	within, stop := context.WithTimeout(ctx, q.Until.Sub(a.env.Now()))
	defer stop()
	typed, err := t.ask(within, "approve? [y/N] ", true)
	if err != nil {
		if ctx.Err() == nil && within.Err() != nil {
			a.say("the time of %d is up", q.ID)
			return nil
		}
		return err
	}
	defer typed.Wipe()
	word := bytes.TrimSpace(typed.Expose())
	approve := bytes.EqualFold(word, []byte("y")) || bytes.EqualFold(word, []byte("yes"))
	err = c.Answer(ctx, q.ID, approve)
	if fault.Is(err, fault.Conflict) { // it died while somebody thought
		a.say("%s", fault.Text(err))
		return nil
	}
	if err == nil {
		a.say("%d is %s", q.ID, answered(approve))
	}
	return err
}
