package wallet

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"strongroom/internal/fault"
)

func TestStrangersCannotLockAWalletOut(t *testing.T) {
	w := newWorld(t)
	id := w.create("w", "right").ID
	var stop atomic.Bool
	var tried atomic.Int64
	var strangers sync.WaitGroup
	for i := range 8 {
		strangers.Go(func() {
			for n := 0; !stop.Load(); n++ {
				_, err := w.Unlock(t.Context(), "kmd", uint64(i), Unlock{Wallet: id, Password: password(fmt.Sprintf("wrong %d.%d", i, n))})
				if !fault.Is(err, fault.WrongPassword) && !fault.Is(err, fault.Busy) {
					t.Errorf("a wrong password gave %v", err)
					return
				}
				tried.Add(1)
			}
		})
	}
	for opened := 0; opened < 50 || tried.Load() < 3000; opened++ {
		s, err := w.Unlock(t.Context(), "kmd", 99, Unlock{Wallet: id, Password: password("right"), Lifetime: time.Hour})
		if err != nil {
			t.Errorf("the owner's unlock failed after %d wrong ones: %v", tried.Load(), err)
			break
		}
		s.End()
	}
	stop.Store(true)
	strangers.Wait()
}

// Only what is not known yet costs a derivation: everything below works, or fails
// as it should, while no derivation can run.
func TestKnownPasswordsCostNoDerivation(t *testing.T) {
	w := newWorld(t)
	id, blank := w.create("w", "right").ID, w.create("blank", "").ID
	if _, err := w.tryUnlock(id, "wrong"); !fault.Is(err, fault.WrongPassword) {
		t.Fatal(err)
	}
	giveBack := w.takeAllTurns()
	for range 1000 {
		if _, err := w.tryUnlock(id, "wrong"); !fault.Is(err, fault.WrongPassword) {
			t.Fatalf("a repeated wrong password: %v", err)
		}
		if _, err := w.tryUnlock(id, ""); !fault.Is(err, fault.WrongPassword) {
			t.Fatalf("a blank probe: %v", err)
		}
	}
	giveBack()
	s := w.unlock(id, "right")
	giveBack = w.takeAllTurns()
	w.unlock(id, "right").End()
	if _, err := w.Rename(t.Context(), id, 1, password("right"), "renamed"); err != nil {
		t.Errorf("rename of an open wallet: %v", err)
	}
	// What does need one waits, for the blank wallet's owner as for a new guess.
	results := make(chan error)
	for _, u := range []Unlock{{Wallet: id, Password: password("new guess")}, {Wallet: blank, Password: password("")}} {
		go func() {
			_, err := w.Unlock(t.Context(), "kmd", 1, u)
			results <- err
		}()
	}
	for w.derivations.waiting() < 2 {
		time.Sleep(time.Millisecond) // polls; the test fails by its time-out only
	}
	giveBack()
	for range 2 {
		if err := <-results; err != nil && !fault.Is(err, fault.WrongPassword) {
			t.Error(err)
		}
	}
	s.End()
}

// Equal wrong passwords that wait together cost one derivation.
func TestEqualGuessesTogetherCostOneDerivation(t *testing.T) {
	w := newWorld(t)
	w.Close()
	w.cfg.Derivations = 1
	w.open()
	id := w.create("w", "right").ID
	giveBack := w.takeAllTurns()
	var group sync.WaitGroup
	for i := range 40 {
		group.Go(func() {
			_, err := w.Unlock(t.Context(), "kmd", uint64(i), Unlock{Wallet: id, Password: password("wrong")})
			if !fault.Is(err, fault.WrongPassword) {
				t.Error(err)
			}
		})
	}
	for w.derivations.waiting() < 40 {
		time.Sleep(time.Millisecond)
	}
	giveBack()
	group.Wait()
	e, err := w.find(id)
	if err != nil {
		t.Fatal(err)
	}
	// Each derivation that fails is remembered once.
	if e.refused.used != 1 {
		t.Errorf("%d derivations ran for 40 equal passwords", e.refused.used)
	}
}

func TestRenamesBesideWrongUnlocks(t *testing.T) {
	w := newWorld(t)
	w.Close()
	w.cfg.DerivationQueue = 1000
	w.open()
	id, other := w.create("w", "right").ID, w.create("other", "right").ID
	var renamed atomic.Int64
	var group sync.WaitGroup
	for i := range 200 {
		group.Go(func() {
			if _, err := w.Rename(t.Context(), id, uint64(i), password("right"), fmt.Sprintf("name %d", i)); err != nil {
				t.Error(err)
				return
			}
			renamed.Add(1)
		})
		group.Go(func() {
			_, err := w.Unlock(t.Context(), "kmd", uint64(i), Unlock{Wallet: id, Password: password(fmt.Sprint("wrong ", i))})
			if !fault.Is(err, fault.WrongPassword) {
				t.Errorf("a wrong password gave %v", err)
			}
		})
	}
	w.unlock(other, "right").End()
	group.Wait()
	if renamed.Load() != 200 {
		t.Errorf("%d of 200 renames succeeded", renamed.Load())
	}
	w.checkNames()
}

