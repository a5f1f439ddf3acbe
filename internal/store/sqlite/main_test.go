package sqlite

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// childVariable names, in a re-executed test binary, what to do instead of the
// tests; its arguments then follow the program's name.
const childVariable = "STRONGROOM_STORE_TEST_CHILD"

func TestMain(m *testing.M) {
	task := os.Getenv(childVariable)
	if task == "" {
		os.Exit(m.Run())
	}
	tasks := map[string]func(args []string) error{
		"write":      writeForever,
		"file limit": fillUpToFileLimit,
		"small disk": fillSmallDisk,
	}
	if err := tasks[task](os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// child is this test binary, set to do a task.
func child(t *testing.T, task string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(os.Environ(), childVariable+"="+task)
	return cmd
}
