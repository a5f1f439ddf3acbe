package web3file

import (
	"io/fs"
	"syscall"
)

func (id *identity) addSystem(info fs.FileInfo) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		id.device, id.inode, id.changed = uint64(st.Dev), uint64(st.Ino), st.Ctim.Nano()
	}
}
