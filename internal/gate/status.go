package gate

import (
	"context"

	"strongroom/internal/audit"
)

// Status is what the gate knows of its own state.
type Status struct {
	Wallets  int    // in the store
	Sessions int    // open now, of all listeners
	Journal  uint64 // sequence of the journal's last record
}

// Status describes the state of the gate.
func (g *Gate) Status(ctx context.Context, c Caller) (Status, error) {
	var s Status
	err := g.pass(ctx, &act{operation: ReadStatus, caller: c}, func() error {
		s = Status{Wallets: g.wallets.Count(), Sessions: g.wallets.Sessions(), Journal: g.cfg.Journal.Head().Sequence}
		return nil
	})
	return s, err
}

// AllowStop decides whether the caller may end the daemon. The daemon does it.
func (g *Gate) AllowStop(ctx context.Context, c Caller) error {
	return g.pass(ctx, &act{operation: StopDaemon, caller: c}, func() error { return nil })
}

// AuditTail gives the last n records of the journal, oldest first.
func (g *Gate) AuditTail(ctx context.Context, c Caller, n int) ([]audit.Record, error) {
	var records []audit.Record
	err := g.pass(ctx, &act{operation: ReadAudit, caller: c}, func() (err error) {
		records, err = audit.Tail(g.cfg.Journal.Dir(), n)
		return err
	})
	return records, err
}

// AuditVerify checks the whole journal against the chain and the heads that the
// store and the journal itself remember.
func (g *Gate) AuditVerify(ctx context.Context, c Caller) (audit.Report, error) {
	var report audit.Report
	err := g.pass(ctx, &act{operation: ReadAudit, caller: c, detail: "verify"}, func() error {
		head, err := g.cfg.Store.Head(ctx)
		if err != nil {
			return err
		}
		report, err = audit.Verify(ctx, g.cfg.Journal.Dir(), head, g.cfg.Store.ID(), nil)
		return err
	})
	return report, err
}
