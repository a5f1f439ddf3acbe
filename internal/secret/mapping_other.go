//go:build unix && !linux

package secret

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// mapLocked locks anonymous memory. These systems cannot exclude single pages
// from a core dump, and Backing says so.
func mapLocked(size int) (mapping, error) {
	mem, err := anonymous(size)
	if err != nil {
		return mapping{}, refused(fmt.Errorf("mlock: %w", err), size)
	}
	return mapping{mem: mem, backing: "mlock, dumpable", unmap: func() error { return unix.Munmap(mem) }}, nil
}

func lockPages(pages []byte) error {
	if err := unix.Mlock(pages); err != nil {
		return refused(fmt.Errorf("mlock: %w", err), len(pages))
	}
	return nil
}

func unlockPages(pages []byte) error {
	if err := unix.Munlock(pages); err != nil {
		return fmt.Errorf("unlock scratch memory: %w", err)
	}
	return nil
}
