package server

import (
	"golang.org/x/sys/unix"
)

// credentials of the process that connected (SO_PEERCRED, unix(7)); -1 where unknown.
func credentials(fd int) (uid, pid int64) {
	c, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	if err != nil {
		return -1, -1
	}
	return int64(c.Uid), int64(c.Pid)
}
