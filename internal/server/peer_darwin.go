package server

import (
	"golang.org/x/sys/unix"
)

// credentials of the process that connected (LOCAL_PEERCRED and LOCAL_PEERPID,
// xnu: bsd/sys/un.h); -1 where unknown.
func credentials(fd int) (uid, pid int64) {
	c, err := unix.GetsockoptXucred(fd, unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	if err != nil {
		return -1, -1
	}
	p, err := unix.GetsockoptInt(fd, unix.SOL_LOCAL, unix.LOCAL_PEERPID)
	if err != nil {
		return int64(c.Uid), -1
	}
	return int64(c.Uid), int64(p)
}
