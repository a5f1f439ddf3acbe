package clefjs

import (
	"slices"
	"sync"
)

// pool knows the children that live and those among them that are free.
type pool struct {
	// token has at least as many entries as there are free children, as far as it has
	// room, which is for all that live. Who has taken one may find none free.
	token chan struct{}

	mu     sync.Mutex
	closed bool
	live   []*child
	free   []*child // the one used last is last, and taken first
}

// admit takes a new child in, as a free one. It does not once the pool is closed.
func (p *pool) admit(ch *child) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.live = append(p.live, ch)
	p.put(ch)
	return true
}

// dismiss forgets a child.
func (p *pool) dismiss(ch *child) {
	p.mu.Lock()
	defer p.mu.Unlock()
	same := func(other *child) bool { return other == ch }
	p.live = slices.DeleteFunc(p.live, same)
	p.free = slices.DeleteFunc(p.free, same)
}

// take gives a free child, nil if there is none.
func (p *pool) take() *child {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.free) - 1
	if last < 0 {
		return nil
	}
	ch := p.free[last]
	p.free = p.free[:last]
	return ch
}

// giveBack makes a child free again that still lives.
func (p *pool) giveBack(ch *child) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.Contains(p.live, ch) {
		p.put(ch)
	}
}

func (p *pool) put(ch *child) {
	p.free = append(p.free, ch)
	select {
	case p.token <- struct{}{}:
	default: // as many as can be
	}
}

// close kills all children; no new ones are admitted. It says whether it was the first
// to do so.
func (p *pool) close() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	first := !p.closed
	p.closed = true
	for _, ch := range p.live {
		ch.kill()
	}
	return first
}
