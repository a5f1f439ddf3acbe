package wallet

import (
	"slices"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate/internal/vault"
	"strongroom/internal/store"
)

// Key is one key of a wallet.
type Key struct {
	Public curve.PublicKey
	Index  uint64 // number of the key in the wallet's seed, 0 for imported keys
}

// KeyList is the keys of a wallet, ordered by public key. It is shared: do not change Keys.
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
	keys     map[curve.PublicKey]store.Record
	accounts map[string]store.Record // by address bytes
	list     []Key                   // ordered; nil when it must be made anew
	shared   bool                    // list was handed out, so it must not change
	revision uint64
}

func newIndex() *index {
	return &index{keys: make(map[curve.PublicKey]store.Record), accounts: make(map[string]store.Record)}
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
		x.keys[public] = r
		x.insert(Key{Public: public, Index: r.Index})
	default:
		return fault.Unsupported.New("the store holds a record of unknown kind %d", r.Kind)
	}
	return nil
}

// remove forgets a key.
func (x *index) remove(public curve.PublicKey) {
	delete(x.keys, public)
	x.revision++
	if x.list == nil {
		return
	}
	if i, found := slices.BinarySearchFunc(x.list, public, comparePublic); found {
		x.own()
		x.list = slices.Delete(x.list, i, i+1)
	}
}

func (x *index) insert(k Key) {
	x.revision++
	if x.list == nil {
		return
	}
	i, _ := slices.BinarySearchFunc(x.list, k.Public, comparePublic)
	x.own()
	x.list = slices.Insert(x.list, i, k)
}

// own makes the list ours to change.
func (x *index) own() {
	if x.shared {
		x.list, x.shared = slices.Clone(x.list), false
	}
}

// sorted is the ordered list, made at the first call and kept in order since.
func (x *index) sorted() []Key {
	if x.list == nil {
		x.list = make([]Key, 0, len(x.keys))
		for public, r := range x.keys {
			x.list = append(x.list, Key{Public: public, Index: r.Index})
		}
		slices.SortFunc(x.list, func(a, b Key) int { return a.Public.Compare(b.Public) })
	}
	x.shared = true
	return x.list
}

func comparePublic(k Key, public curve.PublicKey) int { return k.Public.Compare(public) }

// label is what the vault binds a record to.
func label(r store.Record) vault.Label {
	return vault.Label{Record: r.ID, Kind: uint8(r.Kind), Algorithm: r.Algorithm, Public: r.Public}
}
