package wallet

import (
	"context"
	"slices"
	"sync"

	"strongroom/internal/fault"
	"strongroom/internal/store"
)

// queue lets a few password derivations run at once and shares them fairly: turns
// go round the wallets, and within a wallet round the connections, so that whoever
// sends a thousand guesses waits behind himself. Room to wait is shared the same
// way: when it is used up, whoever has taken most of it is refused, not whoever
// comes last.
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
	conns  []*caller // next turn first; never empty
	length int       // turns waited for, of all conns
}

// caller is the waiting calls of one connection, first come first; never empty.
type caller struct {
	conn  uint64
	turns []*turn
}

// turn is one call that waits.
type turn struct {
	decided chan struct{} // closed by whoever decides
	refused bool          // it lost its room; set before decided is closed
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
	if q.room == 0 && !q.makeRoom(wallet, conn) {
		q.mu.Unlock()
		return errBusy()
	}
	t := &turn{decided: make(chan struct{})}
	q.join(wallet, conn, t)
	q.mu.Unlock()

	select {
	case <-t.decided:
	case <-ctx.Done():
		q.mu.Lock()
		left := q.leave(wallet, conn, t)
		q.mu.Unlock()
		if !left && !t.refused { // the turn came at the same moment: pass it on
			q.done()
		}
		return fault.Canceled.Wrap(context.Cause(ctx), "the request was given up")
	}
	if t.refused {
		return errBusy()
	}
	return nil
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
	c := l.conns[0]
	t := c.turns[0]
	q.remove(l, c, t)
	if len(c.turns) > 0 { // c is still the first of its line: others go before its next turn
		l.conns = append(l.conns[1:], c)
	}
	if l.length > 0 {
		q.lines = append(q.lines[1:], l)
	}
	close(t.decided)
}

func (q *queue) join(wallet store.WalletID, conn uint64, t *turn) {
	l := q.ofWallet[wallet]
	if l == nil {
		l = &line{wallet: wallet}
		q.ofWallet[wallet] = l
		q.lines = append(q.lines, l)
	}
	q.room--
	l.length++
	if c := l.caller(conn); c != nil {
		c.turns = append(c.turns, t)
		return
	}
	l.conns = append(l.conns, &caller{conn: conn, turns: []*turn{t}})
}

// leave takes a waiting call out; false if it does not wait any more.
func (q *queue) leave(wallet store.WalletID, conn uint64, t *turn) bool {
	l := q.ofWallet[wallet]
	if l == nil {
		return false
	}
	c := l.caller(conn)
	if c == nil || !slices.Contains(c.turns, t) {
		return false
	}
	q.remove(l, c, t)
	return true
}

// makeRoom refuses the latest call of whoever takes up most of the room: of the
// longest line, if the caller's would stay shorter, else of the connection that has
// most in the caller's own line, if that is another. False if there is none such.
func (q *queue) makeRoom(wallet store.WalletID, conn uint64) bool {
	longest := slices.MaxFunc(q.lines, func(a, b *line) int { return a.length - b.length })
	own := q.ofWallet[wallet]
	switch {
	case own == nil && longest.length > 1, own != nil && longest.length > own.length+1:
		q.refuseLast(longest)
		return true
	case own == nil:
		return false
	}
	mine := 0
	if c := own.caller(conn); c != nil {
		mine = len(c.turns)
	}
	if len(own.busiest().turns) > mine+1 {
		q.refuseLast(own)
		return true
	}
	return false
}

func (q *queue) refuseLast(l *line) {
	c := l.busiest()
	t := c.turns[len(c.turns)-1]
	q.remove(l, c, t)
	t.refused = true
	close(t.decided)
}

// remove takes a turn out, and with it its caller and line when they become empty.
func (q *queue) remove(l *line, c *caller, t *turn) {
	q.room++
	l.length--
	c.turns = without(c.turns, t)
	if len(c.turns) == 0 {
		l.conns = without(l.conns, c)
	}
	if l.length == 0 {
		q.lines = without(q.lines, l)
		delete(q.ofWallet, l.wallet)
	}
}

func (l *line) caller(conn uint64) *caller {
	for _, c := range l.conns {
		if c.conn == conn {
			return c
		}
	}
	return nil
}

// busiest is the connection with the most calls waiting.
func (l *line) busiest() *caller {
	return slices.MaxFunc(l.conns, func(a, b *caller) int { return len(a.turns) - len(b.turns) })
}

// without takes one element out of a list that holds it.
func without[T comparable](list []T, one T) []T {
	i := slices.Index(list, one)
	return slices.Delete(list, i, i+1)
}

func errBusy() error {
	return fault.Busy.New("too many password checks are waiting").WithHint("try again in a minute")
}
