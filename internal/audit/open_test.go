package audit

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// cutRecords removes the last n records of the only segment.
func cutRecords(t *testing.T, dir string, n int) {
	t.Helper()
	lines := bytes.SplitAfter(mustRead(t, firstSegment(dir)), []byte("\n"))
	lines = lines[:len(lines)-1] // what follows the last line feed
	mustWrite(t, firstSegment(dir), bytes.Join(lines[:len(lines)-n], nil))
}

func TestReopenContinues(t *testing.T) {
	for _, size := range []int64{0, 1, 3000} {
		cfg := testConfig(t.TempDir())
		cfg.SegmentSize, cfg.BootID = size, "" // the machine's own
		var head store.Head
		for i := range 5 {
			cfg.StoreHead = head
			j, recovery := mustOpen(t, cfg)
			if want := (Recovery{Created: i == 0}); !cmp.Equal(recovery, want) {
				t.Fatalf("%+v", recovery)
			}
			mustAppend(t, j, signRecord(i))
			mustClose(t, j)
			head = j.Head()
		}
		if report := mustVerify(t, cfg.Dir, head); report.Records != 6 {
			t.Errorf("%d records", report.Records)
		}
	}
}

// TestTorn cuts the last record in many places, as kill -9 within a write
// does while the head file still names the record before.
func TestTorn(t *testing.T) {
	cfg := testConfig(t.TempDir())
	writeJournal(t, cfg, 2)
	side := mustRead(t, filepath.Join(cfg.Dir, sidecarName))
	before := mustRead(t, firstSegment(cfg.Dir))
	writeJournal(t, cfg, 1)
	whole := mustRead(t, firstSegment(cfg.Dir))
	for cut := len(before); cut <= len(whole); cut += 13 {
		mustWrite(t, firstSegment(cfg.Dir), whole[:cut])
		mustWrite(t, filepath.Join(cfg.Dir, sidecarName), side)
		report := mustVerify(t, cfg.Dir, store.Head{})
		if report.Torn != int64(cut-len(before)) && cut != len(whole) {
			t.Fatalf("cut at %d: %d torn bytes", cut, report.Torn)
		}
		j, recovery := mustOpen(t, cfg)
		switch {
		case cut == len(before), cut == len(whole):
			if len(recovery.Torn) != 0 {
				t.Fatalf("cut at %d: %+v", cut, recovery)
			}
		default:
			if len(recovery.Torn) != 1 || !strings.HasPrefix(recovery.Torn[0], "torn-4") {
				t.Fatalf("cut at %d: %+v", cut, recovery)
			}
			torn := filepath.Join(cfg.Dir, recovery.Torn[0])
			if !bytes.Equal(mustRead(t, torn), whole[len(before):cut]) {
				t.Fatalf("cut at %d: the torn bytes are not kept", cut)
			}
		}
		mustAppend(t, j, signRecord(5))
		mustClose(t, j)
		mustVerify(t, cfg.Dir, j.Head())
	}
}

// TestKilledWhileRotating leaves a last segment with nothing complete in it.
func TestKilledWhileRotating(t *testing.T) {
	for _, content := range []string{"", `{"seq":4,"ti`} {
		cfg := testConfig(t.TempDir())
		head := writeJournal(t, cfg, 2)
		mustWrite(t, filepath.Join(cfg.Dir, segmentName(4)), []byte(content))
		cfg.StoreHead = head
		mustVerify(t, cfg.Dir, head)
		j, recovery := mustOpen(t, cfg)
		if (len(recovery.Torn) == 1) != (content != "") || exists(filepath.Join(cfg.Dir, segmentName(4))) {
			t.Errorf("%+v", recovery)
		}
		mustAppend(t, j, signRecord(1))
		mustVerify(t, cfg.Dir, j.Head())
	}
}

func TestKilledAtBirth(t *testing.T) {
	cfg := testConfig(t.TempDir())
	boot := sidecar{boot: bootHash(cfg.BootID)}
	side := boot.encode()
	mustWrite(t, filepath.Join(cfg.Dir, sidecarName), side[:])
	mustWrite(t, firstSegment(cfg.Dir), []byte(`{"seq":1,`))
	j, recovery := mustOpen(t, cfg)
	if !recovery.Created || len(recovery.Torn) != 1 || len(recovery.Gaps) != 0 {
		t.Errorf("%+v", recovery)
	}
	mustVerify(t, cfg.Dir, j.Head())
}

