//go:build !linux

package clefjs

import (
	"os"
	"testing"
)

// TestMain is the child when the tests' own program is started as one.
func TestMain(m *testing.M) {
	if os.Args[0] == WorkerName {
		os.Exit(Worker(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}
