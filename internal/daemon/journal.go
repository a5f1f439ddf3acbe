package daemon

import (
	"context"
	"path/filepath"
	"time"

	"strongroom/internal/audit"
	"strongroom/internal/store/sqlite"
)

// The journal of a data directory that this process owns can be read without
// opening the core, which a damaged journal keeps from opening.

// TailJournal gives the last n records of the journal, oldest first.
func (d *Directory) TailJournal(n int) ([]audit.Record, error) {
	return audit.Tail(d.Join(journalName), n)
}

// VerifyJournal checks the whole journal against what its store remembers, as
// [audit.Verify] does. progress may be nil.
func (d *Directory) VerifyJournal(ctx context.Context, now func() time.Time, progress func(done, total int64)) (audit.Report, error) {
	s, err := sqlite.Open(ctx, sqlite.Config{Dir: d.Join(storeName), Now: now})
	if err != nil {
		return audit.Report{}, err
	}
	defer s.Close()
	head, err := s.Head(ctx)
	if err != nil {
		return audit.Report{}, err
	}
	return audit.Verify(ctx, d.Join(journalName), head, s.ID(), progress)
}

// StoreFile is the path of the store's file within a data directory.
func StoreFile() string { return filepath.Join(storeName, sqlite.FileName) }
