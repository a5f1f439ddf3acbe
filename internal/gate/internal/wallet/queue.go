package wallet

import (
	"context"
	"sync"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// queue lets a few password derivations run at once and shares them fairly: turns
// go round the wallets, and within a wallet round the connections, so that whoever
// sends a thousand guesses waits behind himself.
type queue struct {
	mu       sync.Mutex
	free     int
	room     int                      // how many more may wait
	lines    []*line                  // wallets with somebody waiting, next turn first
	ofWallet map[store.WalletID]*line // the same, by wallet
}

// line is the callers that wait for one wallet.
type line struct {
	wallet store.WalletID
	conns  []*caller // next turn first
}

// caller is the waiting calls of one connection, first come first.
type caller struct {
	conn  uint64
	turns []chan struct{}
}

func newQueue(running, waiting int) *queue {
	return &queue{free: max(running, 1), room: max(waiting, 1), ofWallet: make(map[store.WalletID]*line)}
}

// wait returns when it is the caller's turn; done must be called afterwards. It
// fails with fault.Busy when too many wait and fault.Canceled when ctx ends first.
func (q *queue) wait(ctx context.Context, wallet store.WalletID, conn uint64) error {
	q.mu.Lock()
	if q.free > 0 {
		q.free--
		q.mu.Unlock()
		return nil
	}
	if q.room == 0 {
		q.mu.Unlock()
		return fault.Busy.New("too many password checks are waiting").WithHint("try again in a minute")
	}
	q.room--
	turn := make(chan struct{})
	q.join(wallet, conn, turn)
	q.mu.Unlock()

	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		q.mu.Lock()
		left := q.leave(wallet, conn, turn)
		q.mu.Unlock()
		if !left { // the turn came at the same moment: pass it on
			q.done()
		}
		return fault.Canceled.Wrap(context.Cause(ctx), "the request was given up")
	}
}

// done ends a turn and gives it to the next in line.
func (q *queue) done() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.lines) == 0 {
		q.free++
		return
	}
	l := q.lines[0]
	q.lines = q.lines[1:]
	c := l.conns[0]
	l.conns = l.conns[1:]
	turn := c.turns[0]
	c.turns = c.turns[1:]
	if len(c.turns) > 0 {
		l.conns = append(l.conns, c)
	}
	if len(l.conns) > 0 {
		q.lines = append(q.lines, l)
	} else {
		delete(q.ofWallet, l.wallet)
	}
	q.room++
	close(turn)
}

func (q *queue) join(wallet store.WalletID, conn uint64, turn chan struct{}) {
	l := q.ofWallet[wallet]
	if l == nil {
		l = &line{wallet: wallet}
		q.ofWallet[wallet] = l
		q.lines = append(q.lines, l)
	}
	for _, c := range l.conns {
		if c.conn == conn {
			c.turns = append(c.turns, turn)
			return
		}
	}
	l.conns = append(l.conns, &caller{conn: conn, turns: []chan struct{}{turn}})
}

// leave takes a waiting call out; false if its turn has come already.
func (q *queue) leave(wallet store.WalletID, conn uint64, turn chan struct{}) bool {
	l := q.ofWallet[wallet]
	if l == nil {
		return false
	}
	for i, c := range l.conns {
		if c.conn != conn {
			continue
		}
		for j, t := range c.turns {
			if t != turn {
				continue
			}
			c.turns = append(c.turns[:j], c.turns[j+1:]...)
			if len(c.turns) == 0 {
				l.conns = append(l.conns[:i], l.conns[i+1:]...)
			}
			if len(l.conns) == 0 {
				delete(q.ofWallet, wallet)
				for k, other := range q.lines {
					if other == l {
						q.lines = append(q.lines[:k], q.lines[k+1:]...)
						break
					}
				}
			}
			q.room++
			return true
		}
	}
	return false
}
