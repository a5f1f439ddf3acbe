package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestKiodSignals: which signals end a daemon, and how.
func TestKiodSignals(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			k := runKiod(t, "kiod", newKiodDir(t))
			k.do("create", quoted("w"))
			k.end(s)
		})
	}
	t.Run("hangup", func(t *testing.T) {
		t.Parallel()
		k := runKiod(t, "keosd", newKiodDir(t))
		k.do("create", quoted("w"))
		broken := filepath.Join(k.Dir, "logging.json")
		if err := os.WriteFile(broken, []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := k.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		await(t, "the logging configuration to be read again", func() bool { return strings.Contains(k.output(), broken) })
		// A reader of the log that goes away ends the peer; a signer must go on.
		if err := k.cmd.Process.Signal(syscall.SIGPIPE); err != nil {
			t.Fatal(err)
		}
		if got := k.do("list_wallets", nil); got != `["w *"]` {
			t.Errorf("wallets after both signals: %s", got)
		}
		k.end(syscall.SIGTERM)
	})
}

// TestKiodStop: clients stop the daemon by either path and get an answer first.
func TestKiodStop(t *testing.T) {
	for _, program := range []string{"kiod", "keosd"} {
		for _, path := range []string{"/v1/kiod/stop", "/v1/keosd/stop"} {
			t.Run(program+path[3:], func(t *testing.T) {
				t.Parallel()
				k := runKiod(t, program, newKiodDir(t))
				resp, body := k.exchange("unix", cleosRequest("localhost", path, ""))
				if resp.StatusCode != http.StatusOK || body != "{}" {
					t.Errorf("%d %s", resp.StatusCode, body)
				}
				k.checkEnd()
			})
		}
	}
}

// TestKiodLock: one wallet directory, one daemon, whoever's it is.
func TestKiodLock(t *testing.T) {
	t.Parallel()
	dir := newKiodDir(t)
	path := filepath.Join(dir, "wallet.lock")
	whole := syscall.Flock_t{Type: syscall.F_WRLCK}

	// Another make's daemon has the directory.
	other, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := syscall.FcntlFlock(other.Fd(), syscall.F_SETLK, &whole); err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{"kiod", "keosd"} {
		checkLockedOut(t, program, dir)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the lock file of the other is gone: %v", err)
	}
	whole.Type = syscall.F_UNLCK
	if err := syscall.FcntlFlock(other.Fd(), syscall.F_SETLK, &whole); err != nil {
		t.Fatal(err)
	}

	// The file that is left does not count without its lock.
	k := runKiod(t, "keosd", dir)
	whole.Type = syscall.F_WRLCK
	if err := syscall.FcntlFlock(other.Fd(), syscall.F_SETLK, &whole); !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.EACCES) {
		t.Errorf("another daemon gets the lock: %v", err)
	}
	checkLockedOut(t, "keosd", dir)
	checkLockedOut(t, "kiod", dir)
	k.do("create", quoted("w")) // the first is not disturbed

	// Somebody removes it: then another could come, so this one ends.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	k.checkEnd()
	if !strings.Contains(k.output(), "was removed while keosd is running") {
		t.Errorf("the log does not say why: %s", k.output())
	}
}

// checkLockedOut starts a daemon on a directory that another has.
func checkLockedOut(t *testing.T, program, dir string) {
	t.Helper()
	status, _, stderr := runToEnd(t, program, "--data-dir", dir, "--config-dir", dir, "--unix-socket-path", "second.sock")
	if status != 255 {
		t.Errorf("%s: exit status %d", program, status)
	}
	for _, text := range []string{"3120000", "Failed to lock access to wallet directory; is another " + program + " running?", "Failed to initialize"} {
		if !strings.Contains(stderr, text) {
			t.Errorf("%s does not say %q: %s", program, text, stderr)
		}
	}
}

// TestKiodCommandLine: what the program says of itself, and what it refuses.
func TestKiodCommandLine(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"kiod", "keosd"} {
		dir := newKiodDir(t)
		_, printed, _ := runToEnd(t, program, "--print-default-config")
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("printing left %v behind: %v", left, err)
		}
		k := runKiod(t, program, dir)
		written, err := os.ReadFile(filepath.Join(dir, "config.ini"))
		if err != nil || string(written) != printed || !strings.Contains(printed, "# unix-socket-path = "+program+".sock\n") {
			t.Errorf("%s: config.ini is not what is printed: %v\n%s\n%s", program, err, written, printed)
		}
		for _, line := range strings.Split(printed, "\n") {
			if line != "" && !strings.HasPrefix(line, "#") {
				t.Errorf("%s: the default configuration sets something: %s", program, line)
			}
		}
		k.end(syscall.SIGTERM)
		for _, option := range []string{"--help", "-h", "--version", "-v", "--full-version"} {
			status, out, errs := runToEnd(t, program, option)
			if status != 0 || out == "" || errs != "" {
				t.Errorf("%s %s: status %d, %q, %q", program, option, status, out, errs)
			}
			if strings.HasPrefix(option, "--h") {
				checkHelp(t, program, out)
			}
		}
		checkRefusedStarts(t, program)
	}
}

func checkHelp(t *testing.T, program, help string) {
	t.Helper()
	prefix := map[string]string{"kiod": "sysio", "keosd": "eosio"}[program]
	at := 0
	for _, heading := range []string{
		"Application Options:", "Config Options for " + prefix + "::http_plugin:", "--unix-socket-path arg (=" + program + ".sock)",
		"Config Options for " + prefix + "::wallet_plugin:", "--unlock-timeout arg (=900)", "Application Config Options:", "Application Command Line Options:",
	} {
		next := strings.Index(help[at:], heading)
		if next < 0 {
			t.Errorf("%s: the help lacks %q, or has it elsewhere", program, heading)
			continue
		}
		at += next
	}
}

