package wallet

import (
	"testing"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// Whoever writes the store puts the slot of an old password back, beside the new
// one or over it: the old password must not open the wallet again.
func TestOldKeyslotPutBack(t *testing.T) {
	for _, beside := range []bool{true, false} {
		w := newWorld(t)
		id := w.create("w", "old").ID
		e, err := w.find(id)
		if err != nil {
			t.Fatal(err)
		}
		old := e.currentSlots()[0]
		if err := w.ChangePassword(t.Context(), id, 1, password("old"), password("new")); err != nil {
			t.Fatal(err)
		}
		want := fault.Corrupt
		if !beside {
			old.Number = e.currentSlots()[0].Number
			want = fault.WrongPassword
		}
		if err := w.store.Apply(t.Context(), store.PutSlot{Wallet: id, Slot: old}); err != nil {
			t.Fatal(err)
		}
		w.restart()
		_, err = w.tryUnlock(id, "old")
		wantKind(t, err, want)
		if _, err = w.tryUnlock(id, "new"); err == nil {
			t.Error("the wallet opens although somebody changed its slots")
		}
		if !w.locked(id) {
			t.Error("the wallet is open")
		}
	}
}

// While a wallet is held, its password costs no derivation, and no other one opens it.
func TestHold(t *testing.T) {
	w := newWorld(t)
	id := w.create("w", "pw").ID
	_, err := w.Hold(t.Context(), id, 1, password("wrong"))
	wantKind(t, err, fault.WrongPassword)
	_, err = w.Hold(t.Context(), store.WalletID{1}, 1, password("pw"))
	wantKind(t, err, fault.UnknownWallet)
	if !w.locked(id) {
		t.Error("a wrong password left the wallet open")
	}
	release, err := w.Hold(t.Context(), id, 1, password("pw"))
	if err != nil {
		t.Fatal(err)
	}
	giveBack := w.takeAllTurns()
	s := w.unlock(id, "pw")
	_, err = w.tryUnlock(id, "wrong")
	wantKind(t, err, fault.WrongPassword)
	giveBack()
	s.End()
	if w.locked(id) {
		t.Error("the wallet was locked while it was held")
	}
	release()
	if !w.locked(id) {
		t.Error("the wallet stays open")
	}
}
