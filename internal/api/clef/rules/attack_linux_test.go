package rules

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"strongroom/internal/policy/clefjs"
)

// killChildren does what kill -9 does to the processes of rule files.
func killChildren(t *testing.T) (killed int) {
	names, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it ended
		}
		var number, parent int
		var state string
		head, tail, _ := strings.Cut(string(text), "(")
		_, tail, _ = strings.Cut(tail, ") ")
		_, _ = fmt.Sscan(head, &number)
		_, _ = fmt.Sscan(tail, &state, &parent)
		if parent == os.Getpid() && strings.Contains(string(text), clefjs.WorkerName[:15]) {
			if syscall.Kill(number, syscall.SIGKILL) == nil {
				killed++
			}
		}
	}
	return killed
}

// Between a decision and what is noted of it, the process may die: that is never an
// approval too many.
func TestLimitOfProcessesThatAreKilled(t *testing.T) {
	s, d := start(t, limitOfThree), desk()
	defer d.Close()
	var killed atomic.Int32
	for round := range rounds / 10 {
		clear(s.store.entries)
		n := storm(t, s, d, func(i int) {
			if (i+round)%3 == 0 {
				killed.Add(int32(killChildren(t)))
			}
		})
		if count := s.store.all()["count"]; n > most || count != []string{"", "1", "2", "3"}[n] {
			t.Fatalf("round %d: %d signatures, counted %q", round, n, count)
		}
	}
	if killed.Load() == 0 {
		t.Error("no process was killed")
	}
}