// checkRefusedStarts starts programs in ways in which they must not run. None may
// leave a wallet.lock behind.
func checkRefusedStarts(t *testing.T, program string) {
	t.Helper()
	for _, c := range []struct {
		options []string
		config  string // config.ini
		want    string
	}{
		{[]string{"--no-such-option"}, "", "unrecognised option '--no-such-option'"},
		{[]string{"--yubihsm-url", "http://localhost"}, "", "unrecognised option '--yubihsm-url'"},
		{[]string{"start"}, "", "too many positional options"},
		{[]string{"--unlock-timeout"}, "", "--unlock-timeout"},
		{[]string{"--unlock-timeout", "soon"}, "", "--unlock-timeout"},
		{[]string{"--unlock-timeout=-1"}, "", "Please specify a positive timeout -1"},
		{[]string{"--http-threads", "0"}, "", "http-threads"},
		{[]string{"--plugin", "eosio::chain_plugin"}, "", "eosio::chain_plugin"},
		{[]string{"--http-server-address", "127.0.0.1"}, "", "127.0.0.1"},
		{[]string{"--unix-socket-path", ""}, "", "neither"},
		{[]string{"-c", "other.ini"}, "", "other.ini"},
		{nil, "colour = red\n", "colour"},
		{nil, "unlock-timeout = never\n", "unlock-timeout"},
		{nil, "print-default-config = 1\n", "print-default-config"},
	} {
		dir := newKiodDir(t)
		if c.config != "" {
			if err := os.WriteFile(filepath.Join(dir, "config.ini"), []byte(c.config), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		status, _, stderr := runToEnd(t, program, append([]string{"--data-dir", dir, "--config-dir", dir}, c.options...)...)
		if status != 255 || !strings.Contains(stderr, c.want) {
			t.Errorf("%s %q, %q: status %d, %s; want %q", program, c.options, c.config, status, stderr, c.want)
		}
		if _, err := os.Lstat(filepath.Join(dir, "wallet.lock")); err == nil {
			t.Errorf("%s %q left its lock file", program, c.options)
		}
	}
}

// TestKiodNeverUnlocked: 0 seconds lock everything before every command.
func TestKiodNeverUnlocked(t *testing.T) {
	t.Parallel()
	k := runKiod(t, "kiod", newKiodDir(t), "--unlock-timeout", "0")
	password := k.text("create", quoted("w"))
	if got := k.do("list_wallets", nil); got != `["w"]` {
		t.Errorf("wallets after create: %s", got)
	}
	for range 3 {
		k.do("unlock", list("w", password)) // never "already unlocked"
	}
	k.refused(3120003, "create_key", list("w", "K1"))
	k.do("unlock", list("w", password))
	k.refused(3120003, "get_public_keys", nil)
	k.refused(3120003, "list_keys", list("w", password))
	k.do("unlock", list("w", password))
	k.refused(3120004, "sign_digest", list(strings.Repeat("00", 32), keyWithSecret("x").id().text(t)))
	if n := k.status().Sessions; n != 0 {
		t.Errorf("%d sessions are open", n)
	}
	k.do("set_timeout", "900")
	k.do("unlock", list("w", password))
	k.do("create_key", list("w", "K1"))
	k.end(syscall.SIGTERM)
}

// TestKiodLocksByItself: at the deadline keys are gone, with no command to notice it.
func TestKiodLocksByItself(t *testing.T) {
	t.Parallel()
	k := runKiod(t, "keosd", newKiodDir(t))
	k.do("create", quoted("a"))
	k.do("create", quoted("b"))
	if n := k.status().Sessions; n != 2 {
		t.Fatalf("%d sessions, want 2", n)
	}
	began := time.Now()
	k.do("set_timeout", "1")
	if n := k.status().Sessions; n != 2 {
		t.Fatalf("%d sessions before the deadline, want 2", n)
	}
	await(t, "the deadline", func() bool { return k.status().Sessions == 0 })
	if early := time.Second - time.Since(began); early > 0 {
		t.Errorf("locked %v before the deadline", early)
	}
	if got := k.do("list_wallets", nil); got != `["a","b"]` {
		t.Errorf("wallets after the deadline: %s", got)
	}
	k.end(syscall.SIGTERM)
}

// TestKiodStaleSocket: what is in the way of the socket, and who takes it away.
func TestKiodStaleSocket(t *testing.T) {
	t.Parallel()
	dir := newKiodDir(t)
	k := runKiod(t, "kiod", dir)
	k.do("create", quoted("w"))
	k.kill()
	k = runKiod(t, "kiod", dir) // over the socket and the lock file that were left
	if got := k.do("list_wallets", nil); got != "[]" {
		t.Errorf("open after the kill: %s", got)
	}
	k.end(syscall.SIGTERM)
	// A file that is no socket is somebody's, and stays.
	if err := os.WriteFile(k.socket(), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	status, _, stderr := runToEnd(t, "kiod", "--data-dir", dir, "--config-dir", dir)
	if text, err := os.ReadFile(k.socket()); status != 255 || err != nil || !bytes.Equal(text, []byte("mine")) {
		t.Errorf("status %d, %q, %v: %s", status, text, err, stderr)
	}
}

// cleosRequest is a request as cleos and clio write it.
func cleosRequest(host, path, body string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nAccept: */*\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, host, len(body), body)
}
