package daemon

import (
	"context"
	"sync/atomic"
	"time"

	"strongroom/internal/audit"
	"strongroom/internal/store"
)

// late gives the store the journal's head although the journal, which needs the
// head that the store saved, is opened after it.
type late struct {
	saved   store.Head
	journal atomic.Pointer[audit.Journal]
}

func (l *late) head() store.Head {
	if j := l.journal.Load(); j != nil {
		return j.Head()
	}
	return l.saved
}

// keepHead saves the journal's head in the store while signatures alone move it on.
func (c *Core) keepHead() {
	ticker := time.NewTicker(headEvery)
	defer ticker.Stop()
	var saved store.Head
	for {
		select {
		case <-c.stop:
			return
		case <-ticker.C:
			head := c.journal.Head()
			if head == saved {
				continue
			}
			if err := c.saveHead(context.Background(), head); err != nil {
				c.log.Error("the journal's head could not be saved in the store", "err", err)
				continue
			}
			saved = head
		}
	}
}

// saveHead saves the journal's head in the store, and then in the journal that the
// store has it. In this order the journal never expects more of the store than it has.
func (c *Core) saveHead(ctx context.Context, head store.Head) error {
	if err := c.store.SaveHead(ctx, head); err != nil {
		return err
	}
	return c.journal.NoteStored(head.Sequence)
}
