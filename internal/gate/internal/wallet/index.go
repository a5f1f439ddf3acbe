package wallet

import (
	"slices"
	"sync"
	"sync/atomic"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/store"
)

// KeyID names a key of a wallet.
type KeyID struct {
	Public curve.PublicKey
	Usage  uint8 // tells apart uses of one key pair where a protocol does; 0 otherwise
}

// Key is one key of a wallet.
type Key struct {
	Public curve.PublicKey
	Usage  uint8
	Index  uint64 // number of the key in the wallet's seed as kmd counts, 0 for other keys
	Name   string // what the owner calls it; unique in the wallet, "" for none
	Chain  string // the chain that it was made for, "" for none
	Path   string // the derivation path that it was drawn by, "" for none
}

// keyOf is what is known of a key beside its record's seal.
func keyOf(id KeyID, r store.Record) Key {
	return Key{Public: id.Public, Usage: id.Usage, Index: r.Index, Name: r.Name, Chain: r.Chain, Path: r.Path}
}

// ID names the key.
func (k Key) ID() KeyID { return KeyID{Public: k.Public, Usage: k.Usage} }

// KeyList is the keys of a wallet, ordered by usage, then by public key. It is shared: do not change Keys.
type KeyList struct {
	Keys     []Key
	Wallet   store.WalletID
	Revision uint64 // changes whenever the list does; equal revisions of one wallet mean equal lists
}

// Account is a multi-signature account that a wallet knows.
type Account struct {
	Address  []byte // raw address bytes; unique in the wallet
	Preimage []byte // what hashes to the address, in the chain's encoding
}

// index is what a wallet holds, sealed, in memory. The entry's state lock guards it.
type index struct {
	seed     store.Record // zero ID where the wallet has none
	keys     map[KeyID]store.Record
	drawn    drawn
	named    map[string]KeyID        // by name
	accounts map[string]store.Record // by address bytes
	list     []Key                   // ordered, without fresh; nil when it must be made anew
	shared   bool                    // list was handed out, so it must not change
	fresh    []Key                   // came after list was made, in the order of coming
	revision uint64
	// revisions is common to all wallets: a wallet that is deleted and adopted again
	// under its old id must not show a revision that meant another list before.
	revisions *atomic.Uint64
}

func newIndex(revisions *atomic.Uint64) *index {
	return &index{
		keys: make(map[KeyID]store.Record), drawn: make(drawn), named: make(map[string]KeyID), accounts: make(map[string]store.Record),
		revision: revisions.Add(1), revisions: revisions,
	}
}

// add takes up a record, as read from the store or just written to it.
func (x *index) add(r store.Record) error {
	switch r.Kind {
	case store.SeedRecord:
		x.seed = r
	case store.AccountRecord:
		x.accounts[string(r.Public)] = r
	case store.KeyRecord:
		public, err := curve.NewPublicKey(curve.Algorithm(r.Algorithm), r.Public)
		if err != nil {
			return fault.Corrupt.Wrap(err, "the store holds a key record that is damaged")
		}
		k := keyOf(KeyID{Public: public, Usage: r.Usage}, r)
		x.keys[k.ID()] = r
		x.drawn.note(k)
		if k.Name != "" {
			x.named[k.Name] = k.ID()
		}
		x.insert(k)
	default:
		return fault.Unsupported.New("the store holds a record of unknown kind %d", r.Kind)
	}
	return nil
}

// remove forgets a key.
func (x *index) remove(id KeyID) {
	delete(x.named, x.keys[id].Name)
	delete(x.keys, id)
	x.revision = x.revisions.Add(1)
	if x.list == nil {
		return
	}
	x.fresh = slices.DeleteFunc(x.fresh, func(k Key) bool { return k.ID() == id })
	if i, found := slices.BinarySearchFunc(x.list, id, compareID); found {
		x.own()
		x.list = slices.Delete(x.list, i, i+1)
	}
}

// rename gives a key another name.
func (x *index) rename(id KeyID, name string) {
	r := x.keys[id]
	delete(x.named, r.Name)
	r.Name = name
	x.keys[id], x.named[name] = r, id
	x.revision = x.revisions.Add(1)
	if x.list == nil {
		return
	}
	x.sorted() // takes up fresh
	x.own()
	if i, found := slices.BinarySearchFunc(x.list, id, compareID); found {
		x.list[i].Name = name
	}
}

// fill takes up the keys of a wallet at once into an empty index. They are ordered,
// and either none has a name or all have.
func (x *index) fill(records []store.Record) error {
	x.list = make([]Key, 0, len(records))
	for _, r := range records {
		id, err := idOf(r)
		if err != nil {
			return fault.Corrupt.Wrap(err, "a key is damaged")
		}
		x.list = append(x.list, keyOf(id, r))
	}
	var names sync.WaitGroup
	if len(records) > 0 && records[0].Name != "" { // none has a name, or all have
		names.Go(func() {
			x.named = make(map[string]KeyID, len(x.list))
			for _, k := range x.list {
				x.named[k.Name] = k.ID()
			}
		})
	}
	x.keys = make(map[KeyID]store.Record, len(records))
	for i, r := range records {
		x.keys[x.list[i].ID()] = r
	}
	names.Wait()
	x.revision = x.revisions.Add(1)
	return nil
}

// insert leaves the ordering to the next listing: moving half of 100,000 keys
// aside for each new one would stop all signing for as long.
func (x *index) insert(k Key) {
	x.revision = x.revisions.Add(1)
	if x.list != nil {
		x.fresh = append(x.fresh, k)
	}
}

// own makes the list ours to change.
func (x *index) own() {
	if x.shared {
		x.list, x.shared = slices.Clone(x.list), false
	}
}

// sorted is the ordered list, made at the first call and brought up to date since.
func (x *index) sorted() []Key {
	if x.list == nil {
		x.list = make([]Key, 0, len(x.keys))
		for id, r := range x.keys {
			x.list = append(x.list, keyOf(id, r))
		}
		slices.SortFunc(x.list, compareKeys)
	}
	if len(x.fresh) > 0 {
		slices.SortFunc(x.fresh, compareKeys)
		x.list, x.fresh = merge(x.list, x.fresh), nil
	}
	x.shared = true
	return x.list
}

// merge makes one ordered list of two.
func merge(a, b []Key) []Key {
	all := make([]Key, 0, len(a)+len(b))
	for _, k := range b {
		n, _ := slices.BinarySearchFunc(a, k.ID(), compareID)
		all = append(append(all, a[:n]...), k)
		a = a[n:]
	}
	return append(all, a...)
}

func compareKeys(a, b Key) int { return compareID(a, b.ID()) }

func compareID(k Key, id KeyID) int {
	if k.Usage != id.Usage {
		return int(k.Usage) - int(id.Usage)
	}
	return k.Public.Compare(id.Public)
}

// label is what the vault binds a record to.
func label(r store.Record) vault.Label {
	return vault.Label{Record: r.ID, Kind: uint8(r.Kind), Algorithm: r.Algorithm, Usage: r.Usage, Public: r.Public}
}
