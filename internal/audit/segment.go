package audit

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

const segmentSuffix = ".jsonl"

func segmentName(first uint64) string { return fmt.Sprintf("%020d%s", first, segmentSuffix) }

// segments lists the numbers that segment files are named after, ascending. A
// directory that does not exist has none.
func segments(dir string) ([]uint64, error) {
	files, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Storage.Wrap(err, "the directory of the audit journal cannot be read")
	}
	var list []uint64
	for _, f := range files { // ReadDir sorts by name, and the names have one width
		first, err := strconv.ParseUint(f.Name()[:max(0, len(f.Name())-len(segmentSuffix))], 10, 64)
		if err == nil && segmentName(first) == f.Name() {
			list = append(list, first)
		}
	}
	return list, nil
}

func readFault(err error) error {
	return fault.Storage.Wrap(err, "the audit journal cannot be read")
}

// Bad is the first record of a journal that is not as it was written.
type Bad struct {
	Sequence uint64 // of the record that belongs there
	Segment  string // file name
	Line     int    // in that file, from 1; 0 where the file as a whole is wrong
	Offset   int64  // of the line's first byte in that file
	Why      string
}

func (b *Bad) fault() *fault.Error {
	return fault.Corrupt.New("audit journal: record %d (%s, line %d, byte %d): %s", b.Sequence, b.Segment, b.Line, b.Offset, b.Why)
}

// follows says why e cannot stand after last (zero: after nothing), or "".
func follows(last store.Head, e *entry) string {
	next := last.Sequence + 1
	if (e.Operation == OpGap) != (e.Gap != nil) || (e.Operation == OpStart && last.Sequence != 0) {
		return "the record does not have the form of its operation"
	}
	if e.Gap != nil && e.Gap.Actual == last {
		next = e.Gap.sequence()
	}
	switch {
	case e.Sequence != next:
		return fmt.Sprintf("record %d stands where record %d belongs", e.Sequence, next)
	case e.prev != last.Hash:
		return "the record is not chained to the one before"
	case (last.Sequence == 0) != (e.Journal != "" && e.Store != ""):
		return "only the first record, and always it, names the journal and the store"
	case last.Sequence == 0 && e.Operation != OpStart && e.Operation != OpGap:
		return "the journal does not begin with its start"
	case e.Gap != nil && e.Gap.Actual != last:
		return "the gap does not begin at the record before"
	}
	return ""
}

// scanner reads records forwards and checks that they form one chain. Its caller
// closes it.
type scanner struct {
	dir  string
	segs []uint64 // still to be read, the current one first
	last store.Head

	file    *os.File
	reader  *bufio.Reader
	line    int
	offset  int64 // end of the last good record in the current segment
	torn    int64 // bytes of an unfinished line at the journal's end
	scanned int64 // bytes of good records in all
}

func newScanner(dir string, segs []uint64, last store.Head) *scanner {
	return &scanner{dir: dir, segs: segs, last: last, reader: bufio.NewReaderSize(nil, MaxLine)}
}

func (s *scanner) close() {
	if s.file != nil {
		_ = s.file.Close() // opened for reading
		s.file = nil
	}
}

// next gives the next record. At the end the error is io.EOF. A record that does
// not belong is reported as Bad; then scanning is over.
func (s *scanner) next() (entry, *Bad, error) {
	for len(s.segs) > 0 {
		if s.file == nil {
			if err := s.open(); err != nil {
				return entry{}, nil, err
			}
		}
		line, err := s.reader.ReadSlice('\n')
		switch {
		case err == nil:
			return s.accept(line)
		case errors.Is(err, bufio.ErrBufferFull):
			return entry{}, s.bad("the line is too long"), nil
		case err != io.EOF:
			return entry{}, nil, readFault(err)
		case len(line) > 0 && len(s.segs) > 1:
			return entry{}, s.bad("the line has no end"), nil
		case s.offset == 0 && s.segs[0] != s.last.Sequence+1 && len(line) == 0:
			return entry{}, s.bad("the segment is empty"), nil
		case len(s.segs) == 1: // the last file stays the current one, for reports
			s.torn = int64(len(line))
			return entry{}, nil, io.EOF
		}
		s.close()
		s.segs = s.segs[1:]
	}
	return entry{}, nil, io.EOF
}

func (s *scanner) open() error {
	f, err := os.Open(filepath.Join(s.dir, segmentName(s.segs[0])))
	if err != nil {
		return readFault(err)
	}
	s.file, s.line, s.offset = f, 0, 0
	s.reader.Reset(f)
	return nil
}

func (s *scanner) accept(line []byte) (entry, *Bad, error) {
	e, err := decodeLine(line)
	if err != nil {
		return e, s.bad(err.Error()), nil
	}
	if why := follows(s.last, &e); why != "" {
		return e, s.bad(why), nil
	}
	if s.offset == 0 && e.Sequence != s.segs[0] {
		return e, s.bad("the segment is not named after its first record"), nil
	}
	s.line++
	s.offset += int64(len(line))
	s.scanned += int64(len(line))
	s.last = e.head()
	return e, nil, nil
}

// bad describes the line after the last good one.
func (s *scanner) bad(why string) *Bad {
	name := segmentName(s.last.Sequence + 1) // where there is no file, the one that is missing
	if len(s.segs) > 0 {
		name = segmentName(s.segs[0])
	}
	return &Bad{Sequence: s.last.Sequence + 1, Segment: name, Line: s.line + 1, Offset: s.offset, Why: why}
}

// backward reads the complete lines of one file from its end.
type backward struct {
	file  *os.File
	end   int64  // end of the line that comes next
	size  int64  // of the file; size-end bytes at first have no line feed
	chunk []byte // the bytes of the file from base on
	base  int64
}

func newBackward(f *os.File) (*backward, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, readFault(err)
	}
	b := &backward{file: f, size: info.Size(), end: info.Size(), base: info.Size()}
	for b.end > 0 {
		if err := b.extend(); err != nil {
			return nil, err
		}
		if i := lastFeed(b.chunk); i >= 0 {
			b.end = b.base + int64(i) + 1
			b.chunk = b.chunk[:i+1]
			return b, nil
		}
		b.end, b.chunk = b.base, nil
	}
	return b, nil
}

// extend puts up to MaxLine more bytes before the chunk.
func (b *backward) extend() error {
	n := min(b.base, MaxLine)
	grown := make([]byte, int(n)+len(b.chunk))
	if _, err := b.file.ReadAt(grown[:n], b.base-n); err != nil {
		return readFault(err)
	}
	copy(grown[n:], b.chunk)
	b.chunk, b.base = grown, b.base-n
	return nil
}

// prev gives the line that ends where the last one began, nil at the start of the file.
func (b *backward) prev() ([]byte, error) {
	if b.end == 0 {
		return nil, nil
	}
	for {
		if len(b.chunk) > 0 {
			i := lastFeed(b.chunk[:len(b.chunk)-1])
			if i >= 0 || b.base == 0 || len(b.chunk) > MaxLine {
				line := b.chunk[i+1:]
				b.chunk = b.chunk[:i+1]
				b.end -= int64(len(line))
				return line, nil
			}
		}
		if err := b.extend(); err != nil {
			return nil, err
		}
	}
}

func lastFeed(b []byte) int { return bytes.LastIndexByte(b, '\n') }
