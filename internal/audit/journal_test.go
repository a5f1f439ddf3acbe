package audit

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strongroom/internal/fault"
)

func TestDurabilityNames(t *testing.T) {
	var zero Durability
	if zero != Each {
		t.Error("the zero value is not the strongest level")
	}
	for _, d := range []Durability{Each, Group, Written} {
		if got, err := ParseDurability(d.String()); err != nil || got != d {
			t.Errorf("%v reads back as %v, %v", d, got, err)
		}
	}
	for _, name := range []string{"", "off", "none", "Each"} {
		_, err := ParseDurability(name)
		wantFault(t, err, fault.Invalid)
	}
}

func TestAppendAndRead(t *testing.T) {
	for _, d := range []Durability{Each, Group, Written} {
		t.Run(d.String(), func(t *testing.T) {
			cfg := testConfig(filepath.Join(t.TempDir(), "a", "journal"))
			cfg.Durability, cfg.Now, cfg.SegmentSize = d, testClock(), 3000
			j, recovery := mustOpen(t, cfg)
			if !recovery.Created {
				t.Error("not reported as created")
			}
			var want []Record
			for i := range 10 {
				r := signRecord(i)
				mustAppend(t, j, r)
				if r.Sequence != uint64(i+2) || r.Time.Year() != 2026 || j.Head().Sequence != r.Sequence {
					t.Fatalf("record %d: %+v", i, r)
				}
				want = append(want, *r)
			}
			for _, n := range []int{0, 1, 4, 10} {
				got, err := Tail(cfg.Dir, n)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(append([]Record(nil), want[10-n:]...), got); diff != "" {
					t.Errorf("tail %d: %s", n, diff)
				}
			}
			mustClose(t, j)
			all := readAll(t, cfg.Dir)
			if diff := cmp.Diff(want, all[1:]); diff != "" {
				t.Error(diff)
			}
			if all[0].Operation != OpStart || all[0].Store != hex.EncodeToString(testStore[:]) || len(all[0].Journal) != 32 {
				t.Errorf("first record %+v", all[0])
			}
			got, err := Tail(cfg.Dir, 1000)
			if err != nil || len(got) != 11 {
				t.Errorf("tail of all: %d, %v", len(got), err)
			}
			report := mustVerify(t, cfg.Dir, j.Head())
			if report.Records != 11 || report.Segments < 3 || report.Head != j.Head() || !report.Last.Equal(want[9].Time) ||
				!report.First.Equal(all[0].Time) || report.Journal != all[0].Journal {
				t.Errorf("%+v", report)
			}
		})
	}
}

func TestFileModes(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	writeJournal(t, testConfig(dir), 1)
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("directory %v, %v", info.Mode(), err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 3 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", f.Name(), info.Mode(), err)
		}
	}
}

func TestAppendRefusesForgedRecords(t *testing.T) {
	j, _ := mustOpen(t, testConfig(t.TempDir()))
	before := j.Head()
	for name, r := range map[string]*Record{
		"zero":         {},
		"phase":        {Phase: "x", Operation: "sign"},
		"verdict":      {Phase: Decision, Operation: "sign", Verdict: "ask"},
		"no operation": {Phase: Decision},
		"gap":          {Phase: Event, Operation: "x", Gap: &Gap{}},
		"gap by name":  {Phase: Event, Operation: OpGap},
		"start":        {Phase: Event, Operation: OpStart},
		"store":        {Phase: Event, Operation: "x", Store: "x"},
		"omitted":      {Phase: Event, Operation: "x", Omitted: 1 << 53},
	} {
		if err := j.Append(context.Background(), r); err == nil {
			t.Errorf("%s: appended", name)
		}
		if err := j.AppendRefusal(context.Background(), r); err == nil {
			t.Errorf("%s: appended as a refusal", name)
		}
	}
	if j.Head() != before {
		t.Error("the journal moved")
	}
}

func TestCanceledBeforeQueueing(t *testing.T) {
	j, _ := mustOpen(t, testConfig(t.TempDir()))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	before := j.Head()
	wantFault(t, j.Append(ctx, signRecord(1)), fault.Canceled)
	if j.Head() != before {
		t.Error("written all the same")
	}
}

