package e2e

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestStopFinishesRequests sends the order to stop while a request is on its way.
func TestStopFinishesRequests(t *testing.T) {
	t.Parallel()
	k := startKmd(t, newDir(t, "main"))
	c, err := net.Dial("tcp", strings.TrimPrefix(k.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	const body = `{"wallet_name":"late","wallet_driver_name":"sqlite"}`
	// Once the daemon asks for the body, the request is under way.
	fmt.Fprintf(c, "POST /v1/wallet HTTP/1.1\r\nHost: kmd\r\nX-KMD-API-Token: %s\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", k.Token, len(body))
	in := bufio.NewReader(c)
	if line, err := in.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatalf("%q, %v", line, err)
	}
	if _, err := in.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := k.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	await(t, "the door to close", func() bool {
		other, err := net.Dial("tcp", strings.TrimPrefix(k.URL, "http://"))
		if err == nil {
			other.Close()
		}
		return err != nil
	})
	if _, err := io.WriteString(c, body); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(in, nil)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("the request under way: %+v, %v", resp, err)
	}
	if status := k.exit(); status != 0 {
		t.Errorf("status %d", status)
	}
	k = startKmd(t, k.Dir)
	if w := k.must("GET", "/v1/wallets", object{})["wallets"].([]any); len(w) != 1 || w[0].(map[string]any)["name"] != "late" {
		t.Errorf("wallets: %v", w)
	}
}

// TestIdleTimeout lets the daemon end by itself.
func TestIdleTimeout(t *testing.T) {
	t.Parallel()
	k := startKmd(t, newDir(t, "main"), "-t", "1")
	k.must("GET", "/v1/wallets", object{})
	if status := k.exit(); status != 0 {
		t.Errorf("status %d", status)
	}
	if k.read("kmd.net") != "" || k.read("kmd.pid") != "" {
		t.Error("kmd.net or kmd.pid is left")
	}
	checkLog(t, k.log(), "(successfully executed mlockall|failed to mlockall: .*)", `started kmd on sock: 127\.0\.0\.1:\d+`,
		"killing kmd after timeout", "kmd wallet HTTP server stopped with: http: Server closed", `kmd server died\. exiting\.\.\.`)
}

// TestNormalLifeInLog expects the four lines of a life, and nothing of requests.
func TestNormalLifeInLog(t *testing.T) {
	t.Parallel()
	k := startKmd(t, newDir(t, "main"))
	id := k.wallet("w", "pw")
	k.open(id, "pw")
	k.refused("POST", "/v1/wallet/init", object{"wallet_id": id, "wallet_password": "not it"})
	k.refused("POST", "/v1/key", object{})
	k.stop()
	checkLog(t, k.log(), "(successfully executed mlockall|failed to mlockall: .*)", `started kmd on sock: 127\.0\.0\.1:\d+`,
		"kmd wallet HTTP server stopped with: http: Server closed", `kmd server died\. exiting\.\.\.`)
	if k.output.Len() > 0 {
		t.Errorf("a normal life printed %q", k.output.String())
	}
}

// checkLog expects lines with just these messages in kmd's layout.
func checkLog(t *testing.T, log string, messages ...string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(log, "\n"), "\n")
	if len(lines) != len(messages) {
		t.Errorf("%d lines, want %d:\n%s", len(lines), len(messages), log)
		return
	}
	for i, message := range messages {
		layout := regexp.MustCompile(`^time="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6} [+-]\d{4}" level=info msg="` + message + `" file=\S+ function=\S+ line=\d+$`)
		if !layout.MatchString(lines[i]) {
			t.Errorf("line %d is %q, want the message %q", i+1, lines[i], message)
		}
	}
}

