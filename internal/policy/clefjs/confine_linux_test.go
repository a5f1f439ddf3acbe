package clefjs

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// confinedName is the name under which the tests' own program shows what is left to it
// once it is confined.
const confinedName = "confined"

// attempts are what a confined process tries: what must come of it, by name.
func attempts() map[string]func() error {
	parent := os.Getppid()
	return map[string]func() error{
		"read a file":     func() error { _, err := os.ReadFile("/etc/passwd"); return err },
		"read a folder":   func() error { _, err := os.ReadDir("/"); return err },
		"write a file":    func() error { return os.WriteFile("/tmp/strongroom-confined", []byte("x"), 0o600) },
		"make a folder":   func() error { return os.Mkdir("/tmp/strongroom-confined", 0o700) },
		"dial":            func() error { return dial("tcp", "127.0.0.1:9") },
		"send a datagram": func() error { return dial("udp", "127.0.0.1:9") },
		"dial a socket":   func() error { return dial("unix", "/run/systemd/notify") },
		"listen":          func() error { _, err := net.Listen("tcp", "127.0.0.1:0"); return err },
		"run a program":   func() error { return exec.Command("/bin/true").Run() },
		"be a program":    func() error { return unix.Exec("/bin/true", []string{"true"}, nil) },
		"inherit":         func() error { _, err := unix.FcntlInt(inherited, unix.F_GETFD, 0); return err },
		"make a pipe":     func() error { return unix.Pipe(make([]int, 2)) },
		"trace":           func() error { return unix.PtraceAttach(parent) },
		"signal":          func() error { return unix.Kill(parent, 0) },
	}
}

// needsLandlock names those that only landlock prevents, and since which version of it.
func needsLandlock() map[string]int {
	return map[string]int{"make a folder": 1, "be a program": 1, "trace": 1, "signal": 6}
}

// inherited is a descriptor that the parent leaves open.
const inherited = 9

func dial(network, address string) error {
	c, err := net.DialTimeout(network, address, time.Second)
	if err == nil {
		err = c.Close()
	}
	return err
}

// showConfinement is the confined process: it confines itself, tries, and tells.
func showConfinement() int {
	limitMemory, version, err := confine()
	if err != nil {
		fmt.Println(err)
		return 1
	}
	outcome := map[string]string{}
	for name, try := range attempts() {
		outcome[name] = fmt.Sprint(try())
	}
	dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	outcome["dumpable"] = fmt.Sprint(dumpable, err)
	privileges, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)
	outcome["no new privileges"] = fmt.Sprint(privileges, err)
	var core, data unix.Rlimit
	outcome["memory"] = fmt.Sprint(limitMemory(1<<20), unix.Getrlimit(unix.RLIMIT_DATA, &data), data.Cur == data.Max && data.Max < 1<<44)
	outcome["landlock"] = fmt.Sprint(version)
	outcome["core"] = fmt.Sprint(unix.Getrlimit(unix.RLIMIT_CORE, &core), core.Max)
	if err := json.NewEncoder(os.Stdout).Encode(outcome); err != nil {
		return 1
	}
	return 0
}

func TestConfinement(t *testing.T) {
	self, err := ownProgram()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := os.CreateTemp(t.TempDir(), "secret")
	if err != nil {
		t.Fatal(err)
	}
	defer secret.Close()
	cmd := exec.Cmd{Path: self, Args: []string{confinedName}, SysProcAttr: attributes()}
	for range inherited - 2 {
		cmd.ExtraFiles = append(cmd.ExtraFiles, secret)
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var outcome map[string]string
	if err := json.Unmarshal(out, &outcome); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	version, err := ll.LandlockGetABIVersion()
	if err != nil {
		version = 0
	}
	for name := range attempts() {
		if needsLandlock()[name] > version {
			continue
		}
		if outcome[name] == "<nil>" || outcome[name] == "" {
			t.Errorf("it can %s", name)
		}
	}
	for name, want := range map[string]string{
		"landlock": fmt.Sprint(version), "dumpable": "0 <nil>", "no new privileges": "1 <nil>", "memory": "<nil> <nil> true", "core": "<nil> 0",
	} {
		if outcome[name] != want {
			t.Errorf("%s: %s, want %s", name, outcome[name], want)
		}
	}
}

func TestChildrenKnowNothing(t *testing.T) {
	t.Setenv("STRONGROOM_TEST_SECRET", "in the environment")
	t.Setenv("TZ", "Asia/Kolkata")
	for _, e := range environment() {
		if name, _, _ := strings.Cut(e, "="); name != "GOMAXPROCS" && name != "GOTRACEBACK" && name != "TZ" {
			t.Errorf("a child is told %s", e)
		}
	}
	e := startEngine(t, `function f() { return new Date(0).getTimezoneOffset() }`)
	if o := returns(t, e, "f", `{}`, memory{}); o.Text != "-330" {
		t.Errorf("the time zone of a child is %s minutes off", o.Text)
	}
	ch := e.pool.live[0]
	if group, err := unix.Getpgid(ch.cmd.Process.Pid); err != nil || group != ch.cmd.Process.Pid {
		t.Errorf("the group of the child is %d: %v", group, err)
	}
}

// The end of the engine, and of the thread that started it, is the end of each child.
func TestChildrenEndWithTheEngine(t *testing.T) {
	e, err := Start(context.Background(), Config{Source: []byte(`function f() { for (;;); }`), Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	calls := make(chan error)
	go func() {
		_, err := e.Call(context.Background(), "f", []byte(`{}`), memory{})
		calls <- err
	}()
	var numbers []int
	for len(numbers) < 2 { // the second may still be on its way
		e.pool.mu.Lock()
		numbers = numbers[:0]
		for _, ch := range e.pool.live {
			numbers = append(numbers, ch.cmd.Process.Pid)
		}
		e.pool.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-calls; err == nil {
		t.Error("a call outlived the engine")
	}
	for _, n := range numbers {
		if err := unix.Kill(n, 0); err != unix.ESRCH {
			t.Errorf("child %d is still there: %v", n, err)
		}
	}
}
