package wallet

import (
	"context"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/foreign/keosdfile"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/secret"
	"strongroom/internal/store"
)

// maxKeys bounds a wallet; a kmd wallet has no bound but its index.
const maxKeys = 1_000_000

// checkRoom tells whether the wallet takes so many more keys. The caller holds e.change.
func (e *entry) checkRoom(more int) error {
	e.state.RLock()
	count, most := len(e.keys.keys), maxKeys
	e.state.RUnlock()
	if e.file != nil {
		count, most = count+e.file.expected(), keosdfile.MaxKeys
	}
	if count+more > most {
		return fault.Exhausted.New("the wallet holds %d keys and takes no more than %d", count, most)
	}
	return nil
}

// KeyOptions describes a key to be made or imported.
type KeyOptions struct {
	Algorithm curve.Algorithm
	Usage     uint8
	Name      string // "" for none; wallet files that name every key choose one then
	Chain     string // the chain that it is made for, "" for none
}

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
func (n *Session) Generate(ctx context.Context) (*Draft, error) {
	return n.draft(func(ref vault.Ref, x *index, meta store.Wallet, r *store.Record) (Key, error) {
		if x.seed.Kind != store.SeedRecord {
			return Key{}, fault.Unsupported.New("the wallet has no seed to derive keys from")
		}
		if x.seed.Usage != vault.SeedOfEntropy {
			return Key{}, errNotEntropy()
		}
		for next := meta.NextIndex; next < store.MaxIndex; {
			next++
			if err := ctx.Err(); err != nil {
				return Key{}, fault.Canceled.Wrap(err, "the request was given up")
			}
			sealed, err := n.set.cfg.Vault.Derive(ref, label(x.seed), x.seed.Sealed, vault.KmdDerivation, next, label(*r))
			if err != nil {
				return Key{}, err
			}
			if !n.entry.has(KeyID{Public: sealed.Public}) {
				r.Sealed = sealed.Sealed
				return Key{Public: sealed.Public, Index: next}, nil
			}
		}
		return Key{}, fault.Exhausted.New("too many keys")
	})
}

// Make drafts a random key. Errors: fault.KeyExists if its name is taken.
func (n *Session) Make(o KeyOptions) (*Draft, error) {
	return n.draft(func(ref vault.Ref, _ *index, _ store.Wallet, r *store.Record) (Key, error) {
		if err := n.entry.accepts(o.Algorithm, o.Usage); err != nil {
			return Key{}, err
		}
		r.Usage = o.Usage
		sealed, err := n.set.cfg.Vault.GenerateKey(ref, label(*r), o.Algorithm)
		r.Sealed = sealed.Sealed
		return Key{Public: sealed.Public, Usage: o.Usage, Name: o.Name, Chain: o.Chain}, err
	})
}

