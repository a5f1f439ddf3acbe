package secret

import (
	"os"
	"sync"
	"sync/atomic"

	"strongroom/internal/fault"
)

const (
	slabSize = 4096 // bytes of one slab, and the largest allocation
	minClass = 32   // bytes of the smallest size class

	// MaxAlloc is the largest number of bytes that [Arena.Alloc] gives.
	MaxAlloc = slabSize

	// maxArena bounds the size of an arena: far above every use, and small
	// enough that slab numbers fit int32.
	maxArena = 1 << 30
)

// Arena is one locked mapping, cut into slabs of 4096 bytes that each serve one
// size class (32, 64, … 4096 bytes). It is bounded: when it is full, Alloc fails
// with fault.Exhausted. All methods may be called concurrently.
//
// An unlocked wallet keeps one 32-byte key here, so the usual memlock limit of
// 8 MiB has room for a quarter of a million of them.
type Arena struct {
	backing string
	size    int

	mu     sync.Mutex
	memory mapping
	slabs  []slab
	idle   int32             // head of the list of slabs that serve no class
	open   [numClasses]int32 // per class: head of the list of slabs with a free slot
	inUse  int               // bytes handed out, in whole slots
	live   int               // buffers handed out
	closed bool
}

// NewArena locks size bytes, rounded up to whole pages. Where the system refuses
// to lock them it fails with fault.Exhausted and a hint that says how to raise
// the limit; it never falls back to unlocked memory.
func NewArena(size int) (*Arena, error) {
	size, err := roundToPages(size)
	if err != nil {
		return nil, err
	}
	m, err := mapLocked(size)
	if err != nil {
		return nil, err
	}
	return newArena(m), nil
}

func newArena(m mapping) *Arena {
	a := &Arena{backing: m.backing, size: len(m.mem), memory: m}
	a.slabs = make([]slab, len(m.mem)/slabSize)
	a.idle = none
	for i := len(a.slabs) - 1; i >= 0; i-- {
		a.push(&a.idle, int32(i))
	}
	for c := range a.open {
		a.open[c] = none
	}
	return a
}

func roundToPages(size int) (int, error) {
	if size <= 0 || size > maxArena {
		return 0, fault.Invalid.New("locked memory of %d bytes was asked for; it must be 1 to %d", size, maxArena)
	}
	page := max(os.Getpagesize(), slabSize)
	return (size + page - 1) / page * page, nil
}

// Backing names what holds the memory: "memfd_secret" (not even mapped in the
// kernel's own address space) or "mlock" on Linux; "mlock, dumpable" on systems
// that have no way to keep pages out of a core dump.
func (a *Arena) Backing() string { return a.backing }

// Size is the capacity in bytes.
func (a *Arena) Size() int { return a.size }

// InUse is the number of bytes handed out, each allocation counted with its whole size class.
func (a *Arena) InUse() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.inUse
}

// Alloc gives n zeroed bytes, 1 to [MaxAlloc]. The caller must Release the
// buffer: a forgotten one stays locked until Close. Errors: fault.Exhausted when
// the arena is full or closed, fault.Invalid for an impossible n.
func (a *Arena) Alloc(n int) (*Buffer, error) {
	if n <= 0 || n > MaxAlloc {
		return nil, fault.Invalid.New("a locked buffer of %d bytes was asked for; it must be 1 to %d", n, MaxAlloc)
	}
	class := classOf(n)
	a.mu.Lock()
	slot, err := a.take(class)
	a.mu.Unlock()
	if err != nil {
		return nil, err
	}
	b := &Buffer{}
	b.held.Store(&held{arena: a, slot: slot, mem: a.bytesOf(slot, class)[:n:n]})
	return b, nil
}

// Close wipes everything, buffers in use included, and refuses further
// allocations. The mapping itself goes when the last buffer is released, so that
// a late user reads zeros instead of crashing the process. It may be called again.
func (a *Arena) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return nil
	}
	a.closed = true
	wipe(a.memory.mem)
	return a.unmapIfIdle()
}

func (a *Arena) unmapIfIdle() error {
	if !a.closed || a.live > 0 {
		return nil
	}
	unmap := a.memory.unmap
	a.memory = mapping{}
	if err := unmap(); err != nil {
		return fault.Internal.Wrap(err, "locked memory could not be returned to the system")
	}
	return nil
}

// release wipes and frees a slot. A slot that is free already means that the
// bookkeeping of secrets is broken: nothing that follows could be trusted.
func (a *Arena) release(h *held) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := &a.slabs[h.slot.slab]
	if !s.taken(h.slot.index) {
		panic("secret: a locked buffer was released twice")
	}
	wipe(a.bytesOf(h.slot, s.class))
	a.put(h.slot)
	// The process lives on if the system does not take the (wiped) pages back.
	_ = a.unmapIfIdle()
}

func (a *Arena) bytesOf(at slot, class uint8) []byte {
	size := classSize(class)
	start := int(at.slab)*slabSize + int(at.index)*size
	return a.memory.mem[start : start+size : start+size]
}

// Buffer is a piece of an [Arena]. The zero value and a released buffer hold no bytes.
type Buffer struct {
	held atomic.Pointer[held]
}

type held struct {
	arena *Arena
	slot  slot
	mem   []byte
}

// Bytes gives the memory itself, nil after Release. The caller must not keep it
// beyond the buffer's life: after Release it belongs to another secret.
func (b *Buffer) Bytes() []byte {
	if h := b.held.Load(); h != nil {
		return h.mem
	}
	return nil
}

// Release wipes the memory and returns it to the arena. It may be called again,
// also concurrently; on nil it does nothing.
func (b *Buffer) Release() {
	if b == nil {
		return
	}
	if h := b.held.Swap(nil); h != nil {
		h.arena.release(h)
	}
}
