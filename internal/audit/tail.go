package audit

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// tail is where a journal ends as it lies on disk.
type tail struct {
	head    store.Head // of the last good record; zero if there is none
	seg     int        // index of the segment that holds it, -1 if there is none
	end     int64      // end of that record in the segment
	debris  []piece    // what lies after it
	damaged string     // not "": why the debris is more than one unfinished line
}

// piece is the rest of a segment from an offset on.
type piece struct {
	segment uint64
	from    int64
}

// quickTail reads no more than the end of the journal. It is for a process that
// was killed: what the kernel had is all there, in order.
func quickTail(dir string, segs []uint64) (tail, error) {
	t := tail{seg: -1}
	for i := len(segs) - 1; i >= 0 && t.seg < 0; i-- {
		if err := t.quickSegment(dir, segs, i); err != nil {
			return t, err
		}
	}
	return t, nil
}

func (t *tail) quickSegment(dir string, segs []uint64, i int) error {
	f, err := os.Open(filepath.Join(dir, segmentName(segs[i])))
	if err != nil {
		return readFault(err)
	}
	defer f.Close()
	b, err := newBackward(f)
	if err != nil {
		return err
	}
	end := b.end
	if end < b.size {
		t.debris = append(t.debris, piece{segs[i], end})
		if i != len(segs)-1 {
			t.damaged = "a segment before the last one has an unfinished line"
		}
	}
	line, err := b.prev()
	if line == nil || err != nil {
		return err
	}
	e, err := decodeLine(line)
	if err != nil {
		t.damaged = err.Error()
		return nil
	}
	t.head, t.seg, t.end = e.head(), i, end
	return nil
}

// thoroughTail reads the whole last segment and ends the journal before the first
// line that does not belong. It is for a machine that lost power, where pages of
// the last segment may have reached the disk in any order (earlier segments were
// synced before the last one was begun), and for an operator who accepts a gap.
func thoroughTail(dir string, segs []uint64) (tail, error) {
	if len(segs) == 0 {
		return tail{seg: -1}, nil
	}
	last := len(segs) - 1
	t, err := quickTail(dir, segs[:last])
	if err != nil {
		return t, err
	}
	if t.damaged != "" || len(t.debris) > 0 || t.seg < last-1 {
		return t, fault.Corrupt.New("the audit journal is damaged before its last segment").WithHint(asideHint)
	}
	s := newScanner(dir, segs[last:], t.head)
	defer s.close()
	for {
		_, bad, err := s.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return t, err
		}
		if bad == nil && err == nil {
			t.head, t.seg, t.end = s.last, last, s.offset
			continue
		}
		if bad != nil {
			t.damaged = bad.Why
		}
		if bad != nil || s.torn > 0 {
			t.debris = []piece{{segs[last], s.offset}}
		}
		return t, nil
	}
}