// TestCanceledWhileQueued holds the disk, cancels a caller who waits for it, and
// sees that the caller still learns what became of the record.
func TestCanceledWhileQueued(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Durability = Group
	j, _ := mustOpen(t, cfg)
	ctx, cancel := context.WithCancel(context.Background())
	j.disk.Lock()
	const callers = 5
	results := make(chan error, callers)
	for i := range callers {
		go func() { results <- j.Append(ctx, signRecord(i)) }()
	}
	for queued := 0; queued < callers; { // until all wait
		j.queue.Lock()
		if j.open != nil {
			queued = len(j.open.records)
		}
		j.queue.Unlock()
		runtime.Gosched()
	}
	cancel()
	j.disk.Unlock()
	for range callers {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if head := j.Head(); head.Sequence != 1+callers {
		t.Errorf("head %d", head.Sequence)
	}
}

// TestMoreCallersThanABatchHolds queues callers while the disk is busy, until the
// batch of the first one is full and another is open.
func TestMoreCallersThanABatchHolds(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Durability = Group
	j, _ := mustOpen(t, cfg)
	const callers = 2*maxBatch + 50
	var wg sync.WaitGroup
	queue := func() {
		wg.Go(func() {
			if err := j.Append(context.Background(), signRecord(1)); err != nil {
				t.Error(err)
			}
		})
	}
	waitFor := func(wanted func(open *batch) bool) *batch {
		for {
			j.queue.Lock()
			open := j.open
			j.queue.Unlock()
			if wanted(open) {
				return open
			}
			runtime.Gosched()
		}
	}
	j.disk.Lock()
	queue()
	first := waitFor(func(open *batch) bool { return open != nil })
	for range callers - 1 {
		queue()
	}
	waitFor(func(open *batch) bool { return open != first })
	j.disk.Unlock()
	wg.Wait()
	if len(first.records) != maxBatch {
		t.Errorf("the first batch has %d records", len(first.records))
	}
	if report := mustVerify(t, cfg.Dir, j.Head()); report.Records != 1+callers {
		t.Errorf("%d records", report.Records)
	}
}

func TestClosed(t *testing.T) {
	j, _ := mustOpen(t, testConfig(t.TempDir()))
	mustClose(t, j)
	mustClose(t, j)
	wantFault(t, j.Append(context.Background(), signRecord(1)), fault.Canceled)
	wantFault(t, j.AppendRefusal(context.Background(), signRecord(1)), fault.Canceled)
}

func TestSecondProcessIsKeptOut(t *testing.T) {
	cfg := testConfig(t.TempDir())
	j, _ := mustOpen(t, cfg)
	_, _, err := Open(cfg)
	wantFault(t, err, fault.Conflict)
	mustAppend(t, j, signRecord(1))
	mustClose(t, j)
	mustOpen(t, cfg)
}

func TestConcurrentAppends(t *testing.T) {
	for _, d := range []Durability{Each, Group, Written} {
		t.Run(d.String(), func(t *testing.T) {
			cfg := testConfig(t.TempDir())
			cfg.Durability, cfg.SegmentSize = d, 20_000
			j, _ := mustOpen(t, cfg)
			const callers, each = 8, 25
			var wg sync.WaitGroup
			seen := make([]map[uint64]string, callers)
			for c := range callers {
				seen[c] = map[uint64]string{}
				wg.Go(func() {
					for i := range each {
						r := signRecord(c*1000 + i)
						if err := j.Append(context.Background(), r); err != nil {
							t.Error(err)
						}
						seen[c][r.Sequence] = r.Digest
						if h := j.Head(); h.Sequence < r.Sequence {
							t.Errorf("head %d behind the acknowledged record %d", h.Sequence, r.Sequence)
						}
					}
				})
			}
			// Readers run beside it.
			for range 5 {
				if _, err := Verify(context.Background(), cfg.Dir, j.Head(), testStore, nil); err != nil {
					t.Error(err)
				}
				if _, err := Tail(cfg.Dir, 20); err != nil {
					t.Error(err)
				}
			}
			wg.Wait()
			mustClose(t, j)
			if report := mustVerify(t, cfg.Dir, j.Head()); report.Records != 1+callers*each {
				t.Errorf("%d records", report.Records)
			}
			stored := map[uint64]string{}
			for _, r := range readAll(t, cfg.Dir) {
				stored[r.Sequence] = r.Digest
			}
			for _, m := range seen {
				for sequence, digest := range m {
					if stored[sequence] != digest {
						t.Fatalf("record %d is %q, the caller wrote %q", sequence, stored[sequence], digest)
					}
				}
			}
		})
	}
}

// TestFailedWriteBreaksTheJournal makes the next write fail by closing the file under
// the journal, as a disk that goes away does.
func TestFailedWriteBreaksTheJournal(t *testing.T) {
	cfg := testConfig(t.TempDir())
	j, _ := mustOpen(t, cfg)
	mustAppend(t, j, signRecord(1))
	head := j.Head()
	if err := j.segment.Close(); err != nil {
		t.Fatal(err)
	}
	r := signRecord(2)
	wantFault(t, j.Append(context.Background(), r), fault.Storage)
	if r.Sequence != 0 || j.Head() != head {
		t.Error("a failed record has a number")
	}
	wantFault(t, j.Append(context.Background(), signRecord(3)), fault.Storage)
	if err := j.Close(); err == nil {
		t.Error("closing hides the failure")
	}
	j, _ = mustOpen(t, cfg)
	mustAppend(t, j, signRecord(4))
	if report := mustVerify(t, cfg.Dir, j.Head()); report.Records != 3 {
		t.Errorf("%d records", report.Records)
	}
}

// TestRollBack lets the head file fail after the records were written.
func TestRollBack(t *testing.T) {
	cfg := testConfig(t.TempDir())
	j, _ := mustOpen(t, cfg)
	mustAppend(t, j, signRecord(1))
	whole := mustRead(t, firstSegment(cfg.Dir))
	sidecar := j.sidecar
	readOnly, err := os.Open(filepath.Join(cfg.Dir, sidecarName))
	if err != nil {
		t.Fatal(err)
	}
	defer readOnly.Close()
	j.sidecar = readOnly
	wantFault(t, j.Append(context.Background(), signRecord(2)), fault.Storage)
	j.sidecar = sidecar
	if diff := cmp.Diff(string(whole), string(mustRead(t, firstSegment(cfg.Dir)))); diff != "" {
		t.Error(diff)
	}
}

func TestYearOutOfRange(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Now = func() time.Time { return time.Date(12345, 1, 1, 0, 0, 0, 0, time.UTC) }
	head := writeJournal(t, cfg, 1)
	mustVerify(t, cfg.Dir, head)
}

func BenchmarkAppend(b *testing.B) {
	for _, d := range []Durability{Written, Group, Each} {
		for _, callers := range []int{1, 8} {
			b.Run(fmt.Sprintf("%v/%d", d, callers), func(b *testing.B) {
				cfg := testConfig(b.TempDir())
				cfg.Durability = d
				j, _ := mustOpen(b, cfg)
				b.ReportAllocs()
				b.ResetTimer()
				work := make(chan int)
				var wg sync.WaitGroup
				if callers == 1 {
					r := signRecord(1)
					for range b.N {
						if err := j.Append(context.Background(), r); err != nil {
							b.Fatal(err)
						}
					}
					return
				}
				for range callers {
					wg.Go(func() {
						r := signRecord(1)
						for n := range work {
							for range n {
								if err := j.Append(context.Background(), r); err != nil {
									b.Error(errors.Unwrap(err))
								}
							}
						}
					})
				}
				for left := b.N; left > 0; left -= 10 {
					work <- min(left, 10)
				}
				close(work)
				wg.Wait()
			})
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	cfg := testConfig(b.TempDir())
	head := writeJournal(b, cfg, 2000)
	info, err := os.Stat(firstSegment(cfg.Dir))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	for b.Loop() {
		if _, err := Verify(context.Background(), cfg.Dir, head, testStore, nil); err != nil {
			b.Fatal(err)
		}
	}
}
