package wallet

import (
	"context"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

// maxKeys bounds a wallet; a kmd wallet has no bound but its index.
const maxKeys = 1_000_000

// Draft is a key that is made and sealed but belongs to nobody yet, so that the
// journal can name it before it exists. Exactly one of Commit and Discard ends it;
// until then nothing else changes the wallet.
type Draft struct {
	Key     Key
	session *Session
	record  store.Record
	ended   bool
}

// Generate drafts the wallet's next derived key: the one after the highest index
// used, or the first after that which is not in the wallet already.
func (n *Session) Generate() (*Draft, error) {
	return n.draft(func(ref vault.Ref, x *index, meta store.Wallet, r *store.Record) (Key, error) {
		if x.seed.Kind != store.SeedRecord {
			return Key{}, fault.Unsupported.New("the wallet has no seed to derive keys from")
		}
		for next := meta.NextIndex; next < store.MaxIndex; {
			next++
			sealed, err := n.set.cfg.Vault.Derive(ref, label(x.seed), x.seed.Sealed, vault.KmdDerivation, next, label(*r))
			if err != nil {
				return Key{}, err
			}
			n.entry.state.RLock()
			_, present := x.keys[sealed.Public]
			n.entry.state.RUnlock()
			if !present {
				r.Sealed = sealed.Sealed
				return Key{Public: sealed.Public, Index: next}, nil
			}
		}
		return Key{}, fault.Exhausted.New("too many keys")
	})
}

// Import drafts a key that comes from outside. Errors: fault.KeyExists.
func (n *Session) Import(algorithm curve.Algorithm, private secret.Bytes) (*Draft, error) {
	return n.draft(func(ref vault.Ref, x *index, _ store.Wallet, r *store.Record) (Key, error) {
		sealed, err := n.set.cfg.Vault.ImportKey(ref, label(*r), algorithm, private)
		if err != nil {
			return Key{}, err
		}
		n.entry.state.RLock()
		_, present := x.keys[sealed.Public]
		n.entry.state.RUnlock()
		if present {
			return Key{}, fault.KeyExists.New("key already exists in wallet")
		}
		r.Sealed = sealed.Sealed
		return Key{Public: sealed.Public}, nil
	})
}

// draft runs prepare with the wallet's change lock held and keeps it held on success.
func (n *Session) draft(prepare func(vault.Ref, *index, store.Wallet, *store.Record) (Key, error)) (_ *Draft, err error) {
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
	e.state.RLock()
	x, meta, count := e.keys, e.meta, len(e.keys.keys)
	e.state.RUnlock()
	if count >= maxKeys {
		return nil, fault.Exhausted.New("the wallet holds %d keys and takes no more", maxKeys)
	}
	d := &Draft{session: n, record: store.Record{Kind: store.KeyRecord}}
	if err := n.set.drawRecordID(&d.record); err != nil {
		return nil, err
	}
	if d.Key, err = prepare(ref, x, meta, &d.record); err != nil {
		return nil, err
	}
	d.record.Algorithm = uint8(d.Key.Public.Algorithm())
	d.record.Public = d.Key.Public.Bytes()
	d.record.Index = d.Key.Index
	return d, nil
}

// Discard drops the draft. After Commit it does nothing.
func (d *Draft) Discard() {
	if !d.ended {
		d.ended = true
		d.session.entry.change.Unlock()
	}
}

// Commit writes the key and, for derived ones, the index, in one transaction.
func (d *Draft) Commit(ctx context.Context) error {
	defer d.Discard()
	e := d.session.entry
	changes := []store.Change{store.InsertRecord{Wallet: e.id, Record: d.record}}
	if _, err := d.session.ref(); err != nil { // the session may have ended while the journal was written
		return err
	}
	if d.Key.Index > 0 {
		changes = append(changes, store.SetIndex{Wallet: e.id, Next: d.Key.Index})
	}
	if err := d.session.set.cfg.Store.Apply(ctx, changes...); err != nil {
		return err
	}
	e.state.Lock()
	defer e.state.Unlock()
	e.meta.NextIndex = max(e.meta.NextIndex, d.Key.Index)
	return e.keys.add(d.record)
}

// Keys lists the wallet's keys.
func (n *Session) Keys() (KeyList, error) {
	if _, err := n.ref(); err != nil {
		return KeyList{}, err
	}
	e := n.entry
	e.state.Lock() // making the list changes the index
	defer e.state.Unlock()
	if e.deleted {
		return KeyList{}, errUnknown()
	}
	return KeyList{Keys: e.keys.sorted(), Wallet: e.id, Revision: e.keys.revision}, nil
}

// Find gives the sealed record of a key.
func (n *Session) Find(public curve.PublicKey) (store.Record, error) {
	e := n.entry
	e.state.RLock()
	defer e.state.RUnlock()
	if e.deleted {
		return store.Record{}, errUnknown()
	}
	r, ok := e.keys.keys[public]
	if !ok {
		return store.Record{}, fault.UnknownKey.New("key does not exist in this wallet")
	}
	return r, nil
}

// Sign makes one signature with a key of the wallet.
func (n *Session) Sign(r store.Record, scheme curve.Scheme, message []byte) ([]byte, error) {
	ref, err := n.ref()
	if err != nil {
		return nil, err
	}
	return n.set.cfg.Vault.Sign(ref, label(r), r.Sealed, scheme, message)
}

// Export gives a private key in the clear, in the form that Import takes.
func (n *Session) Export(r store.Record) (secret.Bytes, error) {
	ref, err := n.ref()
	if err != nil {
		return secret.Bytes{}, err
	}
	return n.set.cfg.Vault.Export(ref, label(r), r.Sealed)
}

// ExportSeed gives the wallet's seed in the clear.
func (n *Session) ExportSeed() (secret.Bytes, error) {
	n.entry.state.RLock()
	if n.entry.deleted {
		n.entry.state.RUnlock()
		return secret.Bytes{}, errUnknown()
	}
	seed := n.entry.keys.seed
	n.entry.state.RUnlock()
	if seed.Kind != store.SeedRecord {
		return secret.Bytes{}, fault.Unsupported.New("the wallet has no seed")
	}
	return n.Export(seed)
}

// Delete removes a key for ever.
func (n *Session) Delete(ctx context.Context, public curve.PublicKey) error {
	e := n.entry
	e.change.Lock()
	defer e.change.Unlock()
	if _, err := n.ref(); err != nil {
		return err
	}
	r, err := n.Find(public)
	if err != nil {
		return err
	}
	if err := n.set.cfg.Store.Apply(ctx, store.DeleteRecord{Wallet: e.id, ID: r.ID}); err != nil {
		return err
	}
	e.state.Lock()
	e.keys.remove(public)
	e.state.Unlock()
	return nil
}
