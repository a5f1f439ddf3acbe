package storetest

import (
	"bytes"
	"cmp"
	"maps"
	"slices"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// model is a store in maps: the plainest reading of what the changes mean. It
// is a yardstick for tests, not an engine; nothing of it is durable.
type model struct {
	wallets map[store.WalletID]store.Wallet
	slots   map[store.WalletID]map[uint32][]byte
	records map[store.RecordID]ownedRecord
	head    store.Head
}

type ownedRecord struct {
	wallet store.WalletID
	store.Record
}

func newModel() *model {
	return &model{
		wallets: map[store.WalletID]store.Wallet{},
		slots:   map[store.WalletID]map[uint32][]byte{},
		records: map[store.RecordID]ownedRecord{},
	}
}

// apply returns the model after the changes, or the kind of the error. The
// values in the maps are never changed in place, so a shallow copy is a snapshot.
func (m *model) apply(changes []store.Change) (*model, error) {
	next := &model{maps.Clone(m.wallets), map[store.WalletID]map[uint32][]byte{}, maps.Clone(m.records), m.head}
	for id, s := range m.slots {
		next.slots[id] = maps.Clone(s)
	}
	for _, c := range changes {
		if err := next.change(c); err != nil {
			return m, err
		}
	}
	return next, nil
}

func (m *model) change(change store.Change) error {
	switch c := change.(type) {
	case store.InsertWallet:
		if _, ok := m.wallets[c.Wallet.ID]; ok || m.named(c.Wallet.Name, c.Wallet.ID) {
			return fault.WalletExists.New("exists")
		}
		m.wallets[c.Wallet.ID] = c.Wallet
		m.slots[c.Wallet.ID] = map[uint32][]byte{}
	case store.UpdateWallet:
		old, ok := m.wallets[c.Wallet.ID]
		if !ok {
			return fault.UnknownWallet.New("unknown")
		}
		if m.named(c.Wallet.Name, c.Wallet.ID) {
			return fault.WalletExists.New("exists")
		}
		w := c.Wallet
		w.CreatedName, w.Created, w.NextIndex = old.CreatedName, old.Created, max(old.NextIndex, w.NextIndex)
		m.wallets[w.ID] = w
	case store.DeleteWallet:
		if _, ok := m.wallets[c.ID]; !ok {
			return fault.UnknownWallet.New("unknown")
		}
		delete(m.wallets, c.ID)
		delete(m.slots, c.ID)
		maps.DeleteFunc(m.records, func(_ store.RecordID, r ownedRecord) bool { return r.wallet == c.ID })
	case store.PutSlot:
		if _, ok := m.wallets[c.Wallet]; !ok {
			return fault.UnknownWallet.New("unknown")
		}
		m.slots[c.Wallet][c.Slot.Number] = c.Slot.Sealed
	case store.DeleteSlot:
		if _, ok := m.slots[c.Wallet][c.Number]; !ok {
			return fault.Conflict.New("no slot")
		}
		delete(m.slots[c.Wallet], c.Number)
	case store.InsertRecord:
		return m.insert(c)
	case store.DeleteRecord:
		if r, ok := m.records[c.ID]; !ok || r.wallet != c.Wallet {
			return fault.UnknownKey.New("unknown")
		}
		delete(m.records, c.ID)
	case store.NameRecord:
		r, ok := m.records[c.ID]
		if !ok || r.wallet != c.Wallet {
			return fault.UnknownKey.New("unknown")
		}
		r.Name = c.Name
		m.records[c.ID] = r
	case store.SetIndex:
		w, ok := m.wallets[c.Wallet]
		if !ok {
			return fault.UnknownWallet.New("unknown")
		}
		w.NextIndex = max(w.NextIndex, c.Next)
		m.wallets[c.Wallet] = w
	}
	return nil
}

func (m *model) insert(c store.InsertRecord) error {
	for id, r := range m.records {
		if id == c.Record.ID || r.wallet == c.Wallet && r.Kind == c.Record.Kind &&
			r.Algorithm == c.Record.Algorithm && r.Usage == c.Record.Usage && bytes.Equal(r.Public, c.Record.Public) {
			return fault.KeyExists.New("exists")
		}
	}
	if _, ok := m.wallets[c.Wallet]; !ok {
		return fault.UnknownWallet.New("unknown")
	}
	m.records[c.Record.ID] = ownedRecord{c.Wallet, c.Record}
	return nil
}

// named reports whether another wallet than id has that name.
func (m *model) named(name string, id store.WalletID) bool {
	for _, w := range m.wallets {
		if w.Name == name && w.ID != id {
			return true
		}
	}
	return false
}

func (m *model) content() Content {
	c := Content{Slots: map[store.WalletID][]store.Slot{}, Records: map[store.WalletID][]store.Record{}, Head: m.head}
	for id, w := range m.wallets {
		c.Wallets = append(c.Wallets, w)
		for _, n := range slices.Sorted(maps.Keys(m.slots[id])) {
			c.Slots[id] = append(c.Slots[id], store.Slot{Number: n, Sealed: m.slots[id][n]})
		}
	}
	slices.SortFunc(c.Wallets, func(a, b store.Wallet) int { return cmp.Compare(string(a.ID[:]), string(b.ID[:])) })
	for _, r := range m.records {
		c.Records[r.wallet] = append(c.Records[r.wallet], r.Record)
	}
	return c
}
