package daemon

import (
	"os"
	"runtime/debug"

	"strongroom/internal/config"
)

// What the garbage collector may use: a daemon's live memory is small, and opening a
// wallet of many keys makes several megabytes at once, so that collecting less often
// saves a third of that time. Password derivations take large pieces; they come on
// top of what the rest may grow to.
const (
	collectAt  = 400       // percent of the live heap, see GOGC
	heapBeside = 256 << 20 // bytes beside the derivations
)

// tuneMemory sets how the collector works, unless the environment does.
func tuneMemory(s config.Sealing) {
	if _, set := os.LookupEnv("GOGC"); set {
		return
	}
	if _, set := os.LookupEnv("GOMEMLIMIT"); set {
		return
	}
	debug.SetGCPercent(collectAt)
	debug.SetMemoryLimit(heapBeside + int64(s.Concurrency)*int64(s.MemoryMiB)<<20)
}
