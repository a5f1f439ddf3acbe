package clefjs

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/landlock-lsm/go-landlock/landlock"
	"github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// headroom is what the kernel's limit leaves above the memory of JavaScript: stacks of
// threads, the collector's tables, and a message's memory.
const headroom = 96 << 20

// confine takes from a child what it does not need: inherited descriptors and the means
// to get others (files, sockets), core dumps, debuggers, new privileges, and with
// landlock signals to other processes and sight of them. What the kernel does not know
// of landlock, it does not enforce: confine gives the version of landlock that holds, 0
// for none. The memory is limited later, on top of what is used now, by what it returns.
func confine() (limitMemory func(bytes uint64) error, version int, err error) {
	_, _ = time.Now().Zone()            // the time zone is a file, read when it is first needed
	time.AfterFunc(0, func() {}).Stop() // the runtime opens its poller with the first timer
	_ = os.WriteFile("/proc/self/comm", []byte(WorkerName), 0)
	used, err := dataSize()
	if err != nil {
		return nil, 0, err
	}
	if err := closeInherited(); err != nil {
		return nil, 0, err
	}
	err = errors.Join(
		unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0),
		unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
		limit(unix.RLIMIT_CORE, 0),
		limit(unix.RLIMIT_FSIZE, 0),
		landlock.V11.BestEffort().Restrict(),
	)
	if holds() {
		version = Landlock()
	}
	err = errors.Join(err, limit(unix.RLIMIT_NOFILE, 3)) // what is open stays so; nothing else gets a number
	if err != nil {
		return nil, 0, fmt.Errorf("the process of the rule file can not be confined: %w", err)
	}
	return func(bytes uint64) error { return limit(unix.RLIMIT_DATA, used+bytes+headroom) }, version, nil
}

// Landlock is the version of landlock (its ABI, see landlock(7)) that the kernel offers,
// 0 where it has none or it is switched off.
func Landlock() int {
	version, err := syscall.LandlockGetABIVersion()
	if err != nil {
		return 0
	}
	return version
}

// holds tells whether landlock keeps this process, which everybody may do otherwise, from
// reading the names in the root directory.
func holds() bool {
	f, err := os.Open("/")
	if err == nil {
		_ = f.Close()
	}
	return errors.Is(err, unix.EACCES)
}

func limit(resource int, most uint64) error {
	return unix.Setrlimit(resource, &unix.Rlimit{Cur: most, Max: most})
}

// dataSize is the memory that RLIMIT_DATA counts, in bytes: proc(5), statm.
func dataSize() (uint64, error) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	columns := strings.Fields(string(text))
	if len(columns) < 6 {
		return 0, errors.New("/proc/self/statm is not as expected")
	}
	pages, err := strconv.ParseUint(columns[5], 10, 64)
	return pages * uint64(os.Getpagesize()), err
}

// closeInherited closes every descriptor but the standard ones and those that the Go
// runtime made for itself.
func closeInherited() error {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return err
	}
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil || fd <= 2 {
			continue
		}
		target, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err == nil && !strings.HasPrefix(target, "anon_inode:") {
			_ = unix.Close(fd) // gone already, or gone now
		}
	}
	return nil
}
