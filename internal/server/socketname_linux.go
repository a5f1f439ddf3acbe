package server

import (
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"

	"strongroom/internal/fault"
)

// maxSocketPath is what fits sun_path (unix(7)), less the final zero.
const maxSocketPath = 107

// socketName is a name for path that is short enough for the kernel. Long paths
// go through a handle of their directory, which must be released after use.
func socketName(path string) (name string, release func(), err error) {
	if len(path) <= maxSocketPath {
		return path, keep, nil
	}
	dir, base := filepath.Split(path)
	fd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return "", nil, fault.Storage.Wrap(err, "cannot open the directory %s", dir)
	}
	name = "/proc/self/fd/" + strconv.Itoa(fd) + "/" + base
	if len(name) > maxSocketPath {
		_ = unix.Close(fd)
		return "", nil, tooLong(path)
	}
	return name, func() { _ = unix.Close(fd) }, nil
}
