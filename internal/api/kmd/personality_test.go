package kmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"strongroom/internal/config"
	"strongroom/internal/fault"
	"strongroom/internal/server"
)

// program is one run of Main on a directory of its own.
type program struct {
	dir            string
	stdout, stderr bytes.Buffer
	core           CoreConfig
	closed         bool
	openErr        error
	now            func() time.Time
	lockMemory     func() error
}

func newProgram(t *testing.T) *program {
	t.Helper()
	p := &program{dir: t.TempDir(), now: time.Now, lockMemory: func() error { return nil }}
	if err := os.Chmod(p.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *program) env() Env {
	return Env{
		Stdout: &p.stdout, Stderr: &p.stderr, Now: p.now, PID: 4711, LockMemory: p.lockMemory,
		OpenCore: func(_ context.Context, cfg CoreConfig) (Core, error) {
			p.core = cfg
			if p.openErr != nil {
				return Core{}, p.openErr
			}
			return Core{
				Gate: newFakeGate(p.now),
				Limits: server.Limits{
					MaxBody: 4 << 20, MaxHeader: 64 << 10, MaxConnections: 16,
					HeaderTimeout: time.Minute, ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: time.Minute,
				},
				Grace: 10 * time.Second, Numbers: new(atomic.Uint64), Opened: func(string) {},
				Close: func(context.Context) error { p.closed = true; return nil },
			}, nil
		},
	}
}

func (p *program) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// start runs Main until stop is called, which returns the exit status. It
// returns once the program listens.
func (p *program) start(t *testing.T) (url string, stop func() int) {
	t.Helper()
	writeFile(t, filepath.Join(p.dir, configName), `{"address":"127.0.0.1:0"}`, 0o600)
	ctx, cancel := context.WithCancel(context.Background())
	status := make(chan int, 1)
	go func() { status <- Main(ctx, p.env(), []string{"-d", p.dir}) }()
	stop = sync.OnceValue(func() int { cancel(); return <-status })
	t.Cleanup(func() { stop() })
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if _, err := os.Stat(filepath.Join(p.dir, pidName)); err == nil {
			return "http://" + p.read(t, netName), stop
		}
	}
	t.Fatal("the program does not start: " + p.stderr.String())
	return "", nil
}

