package cli

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"strongroom/internal/api/rest"
	"strongroom/internal/audit"
	"strongroom/internal/daemon"
	"strongroom/internal/fault"
)

type auditTailOptions struct {
	Number int
}

func (o *auditTailOptions) Add(f *pflag.FlagSet) {
	f.IntVarP(&o.Number, "number", "n", 20, "how many records, at most 10000")
}

func (a *app) newAuditTailCommand() *cobra.Command {
	var o auditTailOptions
	c := &cobra.Command{
		Use:   "tail",
		Short: "Show the latest records",
		Long: `Shows the latest records of the journal, oldest first. With --json they are what stands
in the journal, without the hashes.`,
		Example: "  strongroom audit tail -n 100 --json | jq '.records[] | select(.verdict == \"deny\")'",
		Args:    exactly(0),
	}
	o.Add(c.Flags())
	c.RunE = a.run(func(ctx context.Context, _ []string) error { return a.runAuditTail(ctx, o) })
	return c
}

// shownRecords is the result of audit tail.
type shownRecords struct {
	Records []rest.Record `json:"records"`
}

func (a *app) runAuditTail(ctx context.Context, o auditTailOptions) error {
	if o.Number < 1 || o.Number > 10_000 {
		return usage("--number must be between 1 and 10000")
	}
	dir, loaded, err := a.load()
	if err != nil {
		return err
	}
	var records []rest.Record
	running, err := a.withJournal(ctx, dir, loaded.Config, func(d *daemon.Directory) error {
		found, err := d.TailJournal(o.Number)
		if err != nil {
			return err
		}
		records, err = readable(found)
		return err
	})
	if running {
		err = a.withDaemon(ctx, func(ctx context.Context, c *rest.Client) error {
			records, err = c.AuditTail(ctx, o.Number)
			return err
		})
	}
	if err != nil {
		return err
	}
	if records == nil {
		records = []rest.Record{}
	}
	return a.put(shownRecords{records}, func(out io.Writer) { writeRecords(out, records) })
}

// readable takes records the way that they would take through the daemon's API.
func readable(found []audit.Record) (records []rest.Record, err error) {
	text, err := json.Marshal(found)
	if err == nil {
		err = json.Unmarshal(text, &records)
	}
	if err != nil {
		return nil, fault.Internal.Wrap(err, "the journal's records do not decode")
	}
	return records, nil
}

func writeRecords(out io.Writer, records []rest.Record) {
	rows := [][]string{{"SEQ", "TIME", "OPERATION", "VERDICT", "CALLER", "WHAT"}}
	for _, r := range records {
		verdict := r.Verdict
		switch {
		case r.Error != "":
			verdict += " " + r.Error
		case verdict == "":
			verdict = r.Phase
		}
		caller := r.Listener
		if r.UID != nil {
			caller += " uid " + strconv.FormatInt(*r.UID, 10)
		}
		if r.Identity != "" {
			caller += " " + shown(r.Identity)
		}
		rows = append(rows, []string{
			strconv.FormatUint(r.Sequence, 10), until(r.Time), r.Operation, shownOrEmpty(strings.TrimSpace(verdict)), shownOrEmpty(caller), describeRecord(r),
		})
	}
	table(out, rows)
}

// describeRecord puts what a record is about into one line.
func describeRecord(r rest.Record) string {
	var parts []string
	add := func(format, value string) {
		if value != "" {
			parts = append(parts, fmt.Sprintf(format, shown(value)))
		}
	}
	add("wallet %s", r.Wallet)
	add("key %s", r.Key)
	add("%s", r.Detail)
	decimals := decimalsOn(r.Chain)
	for _, e := range r.Effects {
		parts = append(parts, describeEffect(e, decimals))
	}
	if r.Omitted > 0 {
		parts = append(parts, fmt.Sprintf("and %d more effects", r.Omitted))
	}
	if r.Count > 1 {
		parts = append(parts, fmt.Sprintf("%d times", r.Count))
	}
	if r.Gap != nil {
		parts = append(parts, describeGap(*r.Gap))
	}
	return strings.Join(parts, "; ")
}

func describeGap(g rest.Gap) string {
	return fmt.Sprintf("ended at record %d, should have ended at %d", g.Actual.Sequence, g.Expected.Sequence)
}