// TestFailedStarts expects the exit statuses and the words that users know.
func TestFailedStarts(t *testing.T) {
	t.Parallel()
	occupied, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { occupied.Close() })
	for _, test := range []struct {
		name, config, token string
		reason              string // after "couldn't start kmd: "
	}{
		{name: "short token", token: strings.Repeat("x", 63), reason: "provided APIToken too short. Must be >= 64 characters"},
		{name: "long token", token: strings.Repeat("x", 257), reason: "provided APIToken too long. Must be <= 256 characters"},
		{name: "weak N", config: `{"drivers":{"sqlite":{"scrypt":{"scrypt_n":16384}}}}`, reason: "slow scrypt N must be at least 32768"},
		{name: "weak r", config: `{"drivers":{"sqlite":{"scrypt":{"scrypt_r":0}}}}`, reason: "slow scrypt R must be at least 1"},
		{name: "weak p", config: `{"drivers":{"sqlite":{"scrypt":{"scrypt_p":31}}}}`, reason: "slow scrypt P must be at least 32"},
		{name: "relative folder", config: `{"drivers":{"sqlite":{"wallets_dir":"wallets"}}}`, reason: "sqlite wallets path must be absolute path"},
		{name: "folder that cannot be made", config: `{"drivers":{"sqlite":{"wallets_dir":"/proc/none/wallets"}}}`, reason: "couldn't create wallets directory at /proc/none/wallets: "},
		{name: "no JSON", config: `{"address": `, reason: "kmd_config.json is not valid JSON"},
		{name: "wrong type", config: `{"session_lifetime_secs": "60"}`, reason: "kmd_config.json is not valid JSON"},
		{name: "address in use", config: fmt.Sprintf(`{"address": %q}`, occupied.Addr()), reason: fmt.Sprintf("address %s is in use", occupied.Addr())},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := newDir(t, "main")
			if test.config != "" {
				write(t, filepath.Join(dir, "kmd_config.json"), test.config)
			}
			if test.token != "" {
				write(t, filepath.Join(dir, "kmd.token"), test.token)
			}
			k := launch(t, dir, nil)
			if status := k.exit(); status != 3 {
				t.Errorf("status %d, want 3", status)
			}
			if want := "couldn't start kmd: " + test.reason; !strings.Contains(k.log(), want) {
				t.Errorf("kmd.log lacks %q:\n%s", want, k.log())
			}
			if k.read("kmd.net") != "" || k.read("kmd.pid") != "" {
				t.Error("kmd.net or kmd.pid was written")
			}
		})
	}
	t.Run("no data directory", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(t.TempDir(), "none")
		if status := launch(t, dir, nil).exit(); status != 2 {
			t.Errorf("status %d, want 2", status)
		}
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the directory was made: %v", err)
		}
	})
	for name, flags := range map[string][]string{"no flags": {}, "unknown flag": {"-d", "/", "--timeout-secs", "5"}, "bad number": {"-d", "/", "-t", "soon"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(os.Args[0], flags...)
			cmd.Env = append(os.Environ(), asDaemon+"=kmd")
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			_ = cmd.Run()
			if cmd.ProcessState.ExitCode() != 1 || !strings.Contains(stderr.String(), "Usage") || stdout.Len() == 0 {
				t.Errorf("status %d, standard error %q, standard output %q", cmd.ProcessState.ExitCode(), stderr.String(), stdout.String())
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestConfigVariants starts with configurations as users have them.
func TestConfigVariants(t *testing.T) {
	t.Parallel()
	elsewhere := filepath.Join(t.TempDir(), "wallets elsewhere")
	for _, test := range []struct {
		name, config string // none where empty
		check        func(t *testing.T, k *kmd)
	}{
		{"none", "", func(t *testing.T, k *kmd) {
			if example := k.read("kmd_config.json.example"); !strings.Contains(example, "\t\"session_lifetime_secs\": 60") {
				t.Errorf("the example is %q", example)
			}
			// Two daemons with the default port at once: the second takes another.
			second := startKmd(t, bare(t))
			if second.URL == k.URL {
				t.Errorf("both listen on %s", k.URL)
			}
			second.must("GET", "/v1/wallets", object{})
		}},
		{"empty object", "{}", func(t *testing.T, k *kmd) {
			if k.read("kmd_config.json.example") != "" {
				t.Error("the example was written beside a configuration")
			}
		}},
		{"unknown fields, other case, nulls", `{"Address": "127.0.0.1:0", "SESSION_LIFETIME_SECS": 600, "extra": [1], "allowed_origins": null}`, func(t *testing.T, k *kmd) {
			handle := k.open(k.wallet("w", ""), "")
			left := k.must("POST", "/v1/wallet/info", object{"wallet_handle_token": handle})["wallet_handle"].(map[string]any)["expires_seconds"].(float64)
			if left < 500 || left > 600 {
				t.Errorf("a handle lives for %v seconds", left)
			}
		}},
		{"handles that expire at once", `{"address": "127.0.0.1:0", "session_lifetime_secs": 0}`, func(t *testing.T, k *kmd) {
			handle := k.open(k.wallet("w", ""), "")
			if status, answer, err := k.call("POST", "/v1/key/list", object{"wallet_handle_token": handle}); err != nil || status != 401 || answer["message"] != "handle expired" {
				t.Errorf("status %d, %v, %v", status, answer, err)
			}
		}},
		{"wallets elsewhere", fmt.Sprintf(`{"address": "127.0.0.1:0", "drivers": {"sqlite": {"wallets_dir": %q}}}`, elsewhere), func(t *testing.T, k *kmd) {
			if info, err := os.Stat(elsewhere); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("the wallet folder: %v, %v", info, err)
			}
			f := copyFixture(t, t.TempDir(), "0123456789abcdef0123456789abcdef", "dropped")
			if err := os.Rename(f.path, filepath.Join(elsewhere, "dropped.db")); err != nil {
				t.Fatal(err)
			}
			if got := k.keys(k.open(f.id, "")); len(got) != 4 {
				t.Errorf("%d keys", len(got))
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := bare(t)
			if test.config != "" {
				write(t, filepath.Join(dir, "kmd_config.json"), test.config)
			}
			test.check(t, startKmd(t, dir))
		})
	}
}

// bare is an empty data directory.
func bare(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestToken starts with tokens that are there already.
func TestToken(t *testing.T) {
	t.Parallel()
	token := strings.Repeat("a token of the owner's ", 5)[:99]
	for name, file := range map[string]string{"one line": token, "more lines": token + "\nmore\n", "CR LF": token + "\r\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := newDir(t, "main")
			write(t, filepath.Join(dir, "kmd.token"), file)
			k := startKmd(t, dir)
			k.Token = token
			k.must("GET", "/v1/wallets", object{})
			k.Token = token[1:]
			k.refused("GET", "/v1/wallets", object{})
		})
	}
}
