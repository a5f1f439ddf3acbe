package audit

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// DefaultSegmentSize is where a segment ends if the configuration does not say, in bytes.
const DefaultSegmentSize = 64 << 20

// Config says how to open a journal. Dir and StoreID are needed.
type Config struct {
	Dir         string
	StoreID     [16]byte   // the store that the journal belongs to
	StoreHead   store.Head // the end of the journal as that store remembers it
	Durability  Durability
	SegmentSize int64            // bytes; 0 = DefaultSegmentSize. A batch is never split
	Now         func() time.Time // nil = time.Now
	Rand        io.Reader        // for the journal's id; nil = crypto/rand
	BootID      string           // names this start of the machine; "" = ask the kernel
	AcceptGap   bool             // go on although records are missing, and say so in the journal
}

// Recovery is what Open had to do and found. Of a journal and a store that were
// closed together it is the zero value.
type Recovery struct {
	Created bool     // a new journal was begun
	Torn    []string // files to which unfinished or damaged ends were moved
	Gaps    []Gap    // records known to be missing, each now stated in the journal
	// Behind is the record up to which the store is known to have remembered the
	// journal, if Config.StoreHead is before it: then this is an older state of the
	// store, as from a backup. No crash makes that, since NoteStored comes after the
	// store's own sync. 0 otherwise.
	Behind uint64
}

// acceptHint is the way on from a journal that lost records.
const acceptHint = "restore the journal's files, or run `strongroom audit accept-gap` to go on with a record of the gap"

// asideHint is the way on where even a gap record would not make a chain.
const asideHint = "restore the journal's files, or move its directory aside and run " +
	"`strongroom audit accept-gap` to begin a new one that states the gap"

// loss is a reason to write a gap record, with what was expected instead.
type loss struct {
	expected store.Head
	why      string
	byPower  bool // a power cut explains it
}

// Open takes up the journal in cfg.Dir, or begins one. An unfinished last line is
// moved aside: nobody was told that it was written. A journal that ends before, or
// differs at, the head that its own head file or the store remembers has lost
// records. Where that is what a power cut may cost ([Written], and the machine
// started anew), or where cfg.AcceptGap, a gap record states it; otherwise Open
// changes nothing and fails with fault.Corrupt. fault.Conflict means that another
// process has the journal open.
//
// Open reads the end of the journal only, and after a power cut its last segment;
// [Verify] reads it all.
func Open(cfg Config) (*Journal, Recovery, error) {
	j := &Journal{
		dir: cfg.Dir, now: cfg.Now, durability: cfg.Durability, segmentSize: cfg.SegmentSize,
		dirty: make(chan struct{}, 1), stop: make(chan struct{}),
	}
	j.refusals.table, j.refusals.wake = make(map[refusalKey]*Record), make(chan struct{}, 1)
	if j.now == nil {
		j.now = time.Now
	}
	if j.segmentSize <= 0 {
		j.segmentSize = DefaultSegmentSize
	}
	if cfg.BootID == "" {
		cfg.BootID = bootID()
	}
	j.boot = bootHash(cfg.BootID)
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}

	recovery, err := j.takeUp(&cfg)
	if err != nil {
		for _, f := range []*os.File{j.segment, j.sidecar} {
			if f != nil {
				err = errors.Join(err, f.Close())
			}
		}
		if _, classified := errors.AsType[*fault.Error](err); !classified {
			err = fault.Storage.Wrap(err, "the audit journal cannot be opened")
		}
		return nil, Recovery{}, err
	}
	j.workers.Go(j.syncer)
	j.workers.Go(j.coalescer)
	return j, recovery, nil
}

func (j *Journal) takeUp(cfg *Config) (Recovery, error) {
	var recovery Recovery
	if err := j.prepareDir(); err != nil {
		return recovery, err
	}
	side, err := readSidecar(j.dir)
	known := err == nil
	if err != nil && !errors.Is(err, errSidecar) {
		return recovery, err
	}
	if known {
		j.saved, j.stored = side.encode(), side.stored
	}
	if cfg.StoreHead.Sequence < j.stored {
		recovery.Behind = j.stored
	}
	segs, err := segments(j.dir)
	if err != nil {
		return recovery, err
	}
	rebooted := known && side.boot != j.boot
	thorough := rebooted || cfg.AcceptGap
	find := quickTail
	if thorough {
		find = thoroughTail
	}
	t, err := find(j.dir, segs)
	if err != nil {
		return recovery, err
	}
	if t.damaged != "" && !thorough {
		return recovery, fault.Corrupt.New("the end of the audit journal is damaged: %s", t.damaged).WithHint(acceptHint)
	}
	if err := checkOwner(j.dir, segs, t, cfg.StoreID); err != nil {
		return recovery, err
	}
	losses, err := j.losses(segs, t, side, known, cfg.StoreHead)
	if err != nil {
		return recovery, err
	}
	for _, l := range losses {
		if !cfg.AcceptGap && !(rebooted && l.byPower) {
			return recovery, fault.Corrupt.New("the audit journal ends at record %d, but %s", t.head.Sequence, l.why).
				WithHint(acceptHint)
		}
	}

	// From here on the journal is changed.
	if recovery.Torn, err = repair(j.dir, segs, t); err != nil {
		return recovery, err
	}
	if err := j.openEnd(segs, t); err != nil {
		return recovery, err
	}
	j.reserve = j.ensureReserve()
	recovery.Created = t.seg < 0
	return recovery, j.begin(cfg, losses, &recovery)
}

