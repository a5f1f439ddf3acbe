package daemon

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"

	"strongroom/internal/audit"
	"strongroom/internal/gate"
	"strongroom/internal/store"
)

// OpBehind is the journal's name for the event that the store was found in an older
// state than the journal knows it to have had: with a restored backup old passwords
// and deleted keys come back.
const OpBehind = "store.behind"

// behindRecords is how far back, in records, such an event still shows as advice.
const behindRecords = 1000

// stateBehind tells the owner, and the journal for ever, that the store is an older
// one and lacks changes. It remembers the journal up to head but is known to have
// remembered it up to known; so no crash between a record and its change explains
// it. The daemon goes on: to refuse would help nobody who restored a backup because
// they had to.
func (c *Core) stateBehind(ctx context.Context, head store.Head, known uint64) error {
	end := c.journal.Head()
	missing, err := changesSince(c.journal.Dir(), head.Sequence)
	if err != nil {
		return err
	}
	if missing == 0 {
		// A backup of the store, and then of the journal, while signatures went on.
		c.log.Info("the store is older than the journal, but no change of a wallet came after it", "store", head.Sequence, "known", known)
		return nil
	}
	detail := fmt.Sprintf("the store ends at record %d (%s) but had been brought to record %d; the journal ends at record %d (%s); up to %d changes are missing",
		head.Sequence, hex.EncodeToString(head.Hash[:]), known, end.Sequence, hex.EncodeToString(end.Hash[:]), missing)
	c.log.Error("the store is older than the journal, as after restoring a backup: old passwords and deleted keys may be back",
		"store", head.Sequence, "known", known, "journal", end.Sequence, "missing", missing)
	err = c.journal.Append(ctx, &audit.Record{Phase: audit.Event, Operation: OpBehind, UID: -1, Detail: detail})
	if err != nil {
		return err
	}
	return c.saveHead(ctx, c.journal.Head())
}

// changesSince counts the decisions after a record that allowed a change of the
// store and have no outcome, so that the change was made or about to be.
func changesSince(journal string, sequence uint64) (int, error) {
	changes := 0
	failed := map[uint64]bool{} // an outcome comes after its decision, so it is met first
	err := audit.Since(journal, sequence, func(r audit.Record) {
		switch {
		case r.Phase == audit.Outcome:
			failed[r.Ref] = true
		case r.Phase == audit.Decision && r.Verdict == "allow" && !failed[r.Sequence] && changesStore(gate.Operation(r.Operation)):
			changes++
		}
	})
	return changes, err
}

// changesStore is true of what is not known to leave the store as it is.
func changesStore(op gate.Operation) bool {
	return !slices.Contains([]gate.Operation{
		gate.Sign, gate.UnlockWallet, gate.LockWallet, gate.RenewSession, gate.ExportWallet, gate.ExportSeed, gate.ExportKey,
		gate.ListWallets, gate.ListKeys, gate.ListAccounts, gate.ExportAccount, gate.ReadAudit, gate.ReadStatus, gate.StopDaemon,
		gate.ReadApprovals, gate.AnswerApproval,
		gate.AttestRules, gate.StoreRules, gate.StorePassword, gate.PairCaller, // which are in files of their own
	}, op)
}

// behindAdvice is what the status says about an event that was not long ago.
func behindAdvice(journal string) []string {
	records, err := audit.Tail(journal, behindRecords)
	if err != nil {
		return []string{"the end of the journal does not read: check it with: strongroom audit verify"}
	}
	for _, r := range slices.Backward(records) {
		if r.Operation == OpBehind && r.Phase == audit.Event {
			return []string{fmt.Sprintf("record %d: %s", r.Sequence, r.Detail)}
		}
	}
	return nil
}
