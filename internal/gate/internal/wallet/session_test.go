package wallet

import (
	"crypto/ed25519"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// checkSigns makes a signature and verifies it.
func (w *world) checkSigns(s *Session, k Key) {
	w.t.Helper()
	r, err := s.Find(KeyID{Public: k.Public})
	if err != nil {
		w.t.Fatal(err)
	}
	signature, err := s.Sign(r, curve.PureEdDSA, []byte("message"))
	if err != nil {
		w.t.Fatal(err)
	}
	if !ed25519.Verify(k.Public.Bytes(), []byte("message"), signature) {
		w.t.Error("the signature is wrong")
	}
}

// locked reports whether the wallet's data key is out of memory.
func (w *world) locked(id store.WalletID) bool {
	e, err := w.find(id)
	if err != nil {
		return true
	}
	e.state.RLock()
	defer e.state.RUnlock()
	return e.ref == 0 && e.holds == 0
}

func TestSessionEndsAtItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		id := w.create("w", "pw").ID
		idle := w.arena.InUse()
		s := w.unlock(id, "pw")
		key := w.generate(s)
		r, err := s.Find(KeyID{Public: key.Public})
		if err != nil {
			t.Fatal(err)
		}
		ref, err := s.ref()
		if err != nil {
			t.Fatal(err)
		}
		if w.arena.InUse() <= idle {
			t.Fatal("an open wallet takes no locked memory")
		}
		time.Sleep(time.Hour - time.Second)
		if err := s.Renew(time.Hour); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour - time.Nanosecond)
		if _, err := w.Session("kmd", s.ID); err != nil {
			t.Errorf("a nanosecond before the deadline: %v", err)
		}
		time.Sleep(time.Nanosecond)
		_, err = w.Session("kmd", s.ID) // the timer may not have run yet
		if !fault.Is(err, fault.SessionExpired) && !fault.Is(err, fault.UnknownSession) {
			t.Errorf("at the deadline: %v", err)
		}
		synctest.Wait() // no request ends the session, its timer does
		if !w.locked(id) || w.arena.InUse() != idle || w.Sessions() != 0 {
			t.Errorf("after the deadline: locked %v, %d bytes in use instead of %d, %d sessions", w.locked(id), w.arena.InUse(), idle, w.Sessions())
		}
		if _, err := w.cfg.Vault.Export(ref, label(r), r.Sealed); !fault.Is(err, fault.Locked) {
			t.Errorf("the vault still knows the data key: %v", err)
		}
		wantKind(t, s.Renew(time.Hour), fault.SessionExpired)
		_, err = w.Session("kmd", s.ID)
		wantKind(t, err, fault.UnknownSession)
	})
}

func TestSessionLifetimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		id := w.create("w", "pw").ID
		for _, lifetime := range []time.Duration{-1, maxLifetime + 1} {
			_, err := w.Unlock(t.Context(), "kmd", 1, Unlock{Wallet: id, Password: password("pw"), Lifetime: lifetime})
			wantKind(t, err, fault.Invalid)
		}
		s, err := w.Unlock(t.Context(), "kmd", 1, Unlock{Wallet: id, Password: password("pw")})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Session("kmd", s.ID); err == nil {
			t.Error("a session without a lifetime can be used")
		}
		synctest.Wait()
		if !w.locked(id) {
			t.Error("a session without a lifetime keeps the wallet open")
		}
		wantKind(t, w.unlock(id, "pw").Renew(-1), fault.Invalid)
	})
}

// A clock that runs slower than the timers must not end a session early.
func TestSessionFollowsTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var mu sync.Mutex
		now := time.Now()
		w.Close()
		w.cfg.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
		w.open()
		id := w.create("w", "pw").ID
		s := w.unlock(id, "pw")
		time.Sleep(90 * time.Minute)
		synctest.Wait()
		if _, err := w.Session("kmd", s.ID); err != nil {
			t.Errorf("before the clock says so: %v", err)
		}
		mu.Lock()
		now = now.Add(time.Hour)
		mu.Unlock()
		_, err := w.Session("kmd", s.ID)
		wantKind(t, err, fault.SessionExpired)
		wantKind(t, s.Renew(time.Hour), fault.SessionExpired)
		time.Sleep(time.Hour)
		synctest.Wait()
		if !w.locked(id) {
			t.Error("the session does not end")
		}
	})
}

func TestSessionsShareAWallet(t *testing.T) {
	w := newWorld(t)
	id, other := w.create("w", "pw").ID, w.create("other", "pw").ID
	idle := w.arena.InUse()
	var all []*Session
	for range 20 {
		all = append(all, w.unlock(id, "pw"))
	}
	aside := w.unlock(other, "pw")
	key := w.generate(all[0])
	if _, err := w.Session("admin", all[0].ID); !fault.Is(err, fault.UnknownSession) {
		t.Errorf("another listener's session: %v", err)
	}
	for _, s := range all[1:] {
		s.End()
		s.End() // ending twice gives up one hold only
		if _, err := w.Session("kmd", s.ID); !fault.Is(err, fault.UnknownSession) {
			t.Errorf("an ended session: %v", err)
		}
		// The wallet is open, but not for this session.
		if _, err := s.Keys(); !fault.Is(err, fault.SessionExpired) {
			t.Errorf("keys through an ended session: %v", err)
		}
		wantKind(t, s.CheckPassword(t.Context(), password("pw")), fault.SessionExpired)
		_, err := s.Generate(t.Context())
		wantKind(t, err, fault.SessionExpired)
		wantKind(t, s.Delete(t.Context(), KeyID{Public: key.Public}), fault.SessionExpired)
		wantKind(t, s.DeleteAccount(t.Context(), []byte("x")), fault.SessionExpired)
		_, err = s.Accounts()
		wantKind(t, err, fault.SessionExpired)
	}
	w.checkSigns(all[0], key)
	all[0].End()
	if !w.locked(id) || w.locked(other) {
		t.Error("the last session locks its wallet, and only that")
	}
	w.unlock(id, "pw")
	w.LockAll()
	if !w.locked(id) || !w.locked(other) || w.Sessions() != 0 || w.arena.InUse() != idle {
		t.Errorf("after LockAll: %d sessions, %d bytes in use instead of %d", w.Sessions(), w.arena.InUse(), idle)
	}
	aside.End()
}

