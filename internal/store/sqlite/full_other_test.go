//go:build unix && !linux

package sqlite

import (
	"errors"
	"os/exec"
)

// cannotMount is what the child says where there are no mount namespaces.
const cannotMount = "cannot mount"

func isolate(*exec.Cmd) {}

func fillSmallDisk([]string) error {
	return errors.New(cannotMount + ": no mount namespaces on this system")
}
