package wallet

import (
	"context"
	"sync"

	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

// MaxBulk bounds the keys that are added at once.
const MaxBulk = 50_000

// NewKey is a key that comes from outside together with others.
type NewKey struct {
	KeyOptions
	Private secret.Bytes // as [Session.Import] takes it
}

// BulkDraft is keys that are sealed but belong to nobody yet, as a [Draft] is one.
// Exactly one of Commit and Discard ends it; until then nothing else changes the wallet.
type BulkDraft struct {
	Keys    []Key // those to be added, in the order in which they came
	Present int   // how many the wallet had, or came twice: they are passed over
	session *Session
	edits   []edit
	ended   bool
}

// ImportAll drafts keys that come from outside, all or none of them. Keys that the
// wallet has are passed over, whatever name they come with, so that a repeated call
// does nothing. Errors: fault.Invalid, fault.KeyExists for a name that is taken,
// fault.TooLarge, fault.Exhausted.
func (n *Session) ImportAll(all []NewKey) (_ *BulkDraft, err error) {
	if len(all) > MaxBulk {
		return nil, fault.TooLarge.New("%d keys are too many at once; at most %d are taken", len(all), MaxBulk)
	}
	e := n.entry
	e.change.Lock()
	defer func() {
		if err != nil {
			e.change.Unlock()
		}
	}()
	ref, err := n.ref()
	if err != nil {
		return nil, err
	}
	if err := e.checkRoom(len(all)); err != nil {
		return nil, err
	}
	records, err := n.sealAll(ref, all)
	if err != nil {
		return nil, err
	}
	return n.choose(all, records)
}

// sealAll makes a record of each key, on all cores.
func (n *Session) sealAll(ref vault.Ref, all []NewKey) ([]store.Record, error) {
	records := make([]store.Record, len(all))
	var mu sync.Mutex
	var failed error
	spread(len(all), func(from, to int) {
		for i := from; i < to; i++ {
			if err := n.sealOne(ref, all[i], &records[i]); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed = fault.KindOf(err).Wrap(err, "key %d of %d: %s", i+1, len(all), fault.Text(err))
				return
			}
		}
	})
	return records, failed
}

func (n *Session) sealOne(ref vault.Ref, k NewKey, r *store.Record) error {
	if err := n.entry.accepts(k.Algorithm, k.Usage); err != nil {
		return err
	}
	r.Kind, r.Usage = store.KeyRecord, k.Usage
	if err := n.set.drawRecordID(r); err != nil {
		return err
	}
	sealed, err := n.set.cfg.Vault.ImportKey(ref, label(*r), k.Algorithm, k.Private)
	r.Algorithm, r.Public, r.Sealed = uint8(k.Algorithm), sealed.Public.Bytes(), sealed.Sealed
	return err
}

// choose leaves out the keys that are there, and names the others.
func (n *Session) choose(all []NewKey, records []store.Record) (*BulkDraft, error) {
	d := &BulkDraft{session: n, Keys: make([]Key, 0, len(all)), edits: make([]edit, 0, len(all))}
	seen := make(map[KeyID]bool, len(all))
	names := newNamer(n.entry)
	for i := range records {
		r := &records[i]
		id, err := idOf(*r)
		if err != nil {
			return nil, err
		}
		if seen[id] || n.entry.has(id) {
			d.Present++
			continue
		}
		seen[id] = true
		if r.Name, err = names.choose(all[i].Name); err != nil {
			return nil, err
		}
		d.Keys = append(d.Keys, Key{Public: id.Public, Usage: id.Usage, Name: r.Name})
		d.edits = append(d.edits, edit{add: r})
	}
	return d, nil
}

// namer chooses names for many keys before any of them is there.
type namer struct {
	entry  *entry
	chosen map[string]bool
	next   int // no default name below this number is free
}

func newNamer(e *entry) *namer { return &namer{entry: e, chosen: make(map[string]bool)} }

func (n *namer) choose(name string) (string, error) {
	if name != "" || !n.entry.namesKeys() {
		if n.chosen[name] {
			return "", errNameOfKeyTaken()
		}
		name, err := n.entry.chooseName(name)
		if name != "" {
			n.chosen[name] = true
		}
		return name, err
	}
	for ; ; n.next++ {
		name := defaultNameOf(n.next)
		if n.chosen[name] || n.entry.isTaken(name) {
			continue
		}
		n.chosen[name] = true
		return name, nil
	}
}

// Discard drops the draft. After Commit it does nothing.
func (d *BulkDraft) Discard() {
	if !d.ended {
		d.ended = true
		d.session.entry.change.Unlock()
	}
}

// Commit writes all keys in one transaction, or one writing of the wallet's file.
func (d *BulkDraft) Commit(ctx context.Context) error {
	defer d.Discard()
	if _, err := d.session.ref(); err != nil { // the session may have ended while the journal was written
		return err
	}
	if len(d.edits) == 0 {
		return nil
	}
	done := d.session.set.submit(ctx, d.session.entry, d.edits...)
	d.Discard() // as for a single key
	return done()
}
