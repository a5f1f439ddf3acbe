package bench

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"strongroom/internal/fault"
)

// Sample is one round: so many calls in such a time, at such a cost.
type Sample struct {
	Calls   int
	Elapsed time.Duration
	CPU     time.Duration // of the measured process; 0 where the system does not tell
}

// CPUPerCall is the processor time of one call.
func (s Sample) CPUPerCall() time.Duration {
	if s.Calls == 0 {
		return 0
	}
	return s.CPU / time.Duration(s.Calls)
}

// Rate is calls per second.
func (s Sample) Rate() float64 {
	if s.Elapsed <= 0 {
		return 0
	}
	return float64(s.Calls) / s.Elapsed.Seconds()
}

// middle is what counts of some rounds: calls and times of all together, but cost
// and rate of the median round each, so that one disturbed round changes nothing.
func middle(rounds []Sample) (cpu time.Duration, rate float64, calls int) {
	var costs []time.Duration
	var rates []float64
	for _, s := range rounds {
		calls += s.Calls
		if s.Calls > 0 {
			costs = append(costs, s.CPUPerCall())
			rates = append(rates, s.Rate())
		}
	}
	return median(costs), median(rates), calls
}

// median of nothing is 0; of an even number the mean of the two in the middle.
func median[T time.Duration | float64](values []T) T {
	if len(values) == 0 {
		return 0
	}
	values = slices.Sorted(slices.Values(values))
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

// round lets workers call for a time, or until so many calls were made (0: no
// bound). The first error ends it.
func round(ctx context.Context, workers int, d time.Duration, most int, used func() (time.Duration, error), call func(worker int) error) (Sample, error) {
	var made atomic.Int64
	var stop atomic.Bool
	var mu sync.Mutex
	var failed error
	before, err := used()
	if err != nil {
		return Sample{}, err
	}
	start := time.Now()
	timer := time.AfterFunc(d, func() { stop.Store(true) })
	defer timer.Stop()
	unhook := context.AfterFunc(ctx, func() { stop.Store(true) })
	defer unhook()
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			for !stop.Load() {
				if n := made.Add(1); most > 0 && n > int64(most) {
					made.Add(-1)
					return
				}
				if err := call(w); err != nil {
					made.Add(-1)
					stop.Store(true)
					mu.Lock()
					defer mu.Unlock()
					if failed == nil {
						failed = err
					}
					return
				}
			}
		})
	}
	group.Wait()
	s := Sample{Calls: int(made.Load()), Elapsed: time.Since(start)}
	after, err := used()
	switch {
	case failed != nil:
		return Sample{}, failed
	case ctx.Err() != nil:
		return Sample{}, fault.Canceled.Wrap(ctx.Err(), "interrupted")
	case err != nil:
		return Sample{}, err
	}
	s.CPU = after - before
	return s, nil
}
