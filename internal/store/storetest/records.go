package storetest

import (
	"bytes"
	"strings"
	"testing"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

func insert(w int, r store.Record) store.Change {
	return store.InsertRecord{Wallet: walletID(w), Record: r}
}

func recordsKept(t *testing.T, s store.Store) {
	refuse(t, s, fault.UnknownWallet, insert(0, record(0)))
	apply(t, s, store.InsertWallet{Wallet: wallet(0)})
	records := []store.Record{
		record(0),
		{ID: recordID(1), Kind: store.SeedRecord, Sealed: []byte("seed")}, // no public part
		{ID: recordID(2), Kind: store.AccountRecord, Public: bytes.Repeat([]byte{0}, 32), Sealed: []byte{0}},
		{ID: recordID(3), Kind: store.KeyRecord, Algorithm: 255, Usage: 255, Name: "k\xff", Public: bytes.Repeat([]byte{0xff}, store.MaxPublic),
			Index: store.MaxIndex, Chain: strings.Repeat("c", store.MaxOrigin), Path: strings.Repeat("p", store.MaxOrigin), Sealed: bytes.Repeat([]byte("s"), store.MaxSealed)},
	}
	for _, r := range records {
		apply(t, s, insert(0, r))
	}
	expect(t, s, Content{
		Wallets: []store.Wallet{wallet(0)},
		Records: map[store.WalletID][]store.Record{walletID(0): records},
	})
}

func recordsUnique(t *testing.T, s store.Store) {
	apply(t, s, store.InsertWallet{Wallet: wallet(0)}, store.InsertWallet{Wallet: wallet(1)}, insert(0, record(0)))

	sameKey, sameID := record(1), record(1)
	sameKey.Public = record(0).Public
	sameID.ID = record(0).ID
	refuse(t, s, fault.KeyExists, insert(0, sameKey))
	refuse(t, s, fault.KeyExists, insert(0, sameID))
	refuse(t, s, fault.KeyExists, insert(1, sameID)) // record ids are the store's

	otherAlgorithm, otherUsage, otherKind, otherWallet := sameKey, sameKey, sameKey, sameKey
	otherAlgorithm.Algorithm, otherAlgorithm.ID = 2, recordID(2)
	otherUsage.Usage, otherUsage.ID = 1, recordID(5)
	otherKind.Kind, otherKind.ID = store.AccountRecord, recordID(3)
	otherWallet.ID = recordID(4)
	apply(t, s, insert(0, otherAlgorithm), insert(0, otherUsage), insert(0, otherKind), insert(1, otherWallet))
	expect(t, s, Content{
		Wallets: []store.Wallet{wallet(0), wallet(1)},
		Records: map[store.WalletID][]store.Record{
			walletID(0): {record(0), otherAlgorithm, otherUsage, otherKind},
			walletID(1): {otherWallet},
		},
	})
}

func recordsDeleted(t *testing.T, s store.Store) {
	apply(t, s, store.InsertWallet{Wallet: wallet(0)}, store.InsertWallet{Wallet: wallet(1)},
		insert(0, record(0)), insert(0, record(1)))
	refuse(t, s, fault.UnknownKey, store.DeleteRecord{Wallet: walletID(0), ID: recordID(2)})
	refuse(t, s, fault.UnknownKey, store.DeleteRecord{Wallet: walletID(1), ID: recordID(0)}) // another wallet's
	apply(t, s, store.DeleteRecord{Wallet: walletID(0), ID: recordID(0)})
	refuse(t, s, fault.UnknownKey, store.DeleteRecord{Wallet: walletID(0), ID: recordID(0)})
	want := Content{
		Wallets: []store.Wallet{wallet(0), wallet(1)},
		Records: map[store.WalletID][]store.Record{walletID(0): {record(1)}},
	}
	expect(t, s, want)
	apply(t, s, insert(0, record(0)))
	want.Records[walletID(0)] = append(want.Records[walletID(0)], record(0))
	expect(t, s, want)
}

func recordsNamed(t *testing.T, s store.Store) {
	apply(t, s, store.InsertWallet{Wallet: wallet(0)}, store.InsertWallet{Wallet: wallet(1)}, insert(0, record(0)))
	refuse(t, s, fault.UnknownKey, store.NameRecord{Wallet: walletID(0), ID: recordID(1), Name: "a"})
	refuse(t, s, fault.UnknownKey, store.NameRecord{Wallet: walletID(1), ID: recordID(0), Name: "a"}) // another wallet's
	apply(t, s, store.NameRecord{Wallet: walletID(0), ID: recordID(0), Name: "a"})
	named := record(0)
	named.Name = "a"
	expect(t, s, Content{
		Wallets: []store.Wallet{wallet(0), wallet(1)},
		Records: map[store.WalletID][]store.Record{walletID(0): {named}},
	})
}

func recordsOwned(t *testing.T, s store.Store) {
	apply(t, s, store.InsertWallet{Wallet: wallet(0)})
	want := Content{Wallets: []store.Wallet{wallet(0)}, Records: map[store.WalletID][]store.Record{}}
	for n := range 20 {
		apply(t, s, insert(0, record(n)))
		want.Records[walletID(0)] = append(want.Records[walletID(0)], record(n))
	}
	var kept []store.Record
	for r, err := range s.Records(t.Context(), walletID(0)) {
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, r)
		// Growing one part must not reach into another.
		_ = append(r.Public, "xxxxxxxxxxxxxxxx"...)
		_ = append(r.Sealed, "xxxxxxxxxxxxxxxx"...)
	}
	if diff := Diff(want, Content{Wallets: want.Wallets, Records: map[store.WalletID][]store.Record{walletID(0): kept}}); diff != "" {
		t.Errorf("records kept after their stream (-want +got):\n%s", diff)
	}
	for r := range s.Records(t.Context(), walletID(0)) {
		clear(r.Public)
		clear(r.Sealed)
	}
	expect(t, s, want)
}

func streams(t *testing.T, s store.Store) {
	apply(t, s, store.InsertWallet{Wallet: wallet(0)})
	for n := range 20 {
		apply(t, s, insert(0, record(n)))
	}
	for range 50 { // more often than any pool has connections
		for _, err := range s.Records(t.Context(), walletID(0)) {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	for r, err := range s.Records(t.Context(), walletID(0)) {
		if err != nil {
			t.Fatal(err)
		}
		apply(t, s, store.DeleteRecord{Wallet: walletID(0), ID: r.ID})
	}
	expect(t, s, Content{Wallets: []store.Wallet{wallet(0)}})
}

func streamSnapshot(t *testing.T, s store.Store) {
	const n = 500
	apply(t, s, store.InsertWallet{Wallet: wallet(0)})
	var changes []store.Change
	for i := range n {
		changes = append(changes, insert(0, record(i)))
	}
	apply(t, s, changes...)
	seen := 0
	for _, err := range s.Records(t.Context(), walletID(0)) {
		if err != nil {
			t.Fatal(err)
		}
		if seen++; seen == 1 {
			apply(t, s, store.DeleteWallet{ID: walletID(0)})
		}
	}
	if seen != n {
		t.Errorf("the stream gave %d records, want the %d of its beginning", seen, n)
	}
}
