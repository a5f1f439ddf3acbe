package cli

import (
	"bytes"
	"os"

	"golang.org/x/sys/unix"
)

// checkSystem looks at the ways by which memory could leave the machine's RAM.
func checkSystem(d *diagnosis) {
	// The first line of /proc/swaps is a head, proc(5).
	switch swaps, err := os.ReadFile("/proc/swaps"); {
	case err != nil:
		d.warn("swap", "", "the swap spaces can not be listed")
	case bytes.Count(bytes.TrimSpace(swaps), []byte("\n")) > 0:
		d.warn("swap", "encrypt it, or turn it off: swapoff -a", "it is on; keys are locked out of it, but passwords on their way are not")
	default:
		d.ok("swap", "it is off")
	}
	dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	var limit unix.Rlimit
	if rerr := unix.Getrlimit(unix.RLIMIT_CORE, &limit); err != nil || rerr != nil || (dumpable != 0 && limit.Cur != 0) {
		d.warn("core dumps", "", "this process could leave one")
		return
	}
	d.ok("core dumps", "this program leaves none")
}
