package bench

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync/atomic"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

// MaxFileKeys bounds a wallet of the kiod benchmark: it is one file, which each new
// key rewrites. Larger numbers of keys are measured over kmd's protocol only.
const MaxFileKeys = 10_000

// importRoom is how many keys importing adds at one size.
const importRoom = 1000

// kiodMeter measures the calls of one kiod with one wallet.
type kiodMeter struct {
	*bench
	wallet *kiodWallet
	keys   int // in the wallet
	out    *KiodReport

	transport string
	conns     []*Conn // many, over it
}

const (
	overTCP  = "tcp"
	overUnix = "unix"
)

// measureKiod measures one daemon while its wallet grows.
func (b *bench) measureKiod(ctx context.Context) (err error) {
	sizes := slices.DeleteFunc(slices.Clone(b.Keys), func(n int) bool { return n > MaxFileKeys })
	if len(sizes) == 0 {
		return fault.Invalid.New("a wallet file is measured with 1 to %d keys", MaxFileKeys)
	}
	b.Progress("starting kiod", 0, 0)
	c, w, err := b.kiod(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	b.report.Kiod = new(KiodReport)
	m := &kiodMeter{bench: b, wallet: w, keys: 1, out: b.report.Kiod}
	for i, n := range sizes {
		if err := m.growTo(ctx, n); err != nil {
			return err
		}
		room := importRoom
		if i+1 < len(sizes) {
			room = min(room, sizes[i+1]-n)
		}
		if err := m.over(ctx, overTCP, c.address, func() error { return m.all(ctx, i == 0, room) }); err != nil {
			return err
		}
		if i > 0 || c.socket == "" {
			continue
		}
		if err := m.over(ctx, overUnix, c.socket, func() error {
			return errors.Join(m.figures(ctx, m.signDigest()), m.figures(ctx, m.signTransaction()))
		}); err != nil {
			return err
		}
	}
	if err := m.over(ctx, overTCP, c.address, func() error { return m.loss(ctx) }); err != nil {
		return err
	}
	b.report.Published = append(b.report.Published, m.out.compare()...)
	return nil
}

// over connects anew for some measurements: connections that wait for others are
// closed by the daemon.
func (m *kiodMeter) over(ctx context.Context, transport, address string, measure func() error) error {
	conns, closeAll, err := dialAll(ctx, address, many)
	if err != nil {
		return err
	}
	defer closeAll()
	m.transport, m.conns = transport, conns
	return measure()
}

// growTo makes keys until there are n, if there are fewer.
func (m *kiodMeter) growTo(ctx context.Context, n int) error {
	missing := n - m.keys
	if missing <= 0 {
		return nil
	}
	step := "making up to " + plural(n, "key") + " for kiod"
	m.keys = n
	return m.wallet.fill(ctx, missing, func(done int) { m.Progress(step, done, missing) })
}

// inTurn is the work of sending requests in turn, each worker from another place.
func inTurn(operation string, status int, requests [][]byte) work {
	var next [many]struct {
		i int
		_ [56]byte // a cache line of its own
	}
	for i := range next {
		next[i].i = i * len(requests) / many
	}
	return work{operation: operation, call: func(worker int, c *Conn) error {
		at := &next[worker].i
		*at++
		_, err := c.expect(status, requests[*at%len(requests)])
		return err
	}}
}

func (m *kiodMeter) signDigest() work {
	return inTurn("sign_digest", http.StatusCreated, m.wallet.digests(signingKeys))
}

func (m *kiodMeter) signTransaction() work {
	return inTurn("sign_transaction", http.StatusCreated, m.wallet.transactions(signingKeys))
}

// figures measures work from one client and from many.
func (m *kiodMeter) figures(ctx context.Context, w work) error {
	for _, clients := range []int{1, many} {
		if err := m.figure(ctx, w, clients); err != nil {
			return err
		}
	}
	return nil
}

func (m *kiodMeter) figure(ctx context.Context, w work, clients int) error {
	m.Progress("kiod: "+w.operation+", "+plural(m.keys, "key")+", "+plural(clients, "client")+", "+m.transport, 0, 0)
	var taken []Sample
	keys := m.keys
	for range rounds {
		s, err := m.round(ctx, w, m.conns[:clients], m.wallet.daemon.used, rounds)
		if err != nil {
			return err
		}
		taken = append(taken, s)
	}
	m.out.add(figure(w.operation, keys, clients, "written", taken, Reference{}), m.transport)
	return nil
}

// all measures every call, with the references at the first size. Importing adds at
// most room keys.
func (m *kiodMeter) all(ctx context.Context, first bool, room int) error {
	sign := func() error { return m.figures(ctx, m.signDigest()) }
	if first {
		sign = func() error { return m.references(ctx) } // signs digests in turn with them
	}
	for _, part := range []func() error{
		sign,
		func() error { return m.figures(ctx, m.signTransaction()) },
		func() error {
			return m.figures(ctx, inTurn("get_public_keys", http.StatusOK, [][]byte{m.wallet.listing()}))
		},
		func() error { return m.unlock(ctx) },
		func() error { return m.importKeys(ctx, room) },
	} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// unlock opens the wallet, whose file is read and decrypted anew each time.
func (m *kiodMeter) unlock(ctx context.Context) error {
	lock, unlock := m.wallet.locking(), m.wallet.unlocking()
	conn := m.conns[0]
	locked := func() error {
		_, err := conn.expect(http.StatusOK, lock)
		return err
	}
	if err := conn.limit(answerWait); err != nil {
		return err
	}
	if err := locked(); err != nil {
		return err
	}
	open := func(_ int, c *Conn) error {
		_, err := c.expect(http.StatusOK, unlock)
		return err
	}
	if err := m.figure(ctx, work{operation: "unlock", most: 1, call: open, between: locked}, 1); err != nil {
		return err
	}
	return open(0, conn)
}

// importKeys adds at most room keys one by one, half of them from one client.
func (m *kiodMeter) importKeys(ctx context.Context, room int) error {
	var made atomic.Int64
	w := work{operation: "import_key", most: max(1, room/2/rounds), call: func(_ int, c *Conn) error {
		request, err := m.wallet.importing(m.Rand)
		if err != nil {
			return err
		}
		made.Add(1)
		_, err = c.expect(http.StatusCreated, request)
		return err
	}}
	for _, clients := range []int{1, many} {
		if err := m.figure(ctx, w, clients); err != nil {
			return err
		}
		m.keys += int(made.Swap(0))
	}
	return nil
}

// references measures what sign_digest is compared with, in turn with it, so that a
// disturbance hits both.
func (m *kiodMeter) references(ctx context.Context) (err error) {
	bare, err := startBare(m.Executable, m.BareServer)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.stop()) }()
	conns, closeAll, err := bare.dial(ctx, many)
	if err != nil {
		return err
	}
	defer closeAll() // before the server stops
	trial, err := gate.NewTrial(curve.Secp256k1, m.Rand)
	if err != nil {
		return err
	}
	toBare := func(operation, path string) work {
		requests := make([][]byte, signingKeys)
		for i := range requests {
			requests[i] = requestTo(bare.address, http.MethodPost, path, "", m.wallet.digest(i))
		}
		return inTurn(operation, http.StatusCreated, requests)
	}
	digest := m.signDigest()
	var library, canonical []Sample
	contenders := []struct {
		work
		conns []*Conn
		child *child
		taken map[int][]Sample // by the number of clients
	}{
		{toBare("bare net/http", digestPath), conns, bare, map[int][]Sample{}},
		{toBare("bare net/http and K1", digestSignPath), conns, bare, map[int][]Sample{}},
		{digest, m.conns, m.wallet.daemon, map[int][]Sample{}},
	}
	for i := range rounds {
		m.Progress("kiod: signing beside the references", i, rounds)
		for scheme, taken := range map[curve.Scheme]*[]Sample{curve.ECDSASecp256k1: &library, curve.AntelopeK1: &canonical} {
			s, err := signTrial(ctx, trial, scheme, m.Duration/rounds)
			if err != nil {
				return err
			}
			*taken = append(*taken, s)
		}
		for _, clients := range []int{1, many} {
			for _, c := range contenders {
				s, err := m.round(ctx, c.work, c.conns[:clients], c.child.used, rounds)
				if err != nil {
					return err
				}
				c.taken[clients] = append(c.taken[clients], s)
			}
		}
	}
	plain, both, ours := contenders[0].taken, contenders[1].taken, contenders[2].taken
	m.out.Reference = KiodReference{
		Library: cost(library), Canonical: cost(canonical), HTTP: cost(plain[1]), HTTPMany: cost(plain[many]),
		Together: cost(both[1]), TogetherMany: cost(both[many]),
	}
	for _, clients := range []int{1, many} {
		m.out.add(figure(digest.operation, m.keys, clients, "written", ours[clients], Reference{}), m.transport)
	}
	return nil
}

