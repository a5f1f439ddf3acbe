package wallet

import (
	"slices"

	"strongroom/internal/foreign/keosdfile"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

// join puts an edit into the batch that is written next. Whoever calls the result
// of the batch's first edit writes for all; the others wait for it.
func (s *Set) join(e *entry, d edit) (done func() error) {
	f := e.file
	f.mu.Lock()
	leads := f.batch == nil
	if leads {
		f.batch = &batch{done: make(chan struct{})}
	}
	b := f.batch
	b.edits = append(b.edits, d)
	f.expect(d, true)
	f.mu.Unlock()
	return func() error {
		if leads {
			s.write(e, b)
		}
		<-b.done
		return b.err
	}
}

// write waits for the file, closes the batch, writes it and shows what was written.
func (s *Set) write(e *entry, b *batch) {
	f := e.file
	f.writing.Lock()
	defer f.writing.Unlock()
	f.mu.Lock()
	f.batch = nil
	f.mu.Unlock()
	b.err = s.rewrite(e, b.edits)
	for i := 0; i < len(b.edits) && b.err == nil; i++ {
		b.err = e.show(b.edits[i])
	}
	f.mu.Lock()
	for _, d := range b.edits {
		f.expect(d, false)
	}
	f.mu.Unlock()
	close(b.done)
}

// expect notes, or forgets, what an edit brings. The caller holds f.mu.
func (f *liveFile) expect(d edit, coming bool) {
	if d.add != nil {
		if id, err := idOf(*d.add); err == nil {
			setOrDelete(f.coming, id, coming)
		}
	}
	for _, r := range []*store.Record{d.add, d.name} {
		if r != nil && r.Name != "" {
			setOrDelete(f.comingNames, r.Name, coming)
		}
	}
}

func setOrDelete[K comparable](m map[K]bool, k K, present bool) {
	if present {
		m[k] = true
	} else {
		delete(m, k)
	}
}

func (f *liveFile) expects(id KeyID) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.coming[id]
}

func (f *liveFile) expectsName(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.comingNames[name]
}

// rewrite writes the file as it is with the edits. The caller holds e.file.writing.
func (s *Set) rewrite(e *entry, edits []edit) error {
	ref, fileKey, records, err := e.liveContents(edits)
	if err != nil {
		return err
	}
	key, err := s.cfg.Vault.Export(ref, label(fileKey), fileKey.Sealed)
	if err != nil {
		return err
	}
	defer key.Wipe()
	source, release, err := s.liveSource(e.file.folder, key.Expose())
	if err != nil {
		return err
	}
	defer release()
	private, err := s.cfg.Arena.Alloc(keosdfile.SecretSize)
	if err != nil {
		return err
	}
	defer private.Release()
	source.Count = len(records)
	for _, r := range records {
		if source.Layout == keosdfile.Named {
			source.Names[r.Name] = keosdfile.Name{Type: typeOf(r.Usage), Public: string(r.Public)}
		}
	}
	source.EachKey = func(put func(keosdfile.Key) error) error {
		return s.eachLiveKey(ref, records, private, put)
	}
	s.cfg.Log.Warn("writing the wallet file "+e.file.path, "wallet", formatID(e.id))
	return keosdfile.Write(e.file.path, source)
}

func (s *Set) eachLiveKey(ref vault.Ref, records []store.Record, private *secret.Buffer, put func(keosdfile.Key) error) error {
	for _, r := range records {
		if err := s.cfg.Vault.ExportInto(ref, label(r), r.Sealed, private.Bytes()); err != nil {
			return err
		}
		if err := put(keosdfile.Key{Type: typeOf(r.Usage), Public: r.Public, Secret: private.Bytes()}); err != nil {
			return err
		}
	}
	return nil
}

// liveContents is what the file shall hold, in its order: the keys with the edits.
func (e *entry) liveContents(edits []edit) (vault.Ref, store.Record, []store.Record, error) {
	e.state.Lock() // making the ordered list changes the index
	defer e.state.Unlock()
	if e.ref == 0 {
		return 0, store.Record{}, nil, errClosed()
	}
	list := e.keys.sorted()
	records := make([]store.Record, 0, len(list)+len(edits))
	for _, k := range list {
		records = append(records, e.keys.keys[k.ID()])
	}
	for _, d := range edits {
		r := d.add
		if r == nil {
			r = d.remove
		}
		if r == nil {
			r = d.name
		}
		i, found := slices.BinarySearchFunc(records, *r, compareRecords)
		switch {
		case d.add != nil && !found:
			records = slices.Insert(records, i, *r)
		case d.remove != nil && found:
			records = slices.Delete(records, i, i+1)
		case d.name != nil && found:
			records[i] = *r
		}
	}
	return e.ref, e.file.key, records, nil
}

// compareRecords orders records as keys are listed, which is the order of files.
func compareRecords(a, b store.Record) int {
	return keosdfile.Compare(keosdfile.KeyType(a.Usage), a.Public, keosdfile.KeyType(b.Usage), b.Public)
}
