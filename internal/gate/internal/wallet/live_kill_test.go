package wallet

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"strongroom/internal/fault"
	"strongroom/internal/foreign/keosdfile"
)

// childFolder tells a process of this test which folder it shall work in.
const childFolder = "STRONGROOM_TEST_LIVE_FOLDER"

// child is a process of this test's own program that runs one test in a folder.
func child(t *testing.T, folder string, env ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v=false")
	c.Env = append(append(os.Environ(), childFolder+"="+folder), env...)
	c.Stderr = os.Stderr
	return c
}

// openFolder is a world on a folder that another process made.
func openFolder(t *testing.T, folder string) *liveWorld {
	l := newLiveWorld(t, true)
	l.Close()
	l.folder.Path = folder
	l.cfg.Live = []LiveFolder{l.folder}
	l.open()
	return l
}

const (
	killKeys   = 10_000 // in the wallet from the start
	killRounds = 16
)

// The writer is killed again and again, at any instant. The file is always whole and
// has every key that was acknowledged.
func TestLiveSurvivesKills(t *testing.T) {
	if folder := os.Getenv(childFolder); folder != "" {
		importForEver(t, folder)
		return
	}
	l := newLiveWorld(t, true)
	l.writeLarge("w", "pw", killKeys)
	path := l.path("w")
	acknowledged := make(map[fileKey]bool)
	least, stale := killKeys, 0
	for round, written := 0, 0; written < killWrites; round++ {
		written += importAndKill(t, l, round, acknowledged)
		h, err := readHeld(path, "pw")
		if err != nil {
			t.Fatalf("round %d: the file is unreadable: %v", round, err)
		}
		if len(h.keys) < least || len(h.names) != len(h.keys) {
			t.Fatalf("round %d: %d keys, %d names; there were %d keys", round, len(h.keys), len(h.names), least)
		}
		least = len(h.keys)
		for k := range acknowledged {
			if _, ok := h.keys[k]; !ok {
				t.Fatalf("round %d: an acknowledged key is lost", round)
			}
		}
		left, err := filepath.Glob(filepath.Join(l.folder.Path, ".new-*"))
		if err != nil {
			t.Fatal(err)
		}
		stale += len(left)
	}
	l.restart()
	if left, err := filepath.Glob(filepath.Join(l.folder.Path, ".new-*")); err != nil || len(left) != 0 {
		t.Errorf("left behind after a start: %v, %v", left, err)
	}
	t.Logf("%d keys were acknowledged; %d writers left a file that was not finished", len(acknowledged), stale)
	if len(acknowledged) < killWrites {
		t.Error("keys were acknowledged twice")
	}
}

// importAndKill starts a writer, kills it after some imports, and gives their number.
func importAndKill(t *testing.T, l *liveWorld, round int, acknowledged map[fileKey]bool) int {
	t.Helper()
	c := child(t, l.folder.Path, "STRONGROOM_TEST_LIVE_ROUND="+strconv.Itoa(round))
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	count, enough := 0, killWrites/killRounds+round%7
	lines := bufio.NewScanner(out)
	for lines.Scan() { // what was said before the end counts, however late it is read
		public, ok := strings.CutPrefix(lines.Text(), "imported ")
		if !ok {
			continue
		}
		raw, err := hex.DecodeString(public)
		if err != nil {
			break // cut by the end
		}
		acknowledged[fileKey{keosdfile.K1, string(raw)}] = true
		if count++; count == enough {
			time.Sleep(time.Duration(round) * time.Millisecond) // each round hits another instant of a write
			if err := c.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	if err := c.Wait(); err == nil || count < enough {
		t.Fatalf("the writer ended by itself after %d imports: %v", count, err)
	}
	return count
}

// importForEver imports keys one by one and says each on standard output.
func importForEver(t *testing.T, folder string) {
	l := openFolder(t, folder)
	s := l.unlock(l.load("w").ID, "pw")
	round := os.Getenv("STRONGROOM_TEST_LIVE_ROUND")
	for i := 0; ; i++ {
		k, err := l.importKey(s, ofType(keosdfile.K1), fmt.Sprint("k ", round, " ", i))
		if err != nil {
			t.Fatal(err)
		}
		line := fmt.Appendf(nil, "imported %x\n", k.Public.Bytes())
		if _, err := os.Stdout.Write(line); err != nil {
			return
		}
	}
}

// A disk that is full in the middle of a write gives an error; the old file stays
// whole, and nothing is left beside it. The limit of a process stands for the disk.
func TestLiveFullDisk(t *testing.T) {
	if folder := os.Getenv(childFolder); folder != "" {
		fillDisk(t, folder)
		return
	}
	l := newLiveWorld(t, true)
	l.writeLarge("w", "pw", 500)
	c := child(t, l.folder.Path)
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if h := l.onDisk("w", "pw"); len(h.keys) != 501 {
		t.Errorf("%d keys", len(h.keys))
	}
}

func fillDisk(t *testing.T, folder string) {
	signal.Ignore(syscall.SIGXFSZ)
	l := openFolder(t, folder)
	s := l.unlock(l.load("w").ID, "pw")
	before, err := os.ReadFile(l.path("w"))
	if err != nil {
		t.Fatal(err)
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	full := limit
	full.Cur = uint64(len(before) / 2)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full); err != nil {
		t.Fatal(err)
	}
	_, failure := l.importKey(s, ofType(keosdfile.K1), "x")
	_, bulk := bulkImport(s, newKeys("bulk", 100))
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	wantKind(t, failure, fault.Storage)
	wantKind(t, bulk, fault.Storage)
	if after, err := os.ReadFile(l.path("w")); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed, %v", err)
	}
	if all, err := os.ReadDir(folder); err != nil || len(all) != 1 {
		t.Errorf("%d files, %v", len(all), err)
	}
	if _, err := l.importKey(s, ofType(keosdfile.K1), "x"); err != nil {
		t.Error(errors.Join(errors.New("afterwards"), err))
	}
}
