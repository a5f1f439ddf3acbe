package audit

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

const (
	maxBatch   = 256             // records in one batch
	keepBuffer = 1 << 20         // a larger buffer is given back after the batch
	syncEvery  = 1 * time.Second // between background syncs
)

// Journal is an open journal. Its methods may be called concurrently. It owns
// two goroutines, which Close waits for.
type Journal struct {
	dir         string
	now         func() time.Time
	durability  Durability
	boot        [16]byte
	segmentSize int64

	queue sync.Mutex // guards open
	open  *batch     // takes further records; nil where the next caller begins one

	// disk is held by whoever commits. It guards the fields up to the blank line.
	disk    sync.Mutex
	segment *os.File          // nil before the first record
	size    int64             // of the segment: the end of its last committed record
	sidecar *os.File          // also carries the lock of the directory
	saved   [sidecarSize]byte // what the head file holds; zero while it holds nothing
	stored  uint64            // see NoteStored
	reserve bool              // the reserve file is there
	buf     []byte
	broken  error // not nil: nothing more can be written

	tip struct { // the head, for readers who must not wait for the disk
		sync.Mutex
		head store.Head
	}
	refusals refusals
	dirty    chan struct{} // 1 slot, never closed: something was written since the last background sync
	stop     chan struct{} // closed by Close
	workers  sync.WaitGroup
	closing  sync.Once
	closed   error // what Close returns
}

// batch is records that are committed together. Its first caller leads it.
type batch struct {
	records []*Record
	first   [4]*Record    // room for records, so that small batches are one allocation
	done    chan struct{} // made by the first follower, closed by the leader after the commit
	err     error         // of every record
	refused error         // of decisions, where the others were written
}

func (b *batch) result(r *Record) error {
	if r.Phase == Decision && b.refused != nil {
		return b.refused
	}
	return b.err
}

// Append adds r to the journal, sets its Sequence and Time, and returns when it is
// as durable as configured. The caller leaves r alone meanwhile. A canceled ctx is
// noticed only before the record is queued (fault.Canceled): afterwards Append
// waits, so that its caller always knows. On fault.Storage the record is not in
// the journal; when the disk is full, only decisions are refused at first.
func (j *Journal) Append(ctx context.Context, r *Record) error {
	if err := r.check(); err != nil {
		return err
	}
	return j.append(ctx, r)
}

func (j *Journal) append(ctx context.Context, r *Record) error {
	if err := ctx.Err(); err != nil {
		return fault.Canceled.Wrap(err, "the request was canceled")
	}
	b, leads := j.join(r)
	if !leads {
		<-b.done
		return b.result(r)
	}
	j.disk.Lock()
	j.detach(b)
	j.commit(b)
	j.disk.Unlock()
	if b.done != nil {
		close(b.done)
	}
	return b.result(r)
}

// join queues r and says whether the caller leads the batch.
func (j *Journal) join(r *Record) (b *batch, leads bool) {
	if j.durability == Each {
		return newBatch(r), true
	}
	j.queue.Lock()
	defer j.queue.Unlock()
	if b = j.open; b == nil || len(b.records) == maxBatch {
		j.open = newBatch(r)
		return j.open, true
	}
	if b.done == nil {
		b.done = make(chan struct{})
	}
	b.records = append(b.records, r)
	return b, false
}

func newBatch(r *Record) *batch {
	b := new(batch)
	b.records = append(b.first[:0], r)
	return b
}

// detach closes b to further records; after it, b belongs to its leader.
func (j *Journal) detach(b *batch) {
	j.queue.Lock()
	if j.open == b {
		j.open = nil
	}
	j.queue.Unlock()
}

// Head is the end of the journal: its last record that is as durable as
// configured. It does not wait for the disk.
func (j *Journal) Head() store.Head {
	j.tip.Lock()
	defer j.tip.Unlock()
	return j.tip.head
}

// NoteStored takes down that the store remembers the journal up to that record,
// durably. A store that remembers less when the journal is opened next is an older
// one than was in use, see [Recovery]. A lower number than before changes nothing.
func (j *Journal) NoteStored(sequence uint64) error {
	j.disk.Lock()
	defer j.disk.Unlock()
	switch {
	case j.broken != nil:
		return j.broken
	case sequence <= j.stored:
		return nil
	}
	before := j.stored
	j.stored = sequence
	if err := j.saveHead(j.tip.head); err != nil {
		j.stored = before
		return fault.Storage.Wrap(err, "the head file of the audit journal cannot be written")
	}
	return nil
}

// Dir is the journal's directory, for [Tail], [All] and [Verify].
func (j *Journal) Dir() string { return j.dir }

// Close writes what is still coalesced, syncs, and ends all use. Records that are
// queued meanwhile are written or get fault.Canceled. Closing again changes nothing.
func (j *Journal) Close() error {
	j.closing.Do(func() { j.closed = j.shut() })
	return j.closed
}

func (j *Journal) shut() error {
	close(j.stop)
	j.workers.Wait()
	err := j.flushRefusals(true)
	j.disk.Lock()
	defer j.disk.Unlock()
	if j.segment != nil {
		err = errors.Join(err, syncData(j.segment), j.segment.Close())
	}
	err = errors.Join(err, syncData(j.sidecar), j.sidecar.Close())
	j.broken = fault.Canceled.New("the audit journal is closed")
	if err != nil {
		return fault.Storage.Wrap(err, "the audit journal did not close cleanly")
	}
	return nil
}
