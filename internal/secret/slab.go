package secret

import (
	"math/bits"

	"strongroom/internal/fault"
)

const (
	numClasses = 8  // 32 << 7 == slabSize
	none       = -1 // no slab
)

// slab is the bookkeeping of one slab. It lies on the ordinary heap, apart from
// the secrets, so no overrun of a secret can reach it.
type slab struct {
	next, prev int32     // neighbours in the one list the slab is in
	used       uint8     // slots in use; 128 at most
	class      uint8     // meaningful while used > 0
	bits       [2]uint64 // one bit per slot, set while in use
}

type slot struct {
	slab  int32
	index uint8
}

func (s *slab) taken(index uint8) bool { return s.bits[index/64]&(1<<(index%64)) != 0 }

// classOf is the smallest class that holds n bytes, 1 ≤ n ≤ slabSize.
func classOf(n int) uint8 { return uint8(bits.Len(uint(n-1) / minClass)) }

func classSize(class uint8) int { return minClass << class }

func slotsOf(class uint8) uint8 { return uint8(slabSize / classSize(class)) }

// take finds a free slot of the class. The arena is locked by the caller.
func (a *Arena) take(class uint8) (slot, error) {
	if a.closed {
		return slot{}, fault.Exhausted.New("locked memory is closed: the daemon is stopping")
	}
	n := a.open[class]
	if n == none {
		if n = a.idle; n == none {
			return slot{}, fault.Exhausted.New("all %d KiB of locked memory are in use", a.size>>10).
				WithHint("lock wallets that are not needed, or configure more locked memory")
		}
		a.remove(&a.idle, n)
		a.slabs[n].class = class
		a.push(&a.open[class], n)
	}
	s := &a.slabs[n]
	index := uint8(bits.TrailingZeros64(^s.bits[0]))
	if index == 64 {
		index += uint8(bits.TrailingZeros64(^s.bits[1]))
	}
	s.bits[index/64] |= 1 << (index % 64)
	if s.used++; s.used == slotsOf(class) {
		a.remove(&a.open[class], n)
	}
	a.inUse += classSize(class)
	a.live++
	return slot{slab: n, index: index}, nil
}

// put frees a slot that is in use. The arena is locked by the caller.
func (a *Arena) put(at slot) {
	s := &a.slabs[at.slab]
	class := s.class
	if s.used == slotsOf(class) {
		a.push(&a.open[class], at.slab)
	}
	s.bits[at.index/64] &^= 1 << (at.index % 64)
	if s.used--; s.used == 0 {
		// An empty slab serves any class again, so that a burst of one size
		// does not starve the others.
		a.remove(&a.open[class], at.slab)
		a.push(&a.idle, at.slab)
	}
	a.inUse -= classSize(class)
	a.live--
}

func (a *Arena) push(head *int32, n int32) {
	s := &a.slabs[n]
	s.prev, s.next = none, *head
	if *head != none {
		a.slabs[*head].prev = n
	}
	*head = n
}

func (a *Arena) remove(head *int32, n int32) {
	s := &a.slabs[n]
	if s.prev == none {
		*head = s.next
	} else {
		a.slabs[s.prev].next = s.next
	}
	if s.next != none {
		a.slabs[s.next].prev = s.prev
	}
}
