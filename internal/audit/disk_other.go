//go:build !linux

package audit

import "os"

// syncData waits until the file is on the disk.
func syncData(f *os.File) error { return f.Sync() }

// allocate gives the file size bytes of disk space.
func allocate(f *os.File, size int64) error { return fill(f, size) }

// bootID is not known here: a power cut then looks like missing records, which
// only an operator can accept.
func bootID() string { return "" }
