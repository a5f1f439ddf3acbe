package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// specimen is a small journal of three segments, for tampering.
type specimen struct {
	dir   string
	head  store.Head
	names []string            // of the segments
	files map[string][]byte   // by name, the head file included
	lines map[string][][]byte // of the segments
	first map[string]uint64   // sequence number of a segment's first record
}

func newSpecimen(t *testing.T) *specimen {
	t.Helper()
	cfg := testConfig(t.TempDir())
	cfg.SegmentSize = 1100
	j, _ := mustOpen(t, cfg)
	for i := range 7 {
		mustAppend(t, j, &Record{Phase: Decision, Operation: "sign", Verdict: "allow", UID: -1,
			Digest: fmt.Sprintf("%064x", sha256.Sum256([]byte{byte(i)}))})
	}
	mustClose(t, j)
	s := &specimen{dir: cfg.Dir, head: j.Head(), files: map[string][]byte{}, lines: map[string][][]byte{}, first: map[string]uint64{}}
	segs, err := segments(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, first := range segs {
		name := segmentName(first)
		s.names = append(s.names, name)
		s.files[name] = mustRead(t, filepath.Join(s.dir, name))
		lines := bytes.SplitAfter(s.files[name], []byte("\n"))
		s.lines[name], s.first[name] = lines[:len(lines)-1], first
	}
	s.files[sidecarName] = mustRead(t, filepath.Join(s.dir, sidecarName))
	if len(s.names) != 3 || len(s.lines[s.names[0]]) < 2 {
		t.Fatalf("the specimen has %d segments", len(s.names))
	}
	mustVerify(t, s.dir, s.head)
	return s
}

// expect verifies the journal as it now lies there, wants that bad record, and
// puts the files back. Neither the store's head nor the head file may be needed
// alone, except where only says so.
func (s *specimen) expect(t *testing.T, what string, want Bad, heads ...store.Head) {
	t.Helper()
	if len(heads) == 0 {
		heads = []store.Head{s.head, {}}
	}
	for _, head := range heads {
		report, err := Verify(context.Background(), s.dir, head, testStore, nil)
		if !fault.Is(err, fault.Corrupt) || report.Bad == nil {
			t.Fatalf("%s: not noticed: %v", what, err)
		}
		got := *report.Bad
		if got.Why == "" {
			t.Errorf("%s: no reason", what)
		}
		got.Why = ""
		if got != want {
			t.Fatalf("%s: reported %+v (%s), want %+v", what, got, report.Bad.Why, want)
		}
	}
}

func (s *specimen) restore(t *testing.T) {
	t.Helper()
	for name, b := range s.files {
		mustWrite(t, filepath.Join(s.dir, name), b)
	}
}

// at is where line i (from 0) of a segment is.
func (s *specimen) at(name string, i int) Bad {
	b := Bad{Sequence: s.first[name] + uint64(i), Segment: name, Line: i + 1}
	for _, line := range s.lines[name][:i] {
		b.Offset += int64(len(line))
	}
	return b
}

func (s *specimen) put(t *testing.T, name string, lines [][]byte) {
	t.Helper()
	mustWrite(t, filepath.Join(s.dir, name), bytes.Join(lines, nil))
}

func TestFlipEveryByte(t *testing.T) {
	s := newSpecimen(t)
	for _, name := range s.names {
		f, err := os.OpenFile(filepath.Join(s.dir, name), os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		offset := int64(0)
		for i, line := range s.lines[name] {
			for _, c := range line {
				for _, flip := range []byte{0x01, 0x20, c ^ '\n'} {
					if flip == 0 {
						continue
					}
					if _, err := f.WriteAt([]byte{c ^ flip}, offset); err != nil {
						t.Fatal(err)
					}
					s.expect(t, fmt.Sprintf("%s byte %d ^ %#x", name, offset, flip), s.at(name, i))
				}
				if _, err := f.WriteAt([]byte{c}, offset); err != nil {
					t.Fatal(err)
				}
				offset++
			}
		}
		f.Close()
	}
	s.restore(t)
	mustVerify(t, s.dir, s.head)
}

func TestFlipHeadFile(t *testing.T) {
	s := newSpecimen(t)
	path := filepath.Join(s.dir, sidecarName)
	end := Bad{Sequence: s.head.Sequence + 1, Segment: sidecarName}
	for i := range sidecarSize {
		for bit := range 8 {
			b := bytes.Clone(s.files[sidecarName])
			b[i] ^= 1 << bit
			mustWrite(t, path, b)
			s.expect(t, fmt.Sprintf("byte %d bit %d", i, bit), end)
		}
	}
	for size := range sidecarSize {
		mustWrite(t, path, s.files[sidecarName][:size])
		s.expect(t, fmt.Sprintf("cut to %d", size), end)
	}
	mustWrite(t, path, append(bytes.Clone(s.files[sidecarName]), 0))
	s.expect(t, "longer", end)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	s.expect(t, "removed", end)
}

// eachLine runs f for every line of the journal and puts the files back after it.
func (s *specimen) eachLine(t *testing.T, f func(name string, i int, lines [][]byte)) {
	t.Helper()
	for _, name := range s.names {
		for i := range s.lines[name] {
			f(name, i, slices.Clone(s.lines[name]))
			s.restore(t)
		}
	}
}

func TestDeleteEachLine(t *testing.T) {
	s := newSpecimen(t)
	s.eachLine(t, func(name string, i int, lines [][]byte) {
		s.put(t, name, slices.Delete(lines, i, i+1))
		want := s.at(name, i)
		if i == len(lines)-1 && name != s.names[len(s.names)-1] { // the next segment's first line is out of place
			next := s.names[slices.Index(s.names, name)+1]
			want.Segment, want.Line, want.Offset = next, 1, 0
		}
		s.expect(t, fmt.Sprintf("%s without line %d", name, i+1), want)
	})
}

func TestDuplicateAndInsert(t *testing.T) {
	s := newSpecimen(t)
	var foreign [][]byte // a line of another journal, with a hash of its own
	other := newSpecimen(t)
	for _, name := range other.names {
		foreign = append(foreign, other.lines[name]...)
	}
	s.eachLine(t, func(name string, i int, lines [][]byte) {
		want := s.at(name, i)
		want.Sequence++
		want.Line++
		want.Offset += int64(len(lines[i]))
		s.put(t, name, slices.Insert(slices.Clone(lines), i+1, lines[i]))
		s.expect(t, fmt.Sprintf("%s line %d twice", name, i+1), want)
		for k, line := range [][]byte{foreign[len(foreign)-1], []byte("\n"), []byte("{}\n"), foreign[0]} {
			if k == 3 && s.first[name]+uint64(i) == 1 {
				continue // another journal's first record is good there, and the next one is not
			}
			s.put(t, name, slices.Insert(slices.Clone(lines), i, line))
			s.expect(t, fmt.Sprintf("%s with %q before line %d", name, line, i+1), s.at(name, i))
			lines[i], line = line, lines[i]
			s.put(t, name, lines)
			s.expect(t, fmt.Sprintf("%s with another line %d", name, i+1), s.at(name, i))
			lines[i] = line
		}
	})
}

func TestSwapEachPair(t *testing.T) {
	s := newSpecimen(t)
	s.eachLine(t, func(name string, i int, lines [][]byte) {
		for k := i + 1; k < len(lines); k++ {
			swapped := slices.Clone(lines)
			swapped[i], swapped[k] = swapped[k], swapped[i]
			s.put(t, name, swapped)
			s.expect(t, fmt.Sprintf("%s lines %d and %d swapped", name, i+1, k+1), s.at(name, i))
		}
	})
}

// TestCutAtEveryByte cuts within and between records; the head file alone, and the
// store's head alone, must be enough to notice.
func TestCutAtEveryByte(t *testing.T) {
	s := newSpecimen(t)
	cut := func(keep int) { // segments that stay; the last one is cut everywhere
		name := s.names[keep-1]
		offset, line := 0, 0
		for size := range len(s.files[name]) {
			if size == offset+len(s.lines[name][line]) {
				offset += len(s.lines[name][line])
				line++
			}
			mustWrite(t, filepath.Join(s.dir, name), s.files[name][:size])
			want := s.at(name, line)
			s.expect(t, fmt.Sprintf("%s cut at %d", name, size), want)
			if keep == len(s.names) { // a head file cut to match
				side := sidecar{head: store.Head{}, boot: bootHash("boot 1"), durability: Written}
				b := side.encode()
				mustWrite(t, filepath.Join(s.dir, sidecarName), b[:])
				s.expect(t, fmt.Sprintf("%s cut at %d, head file too", name, size), want, s.head)
				mustWrite(t, filepath.Join(s.dir, sidecarName), s.files[sidecarName])
			}
		}
		if err := os.Remove(filepath.Join(s.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for keep := len(s.names); keep > 0; keep-- {
		cut(keep)
	}
	s.expect(t, "all segments removed", Bad{Sequence: 1, Segment: segmentName(1), Line: 1})
}

func TestSegmentsMissingRenamedAdded(t *testing.T) {
	s := newSpecimen(t)
	path := func(name string) string { return filepath.Join(s.dir, name) }
	for i, name := range s.names {
		if err := os.Remove(path(name)); err != nil {
			t.Fatal(err)
		}
		want := s.at(name, 0)
		if i < len(s.names)-1 {
			want.Segment = s.names[i+1]
		} else {
			before := s.names[i-1]
			want = s.at(before, len(s.lines[before])-1)
			want.Sequence, want.Line, want.Offset = want.Sequence+1, want.Line+1, int64(len(s.files[before]))
		}
		s.expect(t, name+" removed", want)
		s.restore(t)
	}
	last := s.names[2]
	renamed := segmentName(s.first[last] + 1)
	if err := os.Rename(path(last), path(renamed)); err != nil {
		t.Fatal(err)
	}
	s.expect(t, "last segment renamed", Bad{Sequence: s.first[last], Segment: renamed, Line: 1})
	if err := os.Remove(path(renamed)); err != nil {
		t.Fatal(err)
	}
	s.restore(t)
	for _, content := range [][]byte{nil, s.files[s.names[0]], []byte("x")} {
		added := segmentName(s.first[s.names[1]] + 1)
		mustWrite(t, path(added), content)
		s.expect(t, fmt.Sprintf("a segment of %d bytes added", len(content)), Bad{Sequence: s.first[last], Segment: added, Line: 1})
		if err := os.Remove(path(added)); err != nil {
			t.Fatal(err)
		}
	}
	mustVerify(t, s.dir, s.head)
}

// TestRewrittenJournal replaces the records from some place on by a chain that is
// right in itself; only what is remembered elsewhere shows it.
func TestRewrittenJournal(t *testing.T) {
	s := newSpecimen(t)
	name := s.names[2]
	var lines [][]byte
	var prev [32]byte
	for i, line := range s.lines[name] {
		e, err := decodeLine(line)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			prev = e.prev
		}
		e.Verdict = "deny"
		line, prev = e.appendLine(nil, prev)
		lines = append(lines, line)
	}
	s.put(t, name, lines)
	last := len(lines) - 1
	want := s.at(name, last)
	want.Offset -= int64(last) // "deny" is a byte shorter
	s.expect(t, "rewritten", want)

	side := sidecar{head: store.Head{Sequence: s.head.Sequence, Hash: prev}, durability: Written}
	b := side.encode()
	mustWrite(t, filepath.Join(s.dir, sidecarName), b[:])
	s.expect(t, "rewritten with its head file", want, s.head)
	if _, err := Verify(context.Background(), s.dir, store.Head{}, testStore, nil); err != nil {
		t.Errorf("the rewritten chain was meant to be right in itself: %v", err)
	}
}

// TestForgedGap covers a cut with a gap record that nobody could have written.
func TestForgedGap(t *testing.T) {
	s := newSpecimen(t)
	name := s.names[2]
	e, err := decodeLine(s.lines[name][0])
	if err != nil {
		t.Fatal(err)
	}
	for what, gap := range map[string]Gap{
		"begins elsewhere":    {Expected: s.head, Actual: store.Head{Sequence: 1}},
		"with another number": {Expected: store.Head{Sequence: s.head.Sequence + 5}, Actual: store.Head{Sequence: e.Sequence - 1, Hash: e.prev}},
	} {
		r := Record{Sequence: s.head.Sequence + 1, Time: e.Time, Phase: Event, Operation: OpGap, UID: -1, Gap: &gap}
		line, _ := r.appendLine(nil, e.prev)
		s.put(t, name, [][]byte{line})
		s.expect(t, what, s.at(name, 0))
	}
}

func TestVerifyProgressAndCancel(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.SegmentSize = 600_000
	head := writeJournal(t, cfg, 3000)
	var calls []int64
	ctx, cancel := context.WithCancel(context.Background())
	report, err := Verify(ctx, cfg.Dir, head, testStore, func(done, total int64) { calls = append(calls, done, total) })
	if err != nil {
		t.Fatal(err)
	}
	if len(calls) < 6 || calls[len(calls)-2] != report.Bytes || calls[len(calls)-1] != report.Bytes || !slices.IsSorted([]int64{calls[0], calls[2], calls[4]}) {
		t.Errorf("progress %v of %d", calls, report.Bytes)
	}
	_, err = Verify(ctx, cfg.Dir, head, testStore, func(int64, int64) { cancel() })
	wantFault(t, err, fault.Canceled)
}

func TestVerifyNothing(t *testing.T) {
	for _, dir := range []string{t.TempDir(), filepath.Join(t.TempDir(), "missing")} {
		_, err := Verify(context.Background(), dir, store.Head{}, testStore, nil)
		wantFault(t, err, fault.Corrupt)
	}
}
