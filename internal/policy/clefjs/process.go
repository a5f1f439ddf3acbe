package clefjs

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"strongroom/internal/fault"
)

// helloTimeout bounds the time from the start of a child to its readiness.
const helloTimeout = 20 * time.Second

// child is a process that runs the rule file, as its parent sees it. The keeper that
// started it reaps it; one call at a time talks to it.
type child struct {
	cmd   *exec.Cmd
	pipe  framer
	ends  [2]*os.File // our ends of its standard input and output
	tail  tail        // what it last wrote to standard error
	sent  []uint32    // ids of the prepared arguments that it has, oldest first
	calls atomic.Uint64

	landlock int // the version that it says holds for it; 0: none

	clock   *time.Timer // kills it
	expired atomic.Bool // it was killed by the clock

	mu     sync.Mutex
	reaped bool

	gone chan struct{} // closed when it is reaped and end is set
	end  error         // why it ended
}

// start starts a child and has it compile the rule file.
func start(cfg *Config) (*child, error) {
	ch, err := spawn(cfg)
	if err != nil {
		return nil, fault.Internal.Wrap(err, "the process of the rule file does not start")
	}
	said, err := ch.greet(cfg)
	if err == nil && said.problem == "" {
		ch.landlock = int(said.landlock)
		return ch, nil
	}
	ch.kill()
	ch.reap()
	if err != nil {
		return nil, fault.Internal.Wrap(errors.Join(err, ch.end), "the process of the rule file does not start")
	}
	return nil, fault.Invalid.New("the rule file does not compile: %s", said.problem).
		WithHint("correct the file, then attest its new SHA-256")
}

// spawn starts the process with two pipes and nothing else of ours.
func spawn(cfg *Config) (*child, error) {
	executable, err := executable(cfg)
	if err != nil {
		return nil, err
	}
	theirIn, ourOut, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirIn.Close()
	ourIn, theirOut, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, ourOut.Close())
	}
	defer theirOut.Close()
	ch := &child{ends: [2]*os.File{ourOut, ourIn}, gone: make(chan struct{})}
	ch.pipe = framer{in: ourIn, out: ourOut, limit: maxFromChild}
	ch.cmd = &exec.Cmd{
		Path: executable, Args: []string{WorkerName}, Env: environment(), Dir: "/",
		Stdin: theirIn, Stdout: theirOut, Stderr: &ch.tail, WaitDelay: time.Second, SysProcAttr: attributes(),
	}
	if err := ch.cmd.Start(); err != nil {
		return nil, errors.Join(err, ourOut.Close(), ourIn.Close())
	}
	ch.clock = time.AfterFunc(helloTimeout, ch.expire)
	return ch, nil
}

// executable is the program of a child.
func executable(cfg *Config) (string, error) {
	if cfg.Executable != "" {
		return cfg.Executable, nil
	}
	return ownProgram()
}

// environment is what a child knows of ours: the time zone. Its one processor and
// silence about its stacks are for the Go runtime.
func environment() []string {
	env := []string{"GOMAXPROCS=1", "GOTRACEBACK=none"}
	if zone, set := os.LookupEnv("TZ"); set {
		env = append(env, "TZ="+zone)
	}
	return env
}

// greet sends the rule file and hears whether it compiles.
func (ch *child) greet(cfg *Config) (said hello, err error) {
	defer ch.clock.Stop()
	err = ch.pipe.send(source{
		timeoutMillis: uint32(max(1, (cfg.Timeout * 9 / 10).Milliseconds())),
		memoryMiB:     uint32(cfg.MemoryMiB),
		text:          string(cfg.Source),
	})
	if err != nil {
		return hello{}, err
	}
	b, err := ch.pipe.receive()
	if err != nil {
		return hello{}, err
	}
	m, err := decodeFromChild(b)
	if err != nil {
		return hello{}, err
	}
	said, ok := m.(hello)
	if !ok {
		return hello{}, errProtocol
	}
	return said, nil
}

// expire is what the clock does.
func (ch *child) expire() {
	ch.expired.Store(true)
	ch.kill()
}

// kill ends the child and whatever is in its group. It may be called at any time.
func (ch *child) kill() {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if !ch.reaped {
		ch.signal()
	}
}

// reap waits for the end of the child and takes up what is left of it. Its keeper calls
// it, once.
func (ch *child) reap() {
	err := ch.await()
	ch.clock.Stop()
	_, _ = ch.ends[0].Close(), ch.ends[1].Close()
	if err == nil {
		err = errors.New("exit status 0")
	}
	if text := ch.tail.text(); text != "" {
		err = fmt.Errorf("%w: %s", err, text)
	}
	ch.end = err
	close(ch.gone)
}

// cause says why a child that was in a call is gone.
func (ch *child) cause() error {
	<-ch.gone
	switch text := ch.end.Error(); {
	case ch.expired.Load():
		return ErrTimeout
	case strings.Contains(text, "out of memory"), strings.Contains(text, "cannot allocate memory"),
		strings.Contains(text, "stack exceeds"), strings.Contains(text, "failed to create new OS thread"):
		return fmt.Errorf("%w: %w", ErrMemory, ch.end)
	}
	return fmt.Errorf("%w: %w", ErrDied, ch.end)
}

// LogValue keeps a child's insides out of the log.
func (ch *child) LogValue() slog.Value { return slog.IntValue(ch.cmd.Process.Pid) }

// tailSize is what is kept of a child's standard error.
const tailSize = 1 << 10

// tail keeps the first of what is written to it: a Go program that dies says why first.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

// Write keeps what there is room for and accepts everything.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, b[:min(len(b), tailSize-len(t.kept))]...)
	return len(b), nil
}

// text is what was written, without the stacks.
func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := string(t.kept)
	for _, stack := range []string{"\nruntime stack:", "\ngoroutine ", "\nPC="} {
		text, _, _ = strings.Cut(text, stack)
	}
	return clean(strings.Join(strings.Fields(text), " "))
}
