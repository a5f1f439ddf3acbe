package clefjs

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/dop251/goja"
)

// look is the time between two looks at a call that runs.
const look = 10 * time.Millisecond

// watch interrupts a call that takes too long or too much memory. It costs a call that
// ends within look no more than a timer. What can not be interrupted (a regular
// expression, an allocation) is left to the parent's clock and the kernel's limits.
type watch struct {
	timeout time.Duration
	memory  uint64 // bytes that JavaScript may use
	limit   uint64 // bytes that the process may use
	timer   *time.Timer
	samples [2]metrics.Sample

	mu    sync.Mutex
	vm    *goja.Runtime // of the call that runs; nil between calls
	until time.Time
}

// configure is called once. memory is what JavaScript may use on top of what the
// process uses now.
func (w *watch) configure(timeout time.Duration, memory uint64) {
	w.timeout, w.memory = timeout, memory
	w.samples[0].Name = "/memory/classes/total:bytes"
	w.samples[1].Name = "/memory/classes/heap/released:bytes"
	debug.SetGCPercent(400) // calls are short, and what they leave is garbage
	debug.SetMaxStack(maxStack)
	w.rebase()
	w.timer = time.AfterFunc(time.Hour, w.look)
	w.timer.Stop()
}

// rebase takes what the process uses now for what it needs without JavaScript.
func (w *watch) rebase() {
	runtime.GC()
	w.limit = w.used() + w.memory
	debug.SetMemoryLimit(int64(w.limit))
}

// used is the memory that the process has from the system.
func (w *watch) used() uint64 {
	metrics.Read(w.samples[:])
	return w.samples[0].Value.Uint64() - w.samples[1].Value.Uint64()
}

func (w *watch) begin(vm *goja.Runtime) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.vm, w.until = vm, time.Now().Add(w.timeout)
	w.timer.Reset(min(look, w.timeout))
}

func (w *watch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.vm = nil
	w.timer.Stop()
}

// look is what the timer does.
func (w *watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	left := time.Until(w.until)
	switch {
	case w.vm == nil:
		return
	case left <= 0:
		w.vm.Interrupt(errTime)
	case w.used() > w.limit+w.limit/16:
		w.vm.Interrupt(errSpace)
	}
	w.timer.Reset(max(min(look, left), time.Millisecond))
}