// Import drafts a key that comes from outside. Errors: fault.KeyExists, beside an
// ended draft that names the key.
func (n *Session) Import(o KeyOptions, private secret.Bytes) (*Draft, error) {
	return n.draft(func(ref vault.Ref, _ *index, _ store.Wallet, r *store.Record) (Key, error) {
		if err := n.entry.accepts(o.Algorithm, o.Usage); err != nil {
			return Key{}, err
		}
		r.Usage = o.Usage
		sealed, err := n.set.cfg.Vault.ImportKey(ref, label(*r), o.Algorithm, private)
		if err != nil {
			return Key{}, err
		}
		k := Key{Public: sealed.Public, Usage: o.Usage, Name: o.Name, Chain: o.Chain}
		if n.entry.has(k.ID()) {
			return k, fault.KeyExists.New("key already exists in wallet")
		}
		r.Sealed = sealed.Sealed
		return k, nil
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
	x, meta := e.keys, e.meta
	e.state.RUnlock()
	if err := e.checkRoom(1); err != nil {
		return nil, err
	}
	d := &Draft{session: n, record: store.Record{Kind: store.KeyRecord}}
	if err := n.set.drawRecordID(&d.record); err != nil {
		return nil, err
	}
	if d.Key, err = prepare(ref, x, meta, &d.record); err != nil {
		d.ended = true
		return d, err
	}
	if d.Key.Name, err = e.chooseName(d.Key.Name); err != nil {
		return nil, err
	}
	d.record.Algorithm = uint8(d.Key.Public.Algorithm())
	d.record.Public = d.Key.Public.Bytes()
	d.record.Index, d.record.Name = d.Key.Index, d.Key.Name
	d.record.Chain, d.record.Path = d.Key.Chain, d.Key.Path
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
	if _, err := d.session.ref(); err != nil { // the session may have ended while the journal was written
		return err
	}
	done := d.session.set.submit(ctx, d.session.entry, edit{add: &d.record, next: d.Key.Index})
	d.Discard() // others may draft while this one is written together with theirs
	return done()
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
func (n *Session) Find(id KeyID) (store.Record, error) {
	e := n.entry
	e.state.RLock()
	defer e.state.RUnlock()
	if e.deleted {
		return store.Record{}, errUnknown()
	}
	r, ok := e.keys.keys[id]
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
	if err := n.set.prove(n.entry, ref, r); err != nil {
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
	if err := n.set.prove(n.entry, ref, r); err != nil {
		return secret.Bytes{}, err
	}
	return n.set.cfg.Vault.Export(ref, label(r), r.Sealed)
}

// ExportAll gives every private key to each, in the order of Keys.
func (n *Session) ExportAll(each func(Key, secret.Bytes) error) error {
	list, err := n.Keys()
	if err != nil {
		return err
	}
	for _, k := range list.Keys {
		r, err := n.Find(k.ID())
		if err != nil {
			return err
		}
		private, err := n.Export(r)
		if err != nil {
			return err
		}
		err = each(k, private)
		private.Wipe()
		if err != nil {
			return err
		}
	}
	return nil
}

// ExportSeed gives the 32 bytes of the wallet's seed in the clear. Errors:
// fault.Unsupported where there are none, or the seed is words of another length.
func (n *Session) ExportSeed() (secret.Bytes, error) {
	seed, err := n.seed()
	if err != nil {
		return secret.Bytes{}, err
	}
	if seed.Usage != vault.SeedOfEntropy {
		return secret.Bytes{}, errNotEntropy()
	}
	return n.Export(seed)
}

// seed gives the sealed record of the wallet's seed.
func (n *Session) seed() (store.Record, error) {
	n.entry.state.RLock()
	defer n.entry.state.RUnlock()
	if n.entry.deleted {
		return store.Record{}, errUnknown()
	}
	if n.entry.keys.seed.Kind != store.SeedRecord {
		return store.Record{}, fault.Unsupported.New("the wallet has no seed")
	}
	return n.entry.keys.seed, nil
}

func errNotEntropy() error {
	return fault.Unsupported.New("the seed of this wallet is no master derivation key of 32 bytes").
		WithHint("it has fewer words than 24, or a passphrase; draw keys from it by a chain: strongroom key new WALLET --chain CHAIN")
}

// Delete removes a key for ever.
func (n *Session) Delete(ctx context.Context, id KeyID) error {
	e := n.entry
	e.change.Lock()
	defer e.change.Unlock()
	if _, err := n.ref(); err != nil {
		return err
	}
	r, err := n.Find(id)
	if err != nil {
		return err
	}
	return n.set.submit(ctx, e, edit{remove: &r})()
}

// Name gives a key a name that no other key of the wallet has. Errors:
// fault.UnknownKey, fault.KeyExists.
func (n *Session) Name(ctx context.Context, id KeyID, name string) error {
	e := n.entry
	e.change.Lock()
	defer e.change.Unlock()
	if _, err := n.ref(); err != nil {
		return err
	}
	r, err := n.Find(id)
	if err != nil {
		return err
	}
	if r.Name == name || name == "" {
		return errNameOfKeyTaken()
	}
	if r.Name, err = e.chooseName(name); err != nil {
		return err
	}
	return n.set.submit(ctx, e, edit{name: &r})()
}
