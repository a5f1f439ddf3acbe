package audit

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"strongroom/internal/fault"
)

func storeRecord(key, digest string) *Record {
	return &Record{Phase: Decision, Operation: "rules.store", Verdict: "allow", UID: -1, Key: key, Digest: digest}
}

// The last record that matches is found, wherever it is.
func TestLast(t *testing.T) {
	cfg := testConfig(filepath.Join(t.TempDir(), "journal"))
	if _, found, err := Last(cfg.Dir, "rules.store", func(*Record) bool { return true }); found || err != nil {
		t.Errorf("without a journal: %v, %v", found, err)
	}
	cfg.SegmentSize = 3000
	j, _ := mustOpen(t, cfg)
	mustAppend(t, j, storeRecord("one", "1"))
	mustAppend(t, j, storeRecord("two", "2"))
	for i := range 20 { // several segments
		mustAppend(t, j, signRecord(i))
	}
	r := signRecord(99)
	r.Detail = `,"op":"rules.store"` // in quotes it is another text
	mustAppend(t, j, r)
	for key, want := range map[string]string{"one": "1", "two": "2", "three": ""} {
		got, found, err := Last(cfg.Dir, "rules.store", func(r *Record) bool { return r.Key == key })
		if err != nil || found != (want != "") || got.Digest != want {
			t.Errorf("%s: %+v, %v, %v", key, got, found, err)
		}
	}
	mustAppend(t, j, storeRecord("one", "3"))
	got, found, err := Last(cfg.Dir, "rules.store", func(*Record) bool { return true })
	if err != nil || !found || got.Digest != "3" || got.Sequence != j.Head().Sequence {
		t.Errorf("%+v, %v, %v", got, found, err)
	}
	if _, found, err := Last(cfg.Dir, "rules", func(*Record) bool { return true }); found || err != nil {
		t.Errorf("part of a name: %v, %v", found, err)
	}
	mustClose(t, j)
	// One that was changed is not believed.
	segs, err := segments(cfg.Dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(cfg.Dir, segmentName(segs[len(segs)-1]))
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(data, []byte(`"digest":"3"`), []byte(`"digest":"1"`), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err = Last(cfg.Dir, "rules.store", func(*Record) bool { return true })
	wantFault(t, err, fault.Corrupt)
}

// Records are synced one by one while the journal rotates under them.
func TestAppendSynced(t *testing.T) {
	for _, d := range []Durability{Each, Group, Written} {
		t.Run(d.String(), func(t *testing.T) {
			cfg := testConfig(filepath.Join(t.TempDir(), "journal"))
			cfg.Durability, cfg.SegmentSize = d, 2000
			j, _ := mustOpen(t, cfg)
			const callers, each = 4, 25
			var wg sync.WaitGroup
			for range callers {
				wg.Go(func() {
					for i := range each {
						if err := j.AppendSynced(context.Background(), signRecord(i)); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			if err := j.Broken(); err != nil {
				t.Error(err)
			}
			report := mustVerify(t, cfg.Dir, j.Head())
			if report.Records != callers*each+1 || report.Segments < 3 {
				t.Errorf("%+v", report)
			}
		})
	}
}

// After a sync that failed nobody knows what is on the disk: nothing more is written.
func TestFailedSyncBreaksTheJournal(t *testing.T) {
	j, _ := mustOpen(t, testConfig(filepath.Join(t.TempDir(), "journal")))
	mustAppend(t, j, signRecord(1))
	before := j.Head()
	if err := j.segment.Close(); err != nil {
		t.Fatal(err)
	}
	wantFault(t, j.syncNow(), fault.Storage)
	wantFault(t, j.Broken(), fault.Storage)
	wantFault(t, j.AppendSynced(t.Context(), signRecord(2)), fault.Storage)
	if j.Head() != before {
		t.Error("the head moved")
	}
	mustOpenAgain(t, j)
}

// mustOpenAgain opens a journal that broke, as the next process does.
func mustOpenAgain(t *testing.T, j *Journal) {
	t.Helper()
	_ = j.Close() // the segment is closed already
	again, _ := mustOpen(t, testConfig(j.Dir()))
	if err := again.AppendSynced(t.Context(), signRecord(3)); err != nil {
		t.Error(err)
	}
}
