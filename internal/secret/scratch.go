package secret

import (
	"os"
	"runtime"
	"slices"
	"sync"
	"unsafe"
)

// Scratch is locked memory that the garbage collector knows. crypto/ed25519
// remembers the keys it is given by weak pointer and cleanup, which panic on
// memory outside the Go heap; it gets its private keys from here.
//
// The pages are of the Go heap, but belong to this value alone and are locked, and
// on Linux kept out of core dumps and wiped in a forked child. A Scratch has one
// user at a time.
type Scratch struct {
	cleanup runtime.Cleanup
	once    sync.Once
	err     error
	pinned  *hidden // its length is what the user sees, its capacity whole pages
}

// NewScratch gives n zeroed bytes at the start of a page. It locks whole pages,
// which count against the memlock limit like an [Arena], and fails as [NewArena].
func NewScratch(n int) (*Scratch, error) {
	size, err := roundToPages(n)
	if err != nil {
		return nil, err
	}
	// Room for whole pages wherever the allocation starts: the heap neither
	// moves objects nor gives any part of this one to others.
	page := os.Getpagesize()
	raw := make([]byte, size+page)
	skip := -int(uintptr(unsafe.Pointer(unsafe.SliceData(raw)))) & (page - 1)
	pages := raw[skip : skip+size : skip+size]
	if err := lockPages(pages); err != nil {
		return nil, err
	}
	s := &Scratch{pinned: hide(pages[:n])}
	// A forgotten Scratch must not leave locked pages to the heap.
	s.cleanup = runtime.AddCleanup(s, func(p *hidden) { _ = unpin(p) }, s.pinned)
	return s, nil
}

// Bytes gives the memory itself, nil after Close.
func (s *Scratch) Bytes() []byte { return slices.Clip(s.pinned.bytes()) }

// Wipe overwrites the bytes; the memory stays usable.
func (s *Scratch) Wipe() { wipe(s.pinned.bytes()) }

// Close wipes the memory and gives the pages back to the heap unlocked. It may be called again.
func (s *Scratch) Close() error {
	s.once.Do(func() {
		s.cleanup.Stop()
		s.err = unpin(s.pinned)
	})
	return s.err
}

func unpin(p *hidden) error {
	pages := p.bytes()
	*p = hidden{}
	wipe(pages)
	return unlockPages(pages[:cap(pages)])
}