func TestRun(t *testing.T) {
	p := newProgram(t)
	url, stop := p.start(t)
	resp, err := http.Get(url + "/versions")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || string(body) != versions {
		t.Errorf("%s (%v)", body, err)
	}
	if pid := p.read(t, pidName); pid != "4711" {
		t.Errorf("pid %q", pid)
	}
	for name, mode := range map[string]os.FileMode{
		tokenName: 0o600, netName: 0o640, pidName: 0o640, lockName: 0o600, logName: 0o600,
		walletsName: 0o700, stateName: 0o700, stateName + "/strongroom.toml": 0o600,
	} {
		if info, err := os.Stat(filepath.Join(p.dir, name)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, want %o", name, info.Mode(), mode)
		}
	}
	if p.core.StateDir != filepath.Join(p.dir, stateName) || p.core.AdoptFrom != filepath.Join(p.dir, walletsName) || p.core.DataDir != p.dir {
		t.Errorf("core %+v", p.core)
	}
	if p.read(t, stateName+"/strongroom.toml") != config.DefaultFile("kmd") {
		t.Error("the generated configuration is another one")
	}

	second := &program{dir: p.dir, now: time.Now, lockMemory: p.lockMemory}
	if status := Main(context.Background(), second.env(), []string{"-d", p.dir}); status != exitLocked || second.core.StateDir != "" {
		t.Errorf("a second one ends with %d", status)
	}
	if p.read(t, pidName) != "4711" {
		t.Error("the second one touched the files of the first")
	}

	if status := stop(); status != exitOK || !p.closed {
		t.Errorf("status %d, core closed: %t", status, p.closed)
	}
	for _, name := range []string{netName, pidName} {
		if _, err := os.Stat(filepath.Join(p.dir, name)); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
	log := p.read(t, logName)
	for _, line := range []string{
		`level=info msg="successfully executed mlockall"`,
		fmt.Sprintf(`level=info msg="started kmd on sock: %s"`, strings.TrimPrefix(url, "http://")),
		`level=error msg="couldn't start kmd: failed to lock kmd.lock; is an instance of kmd already running in this data directory?"`,
		`level=info msg="kmd wallet HTTP server stopped with: http: Server closed"`,
		`level=info msg="kmd server died. exiting..."`,
	} {
		if !strings.Contains(log, line+" ") {
			t.Errorf("no line %s in\n%s", line, log)
		}
	}
	if p.stdout.Len()+p.stderr.Len() != 0 {
		t.Errorf("printed %s%s", &p.stdout, &p.stderr)
	}
}

// A configuration that the owner changed is left alone, and the daemon starts
// again over what a kill left behind.
func TestRunAgain(t *testing.T) {
	p := newProgram(t)
	writeFile(t, filepath.Join(p.dir, netName), "127.0.0.1:1", 0o640)
	if err := os.Mkdir(filepath.Join(p.dir, stateName), 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(p.dir, stateName, "strongroom.toml"), "# mine\n", 0o600)
	_, stop := p.start(t)
	if p.read(t, netName) == "127.0.0.1:1" || p.read(t, stateName+"/strongroom.toml") != "# mine\n" {
		t.Error("the old address stayed, or the configuration did not")
	}
	stop()
}

func TestStartFailures(t *testing.T) {
	blocked := func(name string) func(*testing.T, *program) {
		return func(t *testing.T, p *program) {
			if err := os.Mkdir(filepath.Join(p.dir, name), 0o700); err != nil {
				t.Fatal(err)
			}
		}
	}
	settings := func(text string) func(*testing.T, *program) {
		return func(t *testing.T, p *program) { writeFile(t, filepath.Join(p.dir, configName), text, 0o600) }
	}
	for _, c := range []struct {
		name    string
		prepare func(*testing.T, *program)
		status  int
		log     string
	}{
		{"no directory", func(_ *testing.T, p *program) { p.dir += "/missing" }, exitLog, ""},
		{"log is a directory", blocked(logName), exitLog, ""},
		{"broken configuration", settings(`{`), exitStart, "couldn't start kmd: kmd_config.json is not valid JSON of the expected types"},
		{"weak scrypt", settings(`{"drivers":{"sqlite":{"scrypt":{"scrypt_n":2}}}}`), exitStart, "couldn't start kmd: slow scrypt N must be at least 32768"},
		{"relative folder", settings(`{"drivers":{"sqlite":{"wallets_dir":"w"}}}`), exitStart, "couldn't start kmd: sqlite wallets path must be absolute path"},
		{"short token", func(t *testing.T, p *program) { writeFile(t, filepath.Join(p.dir, tokenName), "x", 0o600) }, exitStart, "couldn't start kmd: provided APIToken too short. Must be >= 64 characters"},
		{"lock is a directory", blocked(lockName), exitStart, "couldn't start kmd: "},
		{"bad address", settings(`{"address":"no address"}`), exitStart, "couldn't start kmd: "},
		{"core", func(_ *testing.T, p *program) {
			p.openErr = fault.Storage.Wrap(errors.New("cause"), "the store is newer").WithHint("use a newer strongroom")
		}, exitStart, "couldn't start kmd: the store is newer; use a newer strongroom"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProgram(t)
			c.prepare(t, p)
			if status := Main(context.Background(), p.env(), []string{"--data-dir=" + p.dir}); status != c.status {
				t.Errorf("status %d, want %d: %s", status, c.status, &p.stderr)
			}
			if c.log != "" && !strings.Contains(p.read(t, logName), c.log) {
				t.Errorf("log: %s", p.read(t, logName))
			}
			for _, name := range []string{netName, pidName} {
				if _, err := os.Stat(filepath.Join(p.dir, name)); err == nil {
					t.Errorf("%s was written", name)
				}
			}
		})
	}
}

func TestAddressInUse(t *testing.T) {
	p := newProgram(t)
	url, stop := p.start(t)
	defer stop()
	other := newProgram(t)
	writeFile(t, filepath.Join(other.dir, configName), `{"address":"`+strings.TrimPrefix(url, "http://")+`"}`, 0o600)
	if status := Main(context.Background(), other.env(), []string{"-d", other.dir}); status != exitStart || !other.closed {
		t.Errorf("status %d, core closed: %t", status, other.closed)
	}
}