// TestMissingRecords is every way to lose records, against what explains it.
func TestMissingRecords(t *testing.T) {
	const records = 6 // with the start
	removeHead := func(t *testing.T, dir string) {
		if err := os.Remove(filepath.Join(dir, sidecarName)); err != nil {
			t.Fatal(err)
		}
	}
	ways := map[string]struct {
		lose   func(t *testing.T, dir string)
		head   func(h store.Head) store.Head // the store's
		actual uint64
		first  bool // the gap record begins the journal
		next   uint64
		power  bool // a power cut may do that
	}{
		"cut, store and head file know":   {lose: func(t *testing.T, dir string) { cutRecords(t, dir, 2) }, actual: 4, next: 7, power: true},
		"cut, only the head file knows":   {lose: func(t *testing.T, dir string) { cutRecords(t, dir, 2) }, head: func(store.Head) store.Head { return store.Head{} }, actual: 4, next: 7, power: true},
		"store ahead of everything":       {lose: func(*testing.T, string) {}, head: func(h store.Head) store.Head { h.Sequence = 9; return h }, actual: 6, next: 10, power: true},
		"another record at store's head":  {lose: func(*testing.T, string) {}, head: func(h store.Head) store.Head { h.Hash[0]++; return h }, actual: 6, next: 7, power: true},
		"another record, long before":     {lose: func(*testing.T, string) {}, head: func(h store.Head) store.Head { h.Sequence = 2; return h }, actual: 6, next: 7, power: true},
		"head file gone":                  {lose: removeHead, actual: 6, next: 7},
		"head file and records gone":      {lose: func(t *testing.T, dir string) { cutRecords(t, dir, 1); removeHead(t, dir) }, actual: 5, next: 7},
		"directory gone":                  {lose: func(t *testing.T, dir string) { os.RemoveAll(dir) }, actual: 0, next: 7, first: true},
		"segment gone":                    {lose: func(t *testing.T, dir string) { os.Remove(firstSegment(dir)) }, actual: 0, next: 7, first: true, power: true},
		"last record changed":             {lose: func(t *testing.T, dir string) { flipLast(t, dir, 100) }, actual: 5, next: 7, power: true},
		"records cut and last one unlike": {lose: func(t *testing.T, dir string) { cutRecords(t, dir, 1); flipLast(t, dir, 100) }, actual: 4, next: 7, power: true},
	}
	for name, way := range ways {
		for _, how := range []string{"refuse", "accept", "power cut", "power cut of group"} {
			t.Run(name+"/"+how, func(t *testing.T) {
				cfg := testConfig(filepath.Join(t.TempDir(), "journal"))
				if how == "power cut of group" {
					cfg.Durability = Group
				}
				cfg.StoreHead = writeJournal(t, cfg, records-1)
				if way.head != nil {
					cfg.StoreHead = way.head(cfg.StoreHead)
				}
				way.lose(t, cfg.Dir)
				if strings.HasPrefix(how, "power cut") {
					cfg.BootID = "boot 2"
				}
				if how == "refuse" || how == "power cut of group" || how == "power cut" && !way.power {
					old, _ := os.ReadFile(firstSegment(cfg.Dir))
					for range 2 { // refusing must not heal anything
						_, _, err := Open(cfg)
						wantFault(t, err, fault.Corrupt)
						if !strings.Contains(fault.Hint(err), "strongroom audit accept-gap") {
							t.Fatalf("hint %q", fault.Hint(err))
						}
					}
					if now, _ := os.ReadFile(firstSegment(cfg.Dir)); !bytes.Equal(old, now) {
						t.Fatal("the journal was changed")
					}
					if _, err := Verify(context.Background(), cfg.Dir, cfg.StoreHead, testStore, nil); !fault.Is(err, fault.Corrupt) {
						t.Fatalf("verify: %v", err)
					}
					return
				}
				cfg.AcceptGap = how == "accept"
				j, recovery := mustOpen(t, cfg)
				if len(recovery.Gaps) != 1 || recovery.Gaps[0].Actual.Sequence != way.actual || j.Head().Sequence != way.next {
					t.Fatalf("%+v, head %d", recovery, j.Head().Sequence)
				}
				mustAppend(t, j, signRecord(1))
				mustClose(t, j)
				// The store still has the old head: the gap explains it from now on.
				report := mustVerify(t, cfg.Dir, cfg.StoreHead)
				if len(report.Gaps) != 1 || report.Gaps[0].Sequence != way.next || report.Head.Sequence != way.next+1 {
					t.Fatalf("%+v", report)
				}
				if (report.Records == 2) != way.first {
					t.Errorf("%d records", report.Records)
				}
				cfg.AcceptGap = false
				_, recovery = mustOpen(t, cfg)
				if !cmp.Equal(recovery, Recovery{}) {
					t.Errorf("opened again: %+v", recovery)
				}
			})
		}
	}
}

