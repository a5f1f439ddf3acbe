package wallet

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// bench is a queue under test: calls note their name when their turn comes and
// keep it until the test goes on to the next.
type bench struct {
	t     *testing.T
	q     *queue
	calls sync.WaitGroup
	mu    sync.Mutex
	order []string
	busy  []string
}

// call waits for a turn and ends it at once.
func (b *bench) call(name string, wallet byte, conn uint64) {
	b.calls.Go(func() {
		err := b.q.wait(b.t.Context(), store.WalletID{wallet}, conn)
		b.mu.Lock()
		if err != nil {
			b.busy = append(b.busy, name)
		} else {
			b.order = append(b.order, name)
		}
		b.mu.Unlock()
		if err == nil {
			b.q.done()
		} else if !fault.Is(err, fault.Busy) {
			b.t.Errorf("%s: %v", name, err)
		}
	})
	synctest.Wait() // so that calls stand in line in the order of the test
}

// occupied is a queue with one place, which the test holds.
func occupied(t *testing.T, room int) *bench {
	t.Helper()
	b := &bench{t: t, q: newQueue(1, room)}
	if err := b.q.wait(t.Context(), store.WalletID{}, 0); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) run() []string {
	b.q.done()
	b.calls.Wait()
	if b.q.free != 1 || len(b.q.lines) != 0 || len(b.q.ofWallet) != 0 {
		b.t.Errorf("after all calls: %d places free, %d lines, %d by wallet", b.q.free, len(b.q.lines), len(b.q.ofWallet))
	}
	return b.order
}

func TestQueueIsFair(t *testing.T) {
	t.Run("turns go round wallets, then connections", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := occupied(t, 100)
			for _, c := range []struct {
				name   string
				wallet byte
				conn   uint64
			}{
				{"a1.1", 'a', 1}, {"a1.2", 'a', 1}, {"a1.3", 'a', 1}, {"a2.1", 'a', 2}, {"a2.2", 'a', 2},
				{"b1.1", 'b', 1}, {"b1.2", 'b', 1}, {"c9.1", 'c', 9},
			} {
				b.call(c.name, c.wallet, c.conn)
			}
			want := []string{"a1.1", "b1.1", "c9.1", "a2.1", "b1.2", "a1.2", "a2.2", "a1.3"}
			if got := b.run(); !slices.Equal(got, want) {
				t.Errorf("turns came in the order %v, want %v", got, want)
			}
		})
	})
	t.Run("a thousand calls delay another wallet by one turn", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := occupied(t, 2000)
			for range 1000 {
				b.call("stranger", 'a', 1)
			}
			b.call("same wallet", 'a', 2)
			b.call("other wallet", 'b', 3)
			order := b.run()
			if at := slices.Index(order, "other wallet"); at > 1 {
				t.Errorf("the other wallet waited for %d turns", at)
			}
			if at := slices.Index(order, "same wallet"); at > 2 {
				t.Errorf("the other connection waited for %d turns", at)
			}
		})
	})
	t.Run("room is bounded and shared", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := occupied(t, 4)
			for _, name := range []string{"s1", "s2", "s3", "s4", "s5"} {
				b.call(name, 'a', 1)
			}
			if !slices.Equal(b.busy, []string{"s5"}) {
				t.Fatalf("refused %v, want only the fifth", b.busy)
			}
			b.call("other wallet", 'b', 2)    // takes the room of s4
			b.call("same wallet", 'a', 3)     // a has 3, b 1: of a's connections, 1 has 3
			b.call("third wallet", 'c', 4)    // a has 3 again: 2 of conn 1, one of conn 3
			b.call("fourth wallet", 'd', 5)   // a has 2
			b.call("no room is left", 'e', 6) // everybody has one
			if want := []string{"s5", "s4", "s3", "s2"}; !slices.Equal(b.busy[:4], want) {
				t.Errorf("refused %v, want %v first", b.busy, want)
			}
			if b.q.room != 0 {
				t.Errorf("room for %d more", b.q.room)
			}
			b.run()
			if len(b.order) != 4 || len(b.busy) != 6 || !slices.Contains(b.busy, "no room is left") {
				t.Errorf("turns %v, refused %v", b.order, b.busy)
			}
		})
	})
	t.Run("who gives up passes the turn on", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := occupied(t, 10)
			ctx, cancel := context.WithCancel(t.Context())
			gaveUp := make(chan error)
			go func() { gaveUp <- b.q.wait(ctx, store.WalletID{'a'}, 1) }()
			synctest.Wait()
			b.call("next", 'a', 1)
			cancel()
			wantKind(t, <-gaveUp, fault.Canceled)
			if order := b.run(); !slices.Equal(order, []string{"next"}) {
				t.Errorf("turns %v", order)
			}
			if b.q.room != 10 {
				t.Errorf("room for %d, want 10", b.q.room)
			}
		})
	})
}

// No turn is lost or made up, whatever is canceled and refused.
func TestQueueKeepsItsTurns(t *testing.T) {
	const places, room = 3, 20
	q := newQueue(places, room)
	var running, served atomic.Int64
	var callers sync.WaitGroup
	for worker := range 16 {
		callers.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(worker)))
			for range 300 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(r.IntN(200))*time.Microsecond)
				var group sync.WaitGroup
				for range 1 + r.IntN(3) {
					wallet, conn := store.WalletID{byte(r.IntN(4))}, r.Uint64N(3)
					group.Go(func() {
						switch err := q.wait(ctx, wallet, conn); {
						case err == nil:
							if n := running.Add(1); n > places {
								t.Errorf("%d run at once", n)
							}
							served.Add(1)
							running.Add(-1)
							q.done()
						case !fault.Is(err, fault.Busy) && !fault.Is(err, fault.Canceled):
							t.Error(err)
						}
					})
				}
				group.Wait()
				cancel()
			}
		})
	}
	callers.Wait()
	if q.free != places || q.room != room || len(q.lines) != 0 || len(q.ofWallet) != 0 {
		t.Errorf("%d places free of %d, room %d of %d, %d lines", q.free, places, q.room, room, len(q.lines))
	}
	if served.Load() == 0 {
		t.Error("nobody was served")
	}
}
