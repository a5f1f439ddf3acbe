package cli

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"strongroom/internal/api/rest"
	"strongroom/internal/chain"
	"strongroom/internal/chain/all"
)

func (a *app) newApprovalCommand() *cobra.Command {
	c := a.group(&cobra.Command{
		Use:   "approval",
		Short: "Answer what the rules want approved",
		Long: `Where a rule says "ask", an operation waits until somebody approves it, or its time is
up. These commands show what waits at the daemon that runs, and answer it. What a
listener has an approver of its own for, such as the UI of Clef, does not show here.`,
		Example: "  strongroom approval watch\n  strongroom approval list",
	})
	c.AddCommand(a.newApprovalListCommand(), a.newApprovalWatchCommand(), a.newApprovalAnswerCommand(true), a.newApprovalAnswerCommand(false))
	return c
}

// completeApprovals offers the numbers of what waits on the command line.
func (a *app) completeApprovals(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var ids []string
	if len(args) == 0 {
		_ = a.withDaemon(cmd.Context(), func(ctx context.Context, c *rest.Client) error {
			waiting, err := c.Approvals(ctx, 0, 0)
			for _, q := range waiting {
				ids = append(ids, strconv.FormatUint(q.ID, 10))
			}
			return err
		})
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}

// writeApproval shows all of what waits to a person: who asks for what, and of a
// signature what it would do.
func writeApproval(w io.Writer, q rest.Approval, now time.Time) {
	fmt.Fprintf(w, "approval %d: %s, within %s\n", q.ID, shown(q.Operation), max(0, q.Until.Sub(now)).Round(time.Second))
	asker := []string{shown(q.Asker.Listener)}
	if q.Asker.Identity != "" {
		asker = append(asker, shown(q.Asker.Identity))
	}
	if q.Asker.UID != nil {
		asker = append(asker, "uid "+strconv.FormatInt(*q.Asker.UID, 10))
	}
	if q.Asker.Address != "" {
		asker = append(asker, shown(q.Asker.Address))
	}
	rows := [][]string{{"for", strings.Join(asker, ", ")}}
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, []string{name, shown(value)})
		}
	}
	add("wallet", q.Wallet)
	for _, key := range q.Keys {
		add("key", key)
	}
	add("what", q.Detail)
	for _, address := range q.Accounts {
		add("reveals", address)
	}
	table(w, rows)
	if len(q.Effects) > 0 {
		in, row := intentOf(q)
		fmt.Fprintln(w)
		writeIntent(w, row, in)
	}
	if q.Omitted > 0 {
		fmt.Fprintf(w, "\nwarning: %d more parts of it are not shown, because there are too many\n", q.Omitted)
	}
	fmt.Fprintln(w)
}

// intentOf makes an intent again of what waits, and finds the chain.
func intentOf(q rest.Approval) (*chain.Intent, chain.Row) {
	in := &chain.Intent{Chain: q.Chain, Form: q.Form, Warnings: q.Warnings, Units: map[string]chain.Unit{}, Names: q.Names}
	for _, e := range q.Effects {
		effect := e.Effect
		effect.Kind, _ = chain.ParseEffectKind(e.Kind) // what a later daemon calls otherwise is opaque here
		in.Effects = append(in.Effects, effect)
	}
	for _, f := range q.Facts {
		in.Facts = append(in.Facts, chain.Fact(f))
	}
	for asset, u := range q.Units {
		in.Units[asset] = chain.Unit(u)
	}
	row, err := chain.Find(all.Rows(), q.Chain, false)
	if err != nil {
		row.Title = shown(q.Chain)
	}
	return in, row
}
