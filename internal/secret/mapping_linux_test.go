package secret

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"strongroom/internal/fault"
)

// vmFlags reads what the kernel says about the mapping that holds p.
func vmFlags(t *testing.T, mem []byte) []string {
	t.Helper()
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	at := uintptr(unsafe.Pointer(unsafe.SliceData(mem)))
	inside := false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var from, to uintptr
		if n, _ := fmt.Sscanf(lines.Text(), "%x-%x ", &from, &to); n == 2 {
			inside = from <= at && at < to
		}
		if flags, ok := strings.CutPrefix(lines.Text(), "VmFlags:"); ok && inside {
			return strings.Fields(flags)
		}
	}
	t.Fatal("the mapping is not in /proc/self/smaps")
	return nil
}

func wantFlags(t *testing.T, got []string, want ...string) {
	t.Helper()
	for _, f := range want {
		if !slices.Contains(got, f) {
			t.Errorf("the kernel does not show the flag %q in %v", f, got)
		}
	}
}

// The flags are those of proc(5): lo locked, dd not dumped, dc not copied on
// fork, wf wiped on fork.
func TestMlockIsLockedHiddenAndWipedOnFork(t *testing.T) {
	m, err := mapMlock(16 << 10)
	if err != nil {
		t.Fatal(err)
	}
	defer m.unmap()
	wantFlags(t, vmFlags(t, m.mem), "lo", "dd", "wf")
}

func TestMemfdSecretIsHiddenAndNotInherited(t *testing.T) {
	m, err := mapMemfdSecret(16 << 10)
	if errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EPERM) {
		// A kernel without secret memory: the arena must say that it uses the other backing.
		if a := newTestArena(t, 4096); a.Backing() != "mlock" {
			t.Errorf("backing %q on a kernel without memfd_secret", a.Backing())
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer m.unmap()
	wantFlags(t, vmFlags(t, m.mem), "lo", "dd", "dc")
	if a := newTestArena(t, 4096); a.Backing() != "memfd_secret" {
		t.Errorf("backing %q though the kernel has memfd_secret", a.Backing())
	}
}

func TestArenaOverMlock(t *testing.T) {
	m, err := mapMlock(8192)
	if err != nil {
		t.Fatal(err)
	}
	a := newArena(m)
	b := alloc(t, a, 32)
	copy(b.Bytes(), canary)
	if err := a.Close(); err != nil || b.Bytes()[0] != 0 || a.Backing() != "mlock" {
		t.Errorf("an arena over mlocked memory does not close: %v", err)
	}
	b.Release()
}

func TestScratchIsLockedWhileOpen(t *testing.T) {
	s, err := NewScratch(64)
	if err != nil {
		t.Fatal(err)
	}
	mem := s.Bytes()
	wantFlags(t, vmFlags(t, mem), "lo", "dd", "wf")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"lo", "dd", "wf"} {
		if flags := vmFlags(t, mem); slices.Contains(flags, f) {
			t.Errorf("the heap got its page back with %q in %v", f, flags)
		}
	}
}

const limitedEnv = "STRONGROOM_TEST_LIMITED_CHILD"

// A limit that is too small must be an error and not unlocked memory. The limit
// is the process's own, so the test runs itself again as a child.
func TestMemlockLimitTooSmall(t *testing.T) {
	if os.Getenv(limitedEnv) != "" {
		limitedChild(t)
		return
	}
	child := exec.Command(os.Args[0], "-test.run=^TestMemlockLimitTooSmall$", "-test.v")
	child.Env = append(os.Environ(), limitedEnv+"=1")
	out, err := child.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "limited child done") {
		t.Fatalf("%v\n%s", err, out)
	}
}

func limitedChild(t *testing.T) {
	if err := unix.Setrlimit(unix.RLIMIT_MEMLOCK, &unix.Rlimit{Cur: 64 << 10, Max: 64 << 10}); err != nil {
		t.Fatal(err)
	}
	// Root ignores the limit by CAP_IPC_LOCK. Capabilities are the thread's:
	// this goroutine keeps its thread until both end.
	runtime.LockOSThread()
	dropCapability(t, unix.CAP_IPC_LOCK)

	if soft, hard := MemlockLimit(); soft != 64<<10 || hard != 64<<10 {
		t.Errorf("MemlockLimit() = %d, %d", soft, hard)
	}
	for name, attempt := range map[string]func() error{
		"arena":   func() error { _, err := NewArena(1 << 20); return err },
		"scratch": func() error { _, err := NewScratch(1 << 20); return err },
		"mlock":   func() error { _, err := mapMlock(1 << 20); return refused(err, 1<<20) },
	} {
		err := attempt()
		if !fault.Is(err, fault.Exhausted) {
			t.Errorf("%s of 1 MiB under a limit of 64 KiB: %v", name, err)
			continue
		}
		for _, want := range []string{"64 KiB", "1 MiB"} {
			if !strings.Contains(fault.Text(err), want) {
				t.Errorf("%s: the text %q does not name %s", name, fault.Text(err), want)
			}
		}
		for _, want := range []string{"LimitMEMLOCK=", "/etc/security/limits.conf", "setcap cap_ipc_lock", "make capabilities"} {
			if !strings.Contains(fault.Hint(err), want) {
				t.Errorf("%s: the hint %q does not mention %s", name, fault.Hint(err), want)
			}
		}
	}
	// What fits the limit works, and what is closed frees the room again.
	for range 4 {
		a, err := NewArena(48 << 10)
		if err != nil {
			t.Fatalf("48 KiB under a limit of 64 KiB: %v", err)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		s, err := NewScratch(48 << 10)
		if err != nil {
			t.Fatalf("48 KiB of scratch under a limit of 64 KiB: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Println("limited child done")
}

func dropCapability(t *testing.T, capability uint) {
	t.Helper()
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		t.Fatal(err)
	}
	data[capability/32].Effective &^= 1 << (capability % 32)
	if err := unix.Capset(&header, &data[0]); err != nil {
		t.Fatal(err)
	}
}

func TestFormatSize(t *testing.T) {
	for n, want := range map[uint64]string{0: "0 bytes", 100: "100 bytes", 64 << 10: "64 KiB", 8 << 20: "8 MiB", unlimited: "unlimited"} {
		if got := formatSize(n); got != want {
			t.Errorf("formatSize(%d) = %q, want %q", n, got, want)
		}
	}
}