// flipLast changes one bit, n bytes before the end of the journal.
func flipLast(t *testing.T, dir string, n int) {
	t.Helper()
	b := mustRead(t, firstSegment(dir))
	b[len(b)-n] ^= 1
	mustWrite(t, firstSegment(dir), b)
}

// TestTwoHeadsLost has the store and the head file miss different records.
func TestTwoHeadsLost(t *testing.T) {
	cfg := testConfig(t.TempDir())
	head := writeJournal(t, cfg, 6)
	cutRecords(t, cfg.Dir, 2)
	cfg.StoreHead = store.Head{Sequence: 3, Hash: head.Hash} // not what record 3 is
	cfg.AcceptGap = true
	j, recovery := mustOpen(t, cfg)
	if len(recovery.Gaps) != 2 || recovery.Gaps[0].Expected != head || recovery.Gaps[1].Expected != cfg.StoreHead {
		t.Fatalf("%+v", recovery)
	}
	mustClose(t, j)
	mustVerify(t, cfg.Dir, cfg.StoreHead)
	mustVerify(t, cfg.Dir, head)
}

// TestPowerCutHoles loses a page in the middle of the last segment, after which
// the records are whole again: they are set aside, not trusted.
func TestPowerCutHoles(t *testing.T) {
	for _, d := range []Durability{Each, Group, Written} {
		cfg := testConfig(t.TempDir())
		cfg.Durability = d
		writeJournal(t, cfg, 3)
		old := mustRead(t, filepath.Join(cfg.Dir, sidecarName))
		start := len(mustRead(t, firstSegment(cfg.Dir)))
		writeJournal(t, cfg, 5)
		b := mustRead(t, firstSegment(cfg.Dir))
		clear(b[start+100 : start+900])
		mustWrite(t, firstSegment(cfg.Dir), b)
		mustWrite(t, filepath.Join(cfg.Dir, sidecarName), old)
		cfg.BootID = "boot 2"
		j, recovery := mustOpen(t, cfg)
		if len(recovery.Gaps) != 1 || recovery.Gaps[0].Actual.Sequence != 4 || len(recovery.Torn) != 1 {
			t.Fatalf("%v: %+v", d, recovery)
		}
		if !bytes.Equal(mustRead(t, filepath.Join(cfg.Dir, recovery.Torn[0])), b[start:]) {
			t.Errorf("%v: the damaged end is not kept", d)
		}
		mustVerify(t, cfg.Dir, j.Head())
	}
}

func TestOtherStore(t *testing.T) {
	cfg := testConfig(t.TempDir())
	writeJournal(t, cfg, 1)
	cfg.StoreID[0]++
	cfg.AcceptGap = true
	_, _, err := Open(cfg)
	wantFault(t, err, fault.Corrupt)
	report, err := Verify(context.Background(), cfg.Dir, store.Head{}, cfg.StoreID, nil)
	wantFault(t, err, fault.Corrupt)
	if report.Bad == nil || report.Bad.Sequence != 1 || report.Bad.Line != 1 {
		t.Errorf("%+v", report.Bad)
	}
}

func TestFirstSegmentGone(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.SegmentSize = 1
	writeJournal(t, cfg, 4)
	if err := os.Remove(firstSegment(cfg.Dir)); err != nil {
		t.Fatal(err)
	}
	_, _, err := Open(cfg)
	wantFault(t, err, fault.Corrupt)
	cfg.AcceptGap = true
	_, _, err = Open(cfg)
	wantFault(t, err, fault.Corrupt)
}

// TestAccountedFor looks up each record of a journal in many segments.
func TestAccountedFor(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.SegmentSize = 5000
	j, _ := mustOpen(t, cfg)
	heads := []store.Head{{}, j.Head()}
	for i := range 60 {
		r := signRecord(i)
		r.Detail = strings.Repeat("x", i*8)
		mustAppend(t, j, r)
		heads = append(heads, j.Head())
	}
	segs, err := segments(cfg.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for i, head := range heads {
		if ok, err := accountedFor(cfg.Dir, segs, head); !ok || err != nil {
			t.Errorf("record %d: %v, %v", i, ok, err)
		}
		head.Hash[5]++
		if ok, err := accountedFor(cfg.Dir, segs, head); ok && i > 0 || err != nil {
			t.Errorf("another record %d: %v, %v", i, ok, err)
		}
	}
	if ok, _ := accountedFor(cfg.Dir, segs, store.Head{Sequence: 62}); ok {
		t.Error("a record after the end was found")
	}
}
