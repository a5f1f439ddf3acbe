package audit

import (
	"bytes"
	"context"
	"path/filepath"

	"strongroom/internal/fault"
)

// AppendSynced is [Journal.Append] for records on which more than evidence depends: when
// it returns nil, the record survives a power cut, whatever the durability of the
// journal. Errors: those of Append. Where the record was written but could not be synced,
// nobody knows whether it will be there: then the journal is broken, see
// [Journal.Broken], and so it is after any other error that leaves that open.
func (j *Journal) AppendSynced(ctx context.Context, r *Record) error {
	if err := j.Append(ctx, r); err != nil || j.durability != Written {
		return err
	}
	return j.syncNow()
}

// syncNow makes durable what was appended before. It does not hold the disk while it
// waits for it.
func (j *Journal) syncNow() error {
	j.disk.Lock()
	segment := j.segment
	j.disk.Unlock()
	// A segment that was rotated away meanwhile was synced then; so was the one of the
	// record, if that was before.
	err := syncData(segment)
	if err == nil {
		return nil
	}
	j.disk.Lock()
	defer j.disk.Unlock()
	if j.segment != segment {
		return nil
	}
	j.breakDown(err)
	return j.broken
}

// Broken is not nil once nothing more can be written: what the last records are shows
// only when the journal is opened again.
func (j *Journal) Broken() error {
	j.disk.Lock()
	defer j.disk.Unlock()
	return j.broken
}

// Last gives the last record of an operation in the journal of dir for which match
// returns true. It reads from the end and no further than needed, and decodes only
// records that name the operation; their hashes are checked, the links between records
// are not. It may run beside an open journal.
func Last(dir, operation string, match func(*Record) bool) (record Record, found bool, err error) {
	segs, err := segments(dir)
	if err != nil {
		return Record{}, false, err
	}
	name := appendText(nil, `,"op":"`, operation)
	for i := len(segs) - 1; i >= 0; i-- {
		err := eachBackward(filepath.Join(dir, segmentName(segs[i])), func(line []byte) (bool, error) {
			if !bytes.Contains(line, name) {
				return true, nil
			}
			e, err := decodeLine(line)
			if err != nil {
				return false, fault.Corrupt.Wrap(err, "audit journal: a line of segment %s is damaged", segmentName(segs[i]))
			}
			if e.Operation != operation || !match(&e.Record) {
				return true, nil
			}
			record, found = e.Record, true
			return false, nil
		})
		if found {
			return record, true, nil
		}
		if err != nil {
			return Record{}, false, err
		}
	}
	return Record{}, false, nil
}
