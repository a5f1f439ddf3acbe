package kiod

import (
	"fmt"
	"math"
	"sync/atomic"
)

// flight counts the requests in work and the bytes that they hold (§2.2).
type flight struct {
	maxBytes    int64 // negative: no limit
	maxRequests int64 // negative: no limit
	bytes       atomic.Int64
	requests    atomic.Int64
}

// leastAnswer is the size of the shortest answer there is, "{}". Room for it must
// be left before a command is carried out: afterwards it is too late to refuse.
const leastAnswer = 2

// enter takes up one request with a body of n bytes. It returns "" or why the
// request must be refused; in any case leave gives back what was taken.
func (f *flight) enter(n int64) string {
	if requests := f.requests.Add(1); f.maxRequests >= 0 && requests > f.maxRequests {
		f.bytes.Add(n)
		return fmt.Sprintf("Too many requests in flight: %d", requests)
	}
	return f.check(f.bytes.Add(n))
}

func (f *flight) check(bytes int64) string {
	limit := f.maxBytes
	if limit < 0 {
		limit = math.MaxInt64 - leastAnswer
	}
	switch {
	case bytes > limit:
		return fmt.Sprintf("Too many bytes in flight: %d", bytes)
	case bytes+leastAnswer > limit:
		return fmt.Sprintf("Too many bytes in flight: %d", bytes+leastAnswer)
	}
	return ""
}

// leave forgets a request that held n bytes.
func (f *flight) leave(n int64) {
	f.bytes.Add(-n)
	f.requests.Add(-1)
}
