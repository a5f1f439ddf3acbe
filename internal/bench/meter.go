package bench

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// meter measures the calls of one daemon with one wallet.
type meter struct {
	*bench
	wallet     *wallet
	durability string
	keys       int // in the wallet

	conns []*Conn // many
	close func()
}

func (m *meter) dial(ctx context.Context) (err error) {
	m.conns, m.close, err = m.wallet.daemon.dial(ctx, many)
	return err
}

// growTo makes keys until there are n, if there are fewer.
func (m *meter) growTo(ctx context.Context, n int) error {
	step := "generating up to " + plural(n, "key")
	missing := n - m.keys
	if missing <= 0 {
		return nil
	}
	err := m.wallet.fill(ctx, missing, func(done int) { m.Progress(step, done, missing) })
	m.keys = n
	return err
}

// work is a kind of call: call makes one on a connection.
type work struct {
	operation string
	most      int // calls per round; 0: no bound
	call      func(worker int, conn *Conn) error
	between   func() error // after each round, not measured; may be nil
}

// round measures one round of work, and what else needs to be done after it.
func (b *bench) round(ctx context.Context, w work, conns []*Conn, used func() (time.Duration, error), rounds int) (Sample, error) {
	d := b.Duration / time.Duration(rounds)
	for _, c := range conns {
		if err := c.limit(d + answerWait); err != nil {
			return Sample{}, err
		}
	}
	s, err := round(ctx, len(conns), d, w.most, used, func(worker int) error { return w.call(worker, conns[worker]) })
	if err == nil && w.between != nil {
		err = w.between()
	}
	return s, err
}

// figures measures work from one client and from many.
func (m *meter) figures(ctx context.Context, w work) error {
	for _, clients := range []int{1, many} {
		if err := m.figure(ctx, w, clients, rounds); err != nil {
			return err
		}
	}
	return nil
}

func (m *meter) figure(ctx context.Context, w work, clients, rounds int) error {
	m.Progress(w.operation+", "+plural(m.keys, "key")+", "+plural(clients, "client")+", journal "+m.durability, 0, 0)
	var taken []Sample
	keys := m.keys
	for range rounds {
		s, err := m.round(ctx, w, m.conns[:clients], m.wallet.daemon.used, rounds)
		if err != nil {
			return err
		}
		taken = append(taken, s)
	}
	m.report.Figures = append(m.report.Figures, figure(w.operation, keys, clients, m.durability, taken, m.report.Reference))
	return nil
}

// all measures every call but, unless withSign, signing. Generating adds at most
// room keys.
func (m *meter) all(ctx context.Context, withSign bool, room int) error {
	if withSign {
		if err := m.sign(ctx); err != nil {
			return err
		}
	}
	list := m.wallet.listing()
	if err := m.figures(ctx, work{operation: "list keys", call: func(_ int, c *Conn) error {
		_, err := c.expect(http.StatusOK, list)
		return err
	}}); err != nil {
		return err
	}
	if err := m.openings(ctx); err != nil {
		return err
	}
	return m.generate(ctx, room)
}

// signing is the work of signing payments from many keys in turn.
func (m *meter) signing() (work, error) {
	if err := m.conns[0].limit(answerWait); err != nil {
		return work{}, err
	}
	requests, err := m.wallet.signings(m.conns[0], signingKeys, m.Payment)
	if err != nil {
		return work{}, err
	}
	next := make([]struct {
		i int
		_ [56]byte // a cache line of its own
	}, many)
	for i := range next {
		next[i].i = i * len(requests) / many
	}
	return work{operation: "sign payment", call: func(worker int, c *Conn) error {
		at := &next[worker].i
		*at++
		_, err := c.expect(http.StatusOK, requests[*at%len(requests)])
		return err
	}}, nil
}

func (m *meter) sign(ctx context.Context) error {
	w, err := m.signing()
	if err != nil {
		return err
	}
	return m.figures(ctx, w)
}

