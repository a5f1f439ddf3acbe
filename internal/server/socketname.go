package server

import (
	"strongroom/internal/fault"
)

// maxSocketName is the longest file name of a socket, in bytes. It leaves room
// for the handle of its directory in sun_path on every system.
const maxSocketName = 64

func keep() {}

func tooLong(path string) error {
	return fault.Invalid.New("the socket path %q is too long: at most %d bytes, and %d for the file name", path, maxSocketPath, maxSocketName).
		WithHint("choose a shorter directory")
}
