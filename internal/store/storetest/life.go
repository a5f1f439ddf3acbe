package storetest

import (
	"sync"
	"sync/atomic"
	"testing"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

func head(n uint64) store.Head {
	return store.Head{Sequence: n, Hash: [32]byte{byte(n), 31: 0xff}}
}

func saveHead(t *testing.T, s store.Store) {
	for _, h := range []store.Head{head(7), head(store.MaxIndex), head(3), {}} {
		if err := s.SaveHead(t.Context(), h); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Head(t.Context()); err != nil || got != h {
			t.Errorf("head: got %v, %v; want %v", got, err, h)
		}
	}
}

func headWithApply(t *testing.T, open Open) {
	var sequence atomic.Uint64
	s := mustOpen(t, open, t.TempDir(), func() store.Head { return head(sequence.Load()) })
	check := func(want uint64) {
		t.Helper()
		if got, err := s.Head(t.Context()); err != nil || got != head(want) {
			t.Errorf("head: got %v, %v; want that of %d", got, err, want)
		}
	}
	sequence.Store(5)
	apply(t, s, store.InsertWallet{Wallet: wallet(0)})
	check(5)
	sequence.Store(6)
	refuse(t, s, fault.UnknownWallet, store.DeleteWallet{ID: walletID(9)})
	check(5) // nothing was committed
	sequence.Store(8)
	if err := s.SaveHead(t.Context(), head(7)); err != nil {
		t.Fatal(err)
	}
	check(8)
	if err := s.SaveHead(t.Context(), head(9)); err != nil {
		t.Fatal(err)
	}
	check(9)
}

func reopened(t *testing.T, open Open) {
	dir := t.TempDir()
	s := mustOpen(t, open, dir, nil)
	apply(t, s, store.InsertWallet{Wallet: wallet(0)}, insert(0, record(0)),
		store.PutSlot{Wallet: walletID(0), Slot: store.Slot{Number: 3, Sealed: []byte("slot")}})
	if err := s.SaveHead(t.Context(), head(4)); err != nil {
		t.Fatal(err)
	}
	before, id := read(t, s), s.ID()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, open, dir, nil)
	expect(t, s, before)
	if s.ID() != id {
		t.Errorf("the store's id changed from %x to %x", id, s.ID())
	}
	if other := mustOpen(t, open, t.TempDir(), nil); other.ID() == id {
		t.Error("two stores have the same id")
	}
}

func closed(t *testing.T, open Open) {
	s := mustOpen(t, open, t.TempDir(), nil)
	apply(t, s, store.InsertWallet{Wallet: wallet(0)})
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	errs := map[string]error{
		"apply":     s.Apply(t.Context(), store.InsertWallet{Wallet: wallet(1)}),
		"nothing":   s.Apply(t.Context()),
		"save head": s.SaveHead(t.Context(), head(1)),
	}
	_, errs["wallets"] = s.Wallets(t.Context())
	_, errs["slots"] = s.Slots(t.Context(), walletID(0))
	_, errs["head"] = s.Head(t.Context())
	for _, err := range s.Records(t.Context(), walletID(0)) {
		errs["records"] = err
	}
	if len(errs) != 7 {
		t.Errorf("only %d calls failed", len(errs))
	}
	for name, err := range errs {
		if !fault.Is(err, fault.Canceled) {
			t.Errorf("%s: got %v (%v), want an error of kind canceled", name, err, fault.KindOf(err))
		}
	}
}

// closeWaits closes while callers write: each gets its answer, and what was
// acknowledged is there, and nothing else.
func closeWaits(t *testing.T, open Open) {
	dir := t.TempDir()
	s := mustOpen(t, open, dir, nil)
	apply(t, s, store.InsertWallet{Wallet: wallet(0)})
	want := Content{Wallets: []store.Wallet{wallet(0)}, Records: map[store.WalletID][]store.Record{}}
	var (
		mu   sync.Mutex
		wg   sync.WaitGroup
		once sync.Once
	)
	for c := range 8 {
		wg.Go(func() {
			for n := c * 1000; ; n++ {
				err := s.Apply(t.Context(), insert(0, record(n)))
				if fault.Is(err, fault.Canceled) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				want.Records[walletID(0)] = append(want.Records[walletID(0)], record(n))
				enough := len(want.Records[walletID(0)]) > 40
				mu.Unlock()
				if enough {
					once.Do(func() {
						if err := s.Close(); err != nil {
							t.Error(err)
						}
					})
				}
			}
		})
	}
	wg.Wait()
	expect(t, mustOpen(t, open, dir, nil), want)
}
