package audit

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sort"

	"strongroom/internal/store"
)

// accountedFor reports whether the records of dir explain a head that somebody
// remembers: the record is there with that hash, or a gap record says that it is
// known to be missing. It reads a few pages where the record is there, and all
// records after its place where it is not.
func accountedFor(dir string, segs []uint64, head store.Head) (bool, error) {
	if head.Sequence == 0 {
		return true, nil
	}
	// The record is in the last segment that starts at or before it.
	i := sort.Search(len(segs), func(i int) bool { return segs[i] > head.Sequence }) - 1
	if i < 0 {
		i = 0 // before the first record: only a gap can explain it
	}
	for ; i < len(segs); i++ {
		found, done, err := searchSegment(filepath.Join(dir, segmentName(segs[i])), head)
		if found || done || err != nil {
			return found, err
		}
	}
	return false, nil
}

// searchSegment looks for what explains head in one segment. Done says that the
// head is definitely not explained by this or any later segment.
func searchSegment(path string, head store.Head) (found, done bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return false, false, readFault(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, false, readFault(err)
	}
	l := lineFinder{file: f, size: info.Size()}
	at := int64(sort.Search(int(l.size), func(off int) bool {
		line, _ := l.from(int64(off))
		p := parser{rest: line}
		p.need(`{"seq":`)
		return line == nil || p.number() >= head.Sequence
	}))
	for l.err == nil {
		var line []byte
		if line, at = l.from(at); line == nil {
			break
		}
		e, bad := decodeLine(line)
		if bad != nil {
			return false, true, nil
		}
		if e.head() == head || e.Gap != nil && e.Gap.covers(head) {
			return true, true, nil
		}
		at++
	}
	if l.err != nil {
		return false, false, readFault(l.err)
	}
	return false, false, nil
}

// covers reports whether the gap says that head is missing.
func (g *Gap) covers(head store.Head) bool {
	return g.Expected == head || g.Actual.Sequence < head.Sequence && head.Sequence <= g.Expected.Sequence
}

// lineFinder finds lines in a file from any offset.
type lineFinder struct {
	file *os.File
	size int64
	err  error
	page [2 * MaxLine]byte
}

// from gives the first complete line that starts at or after off, and where it
// starts; nil where there is none.
func (l *lineFinder) from(off int64) ([]byte, int64) {
	inside := off > 0
	if inside {
		off-- // the byte before a line's start is a line feed
	}
	for n := 4 << 10; ; n = len(l.page) {
		got, err := l.file.ReadAt(l.page[:min(int64(n), max(0, l.size-off))], off)
		if err != nil && !errors.Is(err, io.EOF) {
			l.err = err
			return nil, 0
		}
		b, start := l.page[:got], 0
		if inside {
			start = bytes.IndexByte(b, '\n') + 1
		}
		if !inside || start > 0 {
			if end := bytes.IndexByte(b[start:], '\n'); end >= 0 {
				return b[start : start+end+1], off + int64(start)
			}
		}
		if n == len(l.page) {
			return nil, 0
		}
	}
}
