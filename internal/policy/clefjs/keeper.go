package clefjs

import (
	"runtime"
	"time"

	"strongroom/internal/fault"
)

// The time between the end of a child and the start of the next. It doubles with every
// child that was never given a call: what ends those would end the next one too.
const (
	firstPause = 20 * time.Millisecond
	lastPause  = 5 * time.Second
)

// keeper keeps one child alive.
type keeper struct {
	engine *Engine
	pause  time.Duration
}

// run starts one child after the other until the engine is closed. It stays on one
// thread because the kernel kills children when the thread ends that started them
// (PR_SET_PDEATHSIG).
func (k *keeper) run() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for k.once() && k.wait() {
	}
}

// once sees one child from its start to its end, and says whether there should be
// another one.
func (k *keeper) once() bool {
	e := k.engine
	ch, err := start(&e.cfg)
	if err == nil && !e.pool.admit(ch) {
		ch.kill()
		ch.reap()
		return false
	}
	g := greeting{err: err}
	if err == nil {
		g.landlock = ch.landlock
	}
	select {
	case e.first <- g:
		if err != nil {
			return false // Start says so, and gives up
		}
	default:
	}
	if err != nil {
		e.cfg.Log.Error("the process of the rule file does not start", "err", err)
		return !fault.Is(err, fault.Invalid) // a file that does not compile never will
	}
	ch.reap()
	e.pool.dismiss(ch)
	select {
	case <-e.closing:
		return false
	default:
	}
	e.cfg.Log.Warn("the process of the rule file is replaced", "calls", ch.calls.Load(), "err", ch.end)
	if ch.calls.Load() > 0 {
		k.pause = 0
	}
	return true
}

// wait waits before the next start. It gives up when the engine is closed.
func (k *keeper) wait() bool {
	timer := time.NewTimer(k.pause)
	defer timer.Stop()
	k.pause = min(max(2*k.pause, firstPause), lastPause)
	select {
	case <-k.engine.closing:
		return false
	case <-timer.C:
		return true
	}
}
