package kmd

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// LockMemory locks all present and future memory of the process, page by page as
// it is used, like the peer does at start. It does so only where no limit can
// get in the way: with a limit, the lock would succeed and a later allocation
// would end the process.
func LockMemory() error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_MEMLOCK, &limit); err != nil {
		return fmt.Errorf("read the memory lock limit: %w", err)
	}
	if limit.Cur != unix.RLIM_INFINITY && !mayLockMemory() {
		return fmt.Errorf("the limit is %d bytes and the capability to lock more is missing", limit.Cur)
	}
	return unix.Mlockall(unix.MCL_CURRENT | unix.MCL_FUTURE | unix.MCL_ONFAULT)
}

// mayLockMemory reports whether the process holds CAP_IPC_LOCK.
func mayLockMemory() bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return false
	}
	return data[0].Effective&(1<<unix.CAP_IPC_LOCK) != 0
}
