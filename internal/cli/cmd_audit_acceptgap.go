package cli

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/daemon"
)

type auditAcceptGapOptions struct {
	Yes bool
}

func (o *auditAcceptGapOptions) Add(f *pflag.FlagSet) {
	f.BoolVar(&o.Yes, "yes", false, "do not ask")
}

func (a *app) newAuditAcceptGapCommand() *cobra.Command {
	var o auditAcceptGapOptions
	c := &cobra.Command{
		Use:   "accept-gap",
		Short: "Go on although records of the journal are missing",
		Long: `When the journal ends before, or differs at, what the store remembers, the daemon does
not start. First try to bring the missing files back. If they are gone, this command
adds a record that states the gap for ever, and moves what does not belong aside.`,
		Example: "  strongroom audit verify\n  strongroom audit accept-gap",
		Args:    exactly(0),
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, _ []string) error { return a.runAuditAcceptGap(ctx, o) })
	return c
}

func (a *app) runAuditAcceptGap(ctx context.Context, o auditAcceptGapOptions) (err error) {
	dir, loaded, err := a.load()
	if err != nil {
		return err
	}
	running, err := isRunning(ctx, dir, loaded.Config)
	if err != nil {
		return err
	}
	if running {
		return &trouble{
			code: exitDaemon, kind: "already-running", text: "a daemon runs, so its journal has no gap to accept",
			hint: "check it with: strongroom audit verify",
		}
	}
	if !o.Yes {
		if err := a.confirmWord(ctx, "accept"); err != nil {
			return err
		}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	cfg := a.startConfig(dir, loaded.Config, stop)
	cfg.AcceptGap = true
	d, err := daemon.Start(ctx, cfg)
	if err != nil {
		return alreadyRunning(err)
	}
	defer func() { err = errors.Join(err, d.Close(ctx)) }()
	client := newClient(dir, loaded.Config)
	defer client.Close()
	v, err := client.AuditVerify(ctx)
	if err != nil {
		return err
	}
	return a.put(v, func(out io.Writer) { writeVerification(out, v) })
}

func (a *app) confirmWord(ctx context.Context, word string) error {
	t, err := openTerminal("confirmation")
	if err != nil {
		return usage("this must be confirmed, and there is no terminal").withHint("confirm it with: --yes")
	}
	if err := t.Close(); err != nil {
		return err
	}
	return a.confirm(ctx, "", "--yes", word, "the missing records stay missing, and the journal will say so for ever")
}
