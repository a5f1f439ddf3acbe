package gate

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"strongroom/internal/fault"
)

// ruleChild tells a process of this test which folder it shall work in.
const ruleChild = "STRONGROOM_TEST_RULE_FOLDER"

// child is a process of this test's own program that runs the same test in a folder.
func child(t *testing.T, folder string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v=false")
	c.Env = append(os.Environ(), ruleChild+"="+folder)
	c.Stderr = os.Stderr
	return c
}

// The process that counts is killed again and again, at any instant. What it
// acknowledged is never lost, and the storage always opens.
func TestRuleStorageSurvivesKills(t *testing.T) {
	if folder := os.Getenv(ruleChild); folder != "" {
		countForEver(t, folder)
		return
	}
	dir := newRuleFolder(t)
	const rounds, each = 8, 12
	least := 0
	for round := range rounds {
		acknowledged := countAndKill(t, dir, each+round, time.Duration(round)*700*time.Microsecond)
		h := openRuleHouse(t, dir)
		got := h.count(h.storage())
		if acknowledged < least+each || got < acknowledged || got > acknowledged+1 {
			t.Fatalf("round %d: the count is %d, acknowledged was %d", round, got, acknowledged)
		}
		least = got
		h.close()
	}
}

// countAndKill has another process count, kills it after it has acknowledged some
// changes, and gives the last number that it did.
func countAndKill(t *testing.T, dir string, enough int, delay time.Duration) (last int) {
	t.Helper()
	c := child(t, dir)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	seen := 0
	lines := bufio.NewScanner(out)
	for lines.Scan() { // what was said before the end counts, however late it is read
		text, ok := strings.CutPrefix(lines.Text(), "counted ")
		if !ok {
			continue
		}
		if last, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
		if seen++; seen == enough {
			time.Sleep(delay) // each round hits another instant of a change
			if err := c.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	if err := c.Wait(); err == nil || seen < enough {
		t.Fatalf("the process ended by itself after %d changes: %v", seen, err)
	}
	return last
}

// countForEver counts in the storage and says each number that is durable, whole lines
// only.
func countForEver(t *testing.T, dir string) {
	h := openRuleHouse(t, dir)
	s := h.storage()
	for n := h.count(s) + 1; ; n++ {
		if err := s.put("count", strconv.Itoa(n)); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stdout.WriteString("counted " + strconv.Itoa(n) + "\n"); err != nil {
			return
		}
	}
}

// A disk that is full in the middle of a change gives an error; the storage and its file
// stay as they were. The limit of a process stands for the disk.
func TestRuleStorageFullDisk(t *testing.T) {
	if folder := os.Getenv(ruleChild); folder != "" {
		fillRuleDisk(t, folder)
		return
	}
	dir := newRuleFolder(t)
	if out, err := child(t, dir).Output(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	h := openRuleHouse(t, dir)
	if got := h.count(h.storage()); got != 2 {
		t.Errorf("the count is %d", got)
	}
}

func fillRuleDisk(t *testing.T, dir string) {
	signal.Ignore(syscall.SIGXFSZ)
	h := openRuleHouse(t, dir)
	s := h.storage()
	if err := s.put("count", "1"); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(ruleFile(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	full := limit
	full.Cur = 256 << 10 // the journal and its reserve find room
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full); err != nil {
		t.Fatal(err)
	}
	failed := s.put("large", strings.Repeat("x", 512<<10))
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	wantKind(t, failed, fault.Storage)
	h.want(s, "large", "")
	if after, err := os.ReadFile(ruleFile(t, dir)); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed, %v", err)
	}
	if left := asides(t, dir); len(left) != 0 {
		t.Errorf("aside is left %v", left)
	}
	if err := s.put("count", "2"); err != nil {
		t.Errorf("once there is room: %v", err)
	}
}
