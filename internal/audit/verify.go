package audit

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// Report is what [Verify] found.
type Report struct {
	Journal  string // ids from the first record
	Store    string
	Segments int
	Records  uint64 // good ones, up to the first bad one
	Bytes    int64  // of those records
	First    time.Time
	Last     time.Time
	Head     store.Head // of the last good record
	Gaps     []RecordedGap
	Torn     int64 // bytes of an unfinished line at the end: a record that nobody was told of
	Bad      *Bad  // nil if the journal is whole
}

// RecordedGap is a gap that the journal itself states.
type RecordedGap struct {
	Sequence uint64 // of the journal.gap record
	Time     time.Time
	Gap
}

// Verify reads the whole journal in dir and checks that every line is canonical
// and has its hash, that the lines form one chain from the start of a journal of
// that store, and that the chain reaches what the head file and the store
// remember. If not, the error is fault.Corrupt and Report.Bad says where it is bad
// first. A zero storeID or storeHead is not compared: without the store, a cut
// whose head file was cut to match does not show.
//
// Progress may be nil; it is called now and then with the bytes read so far.
// Verify may run beside an open journal, if storeHead was read before the call.
func Verify(ctx context.Context, dir string, storeHead store.Head, storeID [16]byte, progress func(done, total int64)) (Report, error) {
	side, sideErr := readSidecar(dir)
	for range 3 { // an open journal may have been writing it
		if !errors.Is(sideErr, errSidecar) {
			break
		}
		side, sideErr = readSidecar(dir)
	}
	if sideErr != nil && !errors.Is(sideErr, errSidecar) {
		return Report{}, sideErr
	}
	segs, err := segments(dir)
	if err != nil {
		return Report{}, err
	}
	v := verifier{
		scan:     newScanner(dir, segs, store.Head{}),
		promises: []promise{{head: side.head, by: "the head file"}, {head: storeHead, by: "the store"}},
		progress: progress,
	}
	defer v.scan.close()
	v.report.Segments = len(segs)
	if v.total, err = totalSize(dir, segs); err != nil {
		return v.report, err
	}
	if storeID != [16]byte{} {
		v.storeID = hex.EncodeToString(storeID[:])
	}
	if err := v.run(ctx); err != nil {
		return v.report, err
	}
	if v.report.Bad == nil && sideErr != nil {
		v.report.Bad = &Bad{Sequence: v.scan.last.Sequence + 1, Segment: sidecarName, Why: sideErr.Error()}
	}
	if v.report.Bad != nil {
		return v.report, v.report.Bad.fault()
	}
	return v.report, nil
}

func totalSize(dir string, segs []uint64) (total int64, err error) {
	for _, first := range segs {
		info, err := os.Stat(filepath.Join(dir, segmentName(first)))
		if err != nil {
			return 0, readFault(err)
		}
		total += info.Size()
	}
	return total, nil
}

type verifier struct {
	scan     *scanner
	promises []promise
	storeID  string // "" = any
	progress func(done, total int64)
	total    int64
	report   Report
}

// promise is a head that the journal must reach.
type promise struct {
	head   store.Head
	by     string
	kept   bool
	broken *Bad // another record stands there; a later gap record may still explain it
}

const progressStep = 1 << 20 // bytes

func (v *verifier) run(ctx context.Context) error {
	var told int64
	for {
		e, bad, err := v.scan.next()
		switch {
		case errors.Is(err, io.EOF):
			v.report.Torn = v.scan.torn
			v.report.Bad = v.unkept(nil)
			v.tell(v.total)
			return nil
		case err != nil:
			return err
		case bad != nil:
			v.report.Bad = v.unkept(bad)
			return nil
		}
		v.note(&e)
		if v.report.Bad != nil {
			return nil
		}
		if v.scan.scanned-told >= progressStep {
			told = v.scan.scanned
			v.tell(told)
			if err := ctx.Err(); err != nil {
				return fault.Canceled.Wrap(err, "verification was canceled")
			}
		}
	}
}

func (v *verifier) tell(done int64) {
	if v.progress != nil {
		v.progress(done, max(done, v.total))
	}
}

// note takes a good record into the report.
func (v *verifier) note(e *entry) {
	r := &v.report
	if r.Records == 0 {
		r.Journal, r.Store, r.First = e.Journal, e.Store, e.Time
		if v.storeID != "" && v.storeID != e.Store {
			r.Bad = v.at(e, "the journal belongs to another store")
			return
		}
	}
	r.Records++
	r.Bytes, r.Last, r.Head = v.scan.scanned, e.Time, e.head()
	if e.Gap != nil {
		r.Gaps = append(r.Gaps, RecordedGap{e.Sequence, e.Time, *e.Gap})
	}
	for i := range v.promises {
		p := &v.promises[i]
		switch {
		case p.kept || p.head.Sequence == 0:
		case p.head == e.head(), e.Gap != nil && e.Gap.covers(p.head):
			p.kept = true
		case p.head.Sequence == e.Sequence:
			p.broken = v.at(e, "the record is not the one that "+p.by+" remembers")
		}
	}
}

// at names the record that was read last.
func (v *verifier) at(e *entry, why string) *Bad {
	line, _ := e.appendLine(nil, e.prev)
	return &Bad{
		Sequence: e.Sequence, Segment: segmentName(v.scan.segs[0]), Line: v.scan.line,
		Offset: v.scan.offset - int64(len(line)), Why: why,
	}
}

// unkept gives the earliest of bad, the records that are not what was promised,
// and the end where more was promised.
func (v *verifier) unkept(bad *Bad) *Bad {
	for _, p := range v.promises {
		if p.broken != nil && !p.kept && (bad == nil || p.broken.Sequence < bad.Sequence) {
			bad = p.broken
		}
	}
	for _, p := range v.promises {
		if bad == nil && !p.kept && p.head.Sequence != 0 {
			why := "records are missing: " + p.by + " remembers a later one"
			if v.scan.torn > 0 {
				why = "the line is cut short, and " + p.by + " remembers it as written"
			}
			bad = v.scan.bad(why)
		}
	}
	return bad
}
