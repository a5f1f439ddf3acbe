package kiod

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"strongroom/internal/atomicfile"
	"strongroom/internal/config"
	"strongroom/internal/fault"
)

// holdLock makes the test binary a process that holds the lock of the directory
// that the variable names until its standard input ends.
const holdLock = "STRONGROOM_TEST_HOLD_LOCK"

func TestMain(m *testing.M) {
	dir := os.Getenv(holdLock)
	if dir == "" {
		os.Exit(m.Run())
	}
	lock, err := TakeLock(dir, "other")
	fmt.Println(fault.Text(errors.Join(err, fault.Invalid.New("held"))))
	if err == nil {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = lock.Release()
	}
	os.Exit(0)
}

// program is one run of a personality in this process.
type program struct {
	home   string
	out    syncBuffer
	err    syncBuffer
	core   CoreConfig
	gate   *fakeGate
	closed bool
	status chan int
	stop   func()
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func (p *program) env() Env {
	return Env{
		Stdout: &p.out, Stderr: &p.err, Now: time.Now, Version: "v1.2.3", Home: func() (string, error) { return p.home, nil },
		OpenCore: func(_ context.Context, c CoreConfig) (Core, error) {
			p.core = c
			file, err := os.ReadFile(c.ConfigFile)
			if err != nil {
				return Core{}, err
			}
			loaded, err := config.Load(config.Input{FileName: c.ConfigFile, File: file, Operations: []string{
				"wallet.list", "wallet.create", "wallet.unlock", "wallet.lock", "session.renew", "key.list", "sign", "daemon.stop",
			}})
			if err != nil {
				return Core{}, err
			}
			l, _ := loaded.Config.Listener(ListenerName)
			p.gate = newFakeGate(c.WalletDir, l.Kiod.WalletLayout == "named", time.Now)
			return Core{Gate: p.gate, Listener: *l, Limits: testLimits(), Grace: 5 * time.Second, Numbers: new(atomic.Uint64), Opened: func(string) {}, Close: func(context.Context) error {
				p.closed = true
				return nil
			}}, nil
		},
	}
}

func newProgram(t *testing.T) *program {
	return &program{home: t.TempDir(), status: make(chan int, 1)}
}

// start runs the program until it is stopped, and waits until it listens on its socket.
func (p *program) start(t *testing.T, which Program, args ...string) *program {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	go func() { p.status <- Main(ctx, p.env(), which, args) }()
	deadline := time.After(10 * time.Second)
	for !strings.Contains(p.err.String(), "start listening") {
		select {
		case status := <-p.status:
			t.Fatalf("ended with %d: %s", status, p.err.String())
		case <-deadline:
			t.Fatalf("does not listen: %s", p.err.String())
		case <-time.After(time.Millisecond):
		}
	}
	return p
}

func (p *program) end(t *testing.T) {
	t.Helper()
	p.stop()
	if status := <-p.status; status != exitOK || !p.closed {
		t.Errorf("status %d, closed %v: %s", status, p.closed, p.err.String())
	}
}

// ask sends a request over a unix socket, or over TCP.
func ask(t *testing.T, network, address, path, body string) (int, string) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return net.Dial(network, address)
	}, DisableKeepAlives: true}}
	url := "http://localhost"
	if network == "tcp" {
		url = "http://" + address
	}
	resp, err := client.Post(url+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(got)
}

// TestFirstStart: a bare start makes everything at its place, and no more than its
// owner's business.
func TestFirstStart(t *testing.T) {
	for which, folder := range map[Program]string{Kiod: "sysio-wallet", Keosd: "eosio-wallet"} {
		t.Run(which.String(), func(t *testing.T) {
			p := newProgram(t).start(t, which)
			defer p.end(t)
			dir := filepath.Join(p.home, folder)
			socket := filepath.Join(dir, which.String()+".sock")
			for path, mode := range map[string]os.FileMode{
				dir: 0o700 | os.ModeDir, filepath.Join(dir, "config.ini"): 0o644, filepath.Join(dir, ".strongroom"): 0o700 | os.ModeDir,
				filepath.Join(dir, ".strongroom", "strongroom.toml"): 0o600, socket: 0o600 | os.ModeSocket, filepath.Join(dir, "wallet.lock"): 0o644,
			} {
				if info, err := os.Lstat(path); err != nil || info.Mode() != mode {
					t.Errorf("%s: %v, %v", path, info, err)
				}
			}
			if text, err := os.ReadFile(filepath.Join(dir, "config.ini")); err != nil || string(text) != which.defaultConfig() {
				t.Errorf("config.ini: %v", err)
			}
			if status, got := ask(t, "unix", socket, walletPath+"create", `"default"`); status != 201 {
				t.Error(got)
			}
			want := map[Program]string{Kiod: "PUB_K1_", Keosd: "EOS"}[which]
			if status, got := ask(t, "unix", socket, walletPath+"create_key", `["default",""]`); status != 201 || !strings.HasPrefix(got, `"`+want) {
				t.Error(got)
			}
			if p.core.StateDir != filepath.Join(dir, ".strongroom") || p.core.WalletDir != dir {
				t.Errorf("%+v", p.core)
			}
			if _, got := ask(t, "unix", socket, walletPath+"open", `"none"`); !strings.Contains(got, dir+"/./none.wallet") {
				t.Error(got)
			}
			for _, line := range []string{"add api url: /v1/wallet/create", "start listening for http requests on " + socket} {
				if !strings.Contains(p.err.String(), line) {
					t.Errorf("the log has no %q", line)
				}
			}
			if strings.Contains(p.err.String(), "SECURITY") {
				t.Error("the log warns of a unix socket")
			}
		})
	}
}

