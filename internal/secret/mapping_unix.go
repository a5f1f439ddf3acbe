//go:build unix

package secret

import (
	"math"

	"golang.org/x/sys/unix"
)

// MemlockLimit is the number of bytes that this process may lock, now (soft) and
// at most without privileges (hard). The largest uint64 means no limit. A process
// with the capability to lock memory (Linux: CAP_IPC_LOCK) is not bound by it.
// If the system does not tell, both are 0.
func MemlockLimit() (soft, hard uint64) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_MEMLOCK, &limit); err != nil {
		return 0, 0
	}
	return orUnlimited(uint64(limit.Cur)), orUnlimited(uint64(limit.Max))
}

// orUnlimited maps every system's spelling of infinity to one: some use the
// largest signed number.
func orUnlimited(n uint64) uint64 {
	if n >= math.MaxInt64 {
		return unlimited
	}
	return n
}

// anonymous maps size bytes of private memory and locks them.
func anonymous(size int) ([]byte, error) {
	mem, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, err
	}
	if err := unix.Mlock(mem); err != nil {
		_ = unix.Munmap(mem)
		return nil, err
	}
	return mem, nil
}
