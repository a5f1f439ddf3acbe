package wallet

import (
	"context"
	"strconv"
	"strings"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/foreign/keosdfile"
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

// submit makes edits durable, all or none, and then visible. The caller holds
// e.change up to here; it may give it up before it calls the result, which waits for
// the end. Edits of a live file that are waited for at the same time share one writing.
func (s *Set) submit(ctx context.Context, e *entry, edits ...edit) (done func() error) {
	if e.file != nil {
		return s.join(e, edits)
	}
	changes := make([]store.Change, 0, 2*len(edits))
	for _, d := range edits {
		changes = append(changes, d.changes(e.id)...)
	}
	err := s.cfg.Store.Apply(ctx, changes...)
	if err == nil {
		err = e.show(nil, edits...)
	}
	return func() error { return err }
}

// show takes edits that are durable into memory. Those of a live file are shown in
// the opening that they belong to, and nowhere else.
func (e *entry) show(o *opening, edits ...edit) error {
	e.state.Lock()
	defer e.state.Unlock()
	if e.keys == nil || (e.file != nil && e.file.opened != o) {
		return nil // deleted or locked since
	}
	for _, d := range edits {
		e.meta.NextIndex = max(e.meta.NextIndex, d.next)
		if e.file != nil {
			e.freeName(d)
		}
		if err := e.keys.take(d); err != nil {
			return err
		}
	}
	return nil
}

// freeName makes a default name that an edit gives up the next to be chosen. The
// caller holds e.state.
func (e *entry) freeName(d edit) {
	r := d.remove
	if r == nil {
		r = d.name
	}
	if r == nil {
		return
	}
	id, err := idOf(*r)
	if err != nil {
		return
	}
	name := e.keys.keys[id].Name
	if n, err := strconv.Atoi(strings.TrimPrefix(name, defaultName)); err == nil && name == defaultNameOf(n) {
		e.file.nextName = min(e.file.nextName, n)
	}
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
	e.state.Lock() // for nextName
	defer e.state.Unlock()
	if e.file == nil || e.file.opened == nil {
		if name != "" && e.nameTaken(name) {
			return "", errNameOfKeyTaken()
		}
		return name, nil
	}
	switch {
	case !e.file.opened.named && name == "":
		return "", nil
	case !e.file.opened.named:
		return "", fault.Unsupported.New("the wallet file is of the layout that keeps no names of keys")
	case len(name) > keosdfile.MaxName:
		return "", fault.Invalid.New("the name of a key may have at most %d bytes", keosdfile.MaxName)
	case name != "" && e.nameTaken(name):
		return "", errNameOfKeyTaken()
	case name != "":
		return name, nil
	}
	for ; ; e.file.nextName++ {
		if name := defaultNameOf(e.file.nextName); !e.nameTaken(name) {
			return name, nil
		}
	}
}

// namesKeys tells whether every key gets a name.
func (e *entry) namesKeys() bool {
	e.state.RLock()
	defer e.state.RUnlock()
	return e.file != nil && e.file.opened != nil && e.file.opened.named
}

// isTaken tells whether a key has a name, or is just being given it.
func (e *entry) isTaken(name string) bool {
	e.state.RLock()
	defer e.state.RUnlock()
	return e.nameTaken(name)
}

// defaultName begins the names that kiod gives keys that were given none.
const defaultName = "my-key-"

func defaultNameOf(number int) string { return defaultName + strconv.Itoa(number) }

func (e *entry) nameTaken(name string) bool {
	_, taken := e.keys.named[name]
	return taken || (e.file != nil && e.file.expectsName(name))
}

func errNameOfKeyTaken() error {
	return fault.KeyExists.New("the wallet has a key of that name")
}
