package apitest

import (
	"sync"
	"time"
)

// Clock is a clock that only tests move, for many goroutines at once.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// NewClock is a clock that stands at noon of some day.
func NewClock() *Clock { return &Clock{t: time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)} }

// Now is the time that the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}