// TestEnds: every orderly end removes lock file and socket and gives 0.
func TestEnds(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, p *program, dir string){
		"signal": func(_ *testing.T, p *program, _ string) { p.stop() },
		"stop": func(t *testing.T, _ *program, dir string) {
			if status, got := ask(t, "unix", filepath.Join(dir, "kiod.sock"), kiodStop, ""); status != 200 || got != "{}" {
				t.Error(got)
			}
		},
		"lock file removed": func(t *testing.T, _ *program, dir string) {
			if err := os.Remove(filepath.Join(dir, "wallet.lock")); err != nil {
				t.Error(err)
			}
		},
		"lock file replaced": func(t *testing.T, _ *program, dir string) {
			if err := atomicfile.Write(filepath.Join(dir, "wallet.lock"), nil, 0o644); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			p := newProgram(t).start(t, Kiod, "-d", dir, "--config-dir="+dir)
			defer p.stop()
			end(t, p, dir)
			if status := <-p.status; status != exitOK || !p.closed {
				t.Errorf("status %d: %s", status, p.err.String())
			}
			if _, err := os.Lstat(filepath.Join(dir, "kiod.sock")); err == nil {
				t.Error("the socket is still there")
			}
			if _, err := os.Lstat(filepath.Join(dir, "wallet.lock")); (err == nil) != (name == "lock file replaced") {
				t.Errorf("the lock file: %v", err)
			}
			if strings.HasPrefix(name, "lock") != strings.Contains(p.err.String(), "was removed while kiod is running") {
				t.Error(p.err.String())
			}
		})
	}
}

// TestTCP: the address, its warning, and the guard.
func TestTCP(t *testing.T) {
	dir := t.TempDir()
	p := newProgram(t).start(t, Keosd, "-d", dir, "--config-dir", dir, "--http-server-address=127.0.0.1:0", "--unix-socket-path=", "--http-alias=wallet.lan:1")
	defer p.end(t)
	_, line, _ := strings.Cut(p.err.String(), "start listening for http requests on ")
	address, _, _ := strings.Cut(line, "\n")
	if status, got := ask(t, "tcp", address, walletPath+"list_wallets", ""); status != 200 || got != "[]" {
		t.Errorf("%d %s", status, got)
	}
	if got := raw(t, address, "POST /v1/wallet/list_wallets HTTP/1.1\r\nHost: wallet.lan:1\r\nConnection: close\r\n\r\n"); !strings.Contains(got, " 200 ") || !strings.Contains(got, "Server: keosd/v1.2.3") {
		t.Error(got)
	}
	if got := raw(t, address, "POST /v1/wallet/list_wallets HTTP/1.1\r\nHost: wallet.lan:2\r\nConnection: close\r\n\r\n"); !strings.Contains(got, " 400 ") {
		t.Error(got)
	}
	if _, err := os.Lstat(filepath.Join(dir, "keosd.sock")); err == nil {
		t.Error("there is a socket")
	}
}

func TestNetworkWarning(t *testing.T) {
	dir := t.TempDir()
	p := newProgram(t).start(t, Kiod, "-d", dir, "--config-dir", dir, "--http-server-address=0.0.0.0:0")
	defer p.end(t)
	if !strings.Contains(p.err.String(), "SECURITY WARNING") {
		t.Error(p.err.String())
	}
}

// TestSocketForGroup: the socket is widened only where that is asked for.
func TestSocketForGroup(t *testing.T) {
	dir := t.TempDir()
	p := newProgram(t).start(t, Kiod, "-d", dir, "--config-dir", dir, "--unix-socket-mode=0660", fmt.Sprintf("--unix-socket-group=%d", os.Getgid()))
	defer p.end(t)
	if info, err := os.Lstat(filepath.Join(dir, "kiod.sock")); err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("%v %v", info, err)
	}
}

