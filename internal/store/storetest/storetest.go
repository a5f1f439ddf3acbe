// Package storetest is the conformance suite of package store: what every
// engine must do, written once. An engine's test is a call of [Run].
//
// The suite asserts what the interface promises, including the kinds of errors,
// and drives the engine against a trivial model in memory (model.go, machine.go)
// with random transactions. What is particular to an engine (files, crashes,
// full disks) is tested beside the engine. Only tests import this package.
package storetest

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// Open opens the store kept in dir, and makes it at the first call. What head
// gives is saved with each transaction; without it only SaveHead saves.
type Open func(dir string, head func() store.Head) (store.Store, error)

// Run runs the whole suite.
func Run(t *testing.T, open Open) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, s store.Store)
	}{
		{"a new store is empty", newIsEmpty},
		{"wallets are kept whole and listed by id", walletsKept},
		{"wallet names are bytes", namesAreBytes},
		{"wallet names and ids are unique", walletsUnique},
		{"an update keeps what never changes", updateKeeps},
		{"a deleted wallet takes all with it", deleteWallet},
		{"slots are put, replaced and deleted", slots},
		{"records are kept whole", recordsKept},
		{"records are unique", recordsUnique},
		{"records are deleted", recordsDeleted},
		{"records are named", recordsNamed},
		{"yielded records belong to the receiver", recordsOwned},
		{"a stream may be left early and written beside", streams},
		{"a stream shows one moment", streamSnapshot},
		{"the index only rises", indexRises},
		{"a transaction is all or nothing", allOrNothing},
		{"changes apply in order", inOrder},
		{"bounds are refused", bounds},
		{"an empty transaction is none", emptyApply},
		{"a canceled caller changes nothing", canceled},
		{"callers do not fail each other", independent},
		{"readers run beside writers", readersBeside},
		{"the head is saved by itself", saveHead},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.run(t, mustOpen(t, open, t.TempDir(), nil))
		})
	}
	t.Run("each transaction saves the head", func(t *testing.T) { headWithApply(t, open) })
	t.Run("what was saved is there after reopening", func(t *testing.T) { reopened(t, open) })
	t.Run("a closed store refuses", func(t *testing.T) { closed(t, open) })
	t.Run("close waits for transactions", func(t *testing.T) { closeWaits(t, open) })
	t.Run("random transactions agree with the model", func(t *testing.T) { Machine(t, open) })
}

// mustOpen opens a store that is closed at the end of the test.
func mustOpen(t testing.TB, open Open, dir string, head func() store.Head) store.Store {
	t.Helper()
	s, err := open(dir, head)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// created is when all wallets of the suite were.
func created() time.Time { return time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC) }

// walletID is the n-th id; ids increase with n.
func walletID(n int) (id store.WalletID) {
	binary.BigEndian.PutUint32(id[:], uint32(n+1))
	return id
}

func recordID(n int) (id store.RecordID) {
	binary.BigEndian.PutUint32(id[12:], uint32(n+1))
	return id
}

// wallet is the n-th wallet, with every field set.
func wallet(n int) store.Wallet {
	return store.Wallet{
		ID: walletID(n), Name: fmt.Sprintf("wallet %d", n), CreatedName: fmt.Sprintf("wallet %d", n), Created: created(),
		Format: 1, NextIndex: uint64(n), Source: fmt.Sprintf("w%d.db", n), SourceHash: make([]byte, 32),
	}
}

// record is the n-th key, with every field set.
func record(n int) store.Record {
	return store.Record{
		ID: recordID(n), Kind: store.KeyRecord, Algorithm: 1, Public: fmt.Appendf(nil, "public %d", n),
		Index: uint64(n), Sealed: fmt.Appendf(nil, "sealed %d", n),
	}
}

func apply(t testing.TB, s store.Store, changes ...store.Change) {
	t.Helper()
	if err := s.Apply(t.Context(), changes...); err != nil {
		t.Fatalf("apply: %v", err)
	}
}

// refuse applies changes that must fail with an error of that kind.
func refuse(t testing.TB, s store.Store, kind fault.Kind, changes ...store.Change) {
	t.Helper()
	if err := s.Apply(t.Context(), changes...); !fault.Is(err, kind) {
		t.Errorf("apply: got %v (%v), want an error of kind %v", err, fault.KindOf(err), kind)
	}
}

// Content is everything in a store.
type Content struct {
	Wallets []store.Wallet
	Slots   map[store.WalletID][]store.Slot
	Records map[store.WalletID][]store.Record
	Head    store.Head
}

// Read reads everything in a store.
func Read(ctx context.Context, s store.Store) (Content, error) {
	c := Content{Slots: map[store.WalletID][]store.Slot{}, Records: map[store.WalletID][]store.Record{}}
	var err error
	if c.Wallets, err = s.Wallets(ctx); err != nil {
		return c, err
	}
	for _, w := range c.Wallets {
		slots, err := s.Slots(ctx, w.ID)
		if err != nil {
			return c, err
		}
		if len(slots) > 0 {
			c.Slots[w.ID] = slots
		}
		for r, err := range s.Records(ctx, w.ID) {
			if err != nil {
				return c, err
			}
			c.Records[w.ID] = append(c.Records[w.ID], r)
		}
	}
	c.Head, err = s.Head(ctx)
	return c, err
}

// Diff compares two contents, records in any order; "" means they are equal.
func Diff(want, got Content) string {
	// Comparing a megabyte element by element would take seconds.
	large := func(a, b []byte) bool { return len(a) > 1024 || len(b) > 1024 }
	return cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.FilterValues(large, cmp.Comparer(bytes.Equal)),
		cmpopts.SortSlices(func(a, b store.Record) bool { return string(a.ID[:]) < string(b.ID[:]) }))
}

func read(t testing.TB, s store.Store) Content {
	t.Helper()
	c, err := Read(t.Context(), s)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return c
}

// expect compares a store with what should be in it.
func expect(t testing.TB, s store.Store, want Content) {
	t.Helper()
	if diff := Diff(want, read(t, s)); diff != "" {
		t.Errorf("the store's content (-want +got):\n%s", diff)
	}
}
