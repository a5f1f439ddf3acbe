package bench

import (
	"context"
	"net/http"
	"time"
)

// references measures what signing is compared with, in turn with signing itself,
// so that a disturbance hits both.
func (m *meter) references(ctx context.Context) (err error) {
	bare, err := startBare(m.Executable, m.BareServer)
	if err != nil {
		return err
	}
	defer func() {
		if e := bare.stop(); err == nil {
			err = e
		}
	}()
	conns, closeAll, err := bare.dial(ctx, many)
	if err != nil {
		return err
	}
	defer closeAll() // before the server stops
	signing, err := m.signing()
	if err != nil {
		return err
	}
	bareWork := func(operation, path string) work {
		r := request(http.MethodPost, path, "", make([]byte, 500)) // as long as a payment to sign
		return work{operation: operation, call: func(_ int, c *Conn) error {
			_, err := c.expect(http.StatusOK, r)
			return err
		}}
	}
	contenders := []struct {
		work
		conns []*Conn
		used  func() (time.Duration, error)
		taken map[int][]Sample // by the number of clients
	}{
		{bareWork("bare net/http", "/"), conns, bare.used, map[int][]Sample{}},
		{bareWork("bare net/http and Ed25519", signPath), conns, bare.used, map[int][]Sample{}},
		{signing, m.conns, m.wallet.daemon.used, map[int][]Sample{}},
	}
	var raw []Sample
	for i := range rounds {
		m.Progress("signing beside the references", i, rounds)
		s, err := signRaw(ctx, m.Rand, m.Duration/rounds)
		if err != nil {
			return err
		}
		raw = append(raw, s)
		for _, clients := range []int{1, many} {
			for _, c := range contenders {
				s, err := m.round(ctx, c.work, c.conns[:clients], c.used, rounds)
				if err != nil {
					return err
				}
				c.taken[clients] = append(c.taken[clients], s)
			}
		}
	}
	plain, both, ours := contenders[0].taken, contenders[1].taken, contenders[2].taken
	ref := Reference{
		Ed25519: cost(raw), HTTP: cost(plain[1]), HTTPMany: cost(plain[many]),
		Together: cost(both[1]), TogetherMany: cost(both[many]),
	}
	m.report.Reference = ref
	for _, clients := range []int{1, many} {
		m.report.Figures = append(m.report.Figures, figure(signing.operation, m.keys, clients, m.durability, ours[clients], ref))
	}
	m.report.Published = append(m.report.Published, compare(publishedKmd(), cost(ours[1])))
	return nil
}
