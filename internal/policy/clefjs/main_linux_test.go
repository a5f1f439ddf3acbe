package clefjs

import (
	"os"
	"testing"
)

// TestMain is the child when the tests' own program is started as one.
func TestMain(m *testing.M) {
	switch os.Args[0] {
	case WorkerName:
		os.Exit(Worker(os.Stdin, os.Stdout))
	case confinedName:
		os.Exit(showConfinement())
	}
	os.Exit(m.Run())
}