// loss signs alone and beside one client that lists all keys without end, in turn.
func (m *kiodMeter) loss(ctx context.Context) error {
	listers, closeAll, err := m.wallet.daemon.dial(ctx, 1)
	if err != nil {
		return err
	}
	defer closeAll()
	list := m.wallet.listing()
	signing := m.signDigest()
	used := m.wallet.daemon.used
	for _, clients := range []int{1, many} {
		m.Progress("kiod: signing while keys are listed, "+plural(clients, "client"), 0, 0)
		var quiet, busy []Sample
		var listed []float64
		for range rounds {
			s, err := m.round(ctx, signing, m.conns[:clients], used, rounds)
			if err != nil {
				return err
			}
			quiet = append(quiet, s)
			lists, err := m.beside(listers, func(c *Conn) error {
				_, err := c.expect(http.StatusOK, list)
				return err
			}, func() (err error) {
				s, err = m.round(ctx, signing, m.conns[:clients], used, rounds)
				return err
			})
			if err != nil {
				return err
			}
			busy = append(busy, s)
			listed = append(listed, ratio(float64(lists), s.Elapsed.Seconds()))
		}
		_, alone, _ := middle(quiet)
		_, beside, _ := middle(busy)
		m.out.Losses = append(m.out.Losses, ListLoss{
			Keys: m.keys, Clients: clients, Quiet: alone, Rate: beside, Percent: lost(alone, beside), Listed: median(listed),
		})
	}
	return nil
}

// cost is the processor time of a call in microseconds, of the median round.
func cost(taken []Sample) float64 {
	cpu, _, _ := middle(taken)
	return micros(cpu)
}
