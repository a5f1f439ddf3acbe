//go:build goexperiment.runtimesecret

package secret

import (
	"runtime"
	erasing "runtime/secret"
)

// Do runs f and, where [Erasing] says so, erases the registers and stack that f
// used before it returns, and heap memory that f allocated once it is collected.
//
// It does not reach goroutines that f starts, memory of C code (never wrap a cgo
// call), or what f stores in variables that outlive it: results are copied into
// memory that the caller allocated beforehand. A panic of f is raised again.
func Do(f func()) { erasing.Do(f) }

// Erasing reports whether [Do] erases in this build and on this platform.
func Erasing() bool {
	return runtime.GOOS == "linux" && (runtime.GOARCH == "amd64" || runtime.GOARCH == "arm64")
}
