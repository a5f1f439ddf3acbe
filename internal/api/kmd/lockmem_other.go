//go:build !linux

package kmd

import "errors"

// LockMemory does nothing here, as at the peer.
func LockMemory() error { return errors.ErrUnsupported }