// Wide modes are warned of, with the command that mends them, and do not stop
// the start; no secret file is made wider than 0600.
func TestWideModes(t *testing.T) {
	p := newProgram(t)
	p.lockMemory = func() error { return errors.New("not permitted") }
	writeFile(t, filepath.Join(p.dir, tokenName), testToken, 0o644)
	if err := os.Chmod(p.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	_, stop := p.start(t)
	if status := stop(); status != exitOK {
		t.Fatal(status)
	}
	for _, want := range []string{"chmod 700 " + p.dir, "chmod 600 " + filepath.Join(p.dir, tokenName)} {
		if !strings.Contains(p.stderr.String(), want) || !strings.Contains(p.read(t, logName), want) {
			t.Errorf("%s is not named: %s", want, &p.stderr)
		}
	}
	if !strings.Contains(p.read(t, logName), `level=info msg="failed to mlockall: not permitted"`) {
		t.Error(p.read(t, logName))
	}
	if p.read(t, tokenName) != testToken {
		t.Error("the token changed")
	}
}

func TestCommandLine(t *testing.T) {
	for _, c := range []struct {
		args string
		want commandLine
		err  string
	}{
		{"-d D", commandLine{dir: "D"}, ""},
		{"-dD -t5", commandLine{dir: "D", timeout: 5 * time.Second}, ""},
		{"-d=D -t=5", commandLine{dir: "D", timeout: 5 * time.Second}, ""},
		{"--data-dir D --timout-secs 180", commandLine{dir: "D", timeout: 3 * time.Minute}, ""},
		{"extra --data-dir=D extra --timout-secs=0", commandLine{dir: "D"}, ""},
		{"-d D -- -x", commandLine{dir: "D"}, ""},
		{"-d D -t 18446744073709551615", commandLine{dir: "D", timeout: maxTimeout}, ""},
		{"-d D -h", commandLine{dir: "D", help: true}, ""},
		{"--help", commandLine{help: true}, ""},
		{"", commandLine{}, `required flag(s) "data-dir" not set`},
		{"-d", commandLine{}, "flag needs an argument: -d"},
		{"-d D --timeout-secs 5", commandLine{dir: "D"}, "unknown flag: --timeout-secs"},
		{"-x", commandLine{}, `unknown shorthand flag: "x" in -x`},
		{"-d D -t soon", commandLine{dir: "D"}, `invalid argument "soon" for "-t, --timout-secs" flag: not a number of seconds`},
		{"-d D -t -1", commandLine{dir: "D"}, `invalid argument "-1" for "-t, --timout-secs" flag: not a number of seconds`},
	} {
		got, err := parseCommandLine(strings.Fields(c.args))
		text := ""
		if err != nil {
			text = err.Error()
		}
		if got != c.want || text != c.err {
			t.Errorf("%s: %+v, %q", c.args, got, text)
		}
	}
}

func TestUsage(t *testing.T) {
	for args, status := range map[string]int{"": exitUsage, "--timeout-secs 1": exitUsage, "-h": exitOK} {
		p := newProgram(t)
		if got := Main(context.Background(), p.env(), strings.Fields(args)); got != status {
			t.Errorf("%q: status %d", args, got)
		}
		where := &p.stderr
		if status == exitOK {
			where = &p.stdout
		} else if p.stdout.Len() == 0 {
			t.Errorf("%q: no message on standard output", args)
		}
		if !strings.Contains(where.String(), "--timout-secs") {
			t.Errorf("%q: no usage", args)
		}
	}
}

func TestGenerateDocs(t *testing.T) {
	p := newProgram(t)
	if status := Main(context.Background(), p.env(), []string{"generate-docs", p.dir}); status != exitOK {
		t.Errorf("status %d", status)
	}
	for _, name := range []string{"kmd.1", "kmd.md"} {
		if !strings.Contains(p.read(t, name), "another kmd runs on this data directory") {
			t.Errorf("%s lacks the exit statuses", name)
		}
	}
	if status := Main(context.Background(), p.env(), []string{"generate-docs", p.dir + "/missing"}); status == exitOK {
		t.Error("a missing folder is no failure")
	}
	if status := Main(context.Background(), p.env(), []string{"generate-docs", p.dir, "x"}); status != exitUsage {
		t.Errorf("with more arguments it is an ordinary start: %d", status)
	}
}

// The idle timeout counts from the last use.
func TestWaitIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		b := newBench(t, func(c *DoorConfig) { c.Now = time.Now })
		time.AfterFunc(50*time.Second, func() { b.do("POST", "/v1/wallet/info", "{}") })
		time.AfterFunc(100*time.Second, func() { b.do("GET", "/versions", "") })
		if err := b.WaitIdle(t.Context(), time.Minute); err != nil || time.Since(start) != 110*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		b.do("POST", "/v1/wallet/info", "{}")
		if err := b.WaitIdle(ctx, time.Minute); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
	})
}

func TestIdleTimeoutEndsTheProgram(t *testing.T) {
	p := newProgram(t)
	writeFile(t, filepath.Join(p.dir, configName), `{"address":"127.0.0.1:0"}`, 0o600)
	// A clock that leaps ends the wait at its first look.
	var calls int
	var mu sync.Mutex
	p.now = func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		calls++
		return time.Unix(int64(calls)*3600, 0)
	}
	if status := Main(t.Context(), p.env(), []string{"-d", p.dir, "-t", "1"}); status != exitOK {
		t.Errorf("status %d: %s", status, &p.stderr)
	}
	if !strings.Contains(p.read(t, logName), `msg="killing kmd after timeout"`) {
		t.Error(p.read(t, logName))
	}
}