// TestStartFailures: each ends with 255, says why, and prints what the peer prints.
func TestStartFailures(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		file string // config.ini
		want string
	}{
		"unknown option":       {[]string{"--nosuch"}, "", "unrecognised option '--nosuch'"},
		"unknown in file":      {nil, "nosuch = 1", "config.ini: line 1: unrecognised option 'nosuch'"},
		"bad value in file":    {nil, "http-threads = x", "config.ini: line 1: the argument"},
		"no threads":           {[]string{"--http-threads=0"}, "", "http-threads 0 must be greater than 0"},
		"negative timeout":     {[]string{"--unlock-timeout=-1"}, "", "3120011 invalid_lock_timeout_exception: Please specify a positive timeout -1"},
		"unknown plugin":       {[]string{"--plugin=eosio::chain_plugin"}, "", "unable to find plugin: eosio::chain_plugin"},
		"other file missing":   {[]string{"-c", "other.ini"}, "", "other.ini missing"},
		"no listener":          {[]string{"--unix-socket-path="}, "", "neither a unix socket nor an address"},
		"bad address":          {[]string{"--http-server-address=:8900"}, "", "is no address to listen on"},
		"no lock file":         {[]string{"--wallet-dir=/proc/self/fdinfo"}, "", "3120000 wallet_exception: Failed to open wallet lock file at /proc/self/fdinfo/wallet.lock"},
		"wallet dir is no dir": {[]string{"--wallet-dir=/dev/null/x"}, "", "can not be made"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if c.file != "" {
				if err := os.WriteFile(filepath.Join(dir, "config.ini"), []byte(c.file), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			p := newProgram(t)
			status := Main(context.Background(), p.env(), Kiod, append([]string{"-d", dir, "--config-dir", dir}, c.args...))
			if status != 255 || !strings.Contains(p.err.String(), c.want) || !strings.Contains(p.err.String(), "Failed to initialize") {
				t.Errorf("status %d: %s", status, p.err.String())
			}
			if _, err := os.Lstat(filepath.Join(dir, "wallet.lock")); err == nil {
				t.Error("the lock file is still there")
			}
		})
	}
}

// TestSecondDaemon: another process that holds the lock keeps us out, and the file
// stays; a file that nobody holds does not.
func TestSecondDaemon(t *testing.T) {
	dir := t.TempDir()
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), holdLock+"="+dir)
	in, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 4)
	if _, err := io.ReadFull(out, first); err != nil || string(first) != "held" {
		t.Fatalf("%q %v", first, err)
	}
	p := newProgram(t)
	status := Main(context.Background(), p.env(), Kiod, []string{"-d", dir, "--config-dir", dir})
	if status != 255 || !strings.Contains(p.err.String(), "3120000 wallet_exception: Failed to lock access to wallet directory; is another kiod running?") {
		t.Errorf("status %d: %s", status, p.err.String())
	}
	if _, err := os.Lstat(filepath.Join(dir, "wallet.lock")); err != nil {
		t.Error(err)
	}
	if err := other.Process.Kill(); err != nil { // as by kill -9: the file stays
		t.Fatal(err)
	}
	_ = other.Wait()
	_ = in.Close()
	if _, err := os.Lstat(filepath.Join(dir, "wallet.lock")); err != nil {
		t.Error(err)
	}
	newProgram(t).start(t, Kiod, "-d", dir, "--config-dir", dir).end(t)
}

func TestPrintsAndEnds(t *testing.T) {
	for arg, want := range map[string]string{
		"--help": Kiod.help(), "-h": Kiod.help(), "-v": "v1.2.3\n", "--version": "v1.2.3\n", "--full-version": "v1.2.3 strongroom\n", "--print-default-config": Kiod.defaultConfig(),
	} {
		p := newProgram(t)
		if status := Main(context.Background(), p.env(), Kiod, []string{arg}); status != 0 || p.out.String() != want {
			t.Errorf("%s: status %d, %q", arg, status, p.out.String())
		}
		if entries, err := os.ReadDir(p.home); err != nil || len(entries) != 0 {
			t.Errorf("%s leaves %v (%v)", arg, entries, err)
		}
	}
}

// TestHomeDirectory: it comes from the password database and not from HOME.
func TestHomeDirectory(t *testing.T) {
	before, err := HomeDirectory()
	if err != nil || !filepath.IsAbs(before) {
		t.Fatalf("%q %v", before, err)
	}
	t.Setenv("HOME", filepath.Join(before, "elsewhere"))
	if after, err := HomeDirectory(); err != nil || after != before {
		t.Errorf("%q, then %q (%v)", before, after, err)
	}
}