func TestDeleteEndsSessions(t *testing.T) {
	w := newWorld(t)
	idle := w.arena.InUse()
	id := w.create("w", "pw").ID
	s := w.unlock(id, "pw")
	key := w.generate(s)
	draft, err := s.Import(KeyOptions{Algorithm: curve.Ed25519}, password("01234567890123456789012345678901"))
	if err != nil {
		t.Fatal(err)
	}
	deleted := make(chan error)
	go func() { deleted <- w.Delete(t.Context(), id, 2, password("pw")) }()
	if err := draft.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-deleted; err != nil {
		t.Fatal(err)
	}
	if w.Sessions() != 0 || w.arena.InUse() != idle {
		t.Errorf("%d sessions, %d bytes in use instead of %d", w.Sessions(), w.arena.InUse(), idle)
	}
	for name, err := range map[string]error{
		"find":   func() error { _, err := s.Find(KeyID{Public: key.Public}); return err }(),
		"keys":   func() error { _, err := s.Keys(); return err }(),
		"seed":   func() error { _, err := s.ExportSeed(); return err }(),
		"draft":  func() error { _, err := s.Generate(t.Context()); return err }(),
		"unlock": func() error { _, err := w.tryUnlock(id, "pw"); return err }(),
		"rename": func() error { _, err := w.Rename(t.Context(), id, 1, password("pw"), "x"); return err }(),
		"delete": w.Delete(t.Context(), id, 1, password("pw")),
	} {
		if !fault.Is(err, fault.UnknownWallet) && !fault.Is(err, fault.SessionExpired) {
			t.Errorf("%s in a deleted wallet: %v", name, err)
		}
	}
	w.create("w", "another") // the name is free
	w.restart()
	if w.Count() != 1 {
		t.Errorf("%d wallets after a restart", w.Count())
	}
}

// Unlocks, signatures and a deletion at once leave nothing open.
func TestDeleteBesideUnlocks(t *testing.T) {
	w := newWorld(t)
	idle := w.arena.InUse()
	for range 25 {
		id := w.create("w", "pw").ID
		var group sync.WaitGroup
		for range 6 {
			group.Go(func() {
				s, err := w.tryUnlock(id, "pw")
				if err != nil {
					wantUnknown(t, err)
					return
				}
				if _, err := s.Keys(); err != nil {
					wantUnknown(t, err)
				}
			})
		}
		group.Go(func() {
			if err := w.Delete(t.Context(), id, 1, password("pw")); err != nil {
				t.Error(err)
			}
		})
		group.Wait()
		if w.Sessions() != 0 || w.arena.InUse() != idle {
			t.Fatalf("%d sessions of a deleted wallet, %d bytes in use instead of %d", w.Sessions(), w.arena.InUse(), idle)
		}
	}
}

func wantUnknown(t *testing.T, err error) {
	t.Helper()
	if !fault.Is(err, fault.UnknownWallet) && !fault.Is(err, fault.SessionExpired) {
		t.Error(err)
	}
}

func TestRenameShowsInSessions(t *testing.T) {
	w := newWorld(t)
	id := w.create("before", "pw").ID
	s := w.unlock(id, "pw")
	if _, err := w.Rename(t.Context(), id, 1, password("pw"), "after"); err != nil {
		t.Fatal(err)
	}
	if _, name := s.Wallet(); name != "after" || s.Info().Name != "after" || s.Info().CreatedName != "before" {
		t.Errorf("the session shows %q, %+v", name, s.Info())
	}
	_, err := w.Rename(t.Context(), id, 1, password("pw"), "after")
	wantKind(t, err, fault.WalletExists)
	renamed, err := w.Rename(t.Context(), id, 1, password("pw"), "")
	if err != nil || renamed.Name != formatID(id) {
		t.Errorf("a blank name gave %q, %v", renamed.Name, err)
	}
	_, err = w.Rename(t.Context(), id, 1, password("pw"), string(make([]byte, MaxNameLength+1)))
	wantKind(t, err, fault.Invalid)
}

func TestNothingOpensAfterClose(t *testing.T) {
	w := newWorld(t)
	id := w.create("w", "pw").ID
	s := w.unlock(id, "pw")
	w.Close()
	_, err := s.Keys()
	wantKind(t, err, fault.SessionExpired)
	_, err = w.tryUnlock(id, "pw")
	wantKind(t, err, fault.Canceled)
	w.open()
}
