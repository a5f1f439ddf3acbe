//go:build !linux

package kmdfile

import (
	"io/fs"
	"syscall"
)

// addSystem leaves the ctime out: its name differs between systems, and content
// is compared by reading it anyway.
func (id *identity) addSystem(info fs.FileInfo) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		id.device, id.inode = uint64(st.Dev), uint64(st.Ino)
	}
}
