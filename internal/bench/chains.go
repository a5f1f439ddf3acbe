package bench

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"io"
	"runtime/debug"

	"strongroom/internal/chain"
	"strongroom/internal/curve"
	"strongroom/internal/fault"
	"strongroom/internal/gate"
)

// ChainFigure is what one chain costs, in microseconds of processor time: a common
// transaction (a transfer) decoded into effects with its digest, its result assembled,
// an address made of a key that was not seen lately, and beside them the bare signature
// that the transaction takes.
type ChainFigure struct {
	Chain     string  `json:"chain"`
	Scheme    string  `json:"scheme"`
	Decode    float64 `json:"decode"`
	Finish    float64 `json:"finish"`
	Address   float64 `json:"address"`
	Signature float64 `json:"signature"`
	Ratio     float64 `json:"ratio"` // decode to signature
}

// measureChains measures every chain that has a sample.
func (b *bench) measureChains(ctx context.Context) error {
	defer debug.SetGCPercent(debug.SetGCPercent(collectAt))
	all := samples()
	signers := &bareSigners{rand: b.Rand, cost: map[curve.Scheme]float64{}}
	count := 0
	for _, row := range b.Chains {
		s, ok := all[row.ID]
		if !ok {
			continue
		}
		count++
		b.Progress("chains", count, len(all))
		f, err := b.chain(ctx, row, s, signers)
		if err != nil {
			return fmt.Errorf("%s: %w", row.ID, err)
		}
		b.report.Chains = append(b.report.Chains, f)
	}
	return nil
}

// chain measures one chain.
func (b *bench) chain(ctx context.Context, row chain.Row, s sample, signers *bareSigners) (ChainFigure, error) {
	req, err := s.request(row)
	if err != nil {
		return ChainFigure{}, err
	}
	in, err := row.Chain.Decode(req)
	if err != nil {
		return ChainFigure{}, err
	}
	f := ChainFigure{Chain: row.ID, Scheme: in.Tasks[0].Scheme.String()}
	if f.Decode, err = b.cost(ctx, func() error { _, err := row.Chain.Decode(req); return err }); err != nil {
		return f, err
	}
	made := make([][]byte, len(in.Tasks))
	for i, t := range in.Tasks {
		if made[i], err = signers.sign(t.Scheme, t.Message); err != nil {
			return f, err
		}
	}
	if f.Finish, err = b.cost(ctx, func() error { _, err := in.Finish(made); return err }); err != nil {
		return f, err
	}
	keys, next := signers.keys(row.Algorithm), 0
	if f.Address, err = b.cost(ctx, func() error {
		next++
		_, err := row.Chain.Address(keys[next%len(keys)])
		return err
	}); err != nil {
		return f, err
	}
	if f.Signature, err = signers.measure(ctx, b, in.Tasks[0].Scheme); err != nil {
		return f, err
	}
	f.Ratio = ratio(f.Decode, f.Signature)
	return f, nil
}

// request reads the sample as the chain reads a file.
func (s sample) request(row chain.Row) (chain.Request, error) {
	reader, ok := row.Chain.(chain.FileReader)
	if !ok {
		return chain.Request{}, fault.Internal.New("the chain reads no files")
	}
	req, err := reader.ReadFile([]byte(s.file))
	if err != nil || !s.signer {
		return req, err
	}
	text := generator
	if row.Algorithm != curve.Secp256k1 {
		text = generatorEd25519
	}
	raw, err := hex.DecodeString(text)
	if err != nil {
		return req, err
	}
	req.Signer, err = curve.NewPublicKey(row.Algorithm, raw)
	return req, err
}

// collectAt is what the daemon collects garbage at, see package daemon: the cost of a
// call includes what is collected of it.
const collectAt = 400

// shorter is the part of a measurement's time that one of a chain takes: it is of a
// call without I/O, and there are many.
const shorter = 20

// cost is the processor time of one call, in microseconds: the median of some rounds.
func (b *bench) cost(ctx context.Context, call func() error) (float64, error) {
	var list []Sample
	for range rounds {
		s, err := round(ctx, 1, b.Duration/shorter, 0, ownTime, func(int) error { return call() })
		if err != nil {
			return 0, err
		}
		if s.CPU == 0 {
			s.CPU = s.Elapsed // where the system does not tell
		}
		list = append(list, s)
	}
	cpu, _, _ := middle(list)
	return micros(cpu), nil
}

// bareSigners makes bare signatures with keys that are nobody's.
type bareSigners struct {
	rand   io.Reader
	trials [5]*gate.Trial // by algorithm
	seed   ed25519.PrivateKey
	cost   map[curve.Scheme]float64
}

func (s *bareSigners) sign(scheme curve.Scheme, message []byte) ([]byte, error) {
	a := scheme.Algorithm()
	if a == curve.Ed25519 {
		if s.seed == nil {
			_, private, err := ed25519.GenerateKey(s.rand)
			if err != nil {
				return nil, fault.Internal.Wrap(err, "no random bytes")
			}
			s.seed = private
		}
		return ed25519.Sign(s.seed, message), nil
	}
	if s.trials[a] == nil {
		t, err := gate.NewTrial(a, s.rand)
		if err != nil {
			return nil, err
		}
		s.trials[a] = t
	}
	return s.trials[a].Sign(scheme, message)
}

// measure is the cost of one signature of the scheme, found once.
func (s *bareSigners) measure(ctx context.Context, b *bench, scheme curve.Scheme) (float64, error) {
	if c, ok := s.cost[scheme]; ok {
		return c, nil
	}
	message := make([]byte, curve.DigestSize)
	var count uint32
	c, err := b.cost(ctx, func() error {
		count++
		message[0], message[1], message[2], message[3] = byte(count), byte(count>>8), byte(count>>16), byte(count>>24)
		_, err := s.sign(scheme, message)
		return err
	})
	s.cost[scheme] = c
	return c, err
}

// keys are many public keys, more than any chain remembers the addresses of.
func (s *bareSigners) keys(a curve.Algorithm) []curve.PublicKey {
	const many = 1024
	keys := make([]curve.PublicKey, 0, many)
	base, err := hex.DecodeString(generator)
	if err != nil {
		return nil
	}
	for n := range many {
		var scalar [32]byte
		scalar[30], scalar[31] = byte(n>>8), byte(n)
		if a == curve.Secp256k1 {
			if g, err := curve.NewPublicKey(a, base); err == nil {
				if k, err := g.Add(scalar); err == nil {
					keys = append(keys, k)
				}
			}
			continue
		}
		if k, err := curve.NewPublicKey(a, append(scalar[:], make([]byte, a.PublicSize()-len(scalar))...)); err == nil {
			keys = append(keys, k)
		}
	}
	return keys
}

// chainText writes the figures of the chains.
func (r *Report) chainText(out io.Writer) {
	fmt.Fprintf(out, "\nChains: a transfer decoded into effects with its digest, its result, an address; µs of processor time\n")
	columns(out, func(w io.Writer) {
		fmt.Fprintf(w, "  chain\tdecode\tfinish\taddress\tbare signature\tscheme\tdecode/signature\n")
		for _, f := range r.Chains {
			fmt.Fprintf(w, "  %s\t%.1f\t%.1f\t%.1f\t%.1f\t%s\t%.2f\n", f.Chain, f.Decode, f.Finish, f.Address, f.Signature, f.Scheme, f.Ratio)
		}
	})
}
