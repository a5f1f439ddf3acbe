package storetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

func allOrNothing(t *testing.T, s store.Store) {
	apply(t, s, store.InsertWallet{Wallet: wallet(0)}, insert(0, record(0)),
		store.PutSlot{Wallet: walletID(0), Slot: store.Slot{Sealed: []byte("slot")}})
	before := read(t, s)
	renamed := wallet(0)
	renamed.Name = "renamed"
	many := []store.Change{
		store.InsertWallet{Wallet: wallet(1)},
		insert(1, record(1)),
		store.UpdateWallet{Wallet: renamed},
		store.PutSlot{Wallet: walletID(0), Slot: store.Slot{Sealed: []byte("replaced")}},
		store.PutSlot{Wallet: walletID(0), Slot: store.Slot{Number: 1, Sealed: []byte("more")}},
		store.DeleteRecord{Wallet: walletID(0), ID: recordID(0)},
		store.SetIndex{Wallet: walletID(0), Next: 99},
		store.DeleteSlot{Wallet: walletID(0), Number: 0},
		store.DeleteWallet{ID: walletID(0)},
	}
	for n := range many {
		changes := append(many[:n:n], store.DeleteWallet{ID: walletID(9)}) // unknown
		refuse(t, s, fault.UnknownWallet, append(changes, many[n:]...)...)
		expect(t, s, before)
	}
	apply(t, s, many...)
	expect(t, s, Content{
		Wallets: []store.Wallet{wallet(1)},
		Records: map[store.WalletID][]store.Record{walletID(1): {record(1)}},
	})
}

func inOrder(t *testing.T, s store.Store) {
	w := wallet(0)
	apply(t, s, store.InsertWallet{Wallet: w}, store.DeleteWallet{ID: w.ID}, store.InsertWallet{Wallet: w},
		insert(0, record(0)), store.DeleteRecord{Wallet: w.ID, ID: recordID(0)}, insert(0, record(0)))
	expect(t, s, Content{Wallets: []store.Wallet{w}, Records: map[store.WalletID][]store.Record{w.ID: {record(0)}}})
	refuse(t, s, fault.UnknownWallet, insert(1, record(1)), store.InsertWallet{Wallet: wallet(1)})
}

func bounds(t *testing.T, s store.Store) {
	apply(t, s, store.InsertWallet{Wallet: wallet(0)})
	large := record(0)
	large.Sealed = make([]byte, store.MaxSealed+1)
	refuse(t, s, fault.TooLarge, store.SetIndex{Wallet: walletID(0), Next: 9}, insert(0, large))
	refuse(t, s, fault.Invalid, nil)
	refuse(t, s, fault.Invalid, store.SetIndex{Wallet: walletID(0), Next: store.MaxIndex + 1})
	if err := s.SaveHead(t.Context(), store.Head{Sequence: store.MaxIndex + 1}); !fault.Is(err, fault.Invalid) {
		t.Errorf("save a head beyond the bounds: got %v", err)
	}
	expect(t, s, Content{Wallets: []store.Wallet{wallet(0)}})
}

func emptyApply(t *testing.T, s store.Store) {
	if err := s.Apply(t.Context()); err != nil {
		t.Errorf("apply nothing: %v", err)
	}
	expect(t, s, Content{})
}

func canceled(t *testing.T, s store.Store) {
	apply(t, s, store.InsertWallet{Wallet: wallet(0)}, insert(0, record(0)))
	before := read(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	errs := map[string]error{
		"apply":     s.Apply(ctx, store.InsertWallet{Wallet: wallet(1)}),
		"save head": s.SaveHead(ctx, store.Head{Sequence: 1}),
	}
	_, errs["wallets"] = s.Wallets(ctx)
	_, errs["slots"] = s.Slots(ctx, walletID(0))
	_, errs["head"] = s.Head(ctx)
	for _, err := range s.Records(ctx, walletID(0)) {
		errs["records"] = err
	}
	for name, err := range errs {
		if !fault.Is(err, fault.Canceled) || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v (%v), want an error of kind canceled", name, err, fault.KindOf(err))
		}
	}
	expect(t, s, before)
}

// independent has many callers at once, of whom every third must fail.
func independent(t *testing.T, s store.Store) {
	const callers, rounds = 16, 12
	apply(t, s, store.InsertWallet{Wallet: wallet(0)}, insert(0, record(0)))
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for i := range rounds {
				n := 1 + c*rounds + i
				if n%3 != 0 {
					if err := s.Apply(t.Context(), insert(0, record(n))); err != nil {
						t.Errorf("caller %d: %v", c, err)
					}
					continue
				}
				taken := record(n)
				taken.ID = recordID(0)
				if err := s.Apply(t.Context(), insert(0, record(n)), insert(0, taken)); !fault.Is(err, fault.KeyExists) {
					t.Errorf("caller %d: got %v, want an error of kind key-exists", c, err)
				}
			}
		})
	}
	wg.Wait()
	want := Content{
		Wallets: []store.Wallet{wallet(0)},
		Records: map[store.WalletID][]store.Record{walletID(0): {record(0)}},
	}
	for n := 1; n <= callers*rounds; n++ {
		if n%3 != 0 {
			want.Records[walletID(0)] = append(want.Records[walletID(0)], record(n))
		}
	}
	expect(t, s, want)
}

// readersBeside checks that readers never see half a transaction.
func readersBeside(t *testing.T, s store.Store) {
	apply(t, s, store.InsertWallet{Wallet: wallet(0)})
	const pairs = 30
	var done atomic.Bool
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for last := false; !last; {
				last = done.Load()
				seen := 0
				for _, err := range s.Records(t.Context(), walletID(0)) {
					if err != nil {
						t.Error(err)
						return
					}
					seen++
				}
				if seen%2 != 0 || last && seen != 2*pairs {
					t.Errorf("a reader saw %d records", seen)
					return
				}
			}
		})
	}
	for n := range pairs {
		apply(t, s, insert(0, record(2*n)), insert(0, record(2*n+1)))
	}
	done.Store(true)
	wg.Wait()
}
