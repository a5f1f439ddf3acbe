package wallet

import (
	"slices"
	"strings"

	"strongroom/internal/fault"
	"strongroom/internal/foreign/keosdfile"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

// batch is edits that are written together.
type batch struct {
	of    *opening // whose records the edits are
	edits []edit
	done  chan struct{} // closed when err is final
	err   error
}

// join puts edits into the batch that is written next. Whoever calls the result of
// the batch's first edits writes for all; the others wait for it. The caller holds
// e.change, and has since the edits were sealed.
func (s *Set) join(e *entry, edits []edit) (done func() error) {
	f := e.file
	e.state.RLock()
	o := f.opened
	e.state.RUnlock()
	if o == nil {
		return func() error { return errClosed() }
	}
	f.mu.Lock()
	leads := f.batch == nil || f.batch.of != o // edits of a session that ended fail by themselves
	if leads {
		f.batch = &batch{of: o, done: make(chan struct{})}
	}
	b := f.batch
	b.edits = append(b.edits, edits...)
	f.expect(edits, true)
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
	if f.batch == b {
		f.batch = nil
	}
	f.mu.Unlock()
	b.err = fault.Internal.New("the writing of the wallet file broke off") // what the others hear of a panic
	defer e.settle(b)
	if b.err = s.rewrite(e, b); b.err == nil {
		b.err = e.show(b.of, b.edits...)
	}
}

// settle tells those who wait what became of their edits.
func (e *entry) settle(b *batch) {
	if b.err != nil {
		e.state.Lock()
		e.file.nextName = 0 // the names that were chosen are free again
		e.state.Unlock()
	}
	e.file.mu.Lock()
	e.file.expect(b.edits, false)
	e.file.mu.Unlock()
	close(b.done)
}

// expect notes, or forgets, what edits bring. The caller holds f.mu.
func (f *liveFile) expect(edits []edit, coming bool) {
	for _, d := range edits {
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

// expected is how many keys are in batches.
func (f *liveFile) expected() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.coming)
}

// rewrite writes the file as it is with the edits. The caller holds e.file.writing.
func (s *Set) rewrite(e *entry, b *batch) error {
	e.state.RLock()
	current := e.file.opened == b.of
	e.state.RUnlock()
	if !current {
		return errClosed()
	}
	o := b.of
	key, err := s.cfg.Vault.Export(o.ref, label(o.key), o.key.Sealed)
	if err != nil {
		return err
	}
	defer key.Wipe()
	source, release, err := s.liveSource(o.named, key.Expose())
	if err != nil {
		return err
	}
	defer release()
	records, names := o.after(b.edits)
	source.Count, source.Names = len(records), names
	source.EachKey = func(put func(keosdfile.Key) error) error { return s.eachLiveKey(o.ref, records, put) }
	s.cfg.Log.Warn("writing the wallet file "+e.file.path, "wallet", formatID(e.id))
	if err := keosdfile.Write(e.file.path, source); err != nil {
		return err
	}
	o.records, o.names = records, names
	return nil
}

// liveSource begins the description of a file to be written: one without keys.
func (s *Set) liveSource(named bool, key []byte) (keosdfile.Source, func(), error) {
	scratch, err := s.cfg.Arena.Alloc(keosdfile.ScratchSize)
	if err != nil {
		return keosdfile.Source{}, nil, err
	}
	source := keosdfile.Source{
		FileKey: key, Scratch: scratch.Bytes(),
		EachKey: func(func(keosdfile.Key) error) error { return nil },
	}
	if named {
		source.Layout = keosdfile.Named
	}
	return source, scratch.Release, nil
}

// eachLiveKey opens the keys in batches and gives them to a writer one by one.
func (s *Set) eachLiveKey(ref vault.Ref, records []store.Record, put func(keosdfile.Key) error) error {
	secrets, err := s.cfg.Arena.Alloc(secret.MaxAlloc)
	if err != nil {
		return err
	}
	defer secrets.Release()
	labels, sealed := make([]vault.Label, batchSize), make([][]byte, batchSize)
	for some := range slices.Chunk(records, batchSize) {
		for i, r := range some {
			labels[i], sealed[i] = label(r), r.Sealed
		}
		n := len(some)
		opened := secrets.Bytes()[:n*keosdfile.SecretSize]
		if err := s.cfg.Vault.OpenMany(ref, labels[:n], sealed[:n], opened); err != nil {
			return err
		}
		for i, r := range some {
			k := keosdfile.Key{Type: typeOf(r.Usage), Public: r.Public, Secret: opened[i*keosdfile.SecretSize:][:keosdfile.SecretSize]}
			if err := put(k); err != nil {
				return err
			}
		}
	}
	return nil
}

// after is what the file holds once edits are written: keys and, if it names them,
// names. The caller holds the file's writing lock.
func (o *opening) after(edits []edit) ([]store.Record, []keosdfile.Name) {
	p := pages{records: make([]store.Record, 0, len(o.records)+len(edits)), named: o.named}
	p.records = append(p.records, o.records...)
	if o.named {
		p.names = make([]keosdfile.Name, 0, len(o.records)+len(edits))
		p.names = append(p.names, o.names...)
		if len(o.names) != len(o.records) {
			p.names = namesOf(p.names[:0], o.records)
		}
	}
	var added []store.Record
	for _, d := range edits {
		switch {
		case d.add != nil:
			added = append(added, *d.add)
		case d.remove != nil:
			p.remove(*d.remove)
		case d.name != nil:
			p.rename(*d.name)
		}
	}
	p.add(added)
	return p.records, p.names
}

// pages are the two lists of a file while edits are made in them.
type pages struct {
	records []store.Record
	names   []keosdfile.Name
	named   bool
}

// insertOneByOne is up to how many keys finding each one's place is faster than
// sorting all.
const insertOneByOne = 32

// add inserts records that are not there yet.
func (p *pages) add(added []store.Record) {
	if len(added) > insertOneByOne {
		p.records = append(p.records, added...)
		slices.SortFunc(p.records, compareRecords)
		if p.named {
			p.names = namesOf(p.names[:0], p.records)
		}
		return
	}
	for _, r := range added {
		i, _ := slices.BinarySearchFunc(p.records, r, compareRecords)
		p.records = slices.Insert(p.records, i, r)
		p.insertName(r)
	}
}

func (p *pages) remove(r store.Record) {
	if i, found := slices.BinarySearchFunc(p.records, r, compareRecords); found {
		p.removeName(p.records[i])
		p.records = slices.Delete(p.records, i, i+1)
	}
}

func (p *pages) rename(r store.Record) {
	if i, found := slices.BinarySearchFunc(p.records, r, compareRecords); found {
		p.removeName(p.records[i])
		p.records[i].Name = r.Name
		p.insertName(r)
	}
}

func (p *pages) insertName(r store.Record) {
	if p.named {
		i, _ := findName(p.names, r.Name)
		p.names = slices.Insert(p.names, i, nameOf(r))
	}
}

func (p *pages) removeName(r store.Record) {
	if i, found := findName(p.names, r.Name); found {
		p.names = slices.Delete(p.names, i, i+1)
	}
}

// namesOf appends the names of records to dst, which is empty, in their order.
func namesOf(dst []keosdfile.Name, records []store.Record) []keosdfile.Name {
	for _, r := range records {
		dst = append(dst, nameOf(r))
	}
	slices.SortFunc(dst, func(a, b keosdfile.Name) int { return strings.Compare(a.Text, b.Text) })
	return dst
}

func nameOf(r store.Record) keosdfile.Name {
	return keosdfile.Name{Text: r.Name, Type: typeOf(r.Usage), Public: r.Public}
}
