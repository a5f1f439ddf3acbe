package bench

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"time"

	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

// Sizes of the key store of the measured signer.
const (
	fewKeyFiles  = 3
	listKeyFiles = 5_000
	manyKeyFiles = 10_000
)

// clefMeter measures the calls of one signer.
type clefMeter struct {
	*bench
	home *clefHome
	out  *ClefReport
}

// measureClef measures unattended signers: decided by strongroom.toml, by a rule file,
// and by one that counts.
func (b *bench) measureClef(ctx context.Context) error {
	b.Progress("starting clef", 0, 0)
	home, err := makeClef(ctx, b.Executable, filepath.Join(b.dir, "clef"))
	if err != nil {
		return err
	}
	b.report.Clef = new(ClefReport)
	m := &clefMeter{bench: b, home: home, out: b.report.Clef}
	few, list, most := fewKeyFiles, listKeyFiles, manyKeyFiles
	if b.Quick {
		list, most = 20, 50
	}
	if err := home.fill(few); err != nil {
		return err
	}
	for _, part := range []func() error{
		func() error { return m.references(ctx) },
		func() error { return home.attest(ctx, plainRules) },
		func() error { return m.starting(ctx, few) },
		func() error { return m.signing(ctx, byRules) },
		func() error { return home.fill(list) },
		func() error { return m.listing(ctx, list) },
		func() error { return home.fill(most) },
		func() error { return m.starting(ctx, most) },
		func() error { return home.attest(ctx, countingRules) },
		func() error { return m.signing(ctx, byCounting) },
		func() error { return home.allow(true) },
		func() error { return m.signing(ctx, byPolicy) },
	} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// Who decides in a measurement.
const (
	byPolicy   = "strongroom.toml"
	byRules    = "rule file"
	byCounting = "rule file that counts"
)

// with runs the signer for one measurement.
func (m *clefMeter) with(ctx context.Context, rules bool, measure func(*child, []*Conn) error) (first time.Duration, err error) {
	c, first, err := m.home.start(ctx, rules)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	conns, closeAll, err := c.dial(ctx, many)
	if err != nil {
		return 0, err
	}
	defer closeAll()
	return first, measure(c, conns)
}

// calls measures one kind of request from one client and from many. Each connection has
// opened what the call needs before.
func (m *clefMeter) calls(ctx context.Context, c *child, conns []*Conn, decider, operation string, requests [][]byte) error {
	w := inTurn(operation, http.StatusOK, requests)
	w.call = func(worker int, conn *Conn) error {
		_, err := clefResult(conn, requests[worker*len(requests)/many])
		return err
	}
	turn := inTurn(operation, http.StatusOK, requests)
	for _, clients := range []int{1, many} {
		m.Progress("clef: "+operation+" by "+decider+", "+plural(clients, "client"), 0, 0)
		for i := range clients { // errors show here, and keys are opened
			if err := conns[i].limit(answerWait); err != nil {
				return err
			}
			if err := w.call(i, conns[i]); err != nil {
				return err
			}
		}
		var taken []Sample
		for range rounds {
			s, err := m.round(ctx, turn, conns[:clients], c.usedByAll, rounds)
			if err != nil {
				return err
			}
			taken = append(taken, s)
		}
		m.out.add(figure(operation, 0, clients, "written", taken, Reference{}), decider)
	}
	return nil
}

func (m *clefMeter) signing(ctx context.Context, decider string) error {
	_, err := m.with(ctx, decider != byPolicy, func(c *child, conns []*Conn) error {
		return m.calls(ctx, c, conns, decider, "account_signTransaction", c.clefPayments(signingKeys))
	})
	return err
}

func (m *clefMeter) listing(ctx context.Context, accounts int) error {
	_, err := m.with(ctx, true, func(c *child, conns []*Conn) error {
		m.out.Listed = accounts
		return m.calls(ctx, c, conns, byRules, "account_list", [][]byte{c.clefListing()})
	})
	return err
}

// starting measures from the start of the process to its first answer, with a rule file.
func (m *clefMeter) starting(ctx context.Context, files int) error {
	var taken []float64
	for range m.derivations() {
		m.Progress("clef: starting with "+plural(files, "key file"), 0, 0)
		first, err := m.with(ctx, true, func(*child, []*Conn) error { return nil })
		if err != nil {
			return err
		}
		taken = append(taken, float64(first)/float64(time.Millisecond))
	}
	m.out.Starts = append(m.out.Starts, ClefStart{Files: files, Milliseconds: median(taken)})
	return nil
}

// references measures what nobody can do without.
func (m *clefMeter) references(ctx context.Context) (err error) {
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
	plain := inTurn("bare net/http", http.StatusCreated, [][]byte{
		requestTo(bare.address, http.MethodPost, digestPath, "", []byte(`["`+clefKey+`","bare"]`)),
	})
	var signed []Sample
	taken := map[int][]Sample{}
	for i := range rounds {
		m.Progress("clef: the references", i, rounds)
		s, err := signTrial(ctx, trial, curve.ECDSASecp256k1, m.Duration/rounds)
		if err != nil {
			return err
		}
		signed = append(signed, s)
		for _, clients := range []int{1, many} {
			s, err := m.round(ctx, plain, conns[:clients], bare.used, rounds)
			if err != nil {
				return err
			}
			taken[clients] = append(taken[clients], s)
		}
	}
	m.out.Reference = ClefReference{Signature: cost(signed), HTTP: cost(taken[1]), HTTPMany: cost(taken[many])}
	if m.out.Reference.Signature <= 0 && len(signed) == 0 {
		return fault.Internal.New("nothing was measured")
	}
	return nil
}
