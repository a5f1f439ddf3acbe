//go:build !goexperiment.runtimesecret

package secret

// Do runs f. This build cannot erase what f leaves in registers, stack and heap
// (see [Erasing]); build with GOEXPERIMENT=runtimesecret for that.
func Do(f func()) { f() }

// Erasing reports whether [Do] erases in this build and on this platform.
func Erasing() bool { return false }
