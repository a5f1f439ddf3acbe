package kmdfile

import (
	"io/fs"
	"time"
)

// identity is what tells two states of a file apart without reading it. The
// zero value stands for a file that does not exist.
type identity struct {
	device, inode uint64
	size          int64
	modified      int64 // content, Unix nanoseconds
	changed       int64 // content or attributes (ctime), Unix nanoseconds; the content's time where there is no ctime
}

// settled reports whether the file last changed long enough before now that a
// later change cannot have the same times. Only the ctime counts, where there is
// one: the other time is the owner's to set, and one in the future would have the
// file read again at every scan.
func (id identity) settled(now time.Time) bool {
	const coarsest = 2 * time.Second // time stamps of FAT; others are finer
	return id.changed < now.Add(-coarsest).UnixNano()
}

func identify(info fs.FileInfo) identity {
	id := identity{size: info.Size(), modified: info.ModTime().UnixNano()}
	id.changed = id.modified
	id.addSystem(info)
	return id
}
