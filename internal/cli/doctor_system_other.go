//go:build !linux

package cli

import "golang.org/x/sys/unix"

// checkSystem looks at the ways by which memory could leave the machine's RAM.
func checkSystem(d *diagnosis) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &limit); err != nil || limit.Cur != 0 {
		d.warn("core dumps", "", "this process could leave one")
		return
	}
	d.ok("core dumps", "this program leaves none")
}
