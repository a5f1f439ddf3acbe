package rules

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"strongroom/internal/approval"
	"strongroom/internal/fault"
	"strongroom/internal/policy/clefjs"
)

const (
	rounds   = 100
	together = 24
	most     = 3
)

func desk() *approval.Desk {
	return approval.New(approval.Config{Timeout: time.Minute, MaxPending: 2 * together, MaxPerCaller: 2 * together, Now: time.Now})
}

// storm has many requests at the same time decided and signed, and counts the
// signatures that get out. disturb is called between a decision and its result.
func storm(t *testing.T, s set, d *approval.Desk, disturb func(i int)) int {
	var released atomic.Int32
	var wg sync.WaitGroup
	for i := range together {
		wg.Go(func() {
			answer, err := d.Ask(context.Background(), *askTx(t), s)
			if err != nil {
				if !fault.Is(err, fault.Denied) {
					t.Error(err)
				}
				return
			}
			disturb(i)
			if answer.Settle(context.Background(), result(t)) == nil {
				released.Add(1)
			}
		})
	}
	wg.Wait()
	return int(released.Load())
}

func TestManyRequestsAgainstALimit(t *testing.T) {
	s, d := start(t, limitOfThree), desk()
	defer d.Close()
	for round := range rounds {
		clear(s.store.entries)
		if n := storm(t, s, d, func(int) {}); n != most || s.store.all()["count"] != "3" {
			t.Fatalf("round %d: %d signatures, counted %s", round, n, s.store.all()["count"])
		}
	}
}

// A full disk in the middle keeps signatures back, and lets none too many out.
func TestLimitOnADiskThatFillsUp(t *testing.T) {
	s, d := start(t, limitOfThree), desk()
	defer d.Close()
	full := fault.Storage.New("no space left on device")
	for round := range rounds / 4 {
		clear(s.store.entries)
		n := storm(t, s, d, func(i int) {
			s.store.mu.Lock()
			defer s.store.mu.Unlock()
			if s.store.writeErr = nil; (i+round)%2 == 0 {
				s.store.writeErr = full
			}
		})
		s.store.writeErr = nil
		if count := s.store.all()["count"]; n > most || count != []string{"", "1", "2", "3"}[n] {
			t.Fatalf("round %d: %d signatures, counted %q", round, n, count)
		}
	}
}

// A caller that is gone before its turn, or before its result, leaves the turn to the
// next.
func TestCallersThatGoAway(t *testing.T) {
	s, d := start(t, limitOfThree), desk()
	defer d.Close()
	for range rounds / 4 {
		clear(s.store.entries)
		var wg sync.WaitGroup
		var released atomic.Int32
		for i := range together {
			ctx, cancel := context.WithCancel(context.Background())
			if i%3 == 0 {
				wg.Go(cancel)
			}
			wg.Go(func() {
				defer cancel()
				answer, err := d.Ask(ctx, *askTx(t), s)
				if err != nil {
					return
				}
				settled := result(t)
				if i%3 == 1 {
					settled = nil // signing failed
				}
				if answer.Settle(context.Background(), settled) == nil && settled != nil {
					released.Add(1)
				}
			})
		}
		wg.Wait()
		for released.Load() < most { // whoever comes now still gets what is left
			answer, err := d.Ask(context.Background(), *askTx(t), s)
			if err != nil {
				t.Fatal(err)
			}
			if err := answer.Settle(context.Background(), result(t)); err != nil {
				t.Fatal(err)
			}
			released.Add(1)
		}
		if n := storm(t, s, d, func(int) {}); released.Load() != most || n != 0 {
			t.Fatalf("%d and %d signatures", released.Load(), n)
		}
	}
}

// brittle is an engine that panics the first time.
type brittle struct {
	Engine
	calls atomic.Int32
}

func (b *brittle) Call(ctx context.Context, function string, argument []byte, s clefjs.Storage) (clefjs.Outcome, error) {
	if b.calls.Add(1) == 1 {
		panic("broken")
	}
	return b.Engine.Call(ctx, function, argument, s)
}

// A decision that panics is a denial, and leaves the turn to the next.
func TestPanicLeavesTheTurn(t *testing.T) {
	s, d := start(t, limitOfThree, func(c *Config) { c.Engine = &brittle{Engine: c.Engine} }), desk()
	defer d.Close()
	if _, err := d.Ask(context.Background(), *askTx(t), s); !fault.Is(err, fault.Denied) {
		t.Errorf("a decision that panics: %v", err)
	}
	select {
	case s.turn <- struct{}{}:
		<-s.turn
	default:
		t.Fatal("the turn is still taken")
	}
	if n := storm(t, s, d, func(int) {}); n != most {
		t.Errorf("%d signatures", n)
	}
}