// openings measures opening a wallet that is open, one that is closed, and a
// blank password.
func (m *meter) openings(ctx context.Context) error {
	right, blank := m.wallet.opening(password), m.wallet.opening("")
	handles := make([][]string, many)
	err := m.figures(ctx, work{
		operation: "unlock, open already", most: warmOpenings,
		call: func(worker int, c *Conn) error {
			body, err := c.expect(http.StatusOK, right)
			if err != nil {
				return err
			}
			h, err := handleIn(body)
			handles[worker] = append(handles[worker], h)
			return err
		},
		between: func() error {
			for i := range handles {
				if err := m.wallet.release(m.conns[0], handles[i]...); err != nil {
					return err
				}
				handles[i] = handles[i][:0]
			}
			return nil
		},
	})
	if err != nil {
		return err
	}
	err = m.figures(ctx, work{operation: "blank probe", call: func(_ int, c *Conn) error {
		_, err := c.expect(http.StatusUnauthorized, blank)
		return err
	}})
	if err != nil {
		return err
	}
	// Closing the last handle locks the wallet, so that the next opening derives.
	lock := func() error { return m.wallet.release(m.conns[0], m.wallet.handle) }
	if err := lock(); err != nil {
		return err
	}
	cold := work{operation: "unlock, with derivation", most: 1, call: func(_ int, c *Conn) (err error) {
		m.wallet.handle, err = m.wallet.open(c)
		return err
	}, between: lock}
	if err := m.figure(ctx, cold, 1, m.derivations()); err != nil {
		return err
	}
	m.wallet.handle, err = m.wallet.open(m.conns[0])
	return err
}

// generate makes at most room keys, half of them from one client.
func (m *meter) generate(ctx context.Context, room int) error {
	request := m.wallet.generating()
	var made atomic.Int64
	w := work{operation: "generate key", most: max(1, room/2/rounds), call: func(_ int, c *Conn) error {
		made.Add(1)
		_, err := c.expect(http.StatusOK, request)
		return err
	}}
	for _, clients := range []int{1, many} {
		if err := m.figure(ctx, w, clients, rounds); err != nil {
			return err
		}
		m.keys += int(made.Swap(0))
	}
	return nil
}

// loss signs alone and beside clients that make keys, in turn.
func (m *meter) loss(ctx context.Context) error {
	signing, err := m.signing()
	if err != nil {
		return err
	}
	for _, clients := range []int{1, many} {
		m.Progress("signing while keys are generated, "+plural(clients, "client"), 0, 0)
		var quiet, busy []Sample
		var generated []float64
		for range rounds {
			s, err := m.round(ctx, signing, m.conns[:clients], m.wallet.daemon.used, rounds)
			if err != nil {
				return err
			}
			quiet = append(quiet, s)
			made, err := m.beside(ctx, func() (err error) {
				s, err = m.round(ctx, signing, m.conns[:clients], m.wallet.daemon.used, rounds)
				return err
			})
			if err != nil {
				return err
			}
			busy = append(busy, s)
			generated = append(generated, ratio(float64(made), s.Elapsed.Seconds()))
		}
		_, alone, _ := middle(quiet)
		_, beside, _ := middle(busy)
		m.report.Losses = append(m.report.Losses, Loss{
			Keys: m.keys, Clients: clients, Generators: generators, Quiet: alone, Rate: beside,
			Percent: lost(alone, beside), Generated: median(generated),
		})
	}
	return nil
}

// beside runs do while other clients make keys, and counts the keys.
func (m *meter) beside(ctx context.Context, do func() error) (made int, err error) {
	conns, closeAll, err := m.wallet.daemon.dial(ctx, generators)
	if err != nil {
		return 0, err
	}
	defer closeAll()
	request := m.wallet.generating()
	return m.bench.beside(conns, func(c *Conn) error {
		_, err := c.expect(http.StatusOK, request)
		return err
	}, do)
}

// beside runs do while one client on each connection calls without end, and counts
// the calls.
func (b *bench) beside(conns []*Conn, call func(*Conn) error, do func() error) (made int, err error) {
	for _, c := range conns {
		if err := c.limit(b.Duration + answerWait); err != nil {
			return 0, err
		}
	}
	var stop atomic.Bool
	var count atomic.Int64
	errs := make([]error, len(conns))
	var group sync.WaitGroup
	for i, c := range conns {
		group.Go(func() {
			for !stop.Load() && errs[i] == nil {
				errs[i] = call(c)
				count.Add(1)
			}
		})
	}
	err = do()
	made = int(count.Load())
	stop.Store(true)
	group.Wait()
	for _, e := range errs {
		if err == nil {
			err = e
		}
	}
	return made, err
}
