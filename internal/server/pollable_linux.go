package server

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Pollable is a file whose reads and writes end when it is closed or its deadline passes,
// and that is otherwise the given one: a pipe, socket or terminal that the process was
// started with, such as its standard input. Where that is impossible it is f itself.
//
// It is opened anew, because the mode that the runtime needs belongs to the open file,
// which other processes may share. A socket can not be; its mode changes.
func Pollable(f *os.File) *os.File {
	info, err := f.Stat()
	if err != nil {
		return f
	}
	fd := int(f.Fd())
	switch {
	case info.Mode()&os.ModeSocket != 0: // can not be opened by a name
		fd, err = unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
		if err == nil {
			err = unix.SetNonblock(fd, true)
		}
	case info.Mode()&(os.ModeNamedPipe|os.ModeCharDevice) != 0:
		var flags int
		if flags, err = unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); err == nil {
			fd, err = unix.Open("/proc/self/fd/"+strconv.Itoa(fd), flags&unix.O_ACCMODE|unix.O_NONBLOCK|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
		}
	default: // a file does not make its readers wait
		return f
	}
	if err != nil {
		return f
	}
	return os.NewFile(uintptr(fd), f.Name())
}

// Leave makes a file that [Pollable] has opened anew lead nowhere, so that whoever is at
// its other end sees when the new one is closed. Its number stays taken.
func Leave(f *os.File) error {
	null, err := unix.Open(os.DevNull, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(null)
	return unix.Dup3(null, int(f.Fd()), 0)
}
