package secret

import (
	"fmt"

	"strongroom/internal/fault"
)

// mapping is locked memory outside the Go heap, zeroed at first.
type mapping struct {
	mem     []byte
	backing string
	unmap   func() error
}

// refused turns a failed attempt to lock memory into an error that tells the
// operator what to change.
func refused(cause error, size int) error {
	soft, hard := MemlockLimit()
	return fault.Exhausted.Wrap(cause, "cannot lock %s of memory: the memlock limit is %s (hard limit %s)",
		formatSize(uint64(size)), formatSize(soft), formatSize(hard)).
		WithHint("raise the limit: LimitMEMLOCK= in the systemd unit, or a memlock line in /etc/security/limits.conf; " +
			"or give the program the right to lock memory: setcap cap_ipc_lock=+ep on the binary (make capabilities)")
}

// formatSize writes a number of bytes as operators write it in a configuration.
func formatSize(n uint64) string {
	switch {
	case n == unlimited:
		return "unlimited"
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n%(1<<10) == 0 && n > 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// unlimited is the value of a limit that is not set.
const unlimited = ^uint64(0)