// prepareDir makes the directory private and locks it.
func (j *Journal) prepareDir() error {
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(j.dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(j.dir, 0o700); err != nil {
			return err
		}
	}
	// An empty head file counts as a missing one.
	if j.sidecar, err = os.OpenFile(filepath.Join(j.dir, sidecarName), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return err
	}
	return lockFile(j.sidecar)
}

// checkOwner reads the first record: it must name our store.
func checkOwner(dir string, segs []uint64, t tail, storeID [16]byte) error {
	if t.seg < 0 {
		return nil
	}
	s := newScanner(dir, segs[:1], store.Head{})
	defer s.close()
	first, bad, err := s.next()
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return err
	case bad != nil:
		return bad.fault().WithHint(asideHint)
	case first.Store != hex.EncodeToString(storeID[:]):
		return fault.Corrupt.New("the audit journal belongs to another store").
			WithHint("move the journal's directory aside, or restore the store that belongs to it")
	}
	return nil
}

// losses lists what the journal should have and has not, furthest first.
func (j *Journal) losses(segs []uint64, t tail, side sidecar, known bool, stored store.Head) ([]loss, error) {
	power := side.durability == Written
	heads := []loss{
		{stored, fmt.Sprintf("the store has seen record %d: records are missing or were changed", stored.Sequence), power},
		{side.head, fmt.Sprintf("its head file names record %d: records are missing or were changed", side.head.Sequence), power},
	}
	if side.head.Sequence > stored.Sequence {
		heads[0], heads[1] = heads[1], heads[0]
	}
	var list []loss
	covered := Gap{Actual: t.head}
	for _, l := range heads {
		// What the debris holds does not count as there.
		explained := l.expected.Sequence == 0
		if l.expected.Sequence <= t.head.Sequence && !explained {
			var err error
			if explained, err = accountedFor(j.dir, segs, l.expected); err != nil {
				return nil, err
			}
		}
		if !explained && !(len(list) > 0 && covered.covers(l.expected)) {
			list = append(list, l)
			covered.Expected = l.expected
		}
	}
	if !known && len(segs) > 0 && len(list) == 0 {
		list = append(list, loss{t.head, "its head file is missing or damaged", false})
	}
	if t.damaged != "" && len(list) == 0 {
		list = append(list, loss{t.head, "damaged lines follow: " + t.damaged, true})
	}
	return list, nil
}

// openEnd opens the segment that ends the journal, and makes durable what the
// last process may have left to the kernel.
func (j *Journal) openEnd(segs []uint64, t tail) (err error) {
	j.tip.head = t.head
	if t.seg < 0 {
		return nil
	}
	j.size = t.end
	if j.segment, err = os.OpenFile(filepath.Join(j.dir, segmentName(segs[t.seg])), os.O_RDWR, 0); err != nil {
		return err
	}
	return syncData(j.segment)
}

// begin writes the records that opening itself leaves, and the head file for this
// run: after them, because it replaces what told of the loss.
func (j *Journal) begin(cfg *Config, losses []loss, recovery *Recovery) error {
	b := new(batch)
	for _, l := range losses {
		if l.expected.Sequence >= maxSequence {
			return fault.Corrupt.New("the head of the audit journal names an impossible record")
		}
		b.records = append(b.records, &Record{Phase: Event, Operation: OpGap, UID: -1,
			Gap: &Gap{Expected: l.expected}, Detail: l.why})
	}
	if recovery.Created {
		if len(losses) == 0 {
			// A head file that is there tells an interrupted beginning from a lost one.
			if err := errors.Join(j.saveHead(store.Head{}), j.sidecar.Sync()); err != nil {
				return err
			}
			b.records = append(b.records, &Record{Phase: Event, Operation: OpStart, UID: -1})
		}
		var id [16]byte
		if _, err := io.ReadFull(cfg.Rand, id[:]); err != nil {
			return err
		}
		b.records[0].Journal = hex.EncodeToString(id[:])
		b.records[0].Store = hex.EncodeToString(cfg.StoreID[:])
	}
	if j.commit(b); b.err != nil {
		return b.err
	}
	for _, r := range b.records {
		if r.Gap != nil {
			recovery.Gaps = append(recovery.Gaps, *r.Gap)
		}
	}
	if len(b.records) == 0 {
		if err := j.saveHead(j.tip.head); err != nil {
			return err
		}
	}
	return errors.Join(j.sidecar.Sync(), syncDir(j.dir), syncDir(filepath.Dir(j.dir)))
}
