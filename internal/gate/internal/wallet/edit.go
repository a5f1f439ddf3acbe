package wallet

import (
	"context"
	"fmt"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// edit is one change of what a wallet holds. Exactly one of add, remove and name
// is set.
type edit struct {
	add, remove *store.Record
	name        *store.Record // carries its new name
	next        uint64        // highest index drawn from the seed, with add; 0 for none
}

// changes is the edit as the store takes it.
func (d edit) changes(wallet store.WalletID) []store.Change {
	switch {
	case d.remove != nil:
		return []store.Change{store.DeleteRecord{Wallet: wallet, ID: d.remove.ID}}
	case d.name != nil:
		return []store.Change{store.NameRecord{Wallet: wallet, ID: d.name.ID, Name: d.name.Name}}
	case d.next > 0:
		return []store.Change{store.InsertRecord{Wallet: wallet, Record: *d.add}, store.SetIndex{Wallet: wallet, Next: d.next}}
	}
	return []store.Change{store.InsertRecord{Wallet: wallet, Record: *d.add}}
}

// submit makes an edit durable and then visible. The caller holds e.change up to
// here; it may give it up before it calls the result, which waits for the end.
// Edits of a live file that are waited for at the same time share one writing.
func (s *Set) submit(ctx context.Context, e *entry, d edit) (done func() error) {
	if e.file != nil {
		return s.join(e, d)
	}
	err := s.cfg.Store.Apply(ctx, d.changes(e.id)...)
	if err == nil {
		err = e.show(d)
	}
	return func() error { return err }
}

// show takes an edit that is durable into memory.
func (e *entry) show(d edit) error {
	e.state.Lock()
	defer e.state.Unlock()
	if e.keys == nil {
		return nil // deleted since
	}
	e.meta.NextIndex = max(e.meta.NextIndex, d.next)
	return e.keys.take(d)
}

func (x *index) take(d edit) error {
	switch {
	case d.add != nil:
		return x.add(*d.add)
	case d.name != nil:
		id, err := idOf(*d.name)
		if err == nil {
			x.rename(id, d.name.Name)
		}
		return err
	case d.remove.Kind == store.AccountRecord:
		delete(x.accounts, string(d.remove.Public))
		return nil
	}
	id, err := idOf(*d.remove)
	if err == nil {
		x.remove(id)
	}
	return err
}

// idOf names the key of a record.
func idOf(r store.Record) (KeyID, error) {
	public, err := curve.NewPublicKey(curve.Algorithm(r.Algorithm), r.Public)
	return KeyID{Public: public, Usage: r.Usage}, err
}

// has tells whether the wallet holds a key, or is just being given it.
func (e *entry) has(id KeyID) bool {
	e.state.RLock()
	defer e.state.RUnlock()
	_, present := e.keys.keys[id]
	return present || (e.file != nil && e.file.expects(id))
}

// chooseName checks that a name for a key is free, or chooses one where a wallet
// file wants every key to have one. The caller holds e.change.
func (e *entry) chooseName(name string) (string, error) {
	e.state.RLock()
	defer e.state.RUnlock()
	if name != "" {
		if e.nameTaken(name) {
			return "", errNameOfKeyTaken()
		}
		return name, nil
	}
	if e.file == nil || !e.file.folder.Named {
		return "", nil
	}
	for ; ; e.file.nextName++ {
		if name := defaultNameOf(e.file.nextName); !e.nameTaken(name) {
			return name, nil
		}
	}
}

// defaultNameOf is the name that kiod gives a key that was given none.
func defaultNameOf(number int) string { return fmt.Sprintf("my-key-%d", number) }

func (e *entry) nameTaken(name string) bool {
	_, taken := e.keys.named[name]
	return taken || (e.file != nil && e.file.expectsName(name))
}

func errNameOfKeyTaken() error {
	return fault.KeyExists.New("the wallet has a key of that name")
}
