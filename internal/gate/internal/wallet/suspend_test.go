package wallet

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"strongroom/internal/fault"
)

// skewed is t with its wall clock moved by whole seconds and its monotonic reading
// left alone, as a machine's clocks are after it slept. No function of package time
// makes such a time: this counts on its layout, and checks what comes of it.
func skewed(t *testing.T, at time.Time, wall time.Duration) time.Time {
	t.Helper()
	moved := at
	// The first word has a flag, the seconds since 1885 from bit 30 on, and nanoseconds.
	*(*uint64)(unsafe.Pointer(&moved)) += uint64(int64(wall/time.Second)) << 30
	if moved.Sub(at) != 0 || moved.Round(0).Sub(at.Round(0)) != wall {
		t.Fatal("the layout of time.Time is another one")
	}
	return moved
}

// skew opens a world in which moved, in nanoseconds, is what only the wall clock has
// seen. began is a time from outside the bubble: those inside have no monotonic reading.
func skew(t *testing.T, began time.Time, moved *atomic.Int64) *world {
	w := newWorld(t)
	w.Close()
	start := time.Now()
	w.cfg.Now = func() time.Time { return skewed(t, began.Add(time.Since(start)), time.Duration(moved.Load())) }
	w.open()
	return w
}

func TestSessionsEndWhileTheMachineSleeps(t *testing.T) {
	began := time.Now()
	synctest.Test(t, func(t *testing.T) {
		var slept atomic.Int64
		w := skew(t, began, &slept)
		id := w.create("w", "pw").ID
		asked, forgotten := w.unlock(id, "pw"), w.unlock(id, "pw")

		slept.Store(int64(59 * time.Minute))
		if _, err := w.Session("kmd", asked.ID); err != nil {
			t.Fatalf("a minute before the deadline: %v", err)
		}
		slept.Store(int64(time.Hour))
		_, err := w.Session("kmd", asked.ID)
		wantKind(t, err, fault.SessionExpired)
		wantKind(t, forgotten.Renew(time.Hour), fault.SessionExpired)
		time.Sleep(sweepEvery) // nobody asks again
		synctest.Wait()
		if !w.locked(id) || w.Sessions() != 0 {
			t.Errorf("after waking up: locked %v, %d sessions", w.locked(id), w.Sessions())
		}
	})
}

// A wall clock that is set back makes no session longer.
func TestSessionsEndThoughTheClockIsSetBack(t *testing.T) {
	began := time.Now()
	synctest.Test(t, func(t *testing.T) {
		var moved atomic.Int64
		w := skew(t, began, &moved)
		id := w.create("w", "pw").ID
		s := w.unlock(id, "pw")
		moved.Store(int64(-24 * time.Hour))
		if _, err := w.Session("kmd", s.ID); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if _, err := w.Session("kmd", s.ID); err == nil || !w.locked(id) {
			t.Errorf("an hour later: %v, locked %v", err, w.locked(id))
		}
	})
}
