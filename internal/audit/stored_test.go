package audit

import (
	"encoding/binary"
	"path/filepath"
	"testing"

	"strongroom/internal/store"
)

// A store that remembers less than it is known to have remembered is an older one.
func TestOlderStoreShows(t *testing.T) {
	for _, durability := range []Durability{Each, Group, Written} {
		cfg := testConfig(t.TempDir())
		cfg.Durability = durability
		j, _ := mustOpen(t, cfg)
		mustAppend(t, j, signRecord(1))
		backup := j.Head()
		mustAppend(t, j, signRecord(2))
		latest := j.Head()
		for _, n := range []uint64{latest.Sequence, backup.Sequence, 0} { // never goes back
			if err := j.NoteStored(n); err != nil {
				t.Fatal(err)
			}
		}
		mustAppend(t, j, signRecord(3)) // what the store is told of too late
		mustClose(t, j)
		for _, c := range []struct {
			name string
			head store.Head
			want uint64
		}{{"as it was", latest, 0}, {"ahead of the note", j.Head(), 0}, {"a backup", backup, latest.Sequence}, {"a backup, again", backup, latest.Sequence}} {
			cfg.StoreHead = c.head
			j, recovery := mustOpen(t, cfg)
			mustClose(t, j)
			if recovery.Behind != c.want || len(recovery.Gaps) != 0 {
				t.Errorf("%s: %s: %+v, want %d", durability, c.name, recovery, c.want)
			}
		}
		mustVerify(t, cfg.Dir, latest)
	}
}

// Head files of version 1, which knew nothing of the store, are still read.
func TestOldHeadFile(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.StoreHead = writeJournal(t, cfg, 3)
	path := filepath.Join(cfg.Dir, sidecarName)
	old := mustRead(t, path)[:oldSidecarSize]
	old[56] = 1
	binary.BigEndian.PutUint32(old[60:], checksum(old[:60]))
	mustWrite(t, path, old)
	mustVerify(t, cfg.Dir, cfg.StoreHead)
	j, recovery := mustOpen(t, cfg)
	if recovery.Behind != 0 || len(recovery.Gaps) != 0 {
		t.Errorf("%+v", recovery)
	}
	mustClose(t, j)
	if got := mustRead(t, path); len(got) != sidecarSize {
		t.Errorf("the head file has %d bytes", len(got))
	}
	old[3] ^= 1
	mustWrite(t, path, old)
	if _, err := readSidecar(cfg.Dir); err != errSidecar {
		t.Errorf("a damaged old head file: %v", err)
	}
}

func TestSince(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.SegmentSize = 1500
	writeJournal(t, cfg, 9)
	for after := range uint64(12) {
		want := uint64(10)
		if err := Since(cfg.Dir, after, func(r Record) {
			if r.Sequence != want {
				t.Errorf("after %d: record %d, want %d", after, r.Sequence, want)
			}
			want--
		}); err != nil {
			t.Fatal(err)
		}
		if want != min(after, 10) {
			t.Errorf("after %d: ended before record %d", after, want)
		}
	}
}
