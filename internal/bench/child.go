package bench

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"strongroom/internal/fault"
)

const (
	startWait = 30 * time.Second
	stopWait  = 30 * time.Second
	startPoll = 10 * time.Millisecond

	// orphanLimit ends a daemon that nobody asks for anything any more, should
	// this process be killed. No measurement pauses that long.
	orphanLimit = "300"
)

// child is a server that runs as a process of its own.
type child struct {
	cmd     *exec.Cmd
	address string
	socket  string // path of the unix socket, "" for none
	token   string
	feed    io.Closer  // standard input of a bare server, which ends with it; nil for daemons
	output  *tail      // read it only after the end
	ended   chan error // receives once, when the process has ended
}

// tail keeps the last of what a child says, for the report of its death.
type tail struct{ text []byte }

func (t *tail) Write(b []byte) (int, error) {
	const most = 2000
	t.text = append(t.text, b...)
	if len(t.text) > most {
		t.text = append(t.text[:0], t.text[len(t.text)-most:]...)
	}
	return len(b), nil
}

// environment is what children inherit: nothing that configures strongroom, so
// that figures do not depend on the caller's set-up.
func environment(add ...string) []string {
	var env []string
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "STRONGROOM_") && !strings.HasPrefix(entry, "GOMAXPROCS=") && !strings.HasPrefix(entry, "GOGC=") {
			env = append(env, entry)
		}
	}
	return append(env, add...)
}

// startKmd starts a kmd personality on a directory, which is made (0700) if it
// does not exist. It returns once the daemon says where it listens.
func startKmd(ctx context.Context, executable, dir string, env ...string) (*child, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.Storage.Wrap(err, "the directory %s can not be made", dir)
	}
	// Any free port: the usual one may belong to a daemon of the owner.
	settings := filepath.Join(dir, "kmd_config.json")
	if err := os.WriteFile(settings, []byte(`{"address":"127.0.0.1:0","session_lifetime_secs":86400}`), 0o600); err != nil {
		return nil, fault.Storage.Wrap(err, "the file %s can not be written", settings)
	}
	c := &child{output: new(tail)}
	c.cmd = exec.Command(executable)
	c.cmd.Args = []string{"kmd", "-d", dir, "-t", orphanLimit}
	c.cmd.Env = environment(env...)
	c.cmd.Stderr = c.output
	if err := c.cmd.Start(); err != nil {
		return nil, fault.Internal.Wrap(err, "the daemon to be measured can not be started")
	}
	c.watch()
	net := filepath.Join(dir, "kmd.net")
	if !c.await(ctx, func() bool {
		text, err := os.ReadFile(net)
		c.address = strings.TrimSpace(string(text))
		return err == nil && len(text) > 0 // written aside: it is whole
	}) {
		err := c.stop()
		return nil, fault.Internal.Wrap(err, "the daemon to be measured did not start: %.300q", c.output.text)
	}
	token, err := os.ReadFile(filepath.Join(dir, "kmd.token"))
	if err != nil {
		return nil, errors.Join(fault.Storage.Wrap(err, "the token of the measured daemon can not be read"), c.stop())
	}
	c.token = strings.TrimSpace(string(token))
	return c, nil
}

// watch waits for the end of the process; [child.stop] takes the result.
func (c *child) watch() {
	c.ended = make(chan error, 1)
	go func() { c.ended <- c.cmd.Wait() }()
}

// await asks ready until it says yes; false if the child ended before, or took too
// long.
func (c *child) await(ctx context.Context, ready func() bool) bool {
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	ticker := time.NewTicker(startPoll)
	defer ticker.Stop()
	for !ready() {
		select {
		case err := <-c.ended:
			c.ended <- err // for stop
			return false
		case <-ctx.Done():
			return false
		case <-ticker.C:
		}
	}
	return true
}

// startBare starts a bare server; see [ServeBare].
func startBare(executable string, args []string) (*child, error) {
	c := &child{output: new(tail)}
	c.cmd = exec.Command(executable, args...)
	c.cmd.Env = environment()
	c.cmd.Stderr = c.output
	feed, err := c.cmd.StdinPipe()
	if err != nil {
		return nil, fault.Internal.Wrap(err, "no pipe to the bare server")
	}
	c.feed = feed
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, fault.Internal.Wrap(err, "no pipe from the bare server")
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fault.Internal.Wrap(err, "the bare server can not be started")
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	c.watch() // only now: waiting closes the pipe
	if err != nil {
		return nil, errors.Join(fault.Internal.Wrap(err, "the bare server did not start"), c.stop())
	}
	c.address = strings.TrimSpace(line)
	return c, nil
}

// stop ends the child and waits for it; one that does not end is killed.
func (c *child) stop() error {
	if c.feed != nil {
		_ = c.feed.Close()
	} else {
		_ = c.cmd.Process.Signal(syscall.SIGTERM)
	}
	killer := time.AfterFunc(stopWait, func() { _ = c.cmd.Process.Kill() })
	defer killer.Stop()
	if err := <-c.ended; err != nil {
		return fault.Internal.Wrap(err, "a measured server did not end well: %.300q", c.output.text)
	}
	return nil
}

// used is the processor time of the child so far.
func (c *child) used() (time.Duration, error) { return processTime(c.cmd.Process.Pid) }

// dial opens n connections to the child.
func (c *child) dial(ctx context.Context, n int) (conns []*Conn, closeAll func(), err error) {
	return dialAll(ctx, c.address, n)
}

// dialAll opens n connections; see [dial].
func dialAll(ctx context.Context, address string, n int) (conns []*Conn, closeAll func(), err error) {
	closeAll = func() {
		for _, conn := range conns {
			_ = conn.Close()
		}
	}
	for range n {
		conn, err := dial(ctx, address)
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		conns = append(conns, conn)
	}
	return conns, closeAll, nil
}
