package web3file

import (
	"io/fs"
	"time"
)

// identity is what tells two states of a file or folder apart without reading it. The
// zero value stands for none.
type identity struct {
	device, inode uint64
	size          int64
	modified      int64 // content, Unix nanoseconds
	changed       int64 // content or attributes (ctime), Unix nanoseconds; the content's time where there is no ctime
}

// granularity is the coarsest step of time stamps that is reckoned with: a state that is
// younger when it is looked at may change again without showing. Kernels step by 10 ms
// at most; file systems that are coarser are looked at again by and by.
const granularity = 100 * time.Millisecond

// settled reports whether a later change than this one will have other times. A time to
// come, after the clock was set back, will not be that of the next change either.
func (id identity) settled(now time.Time) bool {
	return id.changed < now.Add(-granularity).UnixNano() || id.changed > now.Add(granularity).UnixNano()
}

func identify(info fs.FileInfo) identity {
	id := identity{size: info.Size(), modified: info.ModTime().UnixNano()}
	id.changed = id.modified
	id.addSystem(info)
	return id
}
