package audit

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// commit writes the batch, and where the disk is full, what the reserve is for.
func (j *Journal) commit(b *batch) {
	if j.broken != nil {
		b.err = j.broken
		return
	}
	records := b.records
	if slices.ContainsFunc(records, isDecision) && !j.ensureReserve() {
		b.refused = errFull
		records = withoutDecisions(records)
	}
	err := j.write(records)
	if isFull(err) && j.broken == nil {
		b.refused = errFull
		if others := withoutDecisions(records); len(others) > 0 {
			j.spendReserve()
			err = j.write(others)
		}
	}
	if err == nil {
		return
	}
	if _, classified := errors.AsType[*fault.Error](err); !classified {
		err = fault.Storage.Wrap(err, "the audit journal cannot be written")
	}
	b.err = err
}

func isDecision(r *Record) bool { return r.Phase == Decision }

func withoutDecisions(records []*Record) []*Record {
	return slices.DeleteFunc(slices.Clone(records), isDecision)
}

// write appends records to the chain and makes them durable, all or none. On an
// error the journal is as before, or broken.
func (j *Journal) write(records []*Record) error {
	if len(records) == 0 {
		return nil
	}
	head := j.tip.head // only changed under disk
	j.buf = j.buf[:0]
	for _, r := range records {
		head.Sequence, r.Time = nextSequence(head, r), stamp(j.now())
		r.Sequence = head.Sequence
		j.buf, head.Hash = r.appendLine(j.buf, head.Hash)
	}
	err := j.put(records[0].Sequence, head)
	if cap(j.buf) > keepBuffer {
		j.buf = nil
	}
	if err != nil {
		for _, r := range records {
			r.Sequence, r.Time = 0, time.Time{}
		}
	}
	return err
}

// nextSequence also tells a gap record where the gap begins.
func nextSequence(head store.Head, r *Record) uint64 {
	if r.Gap == nil {
		return head.Sequence + 1
	}
	r.Gap.Actual = head
	return r.Gap.sequence()
}

// stamp is t without its monotonic part, with a year that fits the format.
func stamp(t time.Time) time.Time {
	t = t.Round(0).UTC()
	if t.Year() < 0 || t.Year() > 9999 {
		return time.Unix(0, 0).UTC()
	}
	return t
}

// put writes j.buf, whose first record is first and whose last one makes head.
func (j *Journal) put(first uint64, head store.Head) error {
	if head.Sequence > maxSequence {
		return fault.Exhausted.New("the audit journal has used up its numbers")
	}
	if err := j.rotate(first); err != nil {
		return err
	}
	_, err := j.segment.WriteAt(j.buf, j.size)
	if err == nil && j.durability != Written {
		if err = syncData(j.segment); err != nil {
			// After a failed sync nobody knows what is on the disk.
			j.breakDown(err)
		}
	}
	if err == nil {
		err = j.saveHead(head)
	}
	if err != nil {
		j.rollBack()
		return err
	}
	j.size += int64(len(j.buf))
	j.tip.Lock()
	j.tip.head = head
	j.tip.Unlock()
	select {
	case j.dirty <- struct{}{}:
	default:
	}
	return nil
}

// rotate begins a new segment where there is none or the batch does not fit. The
// old one is synced first: a hole can then only be in the last segment.
func (j *Journal) rotate(first uint64) error {
	if j.segment != nil && (j.size == 0 || j.size+int64(len(j.buf)) <= j.segmentSize) {
		return nil
	}
	if j.segment != nil {
		if err := syncData(j.segment); err != nil {
			j.breakDown(err)
			return err
		}
	}
	path := filepath.Join(j.dir, segmentName(first))
	next, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := syncDir(j.dir); err != nil {
		_ = next.Close()
		return errors.Join(err, os.Remove(path))
	}
	if j.segment != nil {
		_ = j.segment.Close() // synced above
	}
	j.segment, j.size = next, 0
	return nil
}

func (j *Journal) saveHead(head store.Head) error {
	s := sidecar{head: head, boot: j.boot, durability: j.durability, stored: j.stored}
	b := s.encode()
	_, err := j.sidecar.WriteAt(b[:], 0)
	if err == nil {
		j.saved = b
	}
	return err
}

// rollBack removes what a failed batch left in the files.
func (j *Journal) rollBack() {
	err := j.segment.Truncate(j.size)
	if j.saved == [sidecarSize]byte{} {
		err = errors.Join(err, j.sidecar.Truncate(0))
	} else {
		_, headErr := j.sidecar.WriteAt(j.saved[:], 0)
		err = errors.Join(err, headErr)
	}
	if err != nil {
		j.breakDown(err)
	}
}

// breakDown makes every further Append fail until the journal is opened again.
func (j *Journal) breakDown(cause error) {
	if j.broken == nil {
		j.broken = fault.Storage.Wrap(cause, "the audit journal failed and must be reopened")
	}
}

// syncer syncs in the background, at most every syncEvery: the segment where
// callers do not wait for that, and the head file.
func (j *Journal) syncer() {
	for {
		select {
		case <-j.stop:
			return
		case <-j.dirty:
		}
		wait := time.NewTimer(syncEvery)
		select {
		case <-j.stop:
			wait.Stop()
			return // Close syncs
		case <-wait.C:
		}
		j.backgroundSync()
	}
}

// backgroundSync does not hold the disk while it waits for it. A rotation may
// close the segment meanwhile; it has synced it then.
func (j *Journal) backgroundSync() {
	j.disk.Lock()
	segment := j.segment
	j.disk.Unlock()
	var err error
	if j.durability == Written {
		err = syncData(segment)
	}
	err = errors.Join(err, syncData(j.sidecar))
	j.disk.Lock()
	defer j.disk.Unlock()
	if err != nil && j.segment == segment {
		j.breakDown(err)
	}
}
