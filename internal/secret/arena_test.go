package secret

import (
	"bytes"
	"crypto/ed25519"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"strongroom/internal/fault"
)

func newTestArena(t testing.TB, size int) *Arena {
	t.Helper()
	a, err := NewArena(size)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func alloc(t testing.TB, a *Arena, n int) *Buffer {
	t.Helper()
	b, err := a.Alloc(n)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAllocIsZeroedAndExact(t *testing.T) {
	a := newTestArena(t, 64<<10)
	for _, n := range []int{1, 31, 32, 33, 64, 65, 100, 2048, 2049, 4096} {
		for range 3 { // the later rounds reuse dirty slots
			b := alloc(t, a, n)
			if got := b.Bytes(); len(got) != n || cap(got) != n || !bytes.Equal(got, make([]byte, n)) {
				t.Fatalf("Alloc(%d) gave %d of %d bytes, or not zeros", n, len(got), cap(got))
			}
			copy(b.Bytes(), bytes.Repeat([]byte{0xA5}, n))
			b.Release()
		}
	}
	if a.InUse() != 0 {
		t.Errorf("%d bytes in use after releasing all", a.InUse())
	}
}

func TestReleaseWipes(t *testing.T) {
	a := newTestArena(t, 4096)
	b := alloc(t, a, 32)
	mem := b.Bytes()
	copy(mem, canary)
	b.Release()
	b.Release() // idempotent
	if !bytes.Equal(mem, make([]byte, 32)) {
		t.Error("released memory still holds the secret")
	}
	if b.Bytes() != nil {
		t.Error("a released buffer still gives memory")
	}
	var zero Buffer
	zero.Release()
	(*Buffer)(nil).Release()
	if zero.Bytes() != nil {
		t.Error("the zero buffer gives memory")
	}
}

func TestDoubleReleaseInBookkeepingPanics(t *testing.T) {
	a := newTestArena(t, 4096)
	b := alloc(t, a, 32)
	forged := b.held.Load()
	b.Release()
	defer func() {
		if recover() == nil {
			t.Error("a slot was freed twice without notice")
		}
		if a.mu.TryLock() {
			a.mu.Unlock()
		} else {
			t.Error("the arena stays locked after the panic")
		}
	}()
	a.release(forged)
}

func TestExhaustion(t *testing.T) {
	a := newTestArena(t, 8192)
	var held []*Buffer
	for {
		b, err := a.Alloc(48)
		if err != nil {
			if !fault.Is(err, fault.Exhausted) || fault.Hint(err) == "" {
				t.Fatalf("a full arena says %v (hint %q)", err, fault.Hint(err))
			}
			break
		}
		held = append(held, b)
	}
	if want := a.Size() / 64; len(held) != want || a.InUse() != a.Size() {
		t.Fatalf("%d buffers of class 64 fit, want %d; %d bytes in use of %d", len(held), want, a.InUse(), a.Size())
	}
	// One free slot serves its own class only; an empty slab serves every class.
	held[0].Release()
	if _, err := a.Alloc(4096); !fault.Is(err, fault.Exhausted) {
		t.Fatalf("a large allocation in a fragmented arena: %v", err)
	}
	for _, b := range held {
		b.Release()
	}
	for range a.Size() / 4096 {
		held = append(held, alloc(t, a, 4096))
	}
	for _, b := range held {
		b.Release()
	}
	for _, n := range []int{-1, 0, MaxAlloc + 1} {
		if _, err := a.Alloc(n); !fault.Is(err, fault.Invalid) {
			t.Errorf("Alloc(%d): %v", n, err)
		}
	}
	for _, n := range []int{-1, 0, maxArena + 1} {
		if _, err := NewArena(n); !fault.Is(err, fault.Invalid) {
			t.Errorf("NewArena(%d): %v", n, err)
		}
		if _, err := NewScratch(n); !fault.Is(err, fault.Invalid) {
			t.Errorf("NewScratch(%d): %v", n, err)
		}
	}
}

func TestCloseWipesBuffersInUse(t *testing.T) {
	a := newTestArena(t, 4096)
	b := alloc(t, a, 64)
	copy(b.Bytes(), canary)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), make([]byte, 64)) {
		t.Error("Close left a secret in a buffer")
	}
	if _, err := a.Alloc(32); !fault.Is(err, fault.Exhausted) {
		t.Errorf("Alloc after Close: %v", err)
	}
	b.Release()
	if a.memory.mem != nil {
		t.Error("the mapping outlives its last buffer")
	}
	if err := a.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

// Each goroutine marks its buffers with its own pattern; two owners of one slot
// would see each other's marks.
func TestConcurrentUse(t *testing.T) {
	a := newTestArena(t, 256<<10)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(g)))
			var held []*Buffer
			check := func(b *Buffer) {
				for _, c := range b.Bytes() {
					if c != byte(g+1) {
						t.Errorf("goroutine %d found the byte %d in its buffer", g, c)
						return
					}
				}
				b.Release()
			}
			for range 2000 {
				if len(held) > 0 && random.IntN(2) == 0 {
					i := random.IntN(len(held))
					check(held[i])
					held[i] = held[len(held)-1]
					held = held[:len(held)-1]
					continue
				}
				b, err := a.Alloc(1 + random.IntN(300))
				if err != nil {
					continue // full is a legal answer here
				}
				for i, c := range b.Bytes() {
					if c != 0 {
						t.Errorf("goroutine %d got a dirty buffer", g)
						return
					}
					b.Bytes()[i] = byte(g + 1)
				}
				held = append(held, b)
			}
			for _, b := range held {
				check(b)
			}
		})
	}
	wg.Wait()
	if a.InUse() != 0 {
		t.Errorf("%d bytes leaked", a.InUse())
	}
}

func TestConcurrentReleaseOfOneBuffer(t *testing.T) {
	a := newTestArena(t, 4096)
	for range 200 {
		b := alloc(t, a, 32)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(b.Release)
		}
		wg.Wait()
	}
	if a.InUse() != 0 {
		t.Errorf("%d bytes leaked", a.InUse())
	}
}

// The reason for Scratch: the standard library keeps a weak pointer to the key.
func TestScratchHoldsEd25519Keys(t *testing.T) {
	s, err := NewScratch(ed25519.PrivateKeySize)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		seed := bytes.Repeat([]byte{byte(i)}, ed25519.SeedSize)
		copy(s.Bytes(), ed25519.NewKeyFromSeed(seed))
		key := ed25519.PrivateKey(s.Bytes())
		message := []byte("message")
		if !ed25519.Verify(ed25519.PublicKey(key[32:]), message, ed25519.Sign(key, message)) {
			t.Fatal("a signature with a key in scratch memory is wrong")
		}
		s.Wipe()
		if !bytes.Equal(s.Bytes(), make([]byte, 64)) {
			t.Fatal("Wipe left bytes behind")
		}
		runtime.GC()
	}
	mem := s.Bytes()
	copy(mem, canary)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if s.Bytes() != nil || !bytes.Equal(mem, make([]byte, 64)) {
		t.Error("Close left the secret")
	}
	s.Wipe()
}

func BenchmarkAllocRelease(b *testing.B) {
	a := newTestArena(b, 64<<10)
	for b.Loop() {
		alloc(b, a, 32).Release()
	}
}
