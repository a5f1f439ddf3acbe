package audit

import (
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// All yields the records of the journal in dir from the first on, while they form
// one chain; the first that does not belong ends it with fault.Corrupt. It may run
// beside an open journal, and does not see an unfinished last line.
func All(dir string) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		segs, err := segments(dir)
		if err != nil {
			yield(Record{}, err)
			return
		}
		s := newScanner(dir, segs, store.Head{})
		defer s.close()
		for {
			e, bad, err := s.next()
			if bad != nil {
				err = bad.fault()
			}
			if errors.Is(err, io.EOF) || !yield(e.Record, err) || err != nil {
				return
			}
		}
	}
}

// Tail gives the last n records of the journal in dir, oldest first. It reads from
// the end, checks each record and the links between them (fault.Corrupt), and may
// run beside an open journal.
func Tail(dir string, n int) ([]Record, error) {
	segs, err := segments(dir)
	if err != nil {
		return nil, err
	}
	var records []Record // latest first
	if n > 0 {
		err = eachEntryBackward(dir, segs, func(e *entry) bool {
			records = append(records, e.Record)
			return len(records) < n
		})
	}
	if err != nil {
		return nil, err
	}
	slices.Reverse(records)
	return records, nil
}

// Since calls visit with the records of the journal in dir that come after a
// sequence number, the last one first. It reads from the end, and checks, as [Tail].
func Since(dir string, sequence uint64, visit func(Record)) error {
	segs, err := segments(dir)
	if err != nil {
		return err
	}
	return eachEntryBackward(dir, segs, func(e *entry) bool {
		if e.Sequence <= sequence {
			return false
		}
		visit(e.Record)
		return true
	})
}

// eachEntryBackward calls visit with the records from the last one on, until it returns false.
func eachEntryBackward(dir string, segs []uint64, visit func(*entry) bool) error {
	var later *entry
	more := true
	for i := len(segs) - 1; i >= 0 && more; i-- {
		err := eachBackward(filepath.Join(dir, segmentName(segs[i])), func(line []byte) (bool, error) {
			e, err := decodeLine(line)
			if err != nil {
				return false, fault.Corrupt.Wrap(err, "audit journal: a line of segment %s is damaged", segmentName(segs[i]))
			}
			if later != nil {
				if why := follows(e.head(), later); why != "" {
					return false, fault.Corrupt.New("audit journal: record %d: %s", later.Sequence, why)
				}
			}
			later = &e
			more = visit(&e)
			return more, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// eachBackward calls visit with the complete lines of a file, the last one first,
// until it returns false or an error.
func eachBackward(path string, visit func(line []byte) (bool, error)) error {
	f, err := os.Open(path)
	if err != nil {
		return readFault(err)
	}
	defer f.Close()
	b, err := newBackward(f)
	if err != nil {
		return err
	}
	for {
		line, err := b.prev()
		if line == nil || err != nil {
			return err
		}
		if more, err := visit(line); !more || err != nil {
			return err
		}
	}
}
