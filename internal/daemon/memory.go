package daemon

import "runtime/debug"

const (
	// garbagePercent lets the heap grow to five times what is alive before it is
	// collected. A daemon's live heap is a few MB, and a signature leaves some KB
	// of garbage: with Go's default of 100 a busy daemon collects dozens of times
	// a second, each time stopping all signatures under way.
	garbagePercent = 400

	// garbageLimit is the size of the whole heap, in bytes, from which on
	// collecting is as eager as need be: with 100,000s of keys alive, five times
	// of that would be too much to ask of a machine.
	garbageLimit = 1 << 30
)

// tuneMemory sets how eagerly this process collects garbage. What the owner set in
// the environment (GOGC, GOMEMLIMIT) wins.
func tuneMemory(lookup func(string) (string, bool)) {
	if _, set := lookup("GOGC"); !set {
		debug.SetGCPercent(garbagePercent)
	}
	if _, set := lookup("GOMEMLIMIT"); !set {
		debug.SetMemoryLimit(garbageLimit)
	}
}
