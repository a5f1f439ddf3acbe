package wallet

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"strongroom/internal/fault"
)

func TestGuessesAreSlowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		id := w.create("w", "right").ID
		s, other := w.unlock(id, "right"), w.unlock(id, "right")
		check := func(s *Session, pw string, kind fault.Kind) time.Duration {
			t.Helper()
			began := time.Now()
			err := s.Authenticate(t.Context(), password(pw))
			if pw == "right" && kind == fault.Internal {
				if err != nil {
					t.Fatal(err)
				}
			} else {
				wantKind(t, err, kind)
			}
			return time.Since(began)
		}
		const right = fault.Internal // stands for no error

		// People mistype: a few are answered at once, and do not slow what follows.
		for range guessBurst - 1 {
			if d := check(s, "wrong", fault.WrongPassword); d != 0 {
				t.Errorf("an early wrong password took %s", d)
			}
		}
		for range 1000 {
			if d := check(s, "right", right); d != 0 {
				t.Fatalf("a right password after a few wrong ones took %s", d)
			}
		}
		check(s, "wrong", fault.WrongPassword)

		// Then they come back four a second, and right ones wait for their turn only.
		began := time.Now()
		for range 40 {
			check(s, "wrong", fault.WrongPassword)
		}
		if d := time.Since(began); d != 40*guessEvery {
			t.Errorf("40 further guesses took %s, want %s", d, 40*guessEvery)
		}
		if d := check(other, "right", right); d != 0 {
			t.Errorf("another session of the wallet waited %s", d)
		}
		if d := check(s, "right", right); d != guessEvery {
			t.Errorf("a right password waited %s, want its turn after %s", d, guessEvery)
		}
		if d := check(s, "right", right); d != 0 {
			t.Errorf("the next right password waited %s", d)
		}

		// A blank probe is no guess.
		check(s, "wrong", fault.WrongPassword)
		for range 1000 {
			if d := check(s, "", fault.WrongPassword); d != 0 {
				t.Fatalf("a blank probe waited %s", d)
			}
		}
		time.Sleep(time.Minute)
		if d := check(s, "wrong", fault.WrongPassword); d != 0 {
			t.Errorf("a wrong password after a minute waited %s", d)
		}
	})
}

// Guessing in parallel gains nothing, waits no longer than the bound, and one who
// goes away gives his guess back.
func TestGuessesInParallel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := w.unlock(w.create("w", "right").ID, "right")
		gone, leave := context.WithCancel(t.Context())
		var wrong, busy, canceled atomic.Int64
		var group sync.WaitGroup
		began := time.Now()
		for range 1000 {
			group.Go(func() {
				switch err := s.CheckPassword(gone, password("wrong")); fault.KindOf(err) {
				case fault.WrongPassword:
					wrong.Add(1)
				case fault.Busy:
					busy.Add(1)
				case fault.Canceled:
					canceled.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		const slots = int64(guessQueue / guessEvery)
		if wrong.Load() != guessBurst || busy.Load() != 1000-guessBurst-slots {
			t.Errorf("at once %d were compared and %d refused, want %d and %d", wrong.Load(), busy.Load(), guessBurst, 1000-guessBurst-slots)
		}
		time.Sleep(2*time.Second + time.Millisecond)
		synctest.Wait()
		if got := wrong.Load(); got != guessBurst+8 {
			t.Errorf("%d guesses were compared within two seconds, want %d", got, guessBurst+8)
		}
		leave()
		group.Wait()
		if canceled.Load() != slots-8 {
			t.Errorf("%d gave up, want %d", canceled.Load(), slots-8)
		}
		if err := s.CheckPassword(t.Context(), password("right")); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(began); d > 2*time.Second+2*guessEvery {
			t.Errorf("after the others had given up, the right password waited until %s", d)
		}
	})
}

func TestAuthenticate(t *testing.T) {
	w := newWorld(t)
	blank := w.unlock(w.create("blank", "").ID, "")
	if err := blank.Authenticate(t.Context(), password("")); err != nil {
		t.Errorf("the blank password of a blank wallet: %v", err)
	}
	wantKind(t, blank.Authenticate(t.Context(), password("x")), fault.WrongPassword)

	id := w.create("w", "right").ID
	free, err := w.Unlock(t.Context(), "admin", 1, Unlock{Wallet: id, Password: password("right"), Lifetime: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if err := free.Authenticate(t.Context(), password("")); err != nil {
		t.Errorf("a session that needs no password asks for it: %v", err)
	}
	wantKind(t, free.Authenticate(t.Context(), password("wrong")), fault.WrongPassword)
}
