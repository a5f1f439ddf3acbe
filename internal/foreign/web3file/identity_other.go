//go:build !linux

package web3file

import (
	"io/fs"
	"syscall"
)

// addSystem leaves the ctime out: its name differs between systems.
func (id *identity) addSystem(info fs.FileInfo) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		id.device, id.inode = uint64(st.Dev), uint64(st.Ino)
	}
}
