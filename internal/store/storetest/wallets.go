package storetest

import (
	"bytes"
	"slices"
	"testing"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

func newIsEmpty(t *testing.T, s store.Store) {
	if s.ID() == ([16]byte{}) {
		t.Error("the store has no id")
	}
	expect(t, s, Content{})
	slots, err := s.Slots(t.Context(), walletID(0))
	if err != nil || len(slots) != 0 {
		t.Errorf("slots of an unknown wallet: got %v, %v; want none", slots, err)
	}
	for r, err := range s.Records(t.Context(), walletID(0)) {
		t.Errorf("records of an unknown wallet: got %v, %v", r, err)
	}
}

func walletsKept(t *testing.T, s store.Store) {
	plain := store.Wallet{ID: walletID(1), Name: "plain", CreatedName: "plain", Created: created()}
	highest := wallet(2)
	highest.NextIndex, highest.Format = store.MaxIndex, 1<<32-1
	highest.SourceHash = bytes.Repeat([]byte{0xff}, 32)
	apply(t, s, store.InsertWallet{Wallet: highest}, store.InsertWallet{Wallet: wallet(0)})
	apply(t, s, store.InsertWallet{Wallet: plain})
	expect(t, s, Content{Wallets: []store.Wallet{wallet(0), plain, highest}})
}

func namesAreBytes(t *testing.T, s store.Store) {
	names := []string{"", "a", "A", "a ", "a\x00", "\xff\xfe", "é", "e\u0301", "'; DROP TABLE wallets; --", "🔑"}
	var want Content
	for i, name := range names {
		w := wallet(i)
		w.Name, w.CreatedName, w.Source = name, name, name
		apply(t, s, store.InsertWallet{Wallet: w})
		want.Wallets = append(want.Wallets, w)
	}
	expect(t, s, want)
	for i, name := range names {
		w := wallet(100 + i)
		w.Name = name
		refuse(t, s, fault.WalletExists, store.InsertWallet{Wallet: w})
	}
}

func walletsUnique(t *testing.T, s store.Store) {
	apply(t, s, store.InsertWallet{Wallet: wallet(0)}, store.InsertWallet{Wallet: wallet(1)})

	sameName, sameID := wallet(2), wallet(2)
	sameName.Name = wallet(0).Name
	sameID.ID = walletID(0)
	refuse(t, s, fault.WalletExists, store.InsertWallet{Wallet: sameName})
	refuse(t, s, fault.WalletExists, store.InsertWallet{Wallet: sameID})

	taken := wallet(1)
	taken.Name = wallet(0).Name
	refuse(t, s, fault.WalletExists, store.UpdateWallet{Wallet: taken})
	refuse(t, s, fault.UnknownWallet, store.UpdateWallet{Wallet: wallet(2)})
	refuse(t, s, fault.UnknownWallet, store.DeleteWallet{ID: walletID(2)})
	expect(t, s, Content{Wallets: []store.Wallet{wallet(0), wallet(1)}})

	apply(t, s, store.DeleteWallet{ID: walletID(0)})
	apply(t, s, store.InsertWallet{Wallet: sameName}) // its name is free again
	expect(t, s, Content{Wallets: []store.Wallet{wallet(1), sameName}})
}

func updateKeeps(t *testing.T, s store.Store) {
	apply(t, s, store.InsertWallet{Wallet: wallet(5)})
	apply(t, s, store.UpdateWallet{Wallet: wallet(5)}) // its own name is free to it

	changed := wallet(5)
	changed.Name, changed.Source, changed.SourceHash, changed.Format, changed.NextIndex = "new", "", nil, 2, 9
	changed.CreatedName, changed.Created = "other", created().AddDate(1, 0, 0)
	apply(t, s, store.UpdateWallet{Wallet: changed})
	changed.CreatedName, changed.Created = wallet(5).CreatedName, wallet(5).Created
	expect(t, s, Content{Wallets: []store.Wallet{changed}})

	older := changed
	older.NextIndex = 3
	apply(t, s, store.UpdateWallet{Wallet: older})
	expect(t, s, Content{Wallets: []store.Wallet{changed}})
}

func deleteWallet(t *testing.T, s store.Store) {
	for n := range 2 {
		apply(t, s, store.InsertWallet{Wallet: wallet(n)},
			store.PutSlot{Wallet: walletID(n), Slot: store.Slot{Sealed: []byte("slot")}},
			store.InsertRecord{Wallet: walletID(n), Record: record(n)})
	}
	apply(t, s, store.DeleteWallet{ID: walletID(0)})
	rest := Content{
		Wallets: []store.Wallet{wallet(1)},
		Slots:   map[store.WalletID][]store.Slot{walletID(1): {{Sealed: []byte("slot")}}},
		Records: map[store.WalletID][]store.Record{walletID(1): {record(1)}},
	}
	expect(t, s, rest)

	// Nothing of it may come back with a wallet of the same id.
	apply(t, s, store.InsertWallet{Wallet: wallet(0)})
	rest.Wallets = []store.Wallet{wallet(0), wallet(1)}
	expect(t, s, rest)
	apply(t, s, store.InsertRecord{Wallet: walletID(0), Record: record(0)})
}

func slots(t *testing.T, s store.Store) {
	put := func(n uint32, text string) store.Change {
		return store.PutSlot{Wallet: walletID(0), Slot: store.Slot{Number: n, Sealed: []byte(text)}}
	}
	refuse(t, s, fault.UnknownWallet, put(0, "orphan"))
	apply(t, s, store.InsertWallet{Wallet: wallet(0)}, put(7, "seven"), put(0, "zero"), put(1<<32-1, "last"))
	apply(t, s, put(7, "seven again"))
	refuse(t, s, fault.Conflict, store.DeleteSlot{Wallet: walletID(0), Number: 6})
	refuse(t, s, fault.Conflict, store.DeleteSlot{Wallet: walletID(1), Number: 7})
	apply(t, s, store.DeleteSlot{Wallet: walletID(0), Number: 1<<32 - 1})

	got, err := s.Slots(t.Context(), walletID(0))
	want := []store.Slot{{Number: 0, Sealed: []byte("zero")}, {Number: 7, Sealed: []byte("seven again")}}
	if err != nil || !slices.EqualFunc(got, want, func(a, b store.Slot) bool {
		return a.Number == b.Number && bytes.Equal(a.Sealed, b.Sealed)
	}) {
		t.Errorf("slots: got %v, %v; want %v", got, err, want)
	}
}

func indexRises(t *testing.T, s store.Store) {
	w := wallet(0)
	apply(t, s, store.InsertWallet{Wallet: w})
	for _, step := range []struct{ set, want uint64 }{{5, 5}, {3, 5}, {5, 5}, {0, 5}, {6, 6}, {store.MaxIndex, store.MaxIndex}} {
		apply(t, s, store.SetIndex{Wallet: w.ID, Next: step.set})
		w.NextIndex = step.want
		expect(t, s, Content{Wallets: []store.Wallet{w}})
	}
	refuse(t, s, fault.UnknownWallet, store.SetIndex{Wallet: walletID(1), Next: 1})
}
