package audit

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"strongroom/internal/store"
)

// crashChild appends from several callers until it is killed, and prints the
// number and digest of each record after Append returned.
func crashChild(durability, dir string) error {
	cfg := testConfig(dir)
	cfg.SegmentSize = 30_000
	var err error
	if cfg.Durability, err = ParseDurability(durability); err != nil {
		return err
	}
	j, _, err := Open(cfg)
	if err != nil {
		return err
	}
	var out sync.Mutex
	var callers sync.WaitGroup
	failed := make(chan error, 1)
	for c := range 4 {
		callers.Go(func() {
			for i := 0; ; i++ {
				r := signRecord(c<<20 | i)
				if err := j.Append(context.Background(), r); err != nil {
					select {
					case failed <- err:
					default:
					}
					return
				}
				out.Lock()
				fmt.Printf("%d %s\n", r.Sequence, r.Digest)
				out.Unlock()
			}
		})
	}
	callers.Wait()
	return <-failed
}

// TestKilled kills a process that appends, at a random moment, again and again on
// one journal: what was acknowledged is there, and the chain holds.
func TestKilled(t *testing.T) {
	for _, durability := range []string{"each", "group", "written"} {
		t.Run(durability, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			acknowledged := map[uint64]string{}
			var head store.Head
			for range 8 {
				runAndKill(t, durability, dir, 1+rand.IntN(60), acknowledged)
				cfg := testConfig(dir)
				cfg.StoreHead = head
				j, recovery := mustOpen(t, cfg)
				if len(recovery.Gaps) != 0 {
					t.Fatalf("%+v", recovery)
				}
				mustAppend(t, j, &Record{Phase: Event, Operation: "daemon.start", UID: -1})
				mustClose(t, j)
				head = j.Head()
				mustVerify(t, dir, head)
			}
			stored := map[uint64]string{}
			for _, r := range readAll(t, dir) {
				stored[r.Sequence] = r.Digest
			}
			for sequence, digest := range acknowledged {
				if stored[sequence] != digest {
					t.Errorf("record %d was acknowledged with %q, and is %q", sequence, digest, stored[sequence])
				}
			}
			if len(acknowledged) < 8 {
				t.Errorf("only %d records were acknowledged", len(acknowledged))
			}
		})
	}
}

// runAndKill kills the child after at least n acknowledged records, and notes all
// that it acknowledged until it died.
func runAndKill(t *testing.T, part, dir string, n int, acknowledged map[uint64]string) {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childEnv+"="+part, childEnv+"_DIR="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for i := 0; ; i++ {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // the end, or a line that the kill cut
		}
		number, digest, _ := strings.Cut(strings.TrimSpace(line), " ")
		sequence, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			t.Fatalf("child printed %q", line)
		}
		acknowledged[sequence] = digest
		if i+1 == n {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = child.Wait() // killed
	if child.ProcessState.Exited() {
		t.Fatalf("the child ended by itself: %v", child.ProcessState)
	}
}