// checkNames compares what is in memory with the store.
func (w *world) checkNames() {
	w.t.Helper()
	stored, err := w.cfg.Store.Wallets(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	if len(w.byID) != len(stored) || len(w.byName) != len(stored) {
		w.t.Errorf("%d wallets, %d names in memory; %d in the store", len(w.byID), len(w.byName), len(stored))
	}
	for _, s := range stored {
		if e := w.byName[s.Name]; e == nil || e.id != s.ID || e.meta.Name != s.Name {
			w.t.Errorf("the name %q does not lead to its wallet", s.Name)
		}
	}
}

// Names are passed round between wallets; memory and store must agree in the end.
func TestNameRaces(t *testing.T) {
	w := newWorld(t)
	names := []string{"a", "b", "c", "d"}
	ids := []Info{w.create("a", ""), w.create("b", ""), w.create("c", "")}
	for _, info := range ids {
		w.unlock(info.ID, "") // so that no rename waits for a derivation
	}
	var group sync.WaitGroup
	for i, info := range ids {
		group.Go(func() {
			for n := range 60 {
				_, err := w.Rename(t.Context(), info.ID, 1, password(""), names[(n+i)%len(names)])
				if err != nil && !fault.Is(err, fault.WalletExists) {
					t.Error(err)
				}
			}
		})
	}
	group.Go(func() {
		for range 30 {
			id, err := w.NewID()
			if err != nil {
				t.Error(err)
				return
			}
			switch _, err = w.Create(t.Context(), id, 1, New{Name: "d"}); {
			case err == nil:
				if err := w.Delete(t.Context(), id, 1, password("")); err != nil {
					t.Error(err)
				}
			case !fault.Is(err, fault.WalletExists):
				t.Error(err)
			}
		}
	})
	group.Wait()
	w.checkNames()
}

// A password change waits for a turn with the wallet's change lock held, while
// unlocks that have the turns want to read the wallet.
func TestPasswordChangeBesideUnlocks(t *testing.T) {
	w := newWorld(t)
	id := w.create("w", "0").ID
	for round := range 30 {
		before, after := fmt.Sprint(round), fmt.Sprint(round+1)
		var group sync.WaitGroup
		for range 6 {
			group.Go(func() {
				s, err := w.tryUnlock(id, before)
				if err == nil {
					s.End()
				} else if !fault.Is(err, fault.WrongPassword) && !fault.Is(err, fault.Conflict) {
					t.Error(err)
				}
			})
		}
		group.Go(func() {
			if err := w.ChangePassword(t.Context(), id, 1, password(before), password(after)); err != nil {
				t.Error(err)
			}
		})
		group.Wait()
		if _, err := w.tryUnlock(id, before); !fault.Is(err, fault.WrongPassword) {
			t.Fatalf("the old password gave %v", err)
		}
		w.unlock(id, after).End()
	}
}

func TestPasswordChangeKeepsSessions(t *testing.T) {
	w := newWorld(t)
	id := w.create("w", "old").ID
	s := w.unlock(id, "old")
	key := w.generate(s)
	wantKind(t, w.ChangePassword(t.Context(), id, 1, password("wrong"), password("new")), fault.WrongPassword)
	if err := w.ChangePassword(t.Context(), id, 1, password("old"), password("new")); err != nil {
		t.Fatal(err)
	}
	wantKind(t, s.Authenticate(t.Context(), password("old")), fault.WrongPassword)
	if err := s.Authenticate(t.Context(), password("new")); err != nil {
		t.Errorf("the new password in an old session: %v", err)
	}
	w.checkSigns(s, key)
	s.End()
	for range 2 {
		_, err := w.tryUnlock(id, "old")
		wantKind(t, err, fault.WrongPassword)
		s := w.unlock(id, "new")
		w.checkSigns(s, key)
		w.restart()
	}
	// From blank and to blank: the note in the slot follows.
	if err := w.ChangePassword(t.Context(), id, 1, password("new"), password("")); err != nil {
		t.Fatal(err)
	}
	w.unlock(id, "").End()
	if err := w.ChangePassword(t.Context(), id, 1, password(""), password("new")); err != nil {
		t.Fatal(err)
	}
	_, err := w.tryUnlock(id, "")
	wantKind(t, err, fault.WrongPassword)
}
