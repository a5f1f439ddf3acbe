package wallet

import (
	"encoding/binary"

	"strongroom/internal/fault"
	"strongroom/internal/foreign/keosdfile"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

// openLive opens a live wallet with its password and holds it: the keys of the
// file are sealed again, each by itself, under a random data key that lasts until
// the wallet is locked.
func (s *Set) openLive(e *entry, password secret.Bytes) error {
	e.change.Lock()
	defer e.change.Unlock()
	if err := s.holdIfOpen(e, password); !fault.Is(err, fault.Locked) {
		return err
	}
	if _, err := e.openRef(); err == nil {
		return errPassword() // it is open, and not by this password
	}
	file, err := keosdfile.Read(e.file.path)
	if err != nil {
		return err
	}
	ref, err := s.cfg.Vault.Begin(e.id, password)
	if err != nil {
		return err
	}
	o := &liveOpening{set: s, file: e.file, ref: ref, keys: newIndex(&s.revisions), unproven: make(map[KeyID]struct{})}
	if err := o.read(file, password); err != nil {
		s.cfg.Vault.Lock(ref)
		return err
	}
	e.file.nextName = 0
	e.state.Lock()
	defer e.state.Unlock()
	e.ref, e.keys = ref, o.keys
	e.holds++
	e.file.key, e.file.unproven = o.key, o.unproven
	return nil
}

// liveOpening is a live wallet while it is opened.
type liveOpening struct {
	set      *Set
	file     *liveFile
	ref      vault.Ref
	keys     *index
	key      store.Record
	unproven map[KeyID]struct{}
	serial   uint64 // of records under the data key
}

func (o *liveOpening) read(file *keosdfile.File, password secret.Bytes) error {
	key := keosdfile.FileKey(password)
	defer key.Wipe()
	scratch, err := o.set.cfg.Arena.Alloc(keosdfile.ScratchSize)
	if err != nil {
		return err
	}
	defer scratch.Release()
	var records []store.Record
	contents, err := file.Open(key.Expose(), scratch.Bytes(), func(k keosdfile.Key) error {
		r := store.Record{
			ID: o.next(), Kind: store.KeyRecord, Algorithm: uint8(algorithmOf(k.Type)), Usage: usageOf(k.Type),
			Public: append([]byte(nil), k.Public...),
		}
		var err error
		r.Sealed, err = o.set.cfg.Vault.SealData(o.ref, label(r), k.Secret)
		records = append(records, r)
		return err
	})
	if err != nil {
		return err
	}
	if err := o.take(records, contents); err != nil {
		return err
	}
	o.key = store.Record{ID: o.next(), Kind: fileKeyKind}
	o.key.Sealed, err = o.set.cfg.Vault.SealData(o.ref, label(o.key), key.Expose())
	return err
}

// take gives the keys their names and puts them into the index.
func (o *liveOpening) take(records []store.Record, contents keosdfile.Contents) error {
	names := make(map[keosdfile.Name]string, len(contents.Names))
	for name, k := range contents.Names {
		names[k] = name
	}
	number := 0
	for i := range records {
		r := &records[i]
		if o.file.folder.Named {
			r.Name = names[keosdfile.Name{Type: typeOf(r.Usage), Public: string(r.Public)}]
		}
		for ; o.file.folder.Named && r.Name == ""; number++ {
			if _, taken := contents.Names[defaultNameOf(number)]; !taken {
				r.Name = defaultNameOf(number)
			}
		}
		id, err := idOf(*r)
		if err != nil {
			return err
		}
		o.unproven[id] = struct{}{}
		if err := o.keys.add(*r); err != nil {
			return err
		}
	}
	return nil
}

// next numbers the records: the data key is fresh, and records that join later have
// random ids.
func (o *liveOpening) next() (id store.RecordID) {
	o.serial++
	binary.BigEndian.PutUint64(id[8:], o.serial)
	return id
}

// liveSource begins the description of a file to be written.
func (s *Set) liveSource(folder LiveFolder, key []byte) (keosdfile.Source, func(), error) {
	scratch, err := s.cfg.Arena.Alloc(keosdfile.ScratchSize)
	if err != nil {
		return keosdfile.Source{}, nil, err
	}
	source := keosdfile.Source{
		FileKey: key, Scratch: scratch.Bytes(), Names: make(map[string]keosdfile.Name),
		EachKey: func(func(keosdfile.Key) error) error { return nil },
	}
	if folder.Named {
		source.Layout = keosdfile.Named
	}
	return source, scratch.Release, nil
}
